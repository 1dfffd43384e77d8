from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from lygte.apps.core.refusals import InvalidField
from lygte.apps.outbox import services as outbox
from lygte.apps.promises import acknowledgement
from lygte.apps.promises.models import CLOSED, Promise
from lygte.apps.promises.services import rows
from lygte.apps.promises.services.keeping import number_to_ring
from lygte.apps.tenancy import rules as tenancy
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb
from lygte.domain.followup import Window, Wish
from lygte.domain.ids import normalise_phone
from lygte.domain.time import access_at, day_of, next_change
from lygte.domain.triage import consequences
from lygte.domain.vocab import Access, Channel, DayBand, Level, MayRing, PromiseKind, PromiseState

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

CALLBACK_ATTEMPTS = 3
CALLBACK_SPACING = timedelta(minutes=10)


@transaction.atomic
def make_callback(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    number: str = "",
    opens: datetime | None = None,
    closes: datetime | None = None,
    level: Level | None = None,
    may_ring: MayRing = MayRing.NOT_STATED,
    person_id: UUID | None = None,
    contact_id: UUID | None = None,
    call_id: UUID | None = None,
    owner_id: UUID | None = None,
    note: str = "",
    acknowledge: bool = False,
) -> Promise:
    """Promise to ring back, by default within the time of the level.

    With `acknowledge` the caller is told by text message that we have heard and when we ring. The same call
    leads to one promise, however often it is announced. Raises InvalidField for a number that is none, a
    window out of order, or a promise that nobody could keep: no number, person or call.
    """
    if actor.id is not None:
        require(actor, Action.PROMISE_KEEP, municipality_id=actor.municipality_id, service_id=service.pk)
    if call_id and (running := _of_call(call_id)):
        return running
    promise = create(
        actor=actor,
        now=now,
        service=service,
        kind=PromiseKind.CALLBACK,
        window=_callback_window(service, now, opens=opens, closes=closes, level=level),
        wish=Wish(may_ring=may_ring),
        anchor_at=now,
        max_attempts=CALLBACK_ATTEMPTS,
        spacing=CALLBACK_SPACING,
        number=_number(number, person_id=person_id, call_id=call_id),
        note=note,
        person_id=person_id,
        contact_id=contact_id,
        call_id=call_id,
        owner_id=owner_id,
    )
    if acknowledge:
        _acknowledge(promise, service, actor=actor, now=now)
    return promise


def create(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    kind: PromiseKind,
    window: Window,
    wish: Wish,
    anchor_at: datetime,
    max_attempts: int,
    spacing: timedelta,
    state: PromiseState = PromiseState.PROMISED,
    **fields: Any,
) -> Promise:
    """Write the row of a new promise of any kind, with its event."""
    promise = Promise.objects.create(
        service=service,
        kind=kind,
        state=state,
        made_at=now,
        made_by_id=actor.id,
        anchor_at=anchor_at,
        opens=window.opens,
        due=window.due,
        closes=window.closes,
        next_attempt_at=window.opens if state is PromiseState.PROMISED else None,
        max_attempts=max_attempts,
        spacing_minutes=int(spacing.total_seconds() // 60),
        **wish_fields(wish),
        **fields,
    )
    rows.tell(Verb.PROMISE_MADE, promise, actor=actor, now=now, detail={"state": state.value})
    return promise


def wish_fields(wish: Wish) -> dict[str, Any]:
    """Return a wish as the fields of a promise."""
    return {
        "may_ring": wish.may_ring,
        "medium": wish.medium,
        "band": wish.band or DayBand.ANY,
        "avoid_weekdays": "".join(str(day) for day in sorted(wish.avoid_weekdays)),
        "do_not_remind": wish.do_not_remind,
    }


def callback_length(service_id: UUID, level: Level | None, *, now: datetime) -> timedelta:
    """Return the longest time to a callback at a level, by the rules of the service on that day."""
    rule = consequences(level, rules=tenancy.level_rules(service_id, day=day_of(now)))
    return timedelta(minutes=rule.callback_minutes)


def _of_call(call_id: UUID) -> Promise | None:
    return Promise.objects.filter(call_id=call_id).exclude(state__in=CLOSED).first()


def _number(text: str, *, person_id: UUID | None, call_id: UUID | None) -> str:
    """Return the number as E.164. A machine's odd number is left out; a person's odd number is refused."""
    number = normalise_phone(text) if text.strip() else ""
    if number is None and call_id is None:
        raise InvalidField("number", "not_a_number")
    if not number and person_id is None and call_id is None:
        raise InvalidField("number", "missing")
    return number or ""


def _callback_window(
    service: "Service",
    now: datetime,
    *,
    opens: datetime | None,
    closes: datetime | None,
    level: Level | None,
) -> Window:
    start = opens or (now if closes else _when_open(service, now))
    end = closes or start + callback_length(service.pk, level, now=now)
    if end <= now:
        raise InvalidField("closes", "past")
    if not start < end:
        raise InvalidField("closes", "not_in_order")
    return Window(opens=start, due=end, closes=end)


def _when_open(service: "Service", now: datetime) -> datetime:
    """Return now, or the moment at which the telephone opens when it is closed by the rules."""
    rules = tenancy.opening_rules(service.pk, day=day_of(now))
    if not rules or access_at(rules, channel=Channel.PHONE, moment=now) is not Access.CLOSED:
        return now
    change = next_change(rules, channel=Channel.PHONE, moment=now)
    return change[0] if change else now


def _acknowledge(promise: Promise, service: "Service", *, actor: Actor, now: datetime) -> None:
    number = number_to_ring(promise)
    if not number and promise.call_id is None:
        raise InvalidField("number", "missing")
    if not number:
        return
    outbox.queue_sms(
        actor=actor,
        now=now,
        service=service,
        recipient=number,
        body=acknowledgement.text(service, closes=promise.closes, now=now),
        promise_id=promise.pk,
    )
