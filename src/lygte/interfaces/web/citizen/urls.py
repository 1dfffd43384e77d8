from django.urls import path

from lygte.interfaces.web.citizen import views

app_name = "citizen"
urlpatterns = [
    path("<str:token>/", views.plan, name="plan"),
    path("<str:token>/hvem/", views.openings, name="openings"),
]
