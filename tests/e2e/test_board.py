"""The board in a real browser: it moves by itself, it is light, it hides names, it says how fresh it is."""

import gzip
import re
import time
from typing import Any

from playwright.sync_api import Response, expect

from tests.e2e.steps import BOARD, Desks, new_contact, open_board

WEIGHT_LIMIT = 150_000


def test_a_new_contact_shows_on_every_open_board_within_two_seconds(desks: Desks) -> None:
    first, second = desks.of("mette"), desks.of("jonas")
    open_board(second)
    second.wait_for_timeout(1500)
    before = second.locator("[data-live-part=contacts] li").count()
    new_contact(first)
    started = time.monotonic()
    expect(second.locator("[data-live-part=contacts] li")).to_have_count(before + 1, timeout=5000)
    assert time.monotonic() - started < 2.5


def test_the_board_with_all_its_assets_weighs_less_than_150_kilobytes(desks: Desks) -> None:
    page = desks.of("mette")
    responses: list[Response] = []

    page.on("response", lambda response: responses.append(response))
    page.goto(BOARD)
    page.wait_for_timeout(1500)
    weights = {response.url: _compressed(response) for response in responses}
    assert sum(weights.values()) < WEIGHT_LIMIT
    assert len(weights) > 3


def _compressed(response: Response) -> int:
    if "text/event-stream" in response.headers.get("content-type", "") or 300 <= response.status < 400:
        return 0
    body = response.body()
    return (
        len(body) if response.headers.get("content-type", "").startswith("font") else len(gzip.compress(body))
    )


def test_privacy_mode_leaves_initials_only_and_survives_a_reload(desks: Desks) -> None:
    page = desks.of("mette")
    open_board(page)
    names = page.locator(".person-name:visible")
    assert names.count() > 0
    page.keyboard.press("i")
    expect(names).to_have_count(0)
    page.reload()
    expect(page.locator(".person-name:visible")).to_have_count(0)
    page.keyboard.press("i")
    expect(page.locator(".person-name:visible").first).to_be_visible()


def test_the_board_says_when_it_no_longer_hears_anything(desks: Desks, watch: Any) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED|Failed to load|ERR_FAILED|ERR_NETWORK")
    page = desks.of("mette")
    open_board(page)
    expect(page.locator("[data-freshness]").first).to_contain_text(re.compile("opdateret"))
    page.context.set_offline(True)
    expect(page.locator("[data-freshness]").first).to_contain_text(
        re.compile("forbindelsen er væk"), timeout=45_000
    )
    page.context.set_offline(False)
    expect(page.locator("[data-freshness]").first).to_contain_text("opdateret", timeout=45_000)


def test_two_workers_who_take_the_same_call_do_not_both_get_it(desks: Desks, site: Any, watch: Any) -> None:
    watch.allow("vagten/del")
    site.lygte("call", "--url", str(site), "--service", "havnegade", "ring", "--number", "20001234")
    first, second = desks.of("mette"), desks.of("jonas")
    for page in (first, second):
        open_board(page)
        page.route("**/vagten/del/**", lambda route: route.abort())
    take = "form[action*='/opkald/'][action$='/tag/'] button"
    row = first.locator("li", has=first.locator(take)).last
    action = row.locator("form[action$='/tag/']").get_attribute("action")
    first.locator(f"form[action='{action}'] button").click()
    first.wait_for_url(re.compile("/henvendelse/"))
    second.locator(f"form[action='{action}'] button").click()
    second.wait_for_load_state()
    expect(second.locator("body")).to_contain_text("Mette")
    assert "/henvendelse/" not in second.url
