from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "lygte.apps.privacy"
    label = "privacy"
