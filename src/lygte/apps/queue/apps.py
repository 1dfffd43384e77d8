from django.apps import AppConfig


class QueueConfig(AppConfig):
    name = "lygte.apps.queue"
    label = "queue"
