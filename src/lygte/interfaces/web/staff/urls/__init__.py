from django.urls import URLPattern, URLResolver

from lygte.interfaces.web.staff.urls import (
    board,
    contacts,
    desk,
    month,
    outages,
    people,
    plans,
    promises,
    settings,
)

app_name = "staff"
urlpatterns: list[URLPattern | URLResolver] = [
    *desk.urlpatterns,
    *board.urlpatterns,
    *contacts.urlpatterns,
    *people.urlpatterns,
    *plans.urlpatterns,
    *promises.urlpatterns,
    *month.urlpatterns,
    *outages.urlpatterns,
    *settings.urlpatterns,
]
