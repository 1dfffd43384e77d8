"""Changing the dated rules of a service. Each change is one transaction with its audit event."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.tenancy.dated import (
    MODELS,
    Adoption,
    Kind,
    checked_start,
    differences,
    locked_service,
    note_change,
    replace_row,
)
from lygte.apps.tenancy.models import Dated, FollowUpSetting, LevelSetting, ServiceTarget
from lygte.domain.access import Actor
from lygte.domain.vocab import AbandonRule, Channel, Level, PromiseKind

MOST_SECONDS = 24 * 60 * 60
MOST_MINUTES = 7 * 24 * 60
MOST_DAYS = 365
MOST_ATTEMPTS = 20
MOST_HOURS = 14 * 24
FOLLOW_UP_KINDS = (PromiseKind.PLAN_FOLLOW_UP, PromiseKind.WELLBEING)
LEVELS = (Level.NOT_CRISIS, Level.MILD, Level.MODERATE, Level.SEVERE)


@transaction.atomic
def set_target(
    *,
    actor: Actor,
    now: datetime,
    service_id: UUID,
    channel: Channel,
    values: Mapping[str, Any],
    starts: date,
    adoption: Adoption | None,
) -> ServiceTarget:
    """Give a channel a new target from a day on. `values`: seconds, share_percent, abandon_rule."""
    _within("seconds", values["seconds"], 1, MOST_SECONDS)
    _within("share_percent", values["share_percent"], 1, 100)
    AbandonRule(values["abandon_rule"])
    key = {"channel": channel}
    row = _begin(
        Kind.TARGET,
        actor=actor,
        now=now,
        service_id=service_id,
        key=key,
        values=values,
        starts=starts,
        by=adoption,
    )
    assert isinstance(row, ServiceTarget)  # noqa: S101 - tells the type checker what the kind says
    return row


@transaction.atomic
def set_level(
    *,
    actor: Actor,
    now: datetime,
    service_id: UUID,
    level: Level,
    values: Mapping[str, Any],
    starts: date,
    adoption: Adoption | None,
) -> LevelSetting:
    """Give a level new consequences from a day on.

    `values`: callback_minutes, plan_days, plan_earliest_day, plan_latest_day, colleague.
    """
    if level not in LEVELS:
        raise InvalidField("level", "unknown")
    _within("callback_minutes", values["callback_minutes"], 1, MOST_MINUTES)
    _in_order(values, "plan_earliest_day", "plan_days", "plan_latest_day")
    key = {"level": level}
    row = _begin(
        Kind.LEVEL,
        actor=actor,
        now=now,
        service_id=service_id,
        key=key,
        values=values,
        starts=starts,
        by=adoption,
    )
    assert isinstance(row, LevelSetting)  # noqa: S101 - tells the type checker what the kind says
    return row


@transaction.atomic
def set_follow_up(
    *,
    actor: Actor,
    now: datetime,
    service_id: UUID,
    kind: PromiseKind,
    values: Mapping[str, Any],
    starts: date,
    adoption: Adoption | None,
) -> FollowUpSetting:
    """Give a kind of follow-up a new rule from a day on. `values`: every field of the rule."""
    if kind not in FOLLOW_UP_KINDS:
        raise InvalidField("kind", "unknown")
    _in_order(values, "earliest_day", "days", "latest_day")
    if not values["ring_from"] < values["ring_to"]:
        raise InvalidField("ring_to", "order")
    _within("max_attempts", values["max_attempts"], 1, MOST_ATTEMPTS)
    _within("spacing_hours", values["spacing_hours"], 0, MOST_HOURS)
    _within("quiet_hours_after_contact", values["quiet_hours_after_contact"], 0, MOST_HOURS)
    key = {"kind": kind}
    row = _begin(
        Kind.FOLLOW_UP,
        actor=actor,
        now=now,
        service_id=service_id,
        key=key,
        values=values,
        starts=starts,
        by=adoption,
    )
    assert isinstance(row, FollowUpSetting)  # noqa: S101 - tells the type checker what the kind says
    return row


@transaction.atomic
def adopt(
    *, actor: Actor, now: datetime, service_id: UUID, kind: Kind, row_id: UUID, adoption: Adoption
) -> Dated:
    """Note that a proposed choice was adopted. It is adopted once; the note is not changed afterwards."""
    service = locked_service(actor=actor, service_id=service_id)
    rows = MODELS[kind].objects.filter(service=service, pk=row_id)
    row = rows.get()
    if not rows.filter(adopted_on__isnull=True).update(adopted_by=adoption.by, adopted_on=adoption.on):
        raise Refused("already_adopted")
    row.refresh_from_db()
    detail = {"adopted_on": adoption.on.isoformat()}
    note_change(actor=actor, now=now, service=service, kind=kind.value, subject=row, detail=detail)
    return row


def _begin(
    kind: Kind,
    *,
    actor: Actor,
    now: datetime,
    service_id: UUID,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    starts: date,
    by: Adoption | None,
) -> Dated:
    service = locked_service(actor=actor, service_id=service_id)
    checked_start(starts, now=now)
    row, last = replace_row(MODELS[kind], service=service, key=key, values=values, starts=starts, adoption=by)
    detail = {
        **{name: str(value) for name, value in key.items()},
        "from": starts.isoformat(),
        "adopted": by is not None,
        **differences(last, values),
    }
    note_change(actor=actor, now=now, service=service, kind=kind.value, subject=row, detail=detail)
    return row


def _within(field: str, value: int, lowest: int, highest: int) -> None:
    if not lowest <= value <= highest:
        raise InvalidField(field, "range")


def _in_order(values: Mapping[str, Any], first: str, middle: str, last: str) -> None:
    for name in (first, middle, last):
        _within(name, values[name], 0, MOST_DAYS)
    if values[first] > values[middle]:
        raise InvalidField(first, "order")
    if values[middle] > values[last]:
        raise InvalidField(last, "order")
