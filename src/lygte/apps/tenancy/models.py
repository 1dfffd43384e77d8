from django.db import models
from django.db.models import Q

from lygte.apps.core.fields import choices
from lygte.apps.core.ids import new_id
from lygte.apps.core.scoped import ScopedModel
from lygte.domain import vocab


class Municipality(models.Model):
    """A municipality: the wall around its people. Global: a user is found before a scope exists."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    key = models.SlugField(max_length=20, unique=True)
    is_invented = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "municipalities"

    def __str__(self) -> str:
        return self.name


class Service(ScopedModel):
    """One crisis service (akuttilbud) and the choices that the municipality has made for it."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)
    organisation_model = models.CharField(max_length=20, choices=choices(vocab.OrganisationModel))
    phone = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=200, blank=True)
    on_call_phone = models.CharField(max_length=20, blank=True)
    emergency_room_phone = models.CharField(max_length=20, blank=True)
    short_ring_seconds = models.PositiveSmallIntegerField(default=5)
    lock_after_seconds = models.PositiveIntegerField(default=600)
    received_text_da = models.CharField(max_length=160, blank=True)
    received_text_en = models.CharField(max_length=160, blank=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["municipality", "slug"], name="service_slug_once"),
            models.CheckConstraint(
                condition=Q(lock_after_seconds__gte=60, lock_after_seconds__lte=3600),
                name="service_lock_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name


def adopted_by_somebody_on_a_day(name: str) -> models.CheckConstraint:
    """Return the constraint that a choice is adopted with both name and day, or proposed with neither."""
    proposed = Q(adopted_by="", adopted_on__isnull=True)
    return models.CheckConstraint(
        condition=proposed | (~Q(adopted_by="") & Q(adopted_on__isnull=False)), name=name
    )


def open_ended_once(name: str, *fields: str) -> models.UniqueConstraint:
    """Return the constraint that one choice at most has no end."""
    return models.UniqueConstraint(fields=["service", *fields], condition=Q(valid_to__isnull=True), name=name)


class Dated(ScopedModel):
    """A choice of a service, valid for a time; adopted by a named person on a date, or only proposed."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    adopted_by = models.CharField(max_length=120, blank=True)
    adopted_on = models.DateField(null=True, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = True


class OpeningHours(Dated):
    """How a channel may be used in a part of the week. A later row beats an earlier one."""

    channel = models.CharField(max_length=12, choices=choices(vocab.Channel))
    access = models.CharField(max_length=12, choices=choices(vocab.Access))
    weekdays = models.CharField(max_length=7, default="0123456")
    starts = models.TimeField()
    ends = models.TimeField()
    on_holidays = models.BooleanField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Dated.Meta):
        abstract = False
        ordering = ["position", "id"]
        constraints = [
            adopted_by_somebody_on_a_day("opening_adopted"),
            models.CheckConstraint(condition=~Q(weekdays=""), name="opening_has_days"),
        ]


class ServiceTarget(Dated):
    """How fast a channel should be answered, and how abandoned calls are counted."""

    channel = models.CharField(max_length=12, choices=choices(vocab.Channel))
    seconds = models.PositiveIntegerField()
    share_percent = models.PositiveSmallIntegerField()
    abandon_rule = models.CharField(max_length=24, choices=choices(vocab.AbandonRule))

    class Meta(Dated.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(share_percent__gte=1, share_percent__lte=100), name="target_share_percent"
            ),
            models.CheckConstraint(condition=Q(seconds__gte=1), name="target_seconds"),
            adopted_by_somebody_on_a_day("target_adopted"),
            open_ended_once("target_open_once", "channel"),
        ]


class LevelSetting(Dated):
    """What a crisis level sets in motion."""

    level = models.CharField(max_length=12, choices=choices(vocab.Level))
    callback_minutes = models.PositiveIntegerField()
    plan_days = models.PositiveSmallIntegerField()
    plan_earliest_day = models.PositiveSmallIntegerField()
    plan_latest_day = models.PositiveSmallIntegerField()
    colleague = models.BooleanField(default=False)

    class Meta(Dated.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(plan_earliest_day__lte=models.F("plan_days"))
                & Q(plan_days__lte=models.F("plan_latest_day")),
                name="level_days_in_order",
            ),
            models.CheckConstraint(condition=Q(callback_minutes__gte=1), name="level_callback_minutes"),
            adopted_by_somebody_on_a_day("level_adopted"),
            open_ended_once("level_open_once", "level"),
        ]


class FollowUpSetting(Dated):
    """When and how often the service tries to keep a follow-up."""

    kind = models.CharField(max_length=16, choices=choices(vocab.PromiseKind))
    days = models.PositiveSmallIntegerField()
    earliest_day = models.PositiveSmallIntegerField()
    latest_day = models.PositiveSmallIntegerField()
    ring_from = models.TimeField()
    ring_to = models.TimeField()
    on_free_days = models.CharField(max_length=24, choices=choices(vocab.FreeDayRule))
    max_attempts = models.PositiveSmallIntegerField(default=3)
    spacing_hours = models.PositiveSmallIntegerField(default=20)
    quiet_hours_after_contact = models.PositiveSmallIntegerField(default=24)

    class Meta(Dated.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(earliest_day__lte=models.F("days")) & Q(days__lte=models.F("latest_day")),
                name="follow_up_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(ring_from__lt=models.F("ring_to")), name="follow_up_ring_hours"
            ),
            models.CheckConstraint(condition=Q(max_attempts__gte=1), name="follow_up_attempts"),
            adopted_by_somebody_on_a_day("follow_up_adopted"),
            open_ended_once("follow_up_open_once", "kind"),
        ]


class LocalCode(Dated):
    """A code that a service has added to a code list. Old contacts keep it after it ends."""

    code_list = models.CharField(max_length=12, choices=choices(vocab.CodeList))
    code = models.SlugField(max_length=40)
    label_da = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Dated.Meta):
        abstract = False
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["service", "code_list", "code"], name="local_code_once"),
            adopted_by_somebody_on_a_day("local_code_adopted"),
        ]


class PracticeChange(ScopedModel):
    """A change of registration practice: a visible break in every series that crosses it."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    note_da = models.CharField(max_length=200)
    note_en = models.CharField(max_length=200, blank=True)

    class Meta(ScopedModel.Meta):
        ordering = ["on", "id"]
