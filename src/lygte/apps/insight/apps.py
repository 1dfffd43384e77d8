from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "lygte.apps.insight"
    label = "insight"
