from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PlansConfig(AppConfig):
    name = "lygte.apps.plans"
    label = "plans"

    def ready(self) -> None:
        from lygte.apps.plans import guards

        post_migrate.connect(guards.install, dispatch_uid="lygte.plan_guards")
