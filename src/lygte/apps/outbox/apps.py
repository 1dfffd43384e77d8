from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "lygte.apps.outbox"
    label = "outbox"
