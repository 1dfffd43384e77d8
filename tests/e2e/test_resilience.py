"""Nothing typed is lost: reload, closed laptop, another machine, a server that dies, a network that drops."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import Desks, drawer, new_contact, saved, sign_in

WORDS = "Kan ikke sove, hjertet hamrer, er bange for at være alene i nat."


@pytest.fixture
def page(desks: Desks) -> Page:
    return desks.of("karin")


def _words(page: Page) -> Any:
    return page.locator("textarea[name=own_words]")


def test_a_half_filled_contact_reopens_where_it_was_on_another_machine(page: Page, desks: Desks) -> None:
    address = new_contact(page)
    _words(page).fill(WORDS)
    saved(page)
    other = desks.of("mette")
    other.goto(address)
    expect(_words(other)).to_have_value(WORDS)


def test_a_page_closed_in_the_middle_of_a_word_loses_at_most_the_last_second(
    page: Page, desks: Desks
) -> None:
    address = new_contact(page)
    _words(page).press_sequentially("Brud i weekenden og", delay=5)
    page.close()
    again = desks.of("karin")
    again.goto(address)
    expect(_words(again)).to_have_value("Brud i weekenden og")


def test_a_server_that_dies_and_comes_back_costs_nothing(page: Page, site: Any, watch: Any) -> None:
    watch.allow(
        "ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED|Failed to load"
    )
    new_contact(page)
    _words(page).fill("Før strømmen gik.")
    saved(page)
    site.stop(hard=True)
    _words(page).fill("Før strømmen gik. Og efter.")
    expect(page.locator("[data-autosave-status]")).to_have_attribute("data-state", "offline")
    site.start()
    expect(page.locator("[data-autosave-status]")).to_have_attribute("data-state", "saved", timeout=30_000)
    page.reload()
    expect(_words(page)).to_have_value("Før strømmen gik. Og efter.")


def test_what_was_typed_without_network_survives_a_reload(page: Page, watch: Any) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED|Failed to load|ERR_FAILED")
    new_contact(page)
    page.route("**/gem/", lambda route: route.abort())
    _words(page).fill(WORDS)
    expect(page.locator("[data-autosave-status]")).to_have_attribute("data-state", "offline")
    kept = drawer(page)
    assert "draft:" in kept
    assert "hjertet" not in kept
    page.unroute("**/gem/")
    page.reload()
    expect(_words(page)).to_have_value(WORDS)
    saved(page)


def test_two_people_in_one_field_lose_neither_text(page: Page, desks: Desks) -> None:
    address = new_contact(page)
    other = desks.of("mette")
    other.goto(address)
    _words(other).fill("Mettes ord")
    saved(other)
    _words(page).fill("Karins ord")
    conflict = page.locator("[data-conflict-for=own_words]")
    expect(conflict).to_contain_text("Mettes ord")
    expect(_words(page)).to_have_value("Karins ord")
    conflict.get_by_role("button", name="Behold begge").click()
    saved(page)
    other.reload()
    expect(_words(other)).to_have_value(re.compile("Mettes ord(.|\n)*Karins ord|Karins ord(.|\n)*Mettes ord"))


def test_locking_the_desk_keeps_the_last_word_and_hides_the_page(open_page: Any) -> None:
    page = open_page()
    sign_in(page, "birgit")
    page.goto("/tilbud/skovbrynet/vagten/")
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/henvendelse/"))
    address = page.url
    _words(page).fill("Lige før låsen")
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    page.wait_for_url(re.compile(r"/laas/op/"))
    assert "Lige før låsen" not in page.content()
    page.get_by_label("Adgangskode").fill("lanterne-i-natten")
    page.get_by_role("button", name="Lås op").click()
    page.goto(address)
    expect(_words(page)).to_have_value("Lige før låsen")


def test_words_typed_before_the_page_has_woken_are_saved_too(page: Page) -> None:
    address = new_contact(page)
    page.route("**/autosave*.js", lambda route: (page.wait_for_timeout(1500), route.continue_()))
    page.goto(address, wait_until="commit")
    words = _words(page)
    words.fill("Hurtigere end siden")
    page.get_by_role("radio", name=re.compile("^let")).check()
    saved(page)
    page.unroute("**/autosave*.js")
    page.reload()
    expect(words).to_have_value("Hurtigere end siden")
    expect(page.get_by_role("radio", name=re.compile("^let"))).to_be_checked()
