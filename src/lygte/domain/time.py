"""Danish calendar and clock: local time, holidays, working days, opening rules and shifts.

Moments are aware datetimes and results are in UTC unless the text says Danish local time. Days are Danish
calendar days. Nothing here reads a clock.
Source: Folkekirkeloven and Lov om helligdage for the public holidays; Store Bededag was abolished from 2024.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from lygte.domain.vocab import Access, Channel, Shift

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
ONE_DAY = timedelta(days=1)
SATURDAY = 5

Boundaries = Sequence[tuple[Shift, time]]
SHIFT_BOUNDARIES: Boundaries = (
    (Shift.DAY, time(7)),
    (Shift.EVENING, time(15)),
    (Shift.NIGHT, time(23)),
)


class Holiday(StrEnum):
    """A Danish public holiday, or a day on which many close although the law does not."""

    NEW_YEARS_DAY = "new_years_day"
    MAUNDY_THURSDAY = "maundy_thursday"
    GOOD_FRIDAY = "good_friday"
    EASTER_SUNDAY = "easter_sunday"
    EASTER_MONDAY = "easter_monday"
    PRAYER_DAY = "prayer_day"
    ASCENSION_DAY = "ascension_day"
    WHIT_SUNDAY = "whit_sunday"
    WHIT_MONDAY = "whit_monday"
    CHRISTMAS_DAY = "christmas_day"
    SECOND_CHRISTMAS_DAY = "second_christmas_day"
    CONSTITUTION_DAY = "constitution_day"
    CHRISTMAS_EVE = "christmas_eve"
    NEW_YEARS_EVE = "new_years_eve"


_EASTER_OFFSETS = (
    (-3, Holiday.MAUNDY_THURSDAY),
    (-2, Holiday.GOOD_FRIDAY),
    (0, Holiday.EASTER_SUNDAY),
    (1, Holiday.EASTER_MONDAY),
    (39, Holiday.ASCENSION_DAY),
    (49, Holiday.WHIT_SUNDAY),
    (50, Holiday.WHIT_MONDAY),
)
PRAYER_DAY_OFFSET = 26
LAST_PRAYER_DAY_YEAR = 2023


def to_utc(moment: datetime) -> datetime:
    """Return an aware moment in UTC, where adding and subtracting count real hours.

    Raises ValueError when it has no time zone.
    """
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)


def local(moment: datetime) -> datetime:
    """Return an aware moment in Danish local time. Raises ValueError when it has no time zone."""
    return to_utc(moment).astimezone(COPENHAGEN)


def at_local(day: date, clock: time) -> datetime:
    """Return the UTC moment at which Danish clocks show this time on this day.

    A time that spring skips moves forward by the hour that is skipped; a time that autumn shows twice is the
    first of the two. Raises ValueError when the clock time carries a time zone.
    """
    if clock.tzinfo is not None:
        raise ValueError("a local clock time has no time zone")
    return datetime.combine(day, clock.replace(fold=0), tzinfo=COPENHAGEN).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """Return the Danish calendar day of an aware moment."""
    return local(moment).date()


def local_hour(moment: datetime) -> int:
    """Return the hour (0-23) that Danish clocks show at an aware moment."""
    return local(moment).hour


def month_bounds(year: int, month: int) -> tuple[datetime, datetime]:
    """Return the first moment of a Danish calendar month and of the next one (UTC, half-open)."""
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return at_local(first, time.min), at_local(following, time.min)


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of a Gregorian year. Source: the anonymous Gregorian computus (Meeus, 1991)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_century, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_century - moon_shift + 15) % 30
    leap, rest = divmod(in_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leap - epact - rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=256)
def holidays(year: int) -> Mapping[date, Holiday]:
    """Return the Danish public holidays of a year, by day. Store Bededag is one of them until 2023."""
    easter = easter_sunday(year)
    found = {easter + timedelta(days=offset): code for offset, code in _EASTER_OFFSETS}
    if year <= LAST_PRAYER_DAY_YEAR:
        found[easter + timedelta(days=PRAYER_DAY_OFFSET)] = Holiday.PRAYER_DAY
    found[date(year, 1, 1)] = Holiday.NEW_YEARS_DAY
    found[date(year, 12, 25)] = Holiday.CHRISTMAS_DAY
    found[date(year, 12, 26)] = Holiday.SECOND_CHRISTMAS_DAY
    return MappingProxyType(dict(sorted(found.items())))


@lru_cache(maxsize=256)
def half_holidays(year: int) -> Mapping[date, Holiday]:
    """Return the days of a year on which many places close although they are no public holidays."""
    return MappingProxyType(
        {
            date(year, 6, 5): Holiday.CONSTITUTION_DAY,
            date(year, 12, 24): Holiday.CHRISTMAS_EVE,
            date(year, 12, 31): Holiday.NEW_YEARS_EVE,
        }
    )


def is_working_day(day: date) -> bool:
    """Tell whether a day is Monday to Friday and no public holiday. Half holidays are working days."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def add_working_days(day: date, n: int) -> date:
    """Return the n-th working day after a day; before it when negative. The day itself is not counted."""
    step = ONE_DAY if n >= 0 else -ONE_DAY
    left = abs(n)
    while left:
        day += step
        left -= is_working_day(day)
    return day


