from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from lygte.apps.audit.anchors import Head
from lygte.apps.audit.models import AuditEvent, Seal, UnsealedEvent
from lygte.apps.core.scope import current_municipality_id


def events_of_person(person_id: UUID) -> QuerySet[AuditEvent]:
    """Return everything done with or read of one person's record, newest first."""
    return AuditEvent.objects.filter(person_id=person_id).order_by("-at", "-id")


def events_of_subject(subject_id: UUID) -> QuerySet[AuditEvent]:
    """Return the history of one row, oldest first."""
    return AuditEvent.objects.filter(subject_id=subject_id).order_by("at", "id")


def events_between(start: datetime, end: datetime) -> QuerySet[AuditEvent]:
    """Return the events of a half-open period, oldest first."""
    return AuditEvent.objects.filter(at__gte=start, at__lt=end).order_by("at", "id")


def events_of_service(
    service_id: UUID, start: datetime, end: datetime, *, user_ids: Iterable[UUID]
) -> QuerySet[AuditEvent]:
    """Return what happened in a service in a half-open period, newest first.

    Among it is what its users (`user_ids`) did outside any service, such as signing in, and what was done to
    their accounts.
    """
    users = list(user_ids)
    outside = Q(service_id__isnull=True)
    mine = Q(actor_id__in=users) | Q(subject="accounts.user", subject_id__in=users)
    rows = AuditEvent.objects.filter(Q(service_id=service_id) | (outside & mine), at__gte=start, at__lt=end)
    return rows.order_by("-at", "-id")


def moments_of_service(service_id: UUID, start: datetime, end: datetime) -> list[datetime]:
    """Return when anything was done in a service in a half-open period, unordered."""
    rows = AuditEvent.objects.filter(service_id=service_id, at__gte=start, at__lt=end)
    return list(rows.values_list("at", flat=True))


def events_of_verbs(service_id: UUID, verbs: Iterable[str], start: datetime) -> QuerySet[AuditEvent]:
    """Return events of some verbs in a service since a moment, newest first."""
    rows = AuditEvent.objects.filter(service_id=service_id, verb__in=list(verbs), at__gte=start)
    return rows.order_by("-at", "-id")


def by_actor(events: QuerySet[AuditEvent], user_id: UUID) -> QuerySet[AuditEvent]:
    """Narrow events to what one user did."""
    return events.filter(actor_id=user_id)


def head() -> Head | None:
    """Return the last seal of the running municipality's chain."""
    last = Seal.objects.order_by("-number").first()
    return Head(current_municipality_id(), last.number, bytes(last.digest)) if last else None


def number_of_events() -> int:
    """Return how many events the running municipality has."""
    return AuditEvent.objects.count()


def waiting_since() -> datetime | None:
    """Return when the oldest event was written that is not sealed yet."""
    first = UnsealedEvent.objects.order_by("id").values_list("id", flat=True).first()
    return AuditEvent.objects.filter(pk=first).values_list("at", flat=True).first() if first else None
