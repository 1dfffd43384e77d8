"""Service level and countdown; the fixed list of calls is in test_sla_table."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lygte.domain.sla import CallRecord, ClockState, Target, breach_at, clock, service_level
from lygte.domain.time import COPENHAGEN
from lygte.domain.vocab import AbandonRule

START = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
seconds = st.integers(0, 7200)


@st.composite
def call_records(draw: st.DrawFn) -> CallRecord:
    rang = START + timedelta(seconds=draw(seconds))
    answered = rang + timedelta(seconds=draw(st.integers(0, 400))) if draw(st.booleans()) else None
    ended = (answered or rang) + timedelta(seconds=draw(st.integers(0, 900))) if draw(st.booleans()) else None
    return CallRecord(rang, answered, ended)


calls = st.lists(call_records(), max_size=40)
targets = st.builds(
    Target,
    seconds=st.integers(0, 300),
    share=st.sampled_from([0.0, 0.5, 0.8, 0.9, 1.0]),
    rule=st.sampled_from(AbandonRule),
    short_seconds=st.integers(0, 30),
)
as_ofs = seconds.map(lambda s: START + timedelta(seconds=s))


@given(calls, targets, as_ofs)
def test_the_parts_of_a_service_level_add_up(
    calls: list[CallRecord], target: Target, as_of: datetime
) -> None:
    found = service_level(calls, target=target, as_of=as_of)
    assert found.offered == sum(call.rang_at <= as_of for call in calls)
    assert found.offered == found.answered + found.abandoned + found.still_waiting
    assert found.abandoned_short + found.abandoned_late <= found.abandoned
    assert found.waiting_late <= found.still_waiting
    assert found.met == found.answered_within <= found.answered <= found.counted <= found.offered
    assert (found.share is None) is (found.reached is None) is (found.counted == 0)


@given(calls, targets, as_ofs)
def test_counted_calls_are_those_of_the_rule(
    calls: list[CallRecord], target: Target, as_of: datetime
) -> None:
    found = service_level(calls, target=target, as_of=as_of)
    against = {
        AbandonRule.NEVER_COUNTED: 0,
        AbandonRule.LATE_COUNT_AGAINST: found.abandoned_late + found.waiting_late,
        AbandonRule.ALL_COUNT_AGAINST: found.abandoned - found.abandoned_short + found.waiting_late,
    }
    assert found.counted == found.answered + against[target.rule]


@given(calls, targets, as_ofs)
def test_a_harder_rule_never_gives_a_better_number(
    calls: list[CallRecord], target: Target, as_of: datetime
) -> None:
    shares = []
    for rule in AbandonRule:
        same = Target(target.seconds, target.share, rule, target.short_seconds)
        found = service_level(calls, target=same, as_of=as_of)
        shares.append(1.0 if found.share is None else found.share)
    assert shares == sorted(shares, reverse=True)


@given(calls, targets, as_ofs, st.randoms())
def test_the_order_of_the_calls_does_not_matter(
    calls: list[CallRecord], target: Target, as_of: datetime, chance: object
) -> None:
    shuffled = calls[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert service_level(shuffled, target=target, as_of=as_of) == service_level(
        calls, target=target, as_of=as_of
    )


def test_no_calls_give_no_number() -> None:
    found = service_level([], target=Target(60, 0.9), as_of=START)
    assert (found.share, found.reached, found.counted) == (None, None, 0)


def test_a_share_is_compared_exactly() -> None:
    late, within = START + timedelta(seconds=61), START
    for met, missed, share in ((9, 1, 0.9), (7, 3, 0.7), (29, 71, 0.29)):
        calls = [CallRecord(START, within)] * met + [CallRecord(START, late)] * missed
        found = service_level(calls, target=Target(60, share), as_of=late)
        assert found.reached is True


def test_a_call_that_ended_before_its_answer_was_abandoned() -> None:
    call = CallRecord(START, START + timedelta(seconds=20), START + timedelta(seconds=10))
    found = service_level([call], target=Target(60, 0.9), as_of=START + timedelta(minutes=5))
    assert (found.answered, found.abandoned) == (0, 1)


def test_seconds_are_real_ones_while_clocks_are_put_back() -> None:
    before = datetime(2026, 10, 25, 2, 59, 50, tzinfo=COPENHAGEN)
    after = datetime(2026, 10, 25, 2, 0, 10, fold=1, tzinfo=COPENHAGEN)
    found = service_level([CallRecord(before, after)], target=Target(60, 0.9), as_of=after)
    assert (found.answered_within, found.share) == (1, 1.0)
    assert breach_at(before, seconds=60) == datetime(2026, 10, 25, 1, 0, 50, tzinfo=UTC)


def test_a_call_cannot_end_before_it_rings() -> None:
    with pytest.raises(ValueError, match="before it rings"):
        CallRecord(START, START - timedelta(seconds=1))
    with pytest.raises(ValueError, match="before it rings"):
        CallRecord(START, None, START - timedelta(seconds=1))
    with pytest.raises(ValueError, match="time zone"):
        CallRecord(START.replace(tzinfo=None))


@pytest.mark.parametrize("values", [(-1, 0.9), (60, 1.1), (60, -0.1)])
def test_a_target_that_means_nothing_is_refused(values: tuple[int, float]) -> None:
    with pytest.raises(ValueError, match=r"target|share"):
        Target(*values)


@pytest.mark.parametrize(
    ("elapsed", "state", "remaining"),
    [
        (0, ClockState.CALM, 60),
        (29.9, ClockState.CALM, 30),
        (30, ClockState.NEAR, 30),
        (60, ClockState.NEAR, 0),
        (60.5, ClockState.OVER, -1),
        (75, ClockState.OVER, -15),
    ],
)
def test_a_countdown_is_near_from_half_and_over_after_all_of_it(
    elapsed: float, state: ClockState, remaining: int
) -> None:
    found = clock(START + timedelta(seconds=elapsed), since=START, seconds=60)
    assert (found.state, found.remaining_seconds) == (state, remaining)


@given(st.integers(0, 500), st.integers(1, 300))
def test_a_countdown_is_over_exactly_after_the_breach(elapsed: int, target: int) -> None:
    now = START + timedelta(seconds=elapsed)
    over = clock(now, since=START, seconds=target).state is ClockState.OVER
    assert over is (now > breach_at(START, seconds=target))
