"""Periodic duties: small sweeps that find their work in the state of the service, and may run twice without
harm.

A duty is found in the tasks module of its app, runs once per municipality in that municipality's scope, and
is logged. A duty that fails is tried again at its next turn; it never stops the others, nor the same duty
elsewhere.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import F

from lygte.apps.core.scope import municipality_scope
from lygte.apps.jobs.models import DutyRun
from lygte.apps.tenancy import selectors as tenancy

log = logging.getLogger("lygte.duties")


@dataclass(frozen=True, slots=True)
class Duty:
    """A sweep, named, with the seconds between two runs.

    A scoped sweep is called once per municipality, inside its scope and one transaction. One that is not
    scoped is called once and opens the scopes itself: for work that must not hold a transaction while it
    waits.
    """

    name: str
    seconds: int
    sweep: Callable[[datetime], object]
    scoped: bool = True


def run_due(duties: Sequence[Duty], *, now: datetime) -> list[str]:
    """Run every duty that is due and not running elsewhere; return their names."""
    return [duty.name for duty in duties if _claim(duty, now) and _run(duty, now)]


def _claim(duty: Duty, now: datetime) -> bool:
    next_at = now + timedelta(seconds=duty.seconds)
    claimed = DutyRun.objects.filter(name=duty.name, next_at__lte=now).update(next_at=next_at, started_at=now)
    if claimed:
        return True
    _, made = DutyRun.objects.get_or_create(name=duty.name, defaults={"next_at": next_at, "started_at": now})
    return made


def _run(duty: Duty, now: datetime) -> bool:
    problems = _sweep_everywhere(duty, now) if duty.scoped else _attempt(duty, now)
    _note(duty, now, problems)
    return True


def _sweep_everywhere(duty: Duty, now: datetime) -> list[str]:
    problems: list[str] = []
    for municipality in tenancy.municipalities():
        problems += _attempt(duty, now, municipality.pk)
    return problems


def _attempt(duty: Duty, now: datetime, municipality_id: UUID | None = None) -> list[str]:
    try:
        if municipality_id is None:
            duty.sweep(now)
        else:
            with municipality_scope(municipality_id), transaction.atomic():
                duty.sweep(now)
    except Exception as problem:  # noqa: BLE001 - one failing duty must not stop the others
        log.error("duty %s failed: %s", duty.name, type(problem).__name__)
        return [type(problem).__name__]
    return []


def _note(duty: Duty, now: datetime, problems: list[str]) -> None:
    run = DutyRun.objects.filter(name=duty.name)
    try:
        if problems:
            run.update(failures=F("failures") + 1, problem=problems[0][:200])
        else:
            run.update(finished_at=now, problem="")
    except DatabaseError:
        log.error("duty %s could not note how it went", duty.name)
