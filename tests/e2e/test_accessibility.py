"""No page has an accessibility fault that a machine can find, by day or by night."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Watch
from tests.e2e.pages import NO_PAGE, PAGES, Spot
from tests.e2e.tour import Tour, tour

# By night only the colours are other ones.
COLOURS = ("color-contrast", "link-in-text-block")
SCHEMES = {"light": (), "dark": COLOURS}


@pytest.fixture(scope="module")
def reader(browser: Browser, site: Any, kept_sessions: Path) -> Iterator[Tour]:
    watch = Watch()
    with tour(browser, site, watch, kept_sessions, viewport={"width": 1360, "height": 768}) as made:
        yield made


def test_every_address_for_staff_is_on_the_list_of_pages_or_shows_none(reader: Tour) -> None:
    shown = {spot.route for spot in PAGES} - {""}
    assert shown & NO_PAGE == set()
    assert shown | NO_PAGE == set(reader.routes)


@pytest.mark.parametrize("spot", PAGES, ids=lambda spot: spot.name)
def test_a_page_has_no_accessibility_fault_by_day_or_by_night(
    reader: Tour, spot: Spot, axe: Callable[..., list[str]], shot: Callable[..., None]
) -> None:
    page = reader.open(spot)
    found = {}
    for scheme, rules in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found[scheme] = axe(page, rules=rules)
        shot(page, f"{spot.name.replace(' ', '-')}-{scheme}")
    assert found == {scheme: [] for scheme in SCHEMES}
    assert reader.watch.unexpected() == []
