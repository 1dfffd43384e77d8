"""Changing how the channels of a service may be used. The last matching rule wins."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.tenancy.dated import (
    Adoption,
    Held,
    Kind,
    adoption_fields,
    checked_start,
    differences,
    end_rows,
    held,
    locked_service,
    note_change,
    plain,
)
from lygte.apps.tenancy.models import OpeningHours, Service
from lygte.domain.access import Actor
from lygte.domain.time import ONE_DAY, day_of
from lygte.domain.vocab import Access, Channel

WEEKDAYS = frozenset("0123456")


@transaction.atomic
def add(
    *,
    actor: Actor,
    now: datetime,
    service_id: UUID,
    values: Mapping[str, Any],
    starts: date,
    adoption: Adoption | None,
) -> OpeningHours:
    """Add a rule, which beats those before it.

    `values`: channel, access, weekdays, starts, ends, on_holidays.
    """
    service = locked_service(actor=actor, service_id=service_id)
    checked_start(starts, now=now)
    row = OpeningHours.objects.create(
        service=service,
        valid_from=starts,
        position=_next_position(service),
        **_checked(values),
        **adoption_fields(adoption),
    )
    _note(actor, now, service, row, {"from": starts.isoformat(), "new": plain(values)})
    return row


@transaction.atomic
def change(
    *,
    actor: Actor,
    now: datetime,
    service_id: UUID,
    rule_id: UUID,
    values: Mapping[str, Any],
    starts: date,
    adoption: Adoption | None,
) -> OpeningHours:
    """End a rule the day before and begin another in its place. Raises `Refused` when the rule has ended."""
    service = locked_service(actor=actor, service_id=service_id)
    checked_start(starts, now=now)
    old = _changeable(service, rule_id, now=now)
    end_rows([old], starts=starts)
    row = OpeningHours.objects.create(
        service=service,
        valid_from=starts,
        position=old.position,
        **_checked(values),
        **adoption_fields(adoption),
    )
    _note(actor, now, service, row, {"from": starts.isoformat(), **differences(old, values)})
    return row


@transaction.atomic
def end(*, actor: Actor, now: datetime, service_id: UUID, rule_id: UUID, last_day: date) -> OpeningHours:
    """Let a rule hold until a day, that day included; yesterday ends it now."""
    service = locked_service(actor=actor, service_id=service_id)
    if last_day < day_of(now) - ONE_DAY:
        raise InvalidField("last_day", "past")
    row = _changeable(service, rule_id, now=now)
    end_rows([row], starts=last_day + ONE_DAY)
    _note(actor, now, service, row, {"to": last_day.isoformat()})
    return row


def rule(service_id: UUID, rule_id: UUID) -> OpeningHours:
    """Return a rule of a service."""
    return OpeningHours.objects.get(service_id=service_id, pk=rule_id)


def _changeable(service: Service, rule_id: UUID, *, now: datetime) -> OpeningHours:
    row = OpeningHours.objects.get(service=service, pk=rule_id)
    if held(row, day=day_of(now)) not in (Held.NOW, Held.PLANNED):
        raise Refused("ended")
    return row


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    days = set(values["weekdays"])
    if not days or not days <= WEEKDAYS:
        raise InvalidField("weekdays", "required")
    return dict(values) | {
        "weekdays": "".join(sorted(days)),
        "channel": Channel(values["channel"]),
        "access": Access(values["access"]),
    }


def _next_position(service: Service) -> int:
    highest = OpeningHours.objects.filter(service=service).aggregate(highest=Max("position"))["highest"]
    return 0 if highest is None else int(highest) + 1


def _note(
    actor: Actor, now: datetime, service: Service, row: OpeningHours, detail: Mapping[str, Any]
) -> None:
    key = {"channel": str(row.channel)}
    note_change(
        actor=actor, now=now, service=service, kind=Kind.OPENING, subject=row, detail={**key, **detail}
    )
