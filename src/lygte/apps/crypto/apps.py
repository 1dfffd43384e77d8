from django.apps import AppConfig


class CryptoConfig(AppConfig):
    name = "lygte.apps.crypto"
    label = "crypto"
