from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lygte.apps.core.fields import choices
from lygte.apps.core.scoped import ScopedModel
from lygte.apps.crypto.fields import EncryptedTextField
from lygte.domain import vocab

USER = settings.AUTH_USER_MODEL


def code(codes: type, length: int = 24) -> models.CharField:
    """A code field of three states: a value, `not_stated`, or empty for not recorded."""
    return models.CharField(max_length=length, choices=choices(codes), blank=True, default="")


class Contact(ScopedModel):
    """One contact (henvendelse), incoming or outgoing. Needs no person: anonymous is the normal case.

    `counted_as`, `counted_first_time` and `counted_at` are frozen at the first close, so that later links
    between identities leave past figures as they were. `marks` says who wrote which field last, and from
    which open page.
    """

    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=8, choices=choices(vocab.Direction))
    outgoing_kind = code(vocab.OutgoingKind)
    channel = models.CharField(max_length=12, choices=choices(vocab.Channel))
    state = models.CharField(max_length=8, choices=choices(vocab.ContactState))
    started_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    owner = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    closed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    caller = code(vocab.Caller)
    about = code(vocab.About)
    level = code(vocab.Level)
    felt_acute = code(vocab.Ternary)
    causes = models.JSONField(default=list, blank=True)
    children = code(vocab.Ternary)
    under_18 = code(vocab.Ternary)
    sex = code(vocab.Sex)
    first_time = code(vocab.FirstTime)
    cpr_answer = code(vocab.CprAnswer)
    conversation_held = code(vocab.Ternary)
    plan_state = code(vocab.PlanState)
    outcome = code(vocab.Outcome)
    measures = models.JSONField(default=list, blank=True)
    may_ring = code(vocab.MayRing)

    stay_from = models.DateTimeField(null=True)
    stay_until = models.DateTimeField(null=True)
    stay_left_at = models.DateTimeField(null=True)
    nights = models.PositiveSmallIntegerField(null=True)

    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    counted_as = models.UUIDField(null=True)
    counted_first_time = code(vocab.FirstTime)
    counted_at = models.DateTimeField(null=True)
    import_batch = models.UUIDField(null=True)
    marks = models.JSONField(default=dict, blank=True)

    class Meta(ScopedModel.Meta):
        indexes = [
            models.Index(fields=["municipality", "service", "started_at"], name="contact_by_time"),
            models.Index(fields=["municipality", "service", "state", "started_at"], name="contact_by_state"),
            models.Index(fields=["municipality", "person", "started_at"], name="contact_by_person"),
            models.Index(
                fields=["municipality", "service", "stay_from"],
                condition=Q(stay_from__isnull=False, stay_left_at__isnull=True),
                name="contact_guests",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(direction="incoming", outgoing_kind="")
                | (Q(direction="outgoing") & ~Q(outgoing_kind="")),
                name="outgoing_has_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="contact_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(stay_left_at__isnull=True) | Q(stay_left_at__gte=F("stay_from")),
                name="guest_leaves_after_arrival",
            ),
        ]


class ContactNote(ScopedModel):
    """One free text of a contact, as last typed."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="notes")
    field = models.CharField(max_length=16, choices=choices(vocab.NoteField))
    text = EncryptedTextField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(ScopedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["contact", "field"], name="one_note_per_field")]


class LevelChange(ScopedModel):
    """The crisis level was set, raised or lowered. Both values stay."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="level_changes")
    previous = code(vocab.Level)
    level = models.CharField(max_length=12, choices=choices(vocab.Level))
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField()


class Reopening(ScopedModel):
    """A closed contact was opened again, by whom and why."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="reopenings")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()
    reason = EncryptedTextField()


class ChildNotification(ScopedModel):
    """The decision on notifying the authorities about a child (underretning), apart from the adult's record.

    Until `decided_at` it is what somebody is about to decide.
    """

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="child_notification")
    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    choice = code(vocab.NotificationChoice)
    reason = EncryptedTextField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    sent_on = models.DateField(null=True)
    sent_to = EncryptedTextField()
    receipt_due = models.DateField(null=True)
    receipt_on = models.DateField(null=True)
    outcome = EncryptedTextField()

    class Meta(ScopedModel.Meta):
        indexes = [
            models.Index(fields=["municipality", "service", "receipt_due"], name="notification_receipts")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | (~Q(choice="") & Q(decided_by__isnull=False)),
                name="notification_decided_by_name",
            ),
        ]
