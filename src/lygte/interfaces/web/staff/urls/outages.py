from django.urls import URLPattern, path

from lygte.interfaces.web.staff.views import offline, outages

_SERVICE = "tilbud/<slug:service>/"

urlpatterns: list[URLPattern] = [
    path("uden-net.js", offline.worker, name="worker"),
    path("uden-net/noegle/", offline.drawer_keys, name="drawer_keys"),
    path(f"{_SERVICE}uden-net/", offline.offline_form, name="offline_form"),
    path(f"{_SERVICE}uden-net/modtag/", offline.offline_receive, name="offline_receive"),
    path(f"{_SERVICE}noedark/", outages.emergency_sheet, name="emergency_sheet"),
    path(f"{_SERVICE}nede/", outages.outages, name="outages"),
    path("udfald/<uuid:outage>/", outages.outage, name="outage"),
    path("udfald/<uuid:outage>/faerdig/", outages.outage_finish, name="outage_finish"),
]
