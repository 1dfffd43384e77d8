from django.urls import URLPattern, path

from lygte.interfaces.web.staff.views import month, month_import, month_rows

_MONTH = "tilbud/<slug:service>/maaned/<int:year>-<int:month>"

urlpatterns: list[URLPattern] = [
    path("tilbud/<slug:service>/maaned/", month.month, name="month"),
    path(f"{_MONTH}/", month.month_of, name="month_of"),
    path(f"{_MONTH}/raekker/<slug:indicator>/", month_rows.month_rows, name="month_rows"),
    path(f"{_MONTH}.csv", month.month_csv, name="month_csv"),
    path(f"{_MONTH}/udskriv/", month.month_print, name="month_print"),
    path(f"{_MONTH}/henvendelser.csv", month_import.contacts_export, name="contacts_export"),
    path("tilbud/<slug:service>/modtag/", month_import.contacts_import, name="contacts_import"),
]
