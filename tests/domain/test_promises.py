"""No promise ends in silence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lygte.domain.promises import (
    CLOSED_STATES,
    AttemptFact,
    PromiseFacts,
    after_attempt,
    after_decision,
    event_of,
    next_attempt_at,
    standing,
)
from lygte.domain.transitions import PROMISE, TransitionRefused
from lygte.domain.vocab import (
    FAILED_ATTEMPTS,
    AttemptOutcome,
    Decision,
    PromiseEvent,
    PromiseState,
    Standing,
)

HOUR = timedelta(hours=1)
OPENS = datetime(2026, 10, 24, 18, tzinfo=UTC)
FACTS = PromiseFacts(
    state=PromiseState.PROMISED,
    opens=OPENS,
    due=OPENS + HOUR,
    closes=OPENS + 48 * HOUR,
    attempts=(),
    max_attempts=3,
    spacing=20 * HOUR,
)
MISSED = AttemptFact(OPENS, AttemptOutcome.NO_ANSWER)

attempts = st.lists(
    st.builds(
        AttemptFact,
        at=st.integers(0, 100).map(lambda h: OPENS + h * HOUR),
        outcome=st.sampled_from(sorted(FAILED_ATTEMPTS)),
    ),
    max_size=6,
).map(tuple)


def with_(**changes: object) -> PromiseFacts:
    return replace(FACTS, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "hours", "expected"),
    [
        (FACTS, -1, Standing.UPCOMING),
        (FACTS, 0, Standing.OPEN),
        (FACTS, 48, Standing.OPEN),
        (FACTS, 49, Standing.OVERDUE),
        (with_(attempts=(MISSED,)), 19, Standing.WAITING),
        (with_(attempts=(MISSED,)), 20, Standing.OPEN),
        (with_(attempts=(replace(MISSED, at=OPENS + 47 * HOUR),)), 49, Standing.OVERDUE),
        (with_(attempts=(MISSED,) * 3), 1, Standing.NEEDS_DECISION),
        (with_(state=PromiseState.NEEDS_DECISION), -1, Standing.NEEDS_DECISION),
        (with_(state=PromiseState.ON_HOLD), 100, Standing.ON_HOLD),
        (with_(state=PromiseState.ON_HOLD, hold_until=OPENS + 5 * HOUR), 4, Standing.ON_HOLD),
        (with_(state=PromiseState.ON_HOLD, hold_until=OPENS + 5 * HOUR), 5, Standing.OPEN),
        (with_(state=PromiseState.ON_HOLD, hold_until=OPENS + 5 * HOUR), 50, Standing.OVERDUE),
        (with_(state=PromiseState.KEPT), 100, Standing.CLOSED),
        (with_(state=PromiseState.DECLINED), 100, Standing.CLOSED),
        (with_(state=PromiseState.DECIDED), 100, Standing.CLOSED),
    ],
)
def test_a_promise_stands_as_its_window_and_attempts_say(
    facts: PromiseFacts, hours: int, expected: Standing
) -> None:
    assert standing(facts, now=OPENS + hours * HOUR) is expected


@pytest.mark.parametrize(
    ("facts", "hours"),
    [
        (FACTS, 0),
        (with_(attempts=(MISSED,)), 20),
        (with_(attempts=(MISSED, replace(MISSED, at=OPENS - 30 * HOUR))), 20),
        (with_(attempts=(replace(MISSED, at=OPENS - 30 * HOUR),)), 0),
        (with_(state=PromiseState.ON_HOLD, hold_until=OPENS + 5 * HOUR), 5),
        (with_(state=PromiseState.ON_HOLD), None),
        (with_(state=PromiseState.NEEDS_DECISION), None),
        (with_(attempts=(MISSED,) * 3), None),
        (with_(state=PromiseState.KEPT), None),
    ],
)
def test_the_next_attempt_waits_for_window_spacing_and_hold(facts: PromiseFacts, hours: int | None) -> None:
    assert next_attempt_at(facts) == (None if hours is None else OPENS + hours * HOUR)


@given(attempts, st.sampled_from(PromiseState), st.integers(-10, 120), st.none() | st.integers(0, 80))
def test_only_a_closed_promise_stands_closed_and_an_open_one_always_asks_for_something(
    history: tuple[AttemptFact, ...], state: PromiseState, hours: int, hold: int | None
) -> None:
    until = None if hold is None else OPENS + hold * HOUR
    facts = with_(state=state, attempts=history, hold_until=until)
    found = standing(facts, now=OPENS + hours * HOUR)
    assert (found is Standing.CLOSED) is (state in CLOSED_STATES)
    if found in (Standing.UPCOMING, Standing.WAITING, Standing.OPEN, Standing.OVERDUE):
        assert next_attempt_at(facts) is not None
    if found is Standing.OPEN:
        attempt = next_attempt_at(facts)
        assert attempt is not None
        assert attempt <= max(OPENS + hours * HOUR, until or OPENS)


@pytest.mark.parametrize("outcome", sorted(FAILED_ATTEMPTS))
def test_the_last_failed_attempt_asks_for_a_decision(outcome: AttemptOutcome) -> None:
    states = [
        after_attempt(with_(attempts=(MISSED,) * before), outcome=outcome, at=OPENS) for before in range(4)
    ]
    assert states == [PromiseState.PROMISED] * 2 + [PromiseState.NEEDS_DECISION] * 2


def test_an_answer_ends_a_promise_at_once() -> None:
    for state in (PromiseState.PROMISED, PromiseState.NEEDS_DECISION, PromiseState.ON_HOLD):
        facts = with_(state=state)
        assert after_attempt(facts, outcome=AttemptOutcome.REACHED, at=OPENS) is PromiseState.KEPT
        assert after_attempt(facts, outcome=AttemptOutcome.DECLINED, at=OPENS) is PromiseState.DECLINED


def test_a_failed_attempt_on_a_resting_or_closed_promise_is_refused() -> None:
    for state in (PromiseState.ON_HOLD, *CLOSED_STATES):
        with pytest.raises(TransitionRefused):
            after_attempt(with_(state=state), outcome=AttemptOutcome.BUSY, at=OPENS)


def test_an_attempt_needs_a_moment_with_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        after_attempt(FACTS, outcome=AttemptOutcome.BUSY, at=OPENS.replace(tzinfo=None))


@pytest.mark.parametrize("decision", Decision)
def test_every_decision_but_an_extension_ends_the_promise(decision: Decision) -> None:
    found = after_decision(PromiseState.NEEDS_DECISION, decision=decision)
    expected = PromiseState.PROMISED if decision is Decision.EXTEND else PromiseState.DECIDED
    assert found is expected


def test_a_closed_promise_is_not_decided_again() -> None:
    with pytest.raises(TransitionRefused):
        after_decision(PromiseState.KEPT, decision=Decision.LET_GO)


steps = st.lists(
    st.sampled_from(AttemptOutcome)
    | st.sampled_from(Decision)
    | st.sampled_from([PromiseEvent.HOLD, PromiseEvent.RESUME]),
    max_size=30,
)


def step(facts: PromiseFacts, act: AttemptOutcome | Decision | PromiseEvent) -> PromiseFacts:
    """Return the promise after one act, as a service would keep it."""
    if isinstance(act, PromiseEvent):
        return replace(facts, state=PROMISE.after(facts.state, act))
    if isinstance(act, Decision):
        state = after_decision(facts.state, decision=act)
        return replace(facts, state=state, attempts=() if act is Decision.EXTEND else facts.attempts)
    state = after_attempt(facts, outcome=act, at=OPENS)
    return replace(facts, state=state, attempts=(*facts.attempts, AttemptFact(OPENS, act)))


@given(steps, st.integers(1, 4))
def test_a_promise_is_never_closed_in_silence(
    acts: list[AttemptOutcome | Decision | PromiseEvent], max_attempts: int
) -> None:
    facts = with_(max_attempts=max_attempts)
    for act in acts:
        try:
            after = step(facts, act)
        except TransitionRefused:
            continue
        if after.state in CLOSED_STATES and facts.state not in CLOSED_STATES:
            answered = act in (AttemptOutcome.REACHED, AttemptOutcome.DECLINED)
            assert answered or (isinstance(act, Decision) and act is not Decision.EXTEND)
        if facts.state in CLOSED_STATES:
            assert after.state is facts.state
        facts = after
    if facts.used_up and facts.state not in CLOSED_STATES | {PromiseState.ON_HOLD}:
        assert standing(facts, now=OPENS) is Standing.NEEDS_DECISION


def test_every_outcome_is_an_event() -> None:
    events = {outcome: event_of(FACTS, outcome=outcome) for outcome in AttemptOutcome}
    assert events.pop(AttemptOutcome.REACHED) is PromiseEvent.REACHED
    assert events.pop(AttemptOutcome.DECLINED) is PromiseEvent.REFUSED
    assert set(events.values()) == {PromiseEvent.FAILED}


def test_codes_as_a_database_gives_them_mean_the_same() -> None:
    for state in PromiseState:
        coded, plain = with_(state=state), with_(state=state.value)
        assert standing(coded, now=OPENS) is standing(plain, now=OPENS)
        assert next_attempt_at(coded) == next_attempt_at(plain)
    assert after_attempt(with_(state="promised"), outcome=AttemptOutcome("reached"), at=OPENS) == "kept"
    with pytest.raises(TransitionRefused, match="failed is refused in state kept"):
        after_attempt(with_(state="kept"), outcome=AttemptOutcome.BUSY, at=OPENS)
