from django.conf import settings
from django.db import models
from django.db.models import Q

from lygte.apps.core.fields import choices
from lygte.apps.core.scoped import ScopedModel
from lygte.apps.crypto.fields import EncryptedTextField
from lygte.domain.retention import Act, Ground

USER = settings.AUTH_USER_MODEL


class RetentionChoice(ScopedModel):
    """How long the municipality keeps what stands on a ground, from a day on, and why."""

    ground = models.CharField(max_length=24, choices=choices(Ground))
    months = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    reason = models.CharField(max_length=300)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")


class LegalHold(ScopedModel):
    """Nothing on this person is let go of, whatever its term, until the hold is lifted."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(lifted_at__isnull=True), name="one_running_hold"
            ),
        ]


class RetentionRun(ScopedModel):
    """Somebody has asked for what is past its term to be let go of. A duty does it, a batch at a time."""

    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"], condition=Q(finished_at__isnull=True), name="one_retention_run"
            ),
        ]


class ErasureRequest(ScopedModel):
    """A person asks to be erased. One leader prepares it, another decides. Empty of the person afterwards."""

    class Outcome(models.TextChoices):
        ERASED = "erased"
        REFUSED = "refused"

    person_id = models.UUIDField(null=True)
    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decision_reason = EncryptedTextField()

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["person_id"], condition=Q(decided_at__isnull=True), name="one_open_erasure"
            ),
        ]


class Receipt(ScopedModel):
    """What was let go of: how much, of what, on which ground, by whom. Names nobody. Only grows."""

    at = models.DateTimeField()
    ground = models.CharField(max_length=24, blank=True)
    act = models.CharField(max_length=12, choices=choices(Act))
    cutoff = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    digest = models.BinaryField()
    actor_id = models.UUIDField(null=True)
    run_id = models.UUIDField(null=True)
    request_id = models.UUIDField(null=True)
    code = models.BinaryField()

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["municipality", "at"], name="receipt_by_time")]
