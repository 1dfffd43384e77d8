"""Every state with every event."""

from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lygte.domain.transitions import CALL, CONTACT, PLAN_VERSION, PROMISE, Table, TransitionRefused
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

# Each row: state, then for every event in the order of its list the next state, a dash where refused.
EXPECTED = {
    "call": """
        ringing    ringing    answered   abandoned  voicemail
        answered   -          -          ended      -
        ended      -          -          -          -
        abandoned  -          -          -          -
        voicemail  -          -          voicemail  -
    """,
    "contact": """
        waiting    open       closed     -
        open       -          closed     -
        closed     -          -          open
    """,
    "promise": """
        promised       kept  declined  promised        needs_decision  on_hold  -         promised  decided
        on_hold        kept  declined  -               -               -        promised  -         decided
        needs_decision kept  declined  needs_decision  needs_decision  on_hold  -         promised  decided
        kept           -     -         -               -               -        -         -         -
        declined       -     -         -               -               -        -         -         -
        decided        -     -         -               -               -        -         -         -
    """,
    "plan_version": """
        draft      finished
        finished   -
    """,
}
TABLES: dict[str, tuple[Table[Any, Any], type[StrEnum], type[StrEnum]]] = {
    "call": (CALL, CallState, CallEvent),
    "contact": (CONTACT, ContactState, ContactEvent),
    "promise": (PROMISE, PromiseState, PromiseEvent),
    "plan_version": (PLAN_VERSION, PlanVersionState, PlanVersionEvent),
}
STARTS = {
    "call": CallState.RINGING,
    "contact": ContactState.WAITING,
    "promise": PromiseState.PROMISED,
    "plan_version": PlanVersionState.DRAFT,
}


def outcome(table: Table[Any, Any], state: StrEnum, event: StrEnum) -> str:
    try:
        return str(table.after(state, event))
    except TransitionRefused as refused:
        assert (refused.state, refused.event) == (state, event)
        return "-"


@pytest.mark.parametrize("name", TABLES)
def test_every_event_in_every_state_does_what_the_table_says(name: str) -> None:
    table, states, events = TABLES[name]
    found = {str(state): [outcome(table, state, event) for event in events] for state in states}
    lines = [line.split() for line in EXPECTED[name].strip().splitlines()]
    assert found == {line[0]: line[1:] for line in lines}


@pytest.mark.parametrize("name", TABLES)
def test_the_events_of_a_state_are_those_that_are_not_refused(name: str) -> None:
    table, states, events = TABLES[name]
    for state in states:
        assert table.events(state) == {e for e in events if outcome(table, state, e) != "-"}


@pytest.mark.parametrize("name", TABLES)
def test_every_state_can_be_reached_from_the_start(name: str) -> None:
    table, states, _ = TABLES[name]
    assert table.reachable(STARTS[name]) == set(states)


def test_an_end_state_leads_nowhere_else() -> None:
    assert PROMISE.reachable(PromiseState.KEPT) == {PromiseState.KEPT}


def test_a_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        CALL.edges[CallState.ENDED] = {}  # type: ignore[index]
    with pytest.raises(TypeError):
        CALL.edges[CallState.ANSWERED][CallEvent.RINGING] = CallState.RINGING  # type: ignore[index]


CLOSING_EVENTS = {PromiseEvent.REACHED, PromiseEvent.REFUSED, PromiseEvent.DECIDE}


@given(st.lists(st.sampled_from(PromiseEvent)))
def test_a_promise_ends_only_by_an_answer_or_a_decision(events: list[PromiseEvent]) -> None:
    state = PromiseState.PROMISED
    for event in events:
        if event in PROMISE.events(state):
            state = PROMISE.after(state, event)
            assert (PROMISE.events(state) == frozenset()) is (event in CLOSING_EVENTS)
