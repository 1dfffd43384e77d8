"""When a follow-up is made: windows of days and hours, wishes, holds and spacing between attempts.

A follow-up is a promise with an opening, a due and a closing moment. Days are Danish calendar days, hours are
Danish local time, results are UTC. The worked examples are in docs/explanation/follow-up-days.md.
Source: Model description, 2014-2017 (plan follow-up after about five days); Evaluation of 14 sociale
akuttilbud (2017), section 5.2 (wellbeing measurement 14 days after the first contact).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from lygte.domain.time import ONE_DAY, at_local, day_of, is_working_day, to_utc
from lygte.domain.triage import LevelRule
from lygte.domain.vocab import Anchor, DayBand, FreeDayRule, MayRing, Medium, PromiseKind

DAYS_IN_WEEK = 7
BANDS: Mapping[DayBand, tuple[time, time]] = MappingProxyType(
    {
        DayBand.MORNING: (time(8), time(12)),
        DayBand.AFTERNOON: (time(12), time(17)),
        DayBand.EVENING: (time(17), time(21)),
    }
)


@dataclass(frozen=True, slots=True)
class FollowUpRule:
    """A service's rule for one kind of follow-up.

    ``days`` from the anchor day to the due day, ``earliest_day`` and ``latest_day`` the window around it;
    ``ring_from`` to ``ring_to`` the local hours in which anyone is rung; ``on_free_days`` what happens to a
    day that is a weekend day or public holiday; ``max_attempts`` before a named person decides,
    ``spacing_hours`` between two attempts; ``quiet_hours_after_contact`` before the person is contacted at
    all. Raises ValueError when days or hours are out of order.
    """

    kind: PromiseKind
    anchor: Anchor
    days: int
    earliest_day: int
    latest_day: int
    ring_from: time = time(10)
    ring_to: time = time(20)
    on_free_days: FreeDayRule = FreeDayRule.KEEP
    max_attempts: int = 3
    spacing_hours: int = 20
    quiet_hours_after_contact: int = 12

    def __post_init__(self) -> None:
        """Refuse a rule that cannot be followed."""
        if not 0 <= self.earliest_day <= self.days <= self.latest_day:
            raise ValueError("the due day lies inside the window")
        if not self.ring_from < self.ring_to:
            raise ValueError("ring hours begin before they end")
        if self.max_attempts < 1 or self.spacing_hours < 0 or self.quiet_hours_after_contact < 0:
            raise ValueError("there is at least one attempt, and hours are not negative")


DEFAULT_RULES: Mapping[PromiseKind, FollowUpRule] = MappingProxyType(
    {
        PromiseKind.PLAN_FOLLOW_UP: FollowUpRule(
            PromiseKind.PLAN_FOLLOW_UP, Anchor.LAST_CONTACT, days=5, earliest_day=4, latest_day=7
        ),
        PromiseKind.WELLBEING: FollowUpRule(
            PromiseKind.WELLBEING, Anchor.FIRST_CONTACT, days=14, earliest_day=12, latest_day=21
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Wish:
    """How the person wishes to be contacted. Weekdays are 0 for Monday.

    ``do_not_remind`` changes the wording and the way (see ``approach``), never the days.
    """

    band: DayBand | None = None
    medium: Medium = Medium.PHONE
    may_ring: MayRing = MayRing.NOT_STATED
    do_not_remind: bool = False
    avoid_weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Window:
    """From when, at which moment and until when a promise is to be kept (UTC, opens <= due <= closes)."""

    opens: datetime
    due: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Approach:
    """How a follow-up may be made.

    Whether the person may be rung, whether a message may be left, and whether the crisis may be mentioned.
    """

    medium: Medium
    ring: bool
    leave_message: bool
    mention_crisis: bool


def approach(wish: Wish) -> Approach:
    """Return what a wish allows.

    A message is left only after a plain yes, and never for a person who does not want to be reminded.
    """
    return Approach(
        medium=wish.medium,
        ring=wish.medium == Medium.PHONE and wish.may_ring in (MayRing.YES, MayRing.YES_NO_MESSAGE),
        leave_message=wish.may_ring == MayRing.YES and not wish.do_not_remind,
        mention_crisis=not wish.do_not_remind,
    )


def ring_hours(*, rule: FollowUpRule, wish: Wish) -> tuple[time, time]:
    """Return the local hours in both the ring hours and the wished band; the ring hours where none are."""
    band = BANDS.get(wish.band or DayBand.ANY)
    if band is None:
        return rule.ring_from, rule.ring_to
    start, end = max(rule.ring_from, band[0]), min(rule.ring_to, band[1])
    return (start, end) if start < end else (rule.ring_from, rule.ring_to)


def _judges(rule: FollowUpRule, wish: Wish) -> tuple[Callable[[date], bool], ...]:
    """Return tests of a day, the best first: wish and free-day rule, wish alone, that rule alone, any day."""

    def wished(day: date) -> bool:
        return day.weekday() not in wish.avoid_weekdays

    def staffed(day: date) -> bool:
        return rule.on_free_days == FreeDayRule.KEEP or is_working_day(day)

    return lambda day: wished(day) and staffed(day), wished, staffed, lambda day: True


def _span(first: date, last: date) -> list[date]:
    return [first + ONE_DAY * n for n in range((last - first).days + 1)]


def _days(anchor_day: date, *, rule: FollowUpRule, wish: Wish) -> tuple[list[date], date]:
    """Return the fitting days of the window, in order, and the due day among them.

    A due day that does not fit moves within the window: later first, or earlier first under the rule that
    asks for the previous working day.
    """
    first, due, last = (anchor_day + ONE_DAY * n for n in (rule.earliest_day, rule.days, rule.latest_day))
    later, earlier = _span(due, last), _span(first, due)[::-1]
    backwards = rule.on_free_days == FreeDayRule.PREVIOUS_WORKING_DAY
    search = earlier + later if backwards else later + earlier
    for fits in _judges(rule, wish):
        if chosen := next(filter(fits, search), None):
            return list(filter(fits, _span(first, last))), chosen
    raise AssertionError("the last test accepts every day")


def _ring_moments(start: date, *, rule: FollowUpRule, wish: Wish) -> Iterator[tuple[datetime, datetime]]:
    """Yield the ring hours of every fitting day from a day on, without end."""
    near = _span(start, start + ONE_DAY * 2 * DAYS_IN_WEEK)
    fits = next(test for test in _judges(rule, wish) if any(map(test, near)))
    begin, end = ring_hours(rule=rule, wish=wish)
    day = start
    while True:
        if fits(day):
            yield at_local(day, begin), at_local(day, end)
        day += ONE_DAY


def _first_ring(not_before: datetime, *, rule: FollowUpRule, wish: Wish) -> tuple[datetime, datetime]:
    """Return the first moment at which it is allowed to ring, and the end of that day's ring hours."""
    for begin, end in _ring_moments(day_of(not_before), rule=rule, wish=wish):
        if not_before < end:
            return max(begin, not_before), end
    raise AssertionError("there is always a next day")


