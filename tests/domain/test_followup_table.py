"""Every worked example of docs/explanation/follow-up-days.md."""

from dataclasses import replace
from datetime import datetime

import pytest

from lygte.domain.followup import (
    DEFAULT_RULES,
    FollowUpRule,
    Window,
    Wish,
    moved_by_contact,
    on_hold,
    resumed,
    spaced_attempt,
    window,
)
from lygte.domain.time import local
from lygte.domain.triage import LevelRule, consequences
from lygte.domain.vocab import Anchor, DayBand, FreeDayRule, Level, PromiseKind
from tests.domain.tables import Row, moment, rows

WINDOWS = rows("follow-up-days.md", first_column="Case", second_column="Kind")
ATTEMPTS = rows("follow-up-days.md", first_column="Case", second_column="Last attempt")
DELIVERED = rows("follow-up-days.md", first_column="Kind", second_column="Counted from")
KINDS = {"plan": PromiseKind.PLAN_FOLLOW_UP, "wellbeing": PromiseKind.WELLBEING}
FREE_DAYS = {
    "keep": FreeDayRule.KEEP,
    "next": FreeDayRule.NEXT_WORKING_DAY,
    "previous": FreeDayRule.PREVIOUS_WORKING_DAY,
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def case(row: Row) -> str:
    return row["Case"]


def rule_of(row: Row, kind: str) -> FollowUpRule:
    return replace(DEFAULT_RULES[KINDS[kind]], on_free_days=FREE_DAYS[row["Free days"]])


def wish_of(row: Row) -> Wish:
    wish = Wish()
    for part in row["Wish"].split(", "):
        if part.startswith("not "):
            avoided = frozenset(WEEKDAYS.index(day) for day in part.split()[1:])
            wish = replace(wish, avoid_weekdays=avoided)
        elif part != "-":
            wish = replace(wish, band=DayBand(part))
    return wish


def level_rule_of(row: Row) -> LevelRule:
    return consequences(None if row["Level"] == "-" else Level(row["Level"]))


def then_of(row: Row) -> dict[str, datetime]:
    events = {}
    for part in row["Then"].split(", "):
        if part != "-":
            name, when = part.split(" ", maxsplit=1)
            events[name] = moment(when)
    return events


def result(row: Row) -> Window:
    rule, wish, level_rule = rule_of(row, row["Kind"]), wish_of(row), level_rule_of(row)
    found = window(moment(row["Anchor"]), rule=rule, wish=wish, level_rule=level_rule)
    events = then_of(row)
    if "contact" in events:
        found = moved_by_contact(
            found, contact_at=events["contact"], rule=rule, wish=wish, level_rule=level_rule
        )
    if "discharged" in events:
        assert on_hold(events["admitted"], admitted_at=events["admitted"], discharged_at=events["discharged"])
        found = resumed(events["discharged"], rule=rule, wish=wish, level_rule=level_rule)
    return found


def shown(at: datetime) -> str:
    return local(at).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize("row", WINDOWS, ids=case)
def test_a_window_is_as_the_worked_example_says(row: Row) -> None:
    found = result(row)
    calculated = tuple(map(shown, (found.opens, found.due, found.closes)))
    assert calculated == (row["Opens"], row["Due"], row["Closes"])


@pytest.mark.parametrize("row", ATTEMPTS, ids=case)
def test_the_next_attempt_is_as_the_worked_example_says(row: Row) -> None:
    found = spaced_attempt(moment(row["Last attempt"]), rule=rule_of(row, "plan"), wish=wish_of(row))
    assert shown(found) == row["Next attempt"]


@pytest.mark.parametrize("row", DELIVERED, ids=lambda row: row["Kind"])
def test_the_rules_as_delivered_are_those_of_the_page(row: Row) -> None:
    kind, _, level = row["Kind"].partition(", ")
    rule = DEFAULT_RULES[KINDS[kind]]
    days = (rule.earliest_day, rule.days, rule.latest_day)
    if level:
        severe = consequences(Level.SEVERE)
        days = (severe.plan_window[0], severe.plan_days, severe.plan_window[1])
    anchor = Anchor.LAST_CONTACT if row["Counted from"] == "last contact" else Anchor.FIRST_CONTACT
    stated = tuple(int(row[name].removeprefix("day ")) for name in ("Earliest", "Due", "Latest"))
    assert (days, rule.anchor) == (stated, anchor)
    assert f"{rule.ring_from:%H.%M}-{rule.ring_to:%H.%M}" == row["Ring hours"]
    assert (rule.max_attempts, rule.spacing_hours, rule.quiet_hours_after_contact) == (3, 20, 12)


def test_the_page_has_an_example_of_every_rule() -> None:
    cases = " ".join(case(row) for row in WINDOWS + ATTEMPTS)
    subjects = (
        "Saturday",
        "Easter",
        "Christmas",
        "spring",
        "autumn",
        "second",
        "admitted",
        "evening",
        "severe",
    )
    assert [subject for subject in subjects if subject not in cases] == []
    assert {row["Free days"] for row in WINDOWS} == set(FREE_DAYS)
