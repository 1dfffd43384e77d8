"""The leader's month, read in a fixed number of queries."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from lygte.apps.contacts import selectors as contacts
from lygte.apps.core.kept import Kept
from lygte.apps.core.selectors import live_version
from lygte.apps.insight.month import FIELDS, Month, PracticeBreak, contact_rows
from lygte.apps.promises import selectors as promises
from lygte.apps.queue import selectors as queue
from lygte.apps.tenancy import rules
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.contact_facts import CallFacts, PromiseRow, call_facts
from lygte.domain.sla import CallRecord
from lygte.domain.time import day_of, month_bounds
from lygte.domain.vocab import Channel

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

SECONDS_KEPT = 60
_MONTHS: Kept[tuple[Month, Month]] = Kept(most=24)
Counted = tuple[UUID, UUID | None, CallRecord]


def kept_month_and_before(
    service: "Service", year: int, month: int, *, as_of: datetime
) -> tuple[Month, Month]:
    """Return a month and the month before it as they were known at most a minute ago.

    What boards show changes the answer at once; what only the month counts, such as a cause, within the
    minute. A month says itself as of when it is known.
    """
    key = (service.pk, year, month, live_version(service.pk), int(as_of.timestamp()) // SECONDS_KEPT)
    return _MONTHS.get(key, lambda: month_and_before(service, year, month, as_of=as_of))


def month(service: "Service", year: int, month: int, *, as_of: datetime) -> Month:
    """Return one month of a service. Raises ValueError for a month that does not exist."""
    return _months(service, [(year, month)], as_of=as_of)[0]


def month_and_before(service: "Service", year: int, month: int, *, as_of: datetime) -> tuple[Month, Month]:
    """Return a month and the month before it, in as many queries as one month and one more target."""
    this, before = _months(service, [(year, month), previous(year, month)], as_of=as_of)
    return this, before


def previous(year: int, month: int) -> tuple[int, int]:
    """Return the month before."""
    return (year, month - 1) if month > 1 else (year - 1, 12)


def following(year: int, month: int) -> tuple[int, int]:
    """Return the month after."""
    return (year, month + 1) if month < 12 else (year + 1, 1)


def _months(service: "Service", wanted: list[tuple[int, int]], *, as_of: datetime) -> list[Month]:
    bounds = [month_bounds(year, number) for year, number in wanted]
    start, end = min(one for one, _ in bounds), max(one for _, one in bounds)
    rows = contacts.rows_between(service.pk, start, end, fields=FIELDS)
    choices = contacts.notification_choices(service.pk, start, end)
    calls = queue.counted_calls(service.pk, start, end)
    promised = [_promise_row(row) for row in promises.due_rows(service.pk, start, end)]
    changes = tenancy.practice_changes(service.pk, day_of(start), day_of(end - timedelta(seconds=1)))
    made = []
    for (year, number), (first, last) in zip(wanted, bounds, strict=True):
        target = rules.standing_target(service, Channel.PHONE, day=day_of(last - timedelta(seconds=1)))
        made.append(
            Month(
                year=year,
                month=number,
                start=first,
                end=last,
                as_of=as_of,
                contacts=contact_rows((row for row in rows if first <= row["started_at"] < last), choices),
                calls=_calls([row for row in calls if first <= row[2].rang_at < last], target, as_of),
                promises=tuple(row for row in promised if first <= row.due < last),
                target=target,
                practice=tuple(
                    PracticeBreak(row.on, row.note_da, row.note_en)
                    for row in changes
                    if day_of(first) <= row.on < day_of(last)
                ),
            )
        )
    return made


def _calls(
    rows: list[Counted], target: rules.StandingTarget | None, as_of: datetime
) -> tuple[CallFacts, ...]:
    if target is None:
        return ()
    return tuple(
        call_facts(call_id, record, target=target.target, as_of=as_of, contact_id=contact_id)
        for call_id, contact_id, record in rows
        if record.rang_at <= as_of
    )


def _promise_row(row: dict[str, Any]) -> PromiseRow:
    named = {name: row[name] for name in ("kind", "state", "due", "closes", "closed_at", "contact_id")}
    return PromiseRow(key=row["id"], **named)
