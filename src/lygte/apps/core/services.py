from uuid import UUID

from django.db.models import F

from lygte.apps.core.models import LiveVersion


def bump(service_id: UUID) -> None:
    """Raise the live version of a service, inside the transaction that changes it."""
    if not LiveVersion.objects.filter(pk=service_id).update(version=F("version") + 1):
        LiveVersion.objects.get_or_create(pk=service_id)
        LiveVersion.objects.filter(pk=service_id).update(version=F("version") + 1)
