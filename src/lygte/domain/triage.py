"""What a crisis level changes: the time to a callback, the day of the follow-up, what to consider at once.

Source: crisis levels of the model description (2014-2017); plan follow-up after about five days. The minutes
and the severe follow-up after three days are suggestions of this system that a service can change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from lygte.domain.vocab import Level, SeverePrompt

PLAN_DAYS = 5
PLAN_WINDOW = (4, 7)
SEVERE_PLAN_DAYS = 3
SEVERE_PLAN_WINDOW = (2, 4)


@dataclass(frozen=True, slots=True)
class LevelRule:
    """The consequences of one level.

    ``callback_minutes`` is the longest time to a promised callback; ``plan_days`` the days from the anchor to
    the plan follow-up, ``plan_window`` its earliest and latest day; ``colleague`` whether a colleague is
    called in; ``prompts`` what the worker is reminded of. Raises ValueError when the days are not in order.
    """

    level: Level
    callback_minutes: int
    plan_days: int = PLAN_DAYS
    plan_window: tuple[int, int] = PLAN_WINDOW
    colleague: bool = False
    prompts: tuple[SeverePrompt, ...] = ()

    def __post_init__(self) -> None:
        """Refuse days that are out of order and times that are not positive."""
        earliest, latest = self.plan_window
        if not 0 <= earliest <= self.plan_days <= latest:
            raise ValueError("the plan follow-up day lies inside its window")
        if self.callback_minutes <= 0:
            raise ValueError("a callback takes at least a minute")


DEFAULTS: Mapping[Level, LevelRule] = MappingProxyType(
    {
        Level.NOT_CRISIS: LevelRule(Level.NOT_CRISIS, callback_minutes=120),
        Level.MILD: LevelRule(Level.MILD, callback_minutes=60),
        Level.MODERATE: LevelRule(Level.MODERATE, callback_minutes=30),
        Level.SEVERE: LevelRule(
            Level.SEVERE,
            callback_minutes=15,
            plan_days=SEVERE_PLAN_DAYS,
            plan_window=SEVERE_PLAN_WINDOW,
            colleague=True,
            prompts=tuple(SeverePrompt),
        ),
    }
)


def consequences(level: Level | None, *, rules: Mapping[Level, LevelRule] = DEFAULTS) -> LevelRule:
    """Return what a level brings.

    A level that is not stated or not recorded gets the clocks of a moderate one and no prompts: better rung a
    little early than forgotten. Raises KeyError when the rules lack the level.
    """
    if not level or level == Level.NOT_STATED:
        return replace(rules[Level.MODERATE], level=Level.NOT_STATED, colleague=False, prompts=())
    return rules[level]
