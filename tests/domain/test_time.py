"""Danish calendar and clock, anchored around both clock changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lygte.domain.time import (
    COPENHAGEN,
    Holiday,
    OpeningRule,
    access_at,
    add_working_days,
    at_local,
    day_of,
    half_holidays,
    holidays,
    is_working_day,
    local,
    local_hour,
    month_bounds,
    next_change,
    shift_at,
    shift_end,
    to_utc,
)
from lygte.domain.vocab import Access, Channel, Shift
from tests.domain.strategies import moments_between

SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)
MINUTE = timedelta(minutes=1)

days = st.dates(date(2015, 1, 1), date(2040, 12, 31))
clocks = st.times().map(lambda clock: clock.replace(microsecond=0))
moments = moments_between(date(2015, 1, 1), date(2040, 12, 31))


@given(days, clocks)
@example(SPRING, time(2, 0))
@example(SPRING, time(2, 59, 59))
@example(AUTUMN, time(2, 30))
def test_a_local_time_comes_back_unless_spring_skips_it(day: date, clock: time) -> None:
    shown = local(at_local(day, clock))
    asked = datetime.combine(day, clock)
    skipped = shown.replace(tzinfo=None) - asked
    assert skipped in (timedelta(0), timedelta(hours=1))
    if skipped:
        assert (day.month, clock.hour) == (3, 2)
        assert day.weekday() == 6


@given(moments)
def test_a_moment_comes_back_from_local_time(moment: datetime) -> None:
    shown = local(moment)
    assert shown == moment
    assert at_local(shown.date(), shown.time()) in (moment, moment - timedelta(hours=1))


def test_a_time_that_spring_skips_moves_forward_by_the_gap() -> None:
    assert at_local(SPRING, time(2, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert local(at_local(SPRING, time(2, 30))).time() == time(3, 30)


def test_a_time_that_autumn_shows_twice_is_the_first() -> None:
    assert at_local(AUTUMN, time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert at_local(AUTUMN, time(2, 30, fold=1)) == at_local(AUTUMN, time(2, 30))


def test_a_naive_moment_is_refused_everywhere() -> None:
    naive = datetime(2026, 11, 20, 22)  # noqa: DTZ001
    for function in (to_utc, local, day_of, local_hour, shift_at, shift_end):
        with pytest.raises(ValueError, match="time zone"):
            function(naive)


def test_a_local_clock_time_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        at_local(SPRING, time(2, tzinfo=UTC))


def test_the_day_turns_at_danish_midnight() -> None:
    assert day_of(datetime(2026, 11, 20, 22, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert day_of(datetime(2026, 11, 20, 23, 0, tzinfo=UTC)) == date(2026, 11, 21)
    assert local_hour(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)) == 0


@given(st.integers(2015, 2040), st.integers(1, 12))
def test_months_join_without_gap_or_overlap(year: int, month: int) -> None:
    first, end = month_bounds(year, month)
    following = month_bounds(year + month // 12, month % 12 + 1)
    assert end == following[0]
    assert (local(first).day, local(first).time()) == (1, time.min)
    assert (day_of(end - MINUTE).month, day_of(end).day) == (month, 1)


def test_the_months_of_the_clock_changes_are_an_hour_off() -> None:
    hours = [(end - start) / timedelta(hours=1) for start, end in (month_bounds(2026, m) for m in (3, 10))]
    assert hours == [31 * 24 - 1, 31 * 24 + 1]


EASTERS = {
    2015: date(2015, 4, 5),
    2019: date(2019, 4, 21),
    2023: date(2023, 4, 9),
    2024: date(2024, 3, 31),
    2025: date(2025, 4, 20),
    2026: date(2026, 4, 5),
    2027: date(2027, 3, 28),
    2038: date(2038, 4, 25),
    2285: date(2285, 3, 22),
}


@pytest.mark.parametrize("year", EASTERS)
def test_easter_sunday_is_that_of_the_almanac(year: int) -> None:
    easter = next(day for day, code in holidays(year).items() if code is Holiday.EASTER_SUNDAY)
    assert easter == EASTERS[year]


def test_the_holidays_of_2026_are_those_of_the_almanac() -> None:
    assert dict(holidays(2026)) == {
        date(2026, 1, 1): Holiday.NEW_YEARS_DAY,
        date(2026, 4, 2): Holiday.MAUNDY_THURSDAY,
        date(2026, 4, 3): Holiday.GOOD_FRIDAY,
        date(2026, 4, 5): Holiday.EASTER_SUNDAY,
        date(2026, 4, 6): Holiday.EASTER_MONDAY,
        date(2026, 5, 14): Holiday.ASCENSION_DAY,
        date(2026, 5, 24): Holiday.WHIT_SUNDAY,
        date(2026, 5, 25): Holiday.WHIT_MONDAY,
        date(2026, 12, 25): Holiday.CHRISTMAS_DAY,
        date(2026, 12, 26): Holiday.SECOND_CHRISTMAS_DAY,
    }


def test_store_bededag_is_a_holiday_until_2023() -> None:
    assert holidays(2023)[date(2023, 5, 5)] is Holiday.PRAYER_DAY
    assert Holiday.PRAYER_DAY not in holidays(2024).values()


def test_half_holidays_are_working_days() -> None:
    assert set(half_holidays(2026)) == {date(2026, 6, 5), date(2026, 12, 24), date(2026, 12, 31)}
    assert is_working_day(date(2026, 12, 24))
    assert not set(half_holidays(2026)) & set(holidays(2026))


@given(days, st.integers(-40, 40))
def test_working_days_are_counted_one_by_one(day: date, n: int) -> None:
    end = add_working_days(day, n)
    step = timedelta(days=1 if n >= 0 else -1)
    passed = [day + step * k for k in range(1, abs((end - day).days) + 1)]
    assert sum(map(is_working_day, passed)) == abs(n)
    assert n == 0 or is_working_day(end)


def test_six_working_days_pass_over_easter() -> None:
    assert add_working_days(date(2026, 3, 30), 6) == date(2026, 4, 10)


# Opening rules


def rule(access: Access, starts: str, ends: str, **changes: object) -> OpeningRule:
    values: dict[str, object] = {
        "channel": Channel.WALK_IN,
        "access": access,
        "weekdays": frozenset(range(7)),
        "starts": time.fromisoformat(starts),
        "ends": time.fromisoformat(ends),
        "on_holidays": None,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
    }
    return OpeningRule(**{**values, **changes})  # type: ignore[arg-type]


def access(rules: list[OpeningRule], day: date, clock: str) -> Access:
    moment = at_local(day, time.fromisoformat(clock))
    return access_at(rules, channel=Channel.WALK_IN, moment=moment)


def test_without_a_rule_a_channel_is_closed() -> None:
    assert access([], SPRING, "12:00") is Access.CLOSED
    phone = rule(Access.OPEN, "00:00", "00:00", channel=Channel.PHONE)
    assert access([phone], SPRING, "12:00") is Access.CLOSED


def test_the_last_rule_that_applies_wins() -> None:
    rules = [rule(Access.OPEN, "00:00", "00:00"), rule(Access.CALL_FIRST, "23:00", "07:00")]
    day = date(2026, 11, 20)
    assert [access(rules, day, clock) for clock in ("22:59", "23:00", "06:59", "07:00")] == [
        Access.OPEN,
        Access.CALL_FIRST,
        Access.CALL_FIRST,
        Access.OPEN,
    ]


def test_a_night_belongs_to_the_day_it_begins() -> None:
    friday = rule(Access.OPEN, "22:00", "06:00", weekdays=frozenset({4}))
    assert access([friday], date(2026, 11, 21), "05:59") is Access.OPEN
    assert access([friday], date(2026, 11, 20), "05:59") is Access.CLOSED


def test_equal_times_last_until_the_same_time_next_day() -> None:
    friday = rule(Access.OPEN, "08:00", "08:00", weekdays=frozenset({4}))
    assert access([friday], date(2026, 11, 20), "07:59") is Access.CLOSED
    assert access([friday], date(2026, 11, 21), "07:59") is Access.OPEN
    assert access([friday], date(2026, 11, 21), "08:00") is Access.CLOSED


def test_a_rule_can_be_for_holidays_or_for_other_days() -> None:
    christmas, ordinary = date(2026, 12, 25), date(2026, 12, 22)
    holiday = [rule(Access.OPEN, "10:00", "12:00", on_holidays=True)]
    other = [rule(Access.OPEN, "10:00", "12:00", on_holidays=False)]
    assert [access(holiday, day, "11:00") for day in (christmas, ordinary)] == [Access.OPEN, Access.CLOSED]
    assert [access(other, day, "11:00") for day in (christmas, ordinary)] == [Access.CLOSED, Access.OPEN]


def test_a_rule_is_valid_on_its_first_and_last_day() -> None:
    week = rule(Access.OPEN, "10:00", "12:00", valid_from=date(2026, 11, 2), valid_to=date(2026, 11, 8))
    asked = [access([week], date(2026, 11, day), "11:00") for day in (1, 2, 8, 9)]
    assert asked == [Access.CLOSED, Access.OPEN, Access.OPEN, Access.CLOSED]


whole_hours = st.integers(0, 23).map(time)
opening_rules = st.builds(
    OpeningRule,
    channel=st.just(Channel.WALK_IN),
    access=st.sampled_from(Access),
    weekdays=st.frozensets(st.integers(0, 6)),
    starts=whole_hours | st.sampled_from([time(2, 30), time(23, 45)]),
    ends=whole_hours | st.sampled_from([time(2, 30), time(0, 15)]),
    on_holidays=st.sampled_from([None, None, True, False]),
    valid_from=st.just(date(2026, 1, 1)),
    valid_to=st.sampled_from([None, date(2026, 3, 30), date(2026, 10, 25)]),
)
starts_near_changes = st.sampled_from(
    [
        datetime(2026, 3, 27, 20, 10, tzinfo=UTC),
        datetime(2026, 4, 1, 9, tzinfo=UTC),
        datetime(2026, 10, 24, 12, tzinfo=UTC),
        datetime(2026, 12, 24, 22, 59, tzinfo=UTC),
    ]
)
STEP = timedelta(minutes=15)
ORACLE_DAYS = 3


@given(st.lists(opening_rules, max_size=4), starts_near_changes)
def test_the_next_change_is_the_first_moment_at_which_access_differs(
    rules: list[OpeningRule], moment: datetime
) -> None:
    def asked(at: datetime) -> Access:
        return access_at(rules, channel=Channel.WALK_IN, moment=at)

    quarter = moment.replace(minute=moment.minute // 15 * 15)
    steps = (quarter + STEP * n for n in range(1, ORACLE_DAYS * 24 * 4 + 5))
    limit = moment + timedelta(days=ORACLE_DAYS)
    expected = next((at for at in steps if moment < at <= limit and asked(at) != asked(moment)), None)
    found = next_change(rules, channel=Channel.WALK_IN, moment=moment, horizon_days=ORACLE_DAYS)
    assert found == (None if expected is None else (expected, asked(expected)))


def test_the_next_change_agrees_minute_by_minute_over_the_autumn_change() -> None:
    rules = [rule(Access.OPEN, "07:00", "02:30"), rule(Access.CALL_FIRST, "23:10", "02:45")]
    start = at_local(date(2026, 10, 24), time(18))
    every = [start + MINUTE * n for n in range(2 * 24 * 60)]
    states = [access_at(rules, channel=Channel.WALK_IN, moment=at) for at in every]
    changes = [n for n in range(1, len(every)) if states[n] != states[n - 1]]
    found, moment = [], start
    while change := next_change(rules, channel=Channel.WALK_IN, moment=moment, horizon_days=2):
        moment = change[0]
        found.append(change)
        if len(found) == len(changes):
            break
    assert found == [(every[n], states[n]) for n in changes]


def test_the_next_change_lies_after_the_moment_and_at_most_at_the_horizon() -> None:
    rules = [rule(Access.OPEN, "10:00", "12:00", weekdays=frozenset({4}))]
    opens, closes = (at_local(date(2026, 11, 20), time(hour)) for hour in (10, 12))

    def change(moment: datetime, horizon: int) -> tuple[datetime, Access] | None:
        return next_change(rules, channel=Channel.WALK_IN, moment=moment, horizon_days=horizon)

    assert change(opens, 1) == (closes, Access.CLOSED)
    assert change(opens - timedelta(days=1), 1) == (opens, Access.OPEN)
    assert change(opens - timedelta(days=1) - MINUTE, 1) is None


def test_a_channel_that_never_changes_has_no_next_change() -> None:
    always = [rule(Access.OPEN, "00:00", "00:00")]
    assert next_change(always, channel=Channel.WALK_IN, moment=at_local(AUTUMN, time(1))) is None


# Shifts


@given(moments)
def test_a_shift_lasts_until_the_next_one_begins(moment: datetime) -> None:
    end = shift_end(moment)
    assert moment < end <= moment + timedelta(hours=10)
    assert shift_at(end - timedelta(microseconds=1)) is shift_at(moment)
    assert shift_at(end) is not shift_at(moment)


def test_the_shifts_begin_at_seven_fifteen_and_twenty_three() -> None:
    at = [shift_at(at_local(AUTUMN, time(hour, minute))) for hour, minute in ((6, 59), (7, 0), (14, 59))]
    late = [shift_at(at_local(AUTUMN, time(hour))) for hour in (0, 15, 22, 23)]
    assert at == [Shift.NIGHT, Shift.DAY, Shift.DAY]
    assert late == [Shift.NIGHT, Shift.EVENING, Shift.EVENING, Shift.NIGHT]


def test_a_night_shift_over_a_clock_change_is_an_hour_shorter_or_longer() -> None:
    lengths = []
    for day in (SPRING, AUTUMN):
        begun = at_local(day - timedelta(days=1), time(23))
        lengths.append((shift_end(begun) - begun) / timedelta(hours=1))
    assert lengths == [7, 9]


def test_a_service_can_have_shifts_of_its_own() -> None:
    two = ((Shift.DAY, time(8)), (Shift.NIGHT, time(20)))
    moment = at_local(SPRING, time(21))
    assert shift_at(moment, boundaries=two) is Shift.NIGHT
    assert shift_end(moment, boundaries=two) == at_local(date(2026, 3, 30), time(8))


def test_moments_in_danish_time_mean_the_same_as_in_utc() -> None:
    second = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=COPENHAGEN)
    rules = [rule(Access.OPEN, "00:00", "02:30")]
    assert access_at(rules, channel=Channel.WALK_IN, moment=second) is Access.CLOSED
    assert shift_end(second) - to_utc(second) == timedelta(hours=4, minutes=30)
