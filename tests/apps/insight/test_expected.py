"""The leader's month against the sheet of right answers, number by number."""

import json
from pathlib import Path
from typing import Any

import pytest

from lygte.apps.insight import selectors
from lygte.apps.insight.synth.make import Made, exists
from lygte.apps.tenancy import selectors as tenancy
from tests.apps.insight.invented import NOW, invented

__all__ = ["invented"]
ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db


def flat(value: Any, name: str = "") -> dict[str, Any]:
    """Return every number under its full name."""
    if not isinstance(value, dict):
        return {name: value}
    pairs: dict[str, Any] = {}
    for key, part in value.items():
        pairs |= flat(part, f"{name}.{key}" if name else str(key))
    return pairs


def differences(place: str, month: str, expected: dict[str, Any]) -> list[str]:
    """Return every number of a month that is not as expected; a code that is left out is nought."""
    key, slug = place.split("/")
    year, number = map(int, month.split("-"))
    with tenancy.scope_of_key(key):
        computed = selectors.month(tenancy.service_by_slug(slug), year, number, as_of=NOW)
        found, right = flat(computed.sheet()), flat(expected)
    return [
        f"{place} {month} {name}: {found.get(name, 0)} instead of {right.get(name, 0)}"
        for name in sorted(found.keys() | right.keys())
        if found.get(name, 0) != right.get(name, 0)
    ]


def test_every_number_of_every_month_of_every_service_is_the_expected_one(invented: Made) -> None:
    wrong = [
        difference
        for place, months in invented.sheet["services"].items()
        for month, expected in months.items()
        for difference in differences(place, month, expected)
    ]
    assert wrong == []


def test_the_sheet_holds_three_services_and_every_month_of_them(invented: Made) -> None:
    months = {place: list(months) for place, months in invented.sheet["services"].items()}
    both = ["2026-10", "2026-11"]
    assert months == {"lysborg/havnegade": both, "lysborg/skovbrynet": both, "fyrnes/molen": both}


def test_the_sheet_holds_every_number_that_the_month_shows(invented: Made) -> None:
    expected = invented.sheet["services"]["lysborg/havnegade"]["2026-11"]
    with tenancy.scope_of_key("lysborg"):
        computed = selectors.month(tenancy.service_by_slug("havnegade"), 2026, 11, as_of=NOW)
    assert set(computed.sheet()) == set(expected)


def test_the_numbers_in_the_reference_are_those_of_the_sheet(invented: Made) -> None:
    page = (ROOT / "docs" / "reference" / "demo.md").read_text(encoding="utf-8")
    printed = flat(json.loads(page.partition("```json")[2].partition("```")[0]))
    written = flat(invented.sheet)
    assert {name: written.get(name) for name in printed} == printed


def test_a_wrong_number_is_named(invented: Made) -> None:
    right = invented.sheet["services"]["fyrnes/molen"]["2026-10"]
    expected = right | {"contacts_incoming": right["contacts_incoming"] + 1}
    assert differences("fyrnes/molen", "2026-10", expected) == [
        f"fyrnes/molen 2026-10 contacts_incoming: {right['contacts_incoming']} instead of "
        f"{right['contacts_incoming'] + 1}"
    ]


def test_the_invented_municipalities_are_known_as_such(invented: Made) -> None:
    assert exists()
    assert all(place.municipality.is_invented for place in invented.places)
