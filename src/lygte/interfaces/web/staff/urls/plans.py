from django.urls import path

from lygte.interfaces.web.staff.views import plans, plans_print, plans_share, plans_write

_PLAN = "person/<uuid:person>/kriseplan/"

urlpatterns = [
    path(_PLAN, plans.plan, name="plan"),
    path(f"{_PLAN}skriv/", plans_write.plan_edit, name="plan_edit"),
    path(f"{_PLAN}gem/", plans_write.plan_save, name="plan_save"),
    path(f"{_PLAN}faerdig/", plans_write.plan_finish, name="plan_finish"),
    path(f"{_PLAN}sammenlign/", plans.plan_compare, name="plan_compare"),
    path(f"{_PLAN}udskriv/", plans_print.plan_print, name="plan_print"),
    path(f"{_PLAN}del/", plans_share.plan_share, name="plan_share"),
    path("deling/<uuid:share>/traek-tilbage/", plans_share.share_withdraw, name="share_withdraw"),
    path("henvendelse/<uuid:contact>/kriseplan/", plans.plan_from_contact, name="plan_from_contact"),
]
