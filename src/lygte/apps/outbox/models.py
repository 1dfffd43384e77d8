from django.db import models

from lygte.apps.core.fields import choices
from lygte.apps.core.scoped import ScopedModel
from lygte.apps.crypto.fields import EncryptedTextField
from lygte.domain import vocab


class OutboxMessage(ScopedModel):
    """A message to be sent by a gateway, written in the transaction that caused it."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"

    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    medium = models.CharField(max_length=12, choices=choices(vocab.Medium), default="sms")
    recipient = EncryptedTextField()
    body = EncryptedTextField()
    promise = models.ForeignKey("promises.Promise", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    gateway_reference = models.CharField(max_length=120, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["municipality", "state", "next_try_at"], name="outbox_by_state")]
