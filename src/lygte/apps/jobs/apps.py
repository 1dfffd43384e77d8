from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "lygte.apps.jobs"
    label = "jobs"
