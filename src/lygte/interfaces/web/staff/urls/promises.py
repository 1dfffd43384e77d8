from django.urls import URLPattern, path

from lygte.interfaces.web.staff.views import promises, promises_acts, promises_new

urlpatterns: list[URLPattern] = [
    path("tilbud/<slug:service>/loefter/", promises.promises, name="promises"),
    path("tilbud/<slug:service>/loefter/nyt/", promises_new.promise_new, name="promise_new"),
    path("tilbud/<slug:service>/udbakke/", promises.outbox, name="outbox"),
    path("loefte/<uuid:promise>/", promises.promise, name="promise"),
    path("loefte/<uuid:promise>/ring/", promises_acts.promise_ring, name="promise_ring"),
    path("loefte/<uuid:promise>/forsoeg/", promises_acts.promise_attempt, name="promise_attempt"),
    path("loefte/<uuid:promise>/beslut/", promises_acts.promise_decide, name="promise_decide"),
    path("loefte/<uuid:promise>/ejer/", promises_acts.promise_own, name="promise_own"),
    path("loefte/<uuid:promise>/flyt/", promises_acts.promise_move, name="promise_move"),
    path("person/<uuid:person>/indlagt/", promises_acts.admitted, name="admitted"),
]
