from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "lygte.apps.core"
    label = "core"
