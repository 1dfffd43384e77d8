from collections.abc import Iterable
from uuid import UUID

from lygte.apps.core.models import LiveVersion


def live_version(service_id: UUID) -> int:
    """Return the live version of a service; 0 before its first change."""
    return LiveVersion.objects.filter(pk=service_id).values_list("version", flat=True).first() or 0


def live_versions(service_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return the live version of each service that has one, in one query."""
    rows = LiveVersion.objects.filter(pk__in=list(service_ids))
    return dict(rows.values_list("service_id", "version"))
