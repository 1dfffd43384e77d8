from django.conf import settings
from django.db import models
from django.db.models import Q

from lygte.apps.core.fields import choices
from lygte.apps.core.scoped import ScopedModel
from lygte.apps.crypto.fields import EncryptedTextField
from lygte.domain import vocab
from lygte.domain.ids import CprKind

USER = settings.AUTH_USER_MODEL


class Person(ScopedModel):
    """A person as far as known: an anonymous thread with return words, an alias, or identified."""

    level = models.CharField(max_length=12, choices=choices(vocab.IdentityLevel))
    return_words = EncryptedTextField()
    alias = EncryptedTextField()
    name = EncryptedTextField()
    cpr = EncryptedTextField()
    cpr_kind = models.CharField(max_length=16, choices=choices(CprKind), blank=True)
    birth_year = models.PositiveSmallIntegerField(null=True)
    phone = EncryptedTextField()
    address = EncryptedTextField()
    home_municipality_code = models.CharField(max_length=4, blank=True)
    sex = models.CharField(max_length=12, choices=choices(vocab.Sex), blank=True)
    is_protected = models.BooleanField(default=False)
    may_ring = models.CharField(max_length=16, choices=choices(vocab.MayRing), blank=True)
    band = models.CharField(max_length=12, choices=choices(vocab.DayBand), blank=True)
    medium = models.CharField(max_length=12, choices=choices(vocab.Medium), blank=True)
    do_not_remind = models.BooleanField(default=False)
    avoid_weekdays = models.CharField(max_length=7, blank=True)
    admitted_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")


class ServiceTie(ScopedModel):
    """A service that knows a person. Its workers may read the record; others need break-glass.

    A service that knows the person by a linked contact only (`link`) does so for as long as the link holds.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    link = models.ForeignKey("IdentityLink", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(ScopedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["person", "service"], name="tie_once")]


class IdentityIndex(ScopedModel):
    """Blind index entries, by which a person can be found without opening a field."""

    class Kind(models.TextChoices):
        CPR = "cpr"
        PHONE = "phone"
        ALIAS = "alias"
        NAME = "name"
        RETURN_WORDS = "return_words"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    digest = models.BinaryField(max_length=16)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["municipality", "kind", "digest"], name="identity_lookup")]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "digest"], name="identity_entry_once"),
            models.UniqueConstraint(
                fields=["municipality", "kind", "digest"],
                condition=Q(kind__in=["cpr", "return_words"]),
                name="identity_unique_kinds",
            ),
        ]


class IdentityLink(ScopedModel):
    """A dated act: this contact, or this thread, belongs to that person. Undone by another dated act."""

    contact = models.ForeignKey("contacts.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    thread = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField()
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    undone_reason = EncryptedTextField()

    class Meta(ScopedModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=True, thread__isnull=False)
                | Q(contact__isnull=False, thread__isnull=True),
                name="link_has_one_source",
            ),
            models.UniqueConstraint(
                fields=["contact"], condition=Q(undone_at__isnull=True), name="one_active_link_per_contact"
            ),
            models.UniqueConstraint(
                fields=["thread"], condition=Q(undone_at__isnull=True), name="one_active_link_per_thread"
            ),
        ]


class Consent(ScopedModel):
    """What a person has said yes or no to, for one purpose."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=16, choices=choices(vocab.ConsentPurpose))
    given = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_running_consent_per_purpose",
            ),
        ]


class BreakGlass(ScopedModel):
    """Access to a person whom the own service does not know: with a reason, for a while, seen by leaders."""

    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField()
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(
        max_length=12, choices=choices(vocab.GlassVerdict), blank=True, default="", db_default=""
    )
    review_note = EncryptedTextField()
