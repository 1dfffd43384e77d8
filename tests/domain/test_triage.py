"""What a crisis level changes."""

import pytest

from lygte.domain.triage import DEFAULTS, LevelRule, consequences
from lygte.domain.vocab import Level, SeverePrompt

STATED = [level for level in Level if level is not Level.NOT_STATED]


@pytest.mark.parametrize(
    ("level", "minutes", "days", "window"),
    [
        (Level.NOT_CRISIS, 120, 5, (4, 7)),
        (Level.MILD, 60, 5, (4, 7)),
        (Level.MODERATE, 30, 5, (4, 7)),
        (Level.SEVERE, 15, 3, (2, 4)),
    ],
)
def test_each_level_has_its_clocks(level: Level, minutes: int, days: int, window: tuple[int, int]) -> None:
    rule = consequences(level)
    assert (rule.level, rule.callback_minutes, rule.plan_days, rule.plan_window) == (
        level,
        minutes,
        days,
        window,
    )


def test_a_higher_level_never_waits_longer() -> None:
    rules = [consequences(level) for level in STATED]
    minutes, days = [rule.callback_minutes for rule in rules], [rule.plan_days for rule in rules]
    assert minutes == sorted(minutes, reverse=True)
    assert days == sorted(days, reverse=True)


def test_only_a_severe_level_calls_a_colleague_and_brings_prompts() -> None:
    assert [level for level in STATED if consequences(level).colleague] == [Level.SEVERE]
    assert [level for level in STATED if consequences(level).prompts] == [Level.SEVERE]
    assert set(consequences(Level.SEVERE).prompts) == set(SeverePrompt)


@pytest.mark.parametrize("level", [None, Level.NOT_STATED])
def test_an_unstated_level_has_the_clocks_of_a_moderate_one_and_no_prompts(level: Level | None) -> None:
    moderate = LevelRule(Level.MODERATE, 20, 4, (3, 6), colleague=True, prompts=(SeverePrompt.POLICE,))
    rule = consequences(level, rules={**DEFAULTS, Level.MODERATE: moderate})
    assert rule == LevelRule(Level.NOT_STATED, 20, 4, (3, 6))


def test_a_service_can_have_rules_of_its_own() -> None:
    own = {Level.MILD: LevelRule(Level.MILD, callback_minutes=45)}
    assert consequences(Level.MILD, rules=own).callback_minutes == 45


@pytest.mark.parametrize(("minutes", "days", "window"), [(0, 5, (4, 7)), (10, 3, (4, 7)), (10, 8, (4, 7))])
def test_a_rule_that_cannot_be_followed_is_refused(minutes: int, days: int, window: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"window|minute"):
        LevelRule(Level.MILD, minutes, days, window)