@dataclass(frozen=True, slots=True)
class OpeningRule:
    """How one channel may be used in a stretch of the week.

    ``weekdays`` are the days on which the stretch starts (0 is Monday). ``ends`` is not included; when it is
    earlier than ``starts`` the stretch runs past midnight, when equal it lasts until the same clock time next
    day. ``on_holidays`` limits the rule to public holidays (True) or to other days (False). ``valid_from``
    and ``valid_to`` (included) limit the days on which a stretch starts.
    """

    channel: Channel
    access: Access
    weekdays: frozenset[int]
    starts: time
    ends: time
    on_holidays: bool | None
    valid_from: date
    valid_to: date | None

    def covers_day(self, day: date) -> bool:
        """Tell whether a stretch of this rule starts on a Danish calendar day."""
        if day < self.valid_from or (self.valid_to is not None and day > self.valid_to):
            return False
        if self.on_holidays is not None and self.on_holidays != (day in holidays(day.year)):
            return False
        return day.weekday() in self.weekdays

    def stretch(self, day: date) -> tuple[datetime, datetime]:
        """Return the moments (UTC, half-open) between which a stretch that starts on this day runs."""
        last = day if self.starts < self.ends else day + ONE_DAY
        return at_local(day, self.starts), at_local(last, self.ends)

    def matches(self, moment: datetime) -> bool:
        """Tell whether the rule applies at an aware moment."""
        moment = to_utc(moment)
        today = day_of(moment)
        for day in (today, today - ONE_DAY):
            if self.covers_day(day):
                opens, closes = self.stretch(day)
                if opens <= moment < closes:
                    return True
        return False


def access_at(rules: Sequence[OpeningRule], *, channel: Channel, moment: datetime) -> Access:
    """Return how a channel may be used at an aware moment.

    The last rule in the sequence that applies wins; where none applies the channel is closed.
    """
    moment = to_utc(moment)
    for rule in reversed(rules):
        if rule.channel == channel and rule.matches(moment):
            return rule.access
    return Access.CLOSED


def _boundaries(
    rules: Sequence[OpeningRule], *, channel: Channel, first: date, last: date
) -> Iterator[datetime]:
    day = first
    while day <= last:
        for rule in rules:
            if rule.channel == channel and rule.covers_day(day):
                yield from rule.stretch(day)
        day += ONE_DAY


def next_change(
    rules: Sequence[OpeningRule], *, channel: Channel, moment: datetime, horizon_days: int = 14
) -> tuple[datetime, Access] | None:
    """Return the first moment (UTC) after a moment at which access differs, and what it then is.

    None when nothing changes within the horizon (24-hour days).
    """
    moment = to_utc(moment)
    now = access_at(rules, channel=channel, moment=moment)
    limit = moment + timedelta(days=horizon_days)
    first = day_of(moment) - ONE_DAY
    for boundary in sorted(set(_boundaries(rules, channel=channel, first=first, last=day_of(limit)))):
        if moment < boundary <= limit:
            then = access_at(rules, channel=channel, moment=boundary)
            if then != now:
                return boundary, then
    return None


def _shift_starts(day: date, boundaries: Boundaries) -> list[tuple[datetime, Shift]]:
    days = (day - ONE_DAY, day, day + ONE_DAY)
    return sorted((at_local(each, clock), shift) for each in days for shift, clock in boundaries)


def shift_at(moment: datetime, *, boundaries: Boundaries = SHIFT_BOUNDARIES) -> Shift:
    """Return the shift on duty at an aware moment. ``boundaries`` gives the local start of each shift."""
    moment = to_utc(moment)
    return [shift for start, shift in _shift_starts(day_of(moment), boundaries) if start <= moment][-1]


def shift_end(moment: datetime, *, boundaries: Boundaries = SHIFT_BOUNDARIES) -> datetime:
    """Return the moment (UTC) at which the shift on duty at an aware moment ends."""
    moment = to_utc(moment)
    return next(start for start, _ in _shift_starts(day_of(moment), boundaries) if start > moment)
