"""Dated choices: a change ends the old row the day before and begins a new one, and rewrites no past."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import InvalidField
from lygte.apps.core.services import bump
from lygte.apps.tenancy.models import (
    Dated,
    FollowUpSetting,
    LevelSetting,
    LocalCode,
    OpeningHours,
    Service,
    ServiceTarget,
)
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb
from lygte.domain.time import ONE_DAY, day_of

D = TypeVar("D", bound=Dated)
LONGEST_NAME = 120


class Kind(StrEnum):
    """The kinds of dated choices of a service."""

    OPENING = "opening"
    TARGET = "target"
    LEVEL = "level"
    FOLLOW_UP = "follow_up"
    CODE = "code"


MODELS: Mapping[Kind, type[Dated]] = {
    Kind.OPENING: OpeningHours,
    Kind.TARGET: ServiceTarget,
    Kind.LEVEL: LevelSetting,
    Kind.FOLLOW_UP: FollowUpSetting,
    Kind.CODE: LocalCode,
}


class Held(StrEnum):
    """Where a dated choice stands on a day."""

    NOW = "now"
    PLANNED = "planned"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Adoption:
    """Who adopted a choice, and on which day. Without one, a choice is only proposed."""

    by: str
    on: date


def held(row: Dated, *, day: date) -> Held:
    """Return where a choice stands on a day; withdrawn when it was replaced before it held a whole day."""
    if row.valid_to is not None and row.valid_to < row.valid_from:
        return Held.WITHDRAWN
    if row.valid_from > day:
        return Held.PLANNED
    return Held.NOW if row.valid_to is None or row.valid_to >= day else Held.ENDED


def rows_of(kind: Kind, service_id: UUID) -> list[Any]:
    """Return every row of a kind that a service ever had, the newest first."""
    return list(MODELS[kind].objects.filter(service_id=service_id).order_by("-valid_from", "-id"))


def locked_service(*, actor: Actor, service_id: UUID) -> Service:
    """Return a service for changing its settings, one change at a time; raises `AccessDenied`."""
    service = Service.objects.select_for_update().get(pk=service_id)
    require(actor, Action.SETTINGS_EDIT, municipality_id=actor.municipality_id, service_id=service.pk)
    return service


def checked_start(starts: date, *, now: datetime) -> date:
    """Return the first day of a choice, or raise `InvalidField`: what has been is not changed."""
    if starts < day_of(now):
        raise InvalidField("valid_from", "past")
    return starts


def checked_adoption(by: str, on: date | None, *, now: datetime) -> Adoption | None:
    """Return who adopted what when; None for neither. Raises `InvalidField` for one without the other."""
    name = by.strip()
    if not name and on is None:
        return None
    if not name or len(name) > LONGEST_NAME:
        raise InvalidField("adopted_by", "long" if name else "required")
    if on is None or on > day_of(now):
        raise InvalidField("adopted_on", "required" if on is None else "future")
    return Adoption(name, on)


def adoption_fields(adoption: Adoption | None) -> dict[str, Any]:
    """Return the stored fields of an adoption."""
    return {"adopted_by": adoption.by, "adopted_on": adoption.on} if adoption else {}


def end_rows(rows: Iterable[Dated], *, starts: date) -> list[Dated]:
    """End what holds the day before `starts`, and withdraw what was planned; return what was touched."""
    touched = []
    for row in rows:
        if row.valid_to is not None and row.valid_to < starts:
            continue
        row.valid_to = max(row.valid_from, starts) - ONE_DAY
        row.save(update_fields=["valid_to"])
        touched.append(row)
    return touched


def replace_row(
    model: type[D],
    *,
    service: Service,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    starts: date,
    adoption: Adoption | None,
) -> tuple[D, D | None]:
    """Begin a choice for a key and end the one before it. Returns the new row and the one that it follows."""
    before = list(model.objects.filter(service=service, **key).order_by("valid_from", "id"))
    running = [row for row in before if row.valid_to is None or row.valid_to >= starts]
    last = next((row for row in running if row.valid_from <= starts), None)
    end_rows(running, starts=starts)
    row = model.objects.create(
        service=service, valid_from=starts, **key, **values, **adoption_fields(adoption)
    )
    return row, last


def note_change(
    *, actor: Actor, now: datetime, service: Service, kind: str, subject: Any, detail: Mapping[str, Any]
) -> None:
    """Write that a setting was changed, and let open boards know. `detail` holds codes, numbers and days."""
    audit.record(
        Verb.SETTINGS_CHANGED,
        actor=actor,
        now=now,
        subject=subject,
        service_id=service.pk,
        detail={"what": kind, **detail},
    )
    bump(service.pk)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as an audit event keeps them."""
    return {
        name: value if isinstance(value, (int, bool, str)) or value is None else str(value)
        for name, value in values.items()
    }


def differences(row: Dated | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return old and new of what differs between a row and new values."""
    old = {name: getattr(row, name, None) for name in values} if row else {}
    changed = {name: value for name, value in values.items() if old.get(name) != value}
    return {"old": plain({name: old.get(name) for name in changed} if row else {}), "new": plain(changed)}
