"""A telephone held in one hand, 320 by 640: a shift can be worked on it, and nothing runs off the edge."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Watch
from tests.e2e.pages import PAGES, Spot
from tests.e2e.steps import open_board, saved, sign_in
from tests.e2e.tour import Tour, tour

SIZE = {"width": 320, "height": 640}
NUMBER = "20765432"
# Links that flow in a sentence are as high as their line; a box or a radio is pressed through its label.
TOO_SMALL = """() => {
  const union = (a, b) => ({left: Math.min(a.left, b.left), right: Math.max(a.right, b.right),
    top: Math.min(a.top, b.top), bottom: Math.max(a.bottom, b.bottom)});
  const aimed = [...document.querySelectorAll("a[href], button, summary, select, input:not([type=hidden])")];
  return aimed.flatMap((element) => {
    if (!element.checkVisibility() || element.closest(".visually-hidden")) return [];
    if (element.matches("a") && getComputedStyle(element).display === "inline") return [];
    let box = element.getBoundingClientRect();
    if (element.matches("[type=radio], [type=checkbox]"))
      for (const label of element.labels) box = union(box, label.getBoundingClientRect());
    const [width, height] = [box.right - box.left, box.bottom - box.top];
    return Math.min(width, height) < 24 ? [`${width} x ${height} ${element.outerHTML}`] : [];
  });
}"""


@pytest.fixture(scope="module")
def reader(browser: Browser, site: Any, kept_sessions: Path) -> Iterator[Tour]:
    with tour(browser, site, Watch(), kept_sessions, viewport=SIZE, has_touch=True) as made:
        yield made


@pytest.mark.parametrize("spot", PAGES, ids=lambda spot: spot.name)
def test_a_page_fits_a_telephone_and_a_thumb(reader: Tour, spot: Spot, shot: Callable[..., None]) -> None:
    page = reader.open(spot)
    shot(page, f"{spot.name.replace(' ', '-')}-320")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZE["width"]
    assert page.evaluate(TOO_SMALL) == []


def _take(page: Page, site: Any) -> None:
    site.lygte("call", "--url", str(site), "--service", "havnegade", "ring", "--number", NUMBER)
    open_board(page)
    row = page.locator("[data-live-part=waiting] li", has_text="20 76 54 32")
    row.get_by_role("button", name="Tag").tap()
    page.wait_for_url(re.compile(r"/henvendelse/[0-9a-f-]{36}/$"))


def _tap(page: Page, name: str, *, group: str = "") -> None:
    within = page.get_by_role("group", name=re.compile(group)) if group else page
    choice = within.locator("label.opt", has_text=re.compile(f"^\\s*\\d?\\s*{name}")).first
    choice.tap()
    expect(choice.locator("input")).to_be_checked()


def test_a_call_is_taken_registered_and_closed_with_a_thumb(
    open_page: Callable[..., Page], site: Any
) -> None:
    page = open_page(viewport=SIZE, has_touch=True, is_mobile=True)
    sign_in(page, "jonas")
    _take(page, site)
    _tap(page, "borgeren selv")
    _tap(page, "alvorlig")
    expect(page.locator("[data-effect=severe]")).to_contain_text("112")
    _tap(page, "angst")
    _tap(page, "ja", group="nævnt børn")
    saved(page)
    page.get_by_role("button", name=re.compile("^Afslut")).tap()
    page.wait_for_url(re.compile("/afslut/"))
    _tap(page, "faldet til ro")
    _tap(page, "underret ikke")
    page.get_by_label(re.compile("[Gg]rund")).first.fill("Barnet er hos sin far og har det godt.")
    page.get_by_role("button", name=re.compile("^Afslut")).tap()
    page.wait_for_url(re.compile("/vagten/"))
    site.lygte("call", "--url", str(site), "--service", "havnegade", "hangup")


def test_what_to_do_at_a_severe_level_comes_into_sight_and_focus_stays(
    open_page: Callable[..., Page], kept_sessions: Path
) -> None:
    page = open_page(viewport={"width": 1360, "height": 768}, storage_state=str(kept_sessions / "mette.json"))
    open_board(page)
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/henvendelse/"))
    for key in ("1", "1", "4"):
        page.keyboard.press(key)
    severe = page.locator("[data-effect=severe] a", has_text="112")
    expect(severe).to_be_in_viewport(ratio=1)
    bar = page.locator(".bottombar").bounding_box()
    box, focused = severe.bounding_box(), page.locator(".opt:has(:focus)").bounding_box()
    assert bar and box and focused
    assert page.locator(":focus").get_attribute("name") == "causes"
    assert max(box["y"] + box["height"], focused["y"] + focused["height"]) <= bar["y"]
