"""The lists of docs/security say what is true: every test that they name exists, and none is missing."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASVS = (ROOT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")
ATTACKS = (ROOT / "docs" / "security" / "attacks.md").read_text(encoding="utf-8")
LINES = [line for line in ASVS.splitlines() if line.startswith("| V")]
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in LINES]
NAMED = sorted(set(re.findall(r"tests/[\w/.]+\.py(?:::\w+)?", ASVS + ATTACKS)))


@pytest.mark.parametrize("name", NAMED)
def test_every_test_that_a_list_names_exists(name: str) -> None:
    file, _, function = name.partition("::")
    text = (ROOT / file).read_text(encoding="utf-8")
    assert not function or f"def {function}(" in text


def test_every_requirement_has_a_state_and_every_met_one_a_test() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS) == 253
    assert {row[3] for row in ROWS} == {"met", "does not apply", "**falls short**"}
    assert [row[0] for row in ROWS if row[3] == "met" and not row[5]] == []
    assert [row[0] for row in ROWS if not row[4]] == []


def test_the_counts_at_the_top_are_those_of_the_rows() -> None:
    met, not_ours, short = (
        sum(row[3] == state for row in ROWS) for state in ("met", "does not apply", "**falls short**")
    )
    assert f"{met} are met, {not_ours} do not apply, {short} fall short" in ASVS


def test_every_attack_has_a_test() -> None:
    lines = [line for line in ATTACKS.splitlines() if line.startswith("| ")][1:]
    assert len(lines) > 30
    assert [line for line in lines if "tests/" not in line] == []
