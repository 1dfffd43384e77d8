"""Which event may follow which state, and where it leads.

A table is the only place that says so. Everything a table does not name is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from lygte.domain.vocab import (
    CallEvent,
    CallState,
    ContactEvent,
    ContactState,
    PlanVersionEvent,
    PlanVersionState,
    PromiseEvent,
    PromiseState,
)

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class TransitionRefused(Exception):
    """An event that the table does not allow in this state."""

    def __init__(self, state: StrEnum, event: StrEnum) -> None:
        """Keep the state and the event that was refused."""
        super().__init__(f"{event} is refused in state {state}")
        self.state = state
        self.event = event


@dataclass(frozen=True, slots=True)
class Table(Generic[S, E]):
    """A transition table: state, event, next state."""

    edges: Mapping[S, Mapping[E, S]]

    def __post_init__(self) -> None:
        """Freeze the mapping, so that a table can be shared."""
        frozen = {state: MappingProxyType(dict(moves)) for state, moves in self.edges.items()}
        object.__setattr__(self, "edges", MappingProxyType(frozen))

    def after(self, state: S, event: E) -> S:
        """Return the state after an event. Raises TransitionRefused when the table does not allow it."""
        try:
            return self.edges[state][event]
        except KeyError:
            raise TransitionRefused(state, event) from None

    def events(self, state: S) -> frozenset[E]:
        """Return the events that are allowed in a state; none for an end state."""
        return frozenset(self.edges.get(state, {}))

    def reachable(self, start: S) -> frozenset[S]:
        """Return every state that some row of events can lead to, the start included."""
        seen: set[S] = set()
        found = {start}
        while found:
            state = found.pop()
            seen.add(state)
            found |= set(self.edges.get(state, {}).values()) - seen
        return frozenset(seen)


# A transferred call rings again; a caller who has left a message hangs up and the message stays.
CALL: Table[CallState, CallEvent] = Table(
    {
        CallState.RINGING: {
            CallEvent.RINGING: CallState.RINGING,
            CallEvent.ANSWERED: CallState.ANSWERED,
            CallEvent.HUNG_UP: CallState.ABANDONED,
            CallEvent.VOICEMAIL: CallState.VOICEMAIL,
        },
        CallState.ANSWERED: {CallEvent.HUNG_UP: CallState.ENDED},
        CallState.VOICEMAIL: {CallEvent.HUNG_UP: CallState.VOICEMAIL},
    }
)

# A waiting contact can close without being received: the guest left.
CONTACT: Table[ContactState, ContactEvent] = Table(
    {
        ContactState.WAITING: {
            ContactEvent.RECEIVE: ContactState.OPEN,
            ContactEvent.CLOSE: ContactState.CLOSED,
        },
        ContactState.OPEN: {ContactEvent.CLOSE: ContactState.CLOSED},
        ContactState.CLOSED: {ContactEvent.REOPEN: ContactState.OPEN},
    }
)

# A person on hold or waiting for a decision can still ring by themselves and so end the promise.
PROMISE: Table[PromiseState, PromiseEvent] = Table(
    {
        PromiseState.PROMISED: {
            PromiseEvent.REACHED: PromiseState.KEPT,
            PromiseEvent.REFUSED: PromiseState.DECLINED,
            PromiseEvent.FAILED: PromiseState.PROMISED,
            PromiseEvent.FAILED_LAST: PromiseState.NEEDS_DECISION,
            PromiseEvent.HOLD: PromiseState.ON_HOLD,
            PromiseEvent.EXTEND: PromiseState.PROMISED,
            PromiseEvent.DECIDE: PromiseState.DECIDED,
        },
        PromiseState.ON_HOLD: {
            PromiseEvent.REACHED: PromiseState.KEPT,
            PromiseEvent.REFUSED: PromiseState.DECLINED,
            PromiseEvent.RESUME: PromiseState.PROMISED,
            PromiseEvent.DECIDE: PromiseState.DECIDED,
        },
        PromiseState.NEEDS_DECISION: {
            PromiseEvent.REACHED: PromiseState.KEPT,
            PromiseEvent.REFUSED: PromiseState.DECLINED,
            PromiseEvent.FAILED: PromiseState.NEEDS_DECISION,
            PromiseEvent.FAILED_LAST: PromiseState.NEEDS_DECISION,
            PromiseEvent.HOLD: PromiseState.ON_HOLD,
            PromiseEvent.EXTEND: PromiseState.PROMISED,
            PromiseEvent.DECIDE: PromiseState.DECIDED,
        },
    }
)

PLAN_VERSION: Table[PlanVersionState, PlanVersionEvent] = Table(
    {PlanVersionState.DRAFT: {PlanVersionEvent.FINISH: PlanVersionState.FINISHED}}
)
