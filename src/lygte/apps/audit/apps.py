from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "lygte.apps.audit"
    label = "audit"

    def ready(self) -> None:
        from lygte.apps.audit import guards

        post_migrate.connect(guards.install, dispatch_uid="lygte.audit_guards")
