"""What blocks the closing of a contact, and what is counted as missing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lygte.domain.closing import Blocker, ClosingFacts, ContactField, applicable, blockers, unstated
from lygte.domain.vocab import (
    CRISIS_LEVELS,
    NOT_STATED,
    Caller,
    Cause,
    Channel,
    Direction,
    Level,
    MayRing,
    Measure,
    Outcome,
    PlanState,
    Ternary,
)

EMPTY = ClosingFacts(
    direction=Direction.INCOMING,
    channel=None,
    level=None,
    caller=None,
    causes=frozenset(),
    outcome=None,
    measures=frozenset(),
    may_ring=None,
    children=None,
    under_18=None,
    notification_decided=False,
    minutes=None,
    plan_state=None,
    conversation_held=None,
)
FULL = ClosingFacts(
    direction=Direction.INCOMING,
    channel=Channel.WALK_IN,
    level=Level.MILD,
    caller=Caller.CITIZEN,
    causes=frozenset({Cause.LONELINESS}),
    outcome=Outcome.PARTLY,
    measures=frozenset({Measure.NONE}),
    may_ring=MayRing.NO,
    children=Ternary.NO,
    under_18=Ternary.NO,
    notification_decided=False,
    minutes=0,
    plan_state=PlanState.DECLINED,
    conversation_held=False,
)
CRISIS_ONLY = {ContactField.CONVERSATION, ContactField.PLAN}

facts = st.builds(
    ClosingFacts,
    direction=st.sampled_from(Direction),
    channel=st.none() | st.sampled_from(Channel),
    level=st.none() | st.sampled_from(Level),
    caller=st.none() | st.sampled_from(Caller),
    causes=st.frozensets(st.sampled_from([*Cause, "own_code"])),
    outcome=st.none() | st.sampled_from(Outcome),
    measures=st.frozensets(st.sampled_from(Measure)),
    may_ring=st.none() | st.sampled_from(MayRing),
    children=st.none() | st.sampled_from(Ternary),
    under_18=st.none() | st.sampled_from(Ternary),
    notification_decided=st.booleans(),
    minutes=st.none() | st.integers(0, 300),
    plan_state=st.none() | st.sampled_from(PlanState),
    conversation_held=st.none() | st.booleans(),
)


@given(facts)
def test_only_an_undecided_child_notification_blocks(found: ClosingFacts) -> None:
    concerned = Ternary.YES in (found.children, found.under_18)
    expected = (Blocker.CHILD_NOTIFICATION,) if concerned and not found.notification_decided else ()
    assert blockers(found) == expected


def test_a_contact_without_any_answer_can_close() -> None:
    assert blockers(EMPTY) == ()


def test_nothing_recorded_is_all_counted_as_missing() -> None:
    assert set(unstated(EMPTY)) == set(ContactField) - CRISIS_ONLY


def test_a_full_contact_has_nothing_missing_and_zero_and_no_are_answers() -> None:
    assert unstated(FULL) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"causes": frozenset({NOT_STATED})},
        {"measures": frozenset({NOT_STATED})},
        {"caller": Caller.NOT_STATED},
        {"outcome": Outcome.NOT_STATED},
        {"caller": ""},
        {"minutes": None},
        {"may_ring": MayRing.NOT_STATED},
        {"children": Ternary.NOT_STATED},
    ],
)
def test_not_stated_and_not_recorded_are_counted_as_missing(change: dict[str, object]) -> None:
    (name,) = change
    missing = unstated(replace(FULL, **change))  # type: ignore[arg-type]
    assert missing == (ContactField(name),)


def test_a_stated_cause_beside_not_stated_is_not_missing() -> None:
    both = frozenset({NOT_STATED, Cause.ANXIETY})
    assert unstated(replace(FULL, causes=both)) == ()


@given(facts)
def test_missing_fields_are_applicable_and_in_the_order_of_the_form(found: ClosingFacts) -> None:
    missing = unstated(found)
    assert set(missing) <= set(applicable(found))
    assert list(missing) == [field for field in ContactField if field in missing]


@given(facts)
def test_a_plan_is_asked_for_in_crisis_by_personal_attendance_only(found: ClosingFacts) -> None:
    crisis = found.direction is Direction.INCOMING and found.level in CRISIS_LEVELS
    asked = applicable(found)
    assert (ContactField.CONVERSATION in asked) is crisis
    assert (ContactField.PLAN in asked) is (crisis and found.channel is Channel.WALK_IN)


def test_an_outgoing_contact_is_asked_for_its_minutes_only() -> None:
    assert unstated(replace(EMPTY, direction=Direction.OUTGOING)) == (ContactField.MINUTES,)
