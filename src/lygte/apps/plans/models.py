from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lygte.apps.core.fields import choices
from lygte.apps.core.scoped import ScopedModel
from lygte.apps.crypto.fields import EncryptedTextField
from lygte.domain import vocab

USER = settings.AUTH_USER_MODEL


class Plan(ScopedModel):
    """The crisis plan of a person. The person owns it."""

    person = models.OneToOneField("people.Person", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()


class PlanVersion(ScopedModel):
    """One version. A draft can be typed in; a finished version never changes.

    `ledger` says of a draft which open page wrote which field last, and how far each page has come.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=choices(vocab.PlanVersionState))
    contact = models.ForeignKey("contacts.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    ledger = models.JSONField(null=True)

    class Meta(ScopedModel.Meta):
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="draft"), name="one_draft_per_plan"),
            models.CheckConstraint(
                condition=Q(state="draft", finished_at__isnull=True)
                | Q(state="finished", finished_at__isnull=False),
                name="finished_version_has_a_time",
            ),
        ]


class PlanText(ScopedModel):
    """One section of one version, in the person's words."""

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="texts")
    section = models.CharField(max_length=16, choices=choices(vocab.PlanSection))
    text = EncryptedTextField()
    saved_at = models.DateTimeField(null=True)
    saved_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    saved_from = models.CharField(max_length=40, blank=True)

    class Meta(ScopedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["version", "section"], name="plan_section_once")]


class PlanMark(ScopedModel):
    """Who may be shown a section, as the person has decided. Not part of a version: it holds at once."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="marks")
    section = models.CharField(max_length=16, choices=choices(vocab.PlanSection))
    audiences = models.JSONField(default=list)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    saved_from = models.CharField(max_length=40, blank=True)

    class Meta(ScopedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["plan", "section"], name="plan_mark_once")]


class PlanShare(ScopedModel):
    """Some sections of the plan behind a secret link, until withdrawn or expired.

    Only a digest of the secret is kept.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="shares")
    audience = models.CharField(max_length=12, choices=choices(vocab.ShareAudience))
    label = EncryptedTextField()
    sections = models.JSONField(default=list)
    secret_digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    last_opened_at = models.DateTimeField(null=True)
    times_opened = models.PositiveIntegerField(default=0)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["municipality", "secret_digest"], name="share_secret_once"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="share_ends_after_start"
            ),
        ]


class PlanErasure(ScopedModel):
    """Announces, inside one transaction, that a plan is being erased; else the database refuses."""

    plan_id = models.UUIDField(unique=True)
