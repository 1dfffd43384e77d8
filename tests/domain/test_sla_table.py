"""The replay of docs/explanation/service-level.md against its hand calculation."""

import re
from datetime import datetime
from fractions import Fraction

import pytest

from lygte.domain.sla import CallRecord, ServiceLevel, Target, service_level
from lygte.domain.vocab import AbandonRule
from tests.domain.tables import Row, moment, rows

DAY = "2026-11-20"
CALLS = rows("service-level.md", first_column="Call", second_column="Rang")
RESULTS = rows("service-level.md", first_column="As of", second_column="Rule")
TARGET_SECONDS = 60
TARGET_SHARE = 0.7


def at(text: str) -> datetime | None:
    return None if text == "-" else moment(f"{DAY} {text}")


def record(row: Row) -> CallRecord:
    return CallRecord(
        rang_at=moment(f"{DAY} {row['Rang']}"), answered_at=at(row["Answered"]), ended_at=at(row["Ended"])
    )


def level(as_of: str, rule: str) -> ServiceLevel:
    target = Target(TARGET_SECONDS, TARGET_SHARE, AbandonRule(rule))
    return service_level(map(record, CALLS), target=target, as_of=moment(f"{DAY} {as_of}"))


def by_hand(text: str) -> Fraction:
    met, parts = text.split("/")
    return Fraction(int(met), sum(int(number) for number in re.findall(r"\d+", parts)))


@pytest.mark.parametrize("row", RESULTS, ids=lambda row: f"{row['As of']} {row['Rule']}")
def test_the_service_level_equals_the_hand_calculation(row: Row) -> None:
    found = level(row["As of"], row["Rule"])
    parts = (
        found.offered,
        found.answered,
        found.answered_within,
        found.abandoned,
        found.abandoned_short,
        found.abandoned_late,
        found.still_waiting,
        found.counted,
    )
    names = ("Offered", "Answered", "Within", "Abandoned", "Short", "Late", "Waiting", "Counted")
    assert parts == tuple(int(row[name]) for name in names)
    assert Fraction(found.met, found.counted) == by_hand(row["By hand"])
    assert found.share is not None
    assert f"{found.share:.1%}".replace("%", " %") == row["Share"]
    assert found.reached is (row["Reached 70 %"] == "yes")


@pytest.mark.parametrize("row", CALLS, ids=lambda row: f"call {row['Call']}")
def test_the_seconds_of_a_call_are_those_between_its_moments(row: Row) -> None:
    call = record(row)
    until = call.answered_at or call.ended_at
    assert until is not None
    assert (until - call.rang_at).total_seconds() == int(row["Seconds"])


FATES = {
    "within": {"answered": 1, "answered_within": 1},
    "answered late": {"answered": 1},
    "abandoned short": {"abandoned": 1, "abandoned_short": 1},
    "abandoned": {"abandoned": 1},
    "abandoned late": {"abandoned": 1, "abandoned_late": 1},
    "waiting": {"still_waiting": 1},
    "waiting over": {"still_waiting": 1, "waiting_late": 1},
}
PARTS = (
    "answered",
    "answered_within",
    "abandoned",
    "abandoned_short",
    "abandoned_late",
    "still_waiting",
    "waiting_late",
)


@pytest.mark.parametrize("row", CALLS, ids=lambda row: f"call {row['Call']}")
@pytest.mark.parametrize("as_of", ["21:00:00", "21:10:00"])
def test_a_call_is_what_the_table_says_it_is_at_that_moment(row: Row, as_of: str) -> None:
    target = Target(TARGET_SECONDS, TARGET_SHARE)
    found = service_level([record(row)], target=target, as_of=moment(f"{DAY} {as_of}"))
    said = row[f"At {as_of}"]
    expected = FATES.get(said, {})
    assert found.offered == (0 if said == "not yet" else 1)
    assert {part: getattr(found, part) for part in PARTS} == {part: expected.get(part, 0) for part in PARTS}


def test_every_rule_is_calculated() -> None:
    assert {row["Rule"] for row in RESULTS} == {rule.value for rule in AbandonRule}
