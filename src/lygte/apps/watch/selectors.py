"""How the whole installation is, in counts. No identity leaves these functions."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings

from lygte.apps.audit import selectors as audit
from lygte.apps.core.scope import municipality_scope
from lygte.apps.jobs import selectors as jobs
from lygte.apps.jobs import tasks as jobs_tasks
from lygte.apps.outbox import selectors as outbox
from lygte.apps.promises import selectors as promises
from lygte.apps.promises import tasks as promises_tasks
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.alerts import Alert, DutyFact, Facts, alerts
from lygte.domain.vocab import PromiseKind

BACKUP = "backup.taken"
LOOK_BACK = timedelta(days=1)
FORGOTTEN = timedelta(days=7)


def current(*, now: datetime) -> tuple[Facts, tuple[Alert, ...]]:
    """Return what is counted of every municipality together, and what somebody must be told of it."""
    found = Facts(
        duties=_duties(now), backup_expected=not settings.LYGTE_DEMO, backup_at=jobs.last_success(BACKUP)
    )
    for municipality in tenancy.municipalities():
        with municipality_scope(municipality.pk):
            found = _added(found, now)
    return found, alerts(found, now=now)


def _duties(now: datetime) -> tuple[DutyFact, ...]:
    """Return the duties that every installation has, and those that ran lately.

    What has not run for a week and is not among the first belongs to an older version.
    """
    always = {duty.name: duty.seconds for duty in (*promises_tasks.DUTIES, *jobs_tasks.DUTIES)}
    found = {name: DutyFact(name, seconds, None, None, False) for name, seconds in always.items()}
    for run in jobs.runs():
        started = run.started_at
        if started is None or run.next_at <= started:
            continue  # started from outside, not by the clock
        if run.name in always or now - started < FORGOTTEN:
            seconds = always.get(run.name, round((run.next_at - started).total_seconds()))
            found[run.name] = DutyFact(run.name, seconds, started, run.finished_at, bool(run.problem))
    return tuple(found[name] for name in sorted(found))


def _added(found: Facts, now: datetime) -> Facts:
    overdue, due = promises.overdue(PromiseKind.CALLBACK, now=now)
    waiting, oldest, given_up = outbox.backlog(since=now - LOOK_BACK)
    return replace(
        found,
        callbacks_overdue=found.callbacks_overdue + overdue,
        oldest_callback_due=_earlier(found.oldest_callback_due, due),
        messages_waiting=found.messages_waiting + waiting,
        oldest_message=_earlier(found.oldest_message, oldest),
        messages_given_up=found.messages_given_up + given_up,
        events_waiting_since=_earlier(found.events_waiting_since, audit.waiting_since()),
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at), default=None)