def _effective(rule: FollowUpRule, level_rule: LevelRule | None) -> FollowUpRule:
    if level_rule is None or rule.kind != PromiseKind.PLAN_FOLLOW_UP:
        return rule
    earliest, latest = level_rule.plan_window
    return replace(rule, days=level_rule.plan_days, earliest_day=earliest, latest_day=latest)


def window(
    anchor: datetime, *, rule: FollowUpRule, wish: Wish, level_rule: LevelRule | None = None
) -> Window:
    """Return the window of a follow-up that is counted from a contact (aware).

    It opens at the first ring hour of the first day, is due at the first ring hour of the due day and closes
    at the end of the ring hours of the last day; never before the quiet hours after the contact are over.
    ``level_rule`` replaces the days of a plan follow-up. Raises ValueError when the anchor has no time zone.
    """
    anchor = to_utc(anchor)
    rule = _effective(rule, level_rule)
    begin, end = ring_hours(rule=rule, wish=wish)
    days, due_day = _days(day_of(anchor), rule=rule, wish=wish)
    quiet_until = anchor + timedelta(hours=rule.quiet_hours_after_contact)
    stretches = [(at_local(day, begin), at_local(day, end)) for day in days]
    allowed = [each for each in stretches if quiet_until < each[1]]
    if not allowed:
        allowed = [_first_ring(quiet_until, rule=rule, wish=wish)]
    opens = max(allowed[0][0], quiet_until)
    due = max(at_local(due_day, begin), opens)
    return Window(opens=opens, due=due, closes=max(allowed[-1][1], due))


def moved_by_contact(
    current: Window,
    *,
    contact_at: datetime,
    rule: FollowUpRule,
    wish: Wish,
    level_rule: LevelRule | None = None,
) -> Window:
    """Return the window after a new contact.

    A follow-up counted from the last contact is counted anew from ``contact_at``, which must be the latest
    contact; one counted from the first contact never moves.
    """
    if rule.anchor == Anchor.FIRST_CONTACT:
        return current
    return window(contact_at, rule=rule, wish=wish, level_rule=level_rule)


def on_hold(now: datetime, *, admitted_at: datetime | None, discharged_at: datetime | None = None) -> bool:
    """Tell whether a follow-up rests because the person is admitted at a moment (discharge not included)."""
    if admitted_at is None or to_utc(now) < to_utc(admitted_at):
        return False
    return discharged_at is None or to_utc(now) < to_utc(discharged_at)


def resumed(
    discharged_at: datetime, *, rule: FollowUpRule, wish: Wish, level_rule: LevelRule | None = None
) -> Window:
    """Return the window after a discharge: the days of the rule, whatever its anchor, from the discharge."""
    return window(discharged_at, rule=rule, wish=wish, level_rule=level_rule)


def spaced_attempt(last_attempt_at: datetime, *, rule: FollowUpRule, wish: Wish) -> datetime:
    """Return the earliest moment (UTC) of the next attempt.

    It lies at least the spacing after the last one, inside the ring hours, and on a day that wish and
    free-day rule allow.
    """
    not_before = to_utc(last_attempt_at) + timedelta(hours=rule.spacing_hours)
    return _first_ring(not_before, rule=rule, wish=wish)[0]
