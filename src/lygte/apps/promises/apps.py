from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "lygte.apps.promises"
    label = "promises"
