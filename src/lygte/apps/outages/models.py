from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lygte.apps.core.fields import choices
from lygte.apps.core.scoped import ScopedModel
from lygte.apps.crypto.fields import EncryptedTextField
from lygte.domain import vocab

USER = settings.AUTH_USER_MODEL


class DrawerKey(ScopedModel):
    """The secret behind what a user has typed and not yet sent. It outlives a session, never leaves the
    server but to that user, and is not kept in any browser.
    """

    user = models.OneToOneField(USER, on_delete=models.PROTECT, related_name="+")
    secret = EncryptedTextField()
    made_at = models.DateTimeField()


class Outage(ScopedModel):
    """A stretch in which the service could not use Lygte, and whether all that happened is registered."""

    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["municipality", "service", "began_at"], name="outage_by_time")]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=F("began_at")), name="outage_ends_after_start"),
        ]


class LateContact(ScopedModel):
    """Says of a contact that it was registered after it began: how, when, and in which outage."""

    contact = models.OneToOneField("contacts.Contact", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=choices(vocab.LateKind))
    outage = models.ForeignKey(Outage, null=True, on_delete=models.PROTECT, related_name="contacts")
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["municipality", "service", "registered_at"], name="late_by_time")]
