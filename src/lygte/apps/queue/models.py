from django.conf import settings
from django.db import models
from django.db.models import Q

from lygte.apps.core.fields import choices
from lygte.apps.core.scoped import ScopedModel
from lygte.apps.crypto.fields import EncryptedTextField
from lygte.domain import vocab

USER = settings.AUTH_USER_MODEL


class TelephonyEndpoint(ScopedModel):
    """A telephone system that announces calls to one service, and how its words map to ours."""

    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    secret = EncryptedTextField()
    mapping = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()


class WebhookDelivery(ScopedModel):
    """A delivery that was accepted once; the same one again is a replay."""

    endpoint = models.ForeignKey(TelephonyEndpoint, on_delete=models.PROTECT, related_name="+")
    delivery_id = models.CharField(max_length=120)
    received_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "delivery_id"], name="delivery_once"),
        ]


class Call(ScopedModel):
    """A call as the telephone system told it; the base of the service level."""

    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    endpoint = models.ForeignKey(TelephonyEndpoint, null=True, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=120, blank=True)
    number = EncryptedTextField()
    number_index = models.BinaryField(max_length=16, null=True)
    state = models.CharField(max_length=12, choices=choices(vocab.CallState))
    handling = models.CharField(max_length=12, choices=choices(vocab.CallHandling), default="open")
    rang_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    voicemail_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("contacts.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    let_go_reason = EncryptedTextField()

    class Meta(ScopedModel.Meta):
        indexes = [
            models.Index(fields=["municipality", "service", "rang_at"], name="call_by_time"),
            models.Index(fields=["municipality", "service", "handling", "rang_at"], name="call_by_handling"),
            models.Index(fields=["municipality", "number_index"], name="call_by_number"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "external_id"],
                condition=Q(endpoint__isnull=False),
                name="call_announced_once",
            ),
        ]
