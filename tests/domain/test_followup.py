"""Laws of the follow-up window; the worked examples are in test_followup_table."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lygte.domain.followup import (
    DEFAULT_RULES,
    FollowUpRule,
    Window,
    Wish,
    approach,
    moved_by_contact,
    on_hold,
    resumed,
    ring_hours,
    spaced_attempt,
    window,
)
from lygte.domain.time import at_local, day_of, is_working_day, local
from lygte.domain.triage import DEFAULTS
from lygte.domain.vocab import Anchor, DayBand, FreeDayRule, Level, MayRing, Medium, PromiseKind
from tests.domain.strategies import moments_between

PLAN = DEFAULT_RULES[PromiseKind.PLAN_FOLLOW_UP]
WELLBEING = DEFAULT_RULES[PromiseKind.WELLBEING]
ANCHOR = at_local(date(2026, 11, 20), time(22))


@st.composite
def follow_up_rules(draw: st.DrawFn) -> FollowUpRule:
    earliest, days, latest = sorted(draw(st.tuples(*[st.integers(0, 25)] * 3)))
    hour = draw(st.integers(3, 22))
    return FollowUpRule(
        kind=draw(st.sampled_from([PromiseKind.PLAN_FOLLOW_UP, PromiseKind.WELLBEING])),
        anchor=draw(st.sampled_from(Anchor)),
        days=days,
        earliest_day=earliest,
        latest_day=latest,
        ring_from=time(hour, draw(st.sampled_from([0, 30]))),
        ring_to=time(draw(st.integers(hour + 1, 23)), 45),
        on_free_days=draw(st.sampled_from(FreeDayRule)),
        spacing_hours=draw(st.integers(0, 72)),
        quiet_hours_after_contact=draw(st.integers(0, 60)),
    )


wishes = st.builds(
    Wish,
    band=st.none() | st.sampled_from(DayBand),
    medium=st.sampled_from(Medium),
    may_ring=st.sampled_from(MayRing),
    do_not_remind=st.booleans(),
    avoid_weekdays=st.frozensets(st.integers(0, 6)),
)
anchors = st.one_of(
    moments_between(date(2015, 1, 1), date(2035, 1, 1)),
    moments_between(date(2026, 3, 20), date(2026, 4, 10)),
    moments_between(date(2026, 10, 15), date(2026, 10, 27)),
    moments_between(date(2026, 12, 15), date(2027, 1, 5)),
)
level_rules = st.none() | st.sampled_from(list(DEFAULTS.values()))


def inside(moment: datetime, *, rule: FollowUpRule) -> bool:
    return rule.ring_from <= local(moment).time() <= rule.ring_to


@given(anchors, follow_up_rules(), wishes, level_rules)
def test_a_window_opens_before_it_is_due_before_it_closes_inside_the_ring_hours(
    anchor: datetime, rule: FollowUpRule, wish: Wish, level_rule: object
) -> None:
    found = window(anchor, rule=rule, wish=wish, level_rule=level_rule)  # type: ignore[arg-type]
    assert found.opens <= found.due <= found.closes
    assert all(inside(moment, rule=rule) for moment in (found.opens, found.due, found.closes))
    assert found.opens >= anchor + timedelta(hours=rule.quiet_hours_after_contact)


@given(anchors, follow_up_rules(), wishes)
def test_a_window_stays_within_its_days_unless_quiet_hours_forbid(
    anchor: datetime, rule: FollowUpRule, wish: Wish
) -> None:
    earliest, days, latest = rule.earliest_day + 1, rule.days + 1, rule.latest_day + 1
    calm = replace(rule, earliest_day=earliest, days=days, latest_day=latest, quiet_hours_after_contact=0)
    found = window(anchor, rule=calm, wish=wish)
    start = day_of(anchor)
    opened, due, closed = ((day_of(at) - start).days for at in (found.opens, found.due, found.closes))
    assert calm.earliest_day <= opened <= due <= closed <= calm.latest_day


@given(anchors, wishes, st.sampled_from(FreeDayRule), level_rules)
def test_the_due_day_is_the_best_day_there_is(
    anchor: datetime, wish: Wish, free: FreeDayRule, level_rule: object
) -> None:
    rule = replace(PLAN, on_free_days=free)
    found = window(anchor, rule=rule, wish=wish, level_rule=level_rule)  # type: ignore[arg-type]
    first, last = (4, 7) if level_rule is None else level_rule.plan_window  # type: ignore[attr-defined]
    days = [day_of(anchor) + timedelta(days=n) for n in range(first, last + 1)]

    def worth(day: date) -> tuple[bool, bool]:
        staffed = free is FreeDayRule.KEEP or is_working_day(day)
        return day.weekday() not in wish.avoid_weekdays, staffed

    assert worth(day_of(found.due)) == max(map(worth, days))
    assert worth(day_of(found.opens)) >= worth(day_of(found.due))


@given(anchors, follow_up_rules(), wishes)
def test_the_next_attempt_keeps_spacing_and_ring_hours(
    anchor: datetime, rule: FollowUpRule, wish: Wish
) -> None:
    found = spaced_attempt(anchor, rule=rule, wish=wish)
    assert found >= anchor + timedelta(hours=rule.spacing_hours)
    assert inside(found, rule=rule)
    start, end = ring_hours(rule=rule, wish=wish)
    assert start <= local(found).time() < end
    if len(wish.avoid_weekdays) < 7 and rule.on_free_days is FreeDayRule.KEEP:
        assert local(found).weekday() not in wish.avoid_weekdays


@given(anchors, follow_up_rules(), wishes)
def test_the_next_attempt_is_the_earliest_that_is_allowed(
    anchor: datetime, rule: FollowUpRule, wish: Wish
) -> None:
    plain = replace(wish, avoid_weekdays=frozenset())
    kept = replace(rule, on_free_days=FreeDayRule.KEEP)
    found = spaced_attempt(anchor, rule=kept, wish=plain)
    start, end = ring_hours(rule=kept, wish=plain)
    moment = anchor + timedelta(hours=kept.spacing_hours)
    while moment < found:
        assert not start <= local(moment).time() < end
        moment += timedelta(minutes=15)


@given(anchors, anchors, follow_up_rules(), wishes, level_rules)
def test_a_contact_counts_anew_from_the_last_and_never_from_the_first(
    anchor: datetime, contact: datetime, rule: FollowUpRule, wish: Wish, level_rule: object
) -> None:
    options = {"rule": rule, "wish": wish, "level_rule": level_rule}
    before = window(anchor, **options)  # type: ignore[arg-type]
    after = moved_by_contact(before, contact_at=contact, **options)  # type: ignore[arg-type]
    anew = window(contact, **options)  # type: ignore[arg-type]
    assert after == (before if rule.anchor is Anchor.FIRST_CONTACT else anew)


@given(anchors, follow_up_rules(), wishes)
def test_a_discharge_is_counted_from_whatever_the_anchor(
    discharged: datetime, rule: FollowUpRule, wish: Wish
) -> None:
    found = resumed(discharged, rule=rule, wish=wish)
    for anchor in Anchor:
        assert found == window(discharged, rule=replace(rule, anchor=anchor), wish=wish)
    assert found.opens >= discharged


def test_a_follow_up_rests_from_admission_until_discharge() -> None:
    hour = timedelta(hours=1)
    end = ANCHOR + 24 * hour
    asked = [
        on_hold(at, admitted_at=ANCHOR, discharged_at=end) for at in (ANCHOR - hour, ANCHOR, end - hour, end)
    ]
    assert asked == [False, True, True, False]
    assert on_hold(end + 1000 * hour, admitted_at=ANCHOR)
    assert not on_hold(ANCHOR, admitted_at=None)


def test_a_level_moves_the_plan_follow_up_only() -> None:
    severe = DEFAULTS[Level.SEVERE]
    assert window(ANCHOR, rule=PLAN, wish=Wish(), level_rule=severe) != window(ANCHOR, rule=PLAN, wish=Wish())
    assert window(ANCHOR, rule=WELLBEING, wish=Wish(), level_rule=severe) == window(
        ANCHOR, rule=WELLBEING, wish=Wish()
    )


def test_ten_o_clock_is_ten_o_clock_on_both_sides_of_a_clock_change() -> None:
    before = window(at_local(date(2026, 10, 19), time(12)), rule=PLAN, wish=Wish())
    after = window(at_local(date(2026, 10, 20), time(12)), rule=PLAN, wish=Wish())
    assert (before.due.hour, after.due.hour) == (8, 9)
    assert after.due - before.due == timedelta(hours=25)


def test_quiet_hours_move_a_window_that_would_open_too_soon() -> None:
    same_day = replace(PLAN, days=0, earliest_day=0, latest_day=0, quiet_hours_after_contact=12)
    found = window(ANCHOR, rule=same_day, wish=Wish())
    tomorrow = date(2026, 11, 21)
    ten, twenty = at_local(tomorrow, time(10)), at_local(tomorrow, time(20))
    assert found == Window(opens=ten, due=ten, closes=twenty)


def test_quiet_hours_inside_the_first_day_move_only_the_opening() -> None:
    soon = replace(PLAN, earliest_day=0, quiet_hours_after_contact=14)
    found = window(ANCHOR, rule=soon, wish=Wish())
    assert found.opens == ANCHOR + timedelta(hours=14)
    assert found.due == window(ANCHOR, rule=PLAN, wish=Wish()).due


def test_quiet_hours_that_end_with_the_ring_hours_open_the_next_day() -> None:
    soon = replace(PLAN, earliest_day=0, quiet_hours_after_contact=22)
    found = window(ANCHOR, rule=soon, wish=Wish())
    assert found.opens == at_local(date(2026, 11, 22), time(10))


def test_quiet_hours_that_are_over_never_push_a_window_past_its_days() -> None:
    only_mondays = Wish(avoid_weekdays=frozenset(range(1, 7)))
    anchor = at_local(date(2026, 3, 30), time(12))
    found = window(anchor, rule=replace(PLAN, on_free_days=FreeDayRule.NEXT_WORKING_DAY), wish=only_mondays)
    assert (day_of(found.opens), day_of(found.closes)) == (date(2026, 4, 6), date(2026, 4, 6))


def test_a_band_outside_the_ring_hours_leaves_the_ring_hours() -> None:
    late = replace(PLAN, ring_from=time(13), ring_to=time(16))
    assert ring_hours(rule=late, wish=Wish(band=DayBand.MORNING)) == (time(13), time(16))
    assert ring_hours(rule=late, wish=Wish(band=DayBand.EVENING)) == (time(13), time(16))
    assert ring_hours(rule=late, wish=Wish(band=DayBand.AFTERNOON)) == (time(13), time(16))
    assert ring_hours(rule=PLAN, wish=Wish(band=DayBand.ANY)) == (time(10), time(20))


@pytest.mark.parametrize("may_ring", MayRing)
@pytest.mark.parametrize("remind", [True, False])
def test_an_approach_asks_for_no_more_than_was_allowed(may_ring: MayRing, remind: bool) -> None:
    found = approach(Wish(may_ring=may_ring, do_not_remind=not remind))
    assert found.ring is (may_ring in (MayRing.YES, MayRing.YES_NO_MESSAGE))
    assert found.leave_message is (may_ring is MayRing.YES and remind)
    assert found.mention_crisis is remind
    assert not approach(Wish(medium=Medium.SMS, may_ring=may_ring)).ring


@pytest.mark.parametrize(
    "change",
    [
        {"days": 3},
        {"days": 8},
        {"earliest_day": -1},
        {"ring_from": time(20)},
        {"max_attempts": 0},
        {"spacing_hours": -1},
        {"quiet_hours_after_contact": -1},
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"window|ring hours|attempt"):
        replace(PLAN, **change)  # type: ignore[arg-type]


def test_a_naive_anchor_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        window(ANCHOR.replace(tzinfo=None), rule=PLAN, wish=Wish())
