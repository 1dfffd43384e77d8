from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "lygte.apps.people"
    label = "people"
