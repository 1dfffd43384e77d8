from django.conf import settings
from django.db import models
from django.db.models import Q

from lygte.apps.core.fields import choices
from lygte.apps.core.scoped import ScopedModel
from lygte.apps.crypto.fields import EncryptedTextField
from lygte.domain import vocab

USER = settings.AUTH_USER_MODEL


class DutyPeriod(ScopedModel):
    """Somebody is on duty in the service, or on call outside it."""

    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=choices(vocab.DutyKind))
    started_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    minutes_away = models.PositiveSmallIntegerField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["service", "user"], condition=Q(ended_at__isnull=True), name="on_duty_once"
            )
        ]


class HandoverNote(ScopedModel):
    """What a colleague added to the hand-over that is written from what is still open."""

    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    shift_ends_at = models.DateTimeField()
    text = EncryptedTextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["service", "shift_ends_at"], name="one_note_per_shift")
        ]
