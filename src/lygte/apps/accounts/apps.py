from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lygte.apps.accounts"
    label = "accounts"
