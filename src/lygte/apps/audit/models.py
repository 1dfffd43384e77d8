from django.db import models

from lygte.apps.core.fields import choices
from lygte.apps.core.scoped import ScopedModel
from lygte.domain.access import ActorKind


class AuditEvent(ScopedModel):
    """One thing that somebody did or read. The table only grows; the database refuses anything else.

    Rows are referred to by plain identifiers, so that an event outlives what it tells about. `detail` holds
    codes and counts, never words that were typed. `code` proves that nobody changed the row in the
    database; it is missing on events that a version before the chain wrote.
    """

    at = models.DateTimeField()
    verb = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=8, choices=choices(ActorKind))
    actor_id = models.UUIDField(null=True)
    service_id = models.UUIDField(null=True)
    subject = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    code = models.BinaryField(null=True)

    class Meta(ScopedModel.Meta):
        indexes = [
            models.Index(fields=["municipality", "at"], name="audit_by_time"),
            models.Index(fields=["municipality", "person_id", "at"], name="audit_by_person"),
            models.Index(fields=["municipality", "subject_id", "at"], name="audit_by_subject"),
        ]


class UnsealedEvent(ScopedModel):
    """An event that waits for its seal, under the event's identifier; a trigger writes it."""


class Seal(ScopedModel):
    """A run of events, closed: their identifiers and codes in order, tied to the seal before. Only grows."""

    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    entries = models.BinaryField()
    previous = models.BinaryField()
    digest = models.BinaryField()
    code = models.BinaryField()

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["municipality", "number"], name="one_seal_per_number"),
        ]
