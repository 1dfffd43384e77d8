from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from lygte.apps.audit.models import AuditEvent


def events_of_person(person_id: UUID) -> QuerySet[AuditEvent]:
    """Return everything done with or read of one person's record, newest first."""
    return AuditEvent.objects.filter(person_id=person_id).order_by("-at", "-id")


def events_of_subject(subject_id: UUID) -> QuerySet[AuditEvent]:
    """Return the history of one row, oldest first."""
    return AuditEvent.objects.filter(subject_id=subject_id).order_by("at", "id")


def events_between(start: datetime, end: datetime) -> QuerySet[AuditEvent]:
    """Return the events of a half-open period, oldest first."""
    return AuditEvent.objects.filter(at__gte=start, at__lt=end).order_by("at", "id")
