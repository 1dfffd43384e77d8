from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lygte.apps.audit"
    label = "audit"
