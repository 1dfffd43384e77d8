from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lygte.apps.core.fields import choices
from lygte.apps.core.scoped import ScopedModel
from lygte.apps.crypto.fields import EncryptedTextField
from lygte.domain import vocab

USER = settings.AUTH_USER_MODEL
CLOSED = [vocab.PromiseState.KEPT, vocab.PromiseState.DECLINED, vocab.PromiseState.DECIDED]
OPEN = [state for state in vocab.PromiseState if state not in CLOSED]


class Promise(ScopedModel):
    """A promise to be in touch: a callback, a plan follow-up or a wellbeing measurement. It cannot end in
    silence.
    """

    service = models.ForeignKey("tenancy.Service", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=choices(vocab.PromiseKind))
    state = models.CharField(max_length=16, choices=choices(vocab.PromiseState))
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("contacts.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey("queue.Call", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    anchor_at = models.DateTimeField()
    opens = models.DateTimeField()
    due = models.DateTimeField()
    closes = models.DateTimeField()
    number = EncryptedTextField()
    note = EncryptedTextField()
    may_ring = models.CharField(max_length=16, choices=choices(vocab.MayRing), blank=True)
    medium = models.CharField(max_length=12, choices=choices(vocab.Medium), default="phone")
    band = models.CharField(max_length=12, choices=choices(vocab.DayBand), default="any")
    avoid_weekdays = models.CharField(max_length=7, blank=True)
    do_not_remind = models.BooleanField(default=False)
    max_attempts = models.PositiveSmallIntegerField()
    spacing_minutes = models.PositiveIntegerField()
    attempts_made = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)
    attempt_started_at = models.DateTimeField(null=True)
    attempt_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    attempt_contact = models.ForeignKey(
        "contacts.Contact", null=True, on_delete=models.PROTECT, related_name="+"
    )
    hold_since = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    kept_by_contact = models.ForeignKey(
        "contacts.Contact", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.CharField(max_length=20, choices=choices(vocab.Decision), blank=True)
    decision_reason = EncryptedTextField()
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(ScopedModel.Meta):
        indexes = [
            models.Index(fields=["municipality", "service", "state", "due"], name="promise_by_state"),
            models.Index(fields=["municipality", "person", "kind"], name="promise_by_person"),
            models.Index(fields=["municipality", "service", "kind", "due"], name="promise_by_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__lte=F("due")) & Q(due__lte=F("closes")), name="promise_window_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED, closed_at__isnull=False)
                | (~Q(state__in=CLOSED) & Q(closed_at__isnull=True)),
                name="promise_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | (~Q(decision="") & Q(decided_by__isnull=False)),
                name="promise_decided_by_name",
            ),
            models.CheckConstraint(
                condition=Q(attempt_contact__isnull=True) | Q(attempt_started_at__isnull=False),
                name="promise_attempt_has_a_start",
            ),
            models.UniqueConstraint(fields=["attempt_contact"], name="one_promise_per_attempt"),
        ]


class Attempt(ScopedModel):
    """One attempt to keep a promise."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=16, choices=choices(vocab.AttemptOutcome))
    contact = models.ForeignKey("contacts.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    note = EncryptedTextField()

    class Meta(ScopedModel.Meta):
        ordering = ["at", "id"]


class Move(ScopedModel):
    """A promise was moved: from when, to when, and by which rule or person."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="moves")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=24)
    due_before = models.DateTimeField()
    due_after = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        ordering = ["at", "id"]
