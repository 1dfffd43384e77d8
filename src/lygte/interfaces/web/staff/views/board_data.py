"""Everything that the board shows, read once: one query for each source, whatever the number of rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from lygte.apps.accounts import selectors as accounts
from lygte.apps.contacts import selectors as contacts
from lygte.apps.people import selectors as people
from lygte.apps.plans import selectors as plans
from lygte.apps.promises import selectors as promises
from lygte.apps.queue import selectors as queue
from lygte.apps.tenancy import rules
from lygte.apps.workforce import selectors as workforce
from lygte.domain.followup import Window
from lygte.domain.handover import HandoverLine, OpenItems, lines
from lygte.domain.time import OpeningRule, day_of, local, shift_end
from lygte.domain.vocab import CallState, Channel, Level, PromiseKind, Standing

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

MISSED = (CallState.ABANDONED, CallState.VOICEMAIL)
LOOK_AHEAD = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Promised:
    """An open promise and how it stands now."""

    row: Any
    standing: Standing

    @property
    def is_callback(self) -> bool:
        return bool(self.row.kind == PromiseKind.CALLBACK)

    @property
    def window(self) -> Window:
        return Window(opens=self.row.opens, due=self.row.due, closes=self.row.closes)


@dataclass(frozen=True, slots=True)
class Shift:
    """What is going on in a service now."""

    service: "Service"
    now: datetime
    calls: list[Any]
    waiting: list[Any]
    open_contacts: list[Any]
    in_house: list[Any]
    promises: list[Promised]
    notifications: list[Any]
    on_duty: list[Any]
    notes: list[Any]
    targets: Mapping[Channel, int]
    opening: tuple[OpeningRule, ...]
    unopened_plans: int
    severe_last_day: int
    unseen_glass: int = 0
    cards: Mapping[UUID, Any] = field(default_factory=dict)
    names: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def today(self) -> Any:
        return day_of(self.now)

    def card(self, person_id: UUID | None) -> Any:
        """Return how a person may be shown; None for somebody who is not known."""
        return self.cards.get(person_id) if person_id else None

    def name(self, user_id: UUID | None) -> str:
        """Return the name of a colleague; empty for nobody."""
        return self.names.get(user_id, "") if user_id else ""


def gather(service: "Service", *, now: datetime, for_leader: bool = False) -> Shift:
    """Read what the board of a service shows at a moment; a leader also sees what waits for a leader."""
    day = day_of(now)
    sources: dict[str, Any] = {
        "calls": queue.unsettled(service.pk, now=now),
        "waiting": contacts.waiting(service.pk),
        "open_contacts": contacts.open_contacts(service.pk),
        "in_house": contacts.in_house(service.pk),
        "promises": [
            Promised(row, promises.standing(row, now)) for row in promises.open_for_service(service.pk)
        ],
        "notifications": contacts.notifications_without_receipt(service.pk, day),
        "on_duty": workforce.on_duty(service.pk, now),
        "notes": workforce.notes_to_read(service.pk, now),
    }
    return Shift(
        service=service,
        now=now,
        **sources,
        targets=_targets(service, now),
        opening=rules.opening_rules(service.pk, day=day),
        unopened_plans=len(plans.unopened_shares(service.pk, now=now)),
        severe_last_day=_severe_last_day(service.pk, now),
        unseen_glass=people.unreviewed_break_glasses(service.pk) if for_leader else 0,
        cards=people.cards(_persons(sources, day)),
        names=accounts.user_names(_users(sources)),
    )


def _targets(service: "Service", now: datetime) -> dict[Channel, int]:
    found = {
        channel: rules.target(service, channel, day=day_of(now))
        for channel in (Channel.PHONE, Channel.WALK_IN)
    }
    return {channel: target.seconds for channel, target in found.items() if target is not None}


def _severe_last_day(service_id: UUID, now: datetime) -> int:
    rows = contacts.rows_between(service_id, now - timedelta(days=1), now)
    return sum(row["level"] == Level.SEVERE for row in rows)


def _persons(sources: Mapping[str, Any], day: date) -> set[UUID]:
    """Return whose names the board may show; promises of another day are only counted."""
    contacts_shown = [*sources["waiting"], *sources["open_contacts"], *sources["in_house"]]
    promised = [one.row for one in sources["promises"] if _is_of_today(one, day)]
    rows: Iterable[Any] = [*contacts_shown, *promised]
    return {row.person_id for row in rows if row.person_id}


def _is_of_today(one: Promised, day: date) -> bool:
    return one.standing is not Standing.UPCOMING or one.is_callback or day_of(one.row.due) <= day


def _users(sources: Mapping[str, Any]) -> set[UUID]:
    promised = [one.row for one in sources["promises"]]
    owned = {row.owner_id for row in [*sources["open_contacts"], *promised]}
    return (owned | {row.attempt_by_id for row in promised}) - {None}


def handover_lines(shift: Shift) -> tuple[HandoverLine, ...]:
    """Return what the running shift leaves, weightiest first."""
    return lines(_open_items(shift))


def _open_items(shift: Shift) -> OpenItems:
    now = shift.now
    ringing = [call for call in shift.calls if call.state == CallState.RINGING]
    callbacks = [
        one for one in shift.promises if one.is_callback and one.standing is not Standing.NEEDS_DECISION
    ]
    follow_ups = [one for one in shift.promises if not one.is_callback]
    overdue = Standing.OVERDUE
    coming = [one.window.due for one in callbacks if one.standing is not overdue]
    late = [row for row in shift.notifications if row.receipt_due and row.receipt_due < shift.today]
    next_shift_ends = shift_end(shift_end(now))
    return OpenItems(
        waiting_calls=len(ringing),
        longest_wait_minutes=_minutes(now, [call.rang_at for call in ringing]),
        guests_waiting=len(shift.waiting),
        longest_guest_minutes=_minutes(now, [row.started_at for row in shift.waiting]),
        needs_decision=sum(one.standing is Standing.NEEDS_DECISION for one in shift.promises),
        callbacks_overdue=sum(one.standing is overdue for one in callbacks),
        missed_calls=sum(call.state in MISSED for call in shift.calls),
        severe_last_day=shift.severe_last_day,
        notifications_late=len(late),
        follow_ups_overdue=sum(one.standing is overdue for one in follow_ups),
        open_contacts=len(shift.open_contacts),
        oldest_open_minutes=_minutes(now, [row.started_at for row in shift.open_contacts]),
        callbacks_open=len(coming),
        next_callback=f"{local(min(coming)):%H.%M}" if coming else "",
        follow_ups_due=sum(
            one.window.due <= next_shift_ends
            and one.standing not in (overdue, Standing.NEEDS_DECISION, Standing.ON_HOLD)
            for one in follow_ups
        ),
        notifications_waiting=len(shift.notifications) - len(late),
        plans_unopened=shift.unopened_plans,
        guests_in_house=len(shift.in_house),
    )


def _minutes(now: datetime, since: list[datetime]) -> int:
    return int((now - min(since)).total_seconds() // 60) if since else 0
