"""What a telephone system tells about a call, put together in whatever order it arrives."""

from datetime import datetime
from uuid import UUID

from lygte.apps.core.scope import current_municipality_id
from lygte.apps.people import selectors as people
from lygte.apps.queue.models import Call
from lygte.domain.access import AccessDenied, Action, Actor, ActorKind, require
from lygte.domain.ids import normalise_phone
from lygte.domain.transitions import CALL, TransitionRefused
from lygte.domain.vocab import CallEvent, CallState

FACTS = ["rang_at", "answered_at", "voicemail_at", "ended_at", "state", "number", "number_index"]


def may_announce(actor: Actor, service_id: UUID) -> None:
    """Raise `AccessDenied` unless the actor is a telephone system or may take calls in the service."""
    if actor.kind in (ActorKind.WEBHOOK, ActorKind.SYSTEM):
        if actor.municipality_id != current_municipality_id():
            raise AccessDenied(Action.CALL_TAKE)
        return
    require(actor, Action.CALL_TAKE, municipality_id=actor.municipality_id, service_id=service_id)


def learn(call: Call, *, event: CallEvent, at: datetime, number: str | None) -> bool:
    """Add one told fact to a call; tell whether anything is new. The order of the facts does not matter."""
    before = [getattr(call, name) for name in FACTS]
    call.rang_at = min(call.rang_at, at)
    if event is CallEvent.ANSWERED:
        call.answered_at = _first(call.answered_at, at)
    elif event is CallEvent.VOICEMAIL:
        call.voicemail_at = _first(call.voicemail_at, at)
    elif event is CallEvent.HUNG_UP:
        call.ended_at = max(call.ended_at or at, at)
    if number and not call.number:
        call.number = normalise_phone(number) or ""
        call.number_index = people.phone_digest(number)
    call.state = state_of(call)
    return before != [getattr(call, name) for name in FACTS]


def _first(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else min(known, at)


def state_of(call: Call) -> CallState:
    """Return the state that the told facts lead to, taken in the order of their times.

    A fact that the table does not allow after those before it changes nothing.
    """
    told = (
        (call.answered_at, CallEvent.ANSWERED),
        (call.voicemail_at, CallEvent.VOICEMAIL),
        (call.ended_at, CallEvent.HUNG_UP),
    )
    in_order = sorted((at, rank, event) for rank, (at, event) in enumerate(told) if at is not None)
    state = CallState.RINGING
    for _, _, event in in_order:
        try:
            state = CALL.after(state, event)
        except TransitionRefused:
            continue
    return state
