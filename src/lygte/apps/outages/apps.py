from django.apps import AppConfig


class OutagesConfig(AppConfig):
    name = "lygte.apps.outages"
    label = "outages"
