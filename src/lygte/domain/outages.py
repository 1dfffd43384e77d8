"""Times of what was registered late, and stretches in which nothing was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

OLDEST = timedelta(days=31)
LEAST_GAP = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time in which a service registered nothing."""

    start: datetime
    end: datetime


def true_time(told: datetime, *, told_now: datetime, now: datetime) -> datetime:
    """Return a moment told by a clock that may be wrong, by what that clock said it was when it told.

    Never later than now; what is older than a month is taken to be a month old.
    """
    return min(now, max(now - OLDEST, now - (told_now - told)))


def gaps(moments: Iterable[datetime], *, start: datetime, end: datetime) -> list[Gap]:
    """Return the stretches of at least `LEAST_GAP` in a period without any of the moments, oldest first."""
    found, last = [], start
    for moment in [*sorted(moment for moment in moments if start <= moment < end), end]:
        if moment - last >= LEAST_GAP:
            found.append(Gap(last, moment))
        last = moment
    return found


def overlaps(gap: Gap, *, start: datetime, end: datetime) -> bool:
    """Tell whether a gap and a half-open period share time."""
    return gap.start < end and start < gap.end
