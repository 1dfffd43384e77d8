"""Service level of answered calls, and the countdown to a promise.

A call is met when it is answered within the target; exactly on the target is within. All durations are
seconds.
Source: Model description, 2014-2017, service targets (a maximum wait on calls).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from lygte.domain.time import to_utc
from lygte.domain.vocab import AbandonRule

DEFAULT_SHORT_SECONDS = 5


class ClockState(StrEnum):
    """How close a promise is to being broken."""

    CALM = "calm"
    NEAR = "near"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One incoming call. A call that ended without being answered first was abandoned.

    A call that went to voicemail is given its voicemail moment as ``ended_at``. Raises ValueError when a
    moment has no time zone or lies before the first ring.
    """

    rang_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse moments that cannot be, and keep the others in UTC."""
        object.__setattr__(self, "rang_at", to_utc(self.rang_at))
        for name, moment in (("answered_at", self.answered_at), ("ended_at", self.ended_at)):
            if moment is not None and to_utc(moment) < self.rang_at:
                raise ValueError("a call cannot be answered or end before it rings")
            object.__setattr__(self, name, None if moment is None else to_utc(moment))


@dataclass(frozen=True, slots=True)
class Target:
    """What the service promises about answering.

    ``seconds`` to answer; ``share`` of counted calls (0 to 1) that must be met; ``rule`` for abandoned calls;
    abandoned calls that rang less than ``short_seconds`` are never counted. Raises ValueError outside range.
    """

    seconds: int
    share: float
    rule: AbandonRule = AbandonRule.LATE_COUNT_AGAINST
    short_seconds: int = DEFAULT_SHORT_SECONDS

    def __post_init__(self) -> None:
        """Refuse a target that means nothing."""
        if self.seconds < 0 or self.short_seconds < 0:
            raise ValueError("a target is not negative")
        if not 0 <= self.share <= 1:
            raise ValueError("a share lies between 0 and 1")


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The service level with every part it is made of, as numbers of calls.

    ``offered`` = ``answered`` + ``abandoned`` + ``still_waiting``. ``abandoned_short`` and ``abandoned_late``
    are parts of ``abandoned``, ``waiting_late`` of ``still_waiting``. ``share`` = ``met`` / ``counted``, None
    when nothing is counted; ``reached`` compares it with the target.
    """

    offered: int
    answered: int
    answered_within: int
    abandoned: int
    abandoned_short: int
    abandoned_late: int
    still_waiting: int
    waiting_late: int
    counted: int
    met: int
    share: float | None
    reached: bool | None


class _Fate(StrEnum):
    WITHIN = "within"
    LATE = "late"
    SHORT = "short"
    LEFT_EARLY = "left_early"
    LEFT_LATE = "left_late"
    WAITING = "waiting"
    WAITING_LATE = "waiting_late"


_ANSWERED = (_Fate.WITHIN, _Fate.LATE)
_ABANDONED = (_Fate.SHORT, _Fate.LEFT_EARLY, _Fate.LEFT_LATE)
_STILL_WAITING = (_Fate.WAITING, _Fate.WAITING_LATE)
_COUNTED = {
    AbandonRule.NEVER_COUNTED: frozenset(_ANSWERED),
    AbandonRule.LATE_COUNT_AGAINST: frozenset({*_ANSWERED, _Fate.LEFT_LATE, _Fate.WAITING_LATE}),
    AbandonRule.ALL_COUNT_AGAINST: frozenset(
        {*_ANSWERED, _Fate.LEFT_EARLY, _Fate.LEFT_LATE, _Fate.WAITING_LATE}
    ),
}


def _known(moment: datetime | None, as_of: datetime) -> datetime | None:
    return moment if moment is not None and moment <= as_of else None


def _fate(call: CallRecord, *, target: Target, as_of: datetime) -> _Fate:
    answered, ended = _known(call.answered_at, as_of), _known(call.ended_at, as_of)
    limit = timedelta(seconds=target.seconds)
    if answered is not None and (ended is None or answered <= ended):
        return _Fate.WITHIN if answered - call.rang_at <= limit else _Fate.LATE
    if ended is None:
        return _Fate.WAITING if as_of - call.rang_at <= limit else _Fate.WAITING_LATE
    rang_for = ended - call.rang_at
    if rang_for < timedelta(seconds=target.short_seconds):
        return _Fate.SHORT
    return _Fate.LEFT_EARLY if rang_for <= limit else _Fate.LEFT_LATE


def service_level(calls: Iterable[CallRecord], *, target: Target, as_of: datetime) -> ServiceLevel:
    """Return the service level of the calls as it was known at a moment.

    Calls that rang later, and what happened later, are not seen. A call that still waits is counted as missed
    once it has waited longer than the target, except where abandoned calls are never counted: there it waits
    for its outcome. Raises ValueError when ``as_of`` has no time zone.
    """
    as_of = to_utc(as_of)
    fates = [_fate(call, target=target, as_of=as_of) for call in calls if call.rang_at <= as_of]
    number = {fate: fates.count(fate) for fate in _Fate}
    counted = sum(number[fate] for fate in _COUNTED[target.rule])
    met = number[_Fate.WITHIN]
    return ServiceLevel(
        offered=len(fates),
        answered=sum(number[fate] for fate in _ANSWERED),
        answered_within=met,
        abandoned=sum(number[fate] for fate in _ABANDONED),
        abandoned_short=number[_Fate.SHORT],
        abandoned_late=number[_Fate.LEFT_LATE],
        still_waiting=sum(number[fate] for fate in _STILL_WAITING),
        waiting_late=number[_Fate.WAITING_LATE],
        counted=counted,
        met=met,
        share=met / counted if counted else None,
        reached=Fraction(met, counted) >= Fraction(str(target.share)) if counted else None,
    )


@dataclass(frozen=True, slots=True)
class Clock:
    """A countdown: its state, and whole seconds left (negative when over)."""

    state: ClockState
    remaining_seconds: int


def breach_at(since: datetime, *, seconds: int) -> datetime:
    """Return the last moment at which a promise that began at ``since`` is still kept."""
    return to_utc(since) + timedelta(seconds=seconds)


def clock(now: datetime, *, since: datetime, seconds: int) -> Clock:
    """Return the countdown at a moment: near from half of the time, over when more than all of it is used."""
    left = (breach_at(since, seconds=seconds) - to_utc(now)).total_seconds()
    if left < 0:
        state = ClockState.OVER
    elif left * 2 <= seconds:
        state = ClockState.NEAR
    else:
        state = ClockState.CALM
    return Clock(state=state, remaining_seconds=math.floor(left))
