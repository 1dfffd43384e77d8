"""How a promise stands and what an attempt does to it.

No promise ends in silence: only the person's own answer (reached, declined) or a decision by name closes one.
Source: Model description, 2014-2017, service targets (a set time to be rung back).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lygte.domain.time import to_utc
from lygte.domain.transitions import PROMISE
from lygte.domain.vocab import (
    FAILED_ATTEMPTS,
    AttemptOutcome,
    Decision,
    PromiseEvent,
    PromiseState,
    Standing,
)

CLOSED_STATES = frozenset({PromiseState.KEPT, PromiseState.DECLINED, PromiseState.DECIDED})


@dataclass(frozen=True, slots=True)
class AttemptFact:
    """One attempt to keep a promise, at an aware moment."""

    at: datetime
    outcome: AttemptOutcome


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """What is known of a promise.

    ``attempts`` are those since it was made or last extended, in any order; ``max_attempts`` failed ones
    bring it to a decision; ``spacing`` lies between two; ``hold_until`` is None for a hold without a known
    end.
    """

    state: PromiseState
    opens: datetime
    due: datetime
    closes: datetime
    attempts: tuple[AttemptFact, ...]
    max_attempts: int
    spacing: timedelta
    hold_until: datetime | None = None

    @property
    def failed(self) -> int:
        """The number of attempts at which the person was not reached."""
        return sum(attempt.outcome in FAILED_ATTEMPTS for attempt in self.attempts)

    @property
    def used_up(self) -> bool:
        """Whether there is no attempt left before someone must decide."""
        return self.failed >= self.max_attempts


def _spaced(facts: PromiseFacts) -> datetime:
    """Return the moment from which the spacing allows an attempt; the opening when there was none."""
    opens = to_utc(facts.opens)
    last = max((to_utc(attempt.at) for attempt in facts.attempts), default=None)
    return opens if last is None else max(opens, last + facts.spacing)


def _held(facts: PromiseFacts, now: datetime) -> bool:
    return facts.state == PromiseState.ON_HOLD and (
        facts.hold_until is None or now < to_utc(facts.hold_until)
    )


def standing(facts: PromiseFacts, *, now: datetime) -> Standing:
    """Return how a promise stands at an aware moment.

    A promise past its closing moment is overdue even while the spacing runs, and a hold whose end has passed
    no longer hides it.
    """
    now = to_utc(now)
    if facts.state in CLOSED_STATES:
        return Standing.CLOSED
    if _held(facts, now):
        return Standing.ON_HOLD
    if facts.state == PromiseState.NEEDS_DECISION or facts.used_up:
        return Standing.NEEDS_DECISION
    if now > to_utc(facts.closes):
        return Standing.OVERDUE
    if now < to_utc(facts.opens):
        return Standing.UPCOMING
    return Standing.WAITING if now < _spaced(facts) else Standing.OPEN


def next_attempt_at(facts: PromiseFacts) -> datetime | None:
    """Return the earliest moment (UTC) of the next attempt by window, spacing and hold.

    None when no attempt is to be made: the promise is closed, waits for a decision, or rests without a known
    end. Ring hours are not looked at; ``followup.spaced_attempt`` does that.
    """
    if facts.state in CLOSED_STATES or facts.state == PromiseState.NEEDS_DECISION or facts.used_up:
        return None
    if facts.state != PromiseState.ON_HOLD:
        return _spaced(facts)
    return None if facts.hold_until is None else max(_spaced(facts), to_utc(facts.hold_until))


def event_of(facts: PromiseFacts, *, outcome: AttemptOutcome) -> PromiseEvent:
    """Return the event that one more attempt with this outcome is to a promise."""
    if outcome == AttemptOutcome.REACHED:
        return PromiseEvent.REACHED
    if outcome == AttemptOutcome.DECLINED:
        return PromiseEvent.REFUSED
    last = facts.failed + 1 >= facts.max_attempts
    return PromiseEvent.FAILED_LAST if last else PromiseEvent.FAILED


def after_attempt(facts: PromiseFacts, *, outcome: AttemptOutcome, at: datetime) -> PromiseState:
    """Return the state after one more attempt, which ``facts.attempts`` does not hold yet.

    Raises TransitionRefused when the promise is closed, or rests and the person was not reached; ValueError
    when ``at`` has no time zone.
    """
    to_utc(at)
    return PROMISE.after(facts.state, event_of(facts, outcome=outcome))


def after_decision(state: PromiseState, *, decision: Decision) -> PromiseState:
    """Return the state after a named person decided. Only an extension keeps the promise open.

    Raises TransitionRefused when the promise is closed, or rests and is to be extended.
    """
    event = PromiseEvent.EXTEND if decision == Decision.EXTEND else PromiseEvent.DECIDE
    return PROMISE.after(state, event)
