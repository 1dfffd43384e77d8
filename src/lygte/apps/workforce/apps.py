from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "lygte.apps.workforce"
    label = "workforce"
