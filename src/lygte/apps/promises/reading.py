"""A row of a promise as the rules of the domain understand it."""

from datetime import timedelta

from lygte.apps.promises.models import Promise
from lygte.domain.followup import Window, Wish
from lygte.domain.promises import CLOSED_STATES, AttemptFact, PromiseFacts
from lygte.domain.vocab import AttemptOutcome, DayBand, MayRing, Medium, PromiseState


def facts(promise: Promise) -> PromiseFacts:
    """Return what the rules need to know; attempts are those since the promise was made or last given a new
    round.
    """
    since = promise.extended_at
    known = getattr(promise, "known_attempts", None)
    attempts = tuple(
        AttemptFact(row.at, AttemptOutcome(row.outcome))
        for row in (promise.attempts.all() if known is None else known)
        if since is None or row.at > since
    )
    return PromiseFacts(
        state=PromiseState(promise.state),
        opens=promise.opens,
        due=promise.due,
        closes=promise.closes,
        attempts=attempts,
        max_attempts=promise.max_attempts,
        spacing=timedelta(minutes=promise.spacing_minutes),
    )


def wish(promise: Promise) -> Wish:
    """Return how the person wished to be contacted when the promise was made."""
    return Wish(
        band=DayBand(promise.band) if promise.band else None,
        medium=Medium(promise.medium),
        may_ring=MayRing(promise.may_ring or MayRing.NOT_STATED),
        do_not_remind=promise.do_not_remind,
        avoid_weekdays=frozenset(int(digit) for digit in promise.avoid_weekdays),
    )


def window(promise: Promise) -> Window:
    """Return the window of a promise."""
    return Window(opens=promise.opens, due=promise.due, closes=promise.closes)


def is_closed(promise: Promise) -> bool:
    """Tell whether the promise has ended."""
    return PromiseState(promise.state) in CLOSED_STATES


def may_not_be_rung(promise: Promise) -> bool:
    """Tell whether the only agreed way is the telephone and the person may not be rung."""
    return promise.medium == Medium.PHONE and promise.may_ring == MayRing.NO
