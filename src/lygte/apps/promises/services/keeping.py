from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services as contacts
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.people import selectors as people
from lygte.apps.promises import reading, selectors
from lygte.apps.promises.models import Attempt, Promise
from lygte.apps.promises.services import rows
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain import promises as rules
from lygte.domain.access import Action, Actor
from lygte.domain.events import Verb
from lygte.domain.ids import normalise_phone
from lygte.domain.vocab import (
    FAILED_ATTEMPTS,
    AttemptOutcome,
    Channel,
    ContactState,
    Direction,
    MayRing,
    Medium,
    OutgoingKind,
    PromiseState,
    Standing,
)

if TYPE_CHECKING:
    from lygte.apps.contacts.models import Contact

CHANNELS = {
    Medium.PHONE: Channel.PHONE,
    Medium.SMS: Channel.SMS,
    Medium.EMAIL: Channel.EMAIL,
    Medium.IN_PERSON: Channel.OUTREACH,
}
NO_ATTEMPT: dict[str, Any] = {"attempt_started_at": None, "attempt_by_id": None, "attempt_contact_id": None}


@transaction.atomic
def start_attempt(*, actor: Actor, now: datetime, promise_id: UUID, number: str = "") -> "Contact":
    """Begin an attempt: exactly one person does, and an outgoing contact of its own kind is opened for it.

    `number` fills a promise that has none. Raises Refused when the promise has ended, rests, waits for a
    decision or for its hour, when somebody is at it already, or when the person may not be rung.
    """
    promise = rows.fetch(promise_id, actor=actor, action=Action.PROMISE_KEEP)
    _refuse_before_its_time(promise, now)
    _refuse_unsafe(promise, has_number=bool(number.strip()))
    rows.claim(promise, attempt_started_at=now, attempt_by_id=actor.id)
    if number.strip():
        _write_number(promise, number)
    contact = _open_outgoing(promise, actor=actor, now=now)
    Promise.objects.filter(pk=promise.pk).update(attempt_contact_id=contact.pk)
    rows.tell(Verb.PROMISE_ATTEMPTED, promise, actor=actor, now=now, detail={"outcome": "started"})
    return contact


@transaction.atomic
def record_attempt(
    *,
    actor: Actor,
    now: datetime,
    promise_id: UUID,
    outcome: AttemptOutcome,
    contact_id: UUID | None = None,
    note: str = "",
) -> Promise:
    """Write what came of an attempt. Without a running one, an outgoing contact is opened for it.

    Reached and declined end the promise, from any open state. After the last failed attempt it waits for a
    decision, on the name of its owner or else of the one who tried. A failed attempt out of turn raises
    Refused.
    """
    promise = rows.fetch(promise_id, actor=actor, action=Action.PROMISE_KEEP)
    state = rules.after_attempt(reading.facts(promise), outcome=outcome, at=now)
    failed = outcome in FAILED_ATTEMPTS
    if failed and promise.attempt_started_at is None:
        _refuse_before_its_time(promise, now)
    at = promise.attempt_started_at or now
    contact_id = contact_id or promise.attempt_contact_id
    rows.claim(promise, **_after(promise, state, actor=actor, at=at, now=now))
    contact_id = contact_id or _open_outgoing(promise, actor=actor, now=now).pk
    if state is PromiseState.KEPT:
        Promise.objects.filter(pk=promise.pk).update(kept_by_contact_id=contact_id)
        promise.kept_by_contact_id = contact_id
    Attempt.objects.create(
        promise=promise, at=at, by_id=actor.id, outcome=outcome, contact_id=contact_id, note=note.strip()
    )
    if failed:
        _close_unanswered(contact_id, actor=actor, now=now)
    detail = {"outcome": outcome.value, "state": state.value}
    rows.tell(Verb.PROMISE_ATTEMPTED, promise, actor=actor, now=now, detail=detail)
    return promise


def number_to_ring(promise: Promise) -> str:
    """Return the number of a promise: the one promised, or the one that the person has let us keep."""
    if promise.number or promise.person_id is None:
        return str(promise.number)
    return str(people.person(people.root_of(promise.person_id)).phone)


def _after(
    promise: Promise, state: PromiseState, *, actor: Actor, at: datetime, now: datetime
) -> dict[str, Any]:
    changes: dict[str, Any] = {
        **NO_ATTEMPT,
        "state": state,
        "attempts_made": promise.attempts_made + 1,
        "next_attempt_at": rows.next_attempt(promise, last=at) if state is PromiseState.PROMISED else None,
    }
    if state in rules.CLOSED_STATES:
        changes |= {"closed_at": now, "hold_since": None}
    elif state is PromiseState.NEEDS_DECISION and promise.owner_id is None:
        changes["owner_id"] = actor.id
    return changes


def _refuse_before_its_time(promise: Promise, now: datetime) -> None:
    rows.refuse_while_attempted(promise)
    found = selectors.standing(promise, now)
    if found is Standing.CLOSED:
        raise Refused("promise_closed")
    if found is Standing.ON_HOLD:
        raise Refused("on_hold")
    if reading.may_not_be_rung(promise):
        raise Refused("may_not_ring")
    if found is Standing.NEEDS_DECISION:
        raise Refused("needs_decision")
    if promise.next_attempt_at is not None and now < promise.next_attempt_at:
        raise Refused("too_early", at=promise.next_attempt_at)


def _refuse_unsafe(promise: Promise, *, has_number: bool) -> None:
    """Refuse to ring a person who has since said no, or whom nobody has a number for."""
    if promise.medium != Medium.PHONE:
        return
    if promise.person_id is not None:
        card = people.card(people.person(people.root_of(promise.person_id)))
        if card.wish.may_ring is MayRing.NO:
            raise Refused("may_not_ring")
    if not has_number and not number_to_ring(promise):
        raise Refused("no_number")


def _write_number(promise: Promise, text: str) -> None:
    number = normalise_phone(text)
    if number is None:
        raise InvalidField("number", "not_a_number")
    promise.number = number
    promise.save(update_fields=["number"])


def _open_outgoing(promise: Promise, *, actor: Actor, now: datetime) -> "Contact":
    return contacts.open_contact(
        actor=actor,
        now=now,
        service=tenancy.service(promise.service_id),
        channel=CHANNELS[Medium(promise.medium)],
        direction=Direction.OUTGOING,
        outgoing_kind=OutgoingKind(promise.kind),
        person_id=promise.person_id,
        follows_id=promise.contact_id,
    )


def _close_unanswered(contact_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Close the outgoing contact of a call that nobody answered, unless what was typed in it keeps it
    open.
    """
    if contacts_read.contact(contact_id).state == ContactState.CLOSED:
        return
    try:
        contacts.close(actor=actor, now=now, contact_id=contact_id)
    except contacts.CannotClose:
        return
