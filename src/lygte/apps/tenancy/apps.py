from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "lygte.apps.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from lygte.apps.tenancy import guards

        post_migrate.connect(guards.install, dispatch_uid="lygte.guards")
