"""The line is cut: contacts go on in the browser, sealed, and arrive once, in order, for their owner only."""

import json
import re
from collections import Counter
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.steps import (
    BOARD,
    DRAWER,
    PASSWORD,
    Desks,
    drawer,
    new_contact,
    open_board,
    saved,
    sign_in,
    until,
)

WORDS = "Er alene i huset og hører skridt."
SEALED = re.compile(r"^[A-Za-z0-9+/=]+$")
ANY = "{ignoreVary: true}"
CACHES = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) {
      const response = await (await caches.open(name)).match(request, { ignoreVary: true });
      const text = (response.headers.get("Content-Type") ?? "").includes("html") ? await response.text() : "";
      found.push([new URL(request.url).pathname, text]);
    }
  return found;
}"""


@pytest.fixture
def page(desks: Desks, watch: Any) -> Page:
    """A desk that has been on the board with a line, so that the browser has what it needs."""
    watch.allow("ERR_INTERNET_DISCONNECTED|Failed to load|ERR_FAILED")
    page = desks.of("karin")
    ready(page)
    return page


def ready(page: Page) -> None:
    open_board(page)
    until(page, "navigator.serviceWorker.controller !== null", seconds=120)
    until(page, "localStorage['lygte-desk'] !== undefined")
    page.wait_for_function(
        "caches.match('/uden-net/side', {ignoreVary: true}).then((found) => found !== undefined)"
    )


def cut(page: Page) -> None:
    page.context.set_offline(True)


def mend(page: Page) -> None:
    page.context.set_offline(False)


def begin(page: Page, words: str) -> str:
    """Begin a contact on the board without a line; return its identifier."""
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/uden-net/#ny="))
    expect(page.locator("body")).to_have_attribute("data-state", "writing")
    page.locator("textarea[name=own_words]").fill(words)
    told(page, "Ikke forbindelse")
    found = re.search(r"ny=([0-9a-f-]{36})", page.url)
    assert found
    sealed(page)
    kept(page, 1)
    return found[1]


def sealed(page: Page) -> None:
    """Wait until what was typed last lies in the drawer."""
    expect(page.locator("body")).to_have_attribute("data-sealed", "yes")


def told(page: Page, text: str) -> None:
    expect(page.locator("[data-offline-status]")).to_contain_text(text)


def kept(page: Page, count: int) -> None:
    expect(page.locator("[data-offline-status]")).to_contain_text(
        "1 henvendelse venter" if count == 1 else f"{count} henvendelser venter"
    )


def empty(page: Page) -> None:
    until(page, f"({DRAWER})().then((rows) => rows === '[]')")


def test_contacts_begun_without_a_line_survive_a_reload_and_arrive_once(page: Page, site: Any) -> None:
    cut(page)
    first = begin(page, WORDS)
    page.get_by_role("radio", name=re.compile("^middelsvær")).check()
    page.get_by_role("button", name=re.compile("Ny henvendelse")).first.click()
    expect(page.locator("textarea[name=own_words]")).to_have_value("")
    page.locator("textarea[name=own_words]").fill("Nummer to, ringede om sin søn.")
    kept(page, 2)
    sealed(page)
    rows = json.loads(drawer(page))
    assert all(SEALED.match(row["sealed"]) for row in rows)
    assert "skridt" not in drawer(page)
    second = next(row["id"].split(":")[1] for row in rows if first not in row["id"])
    page.reload()
    kept(page, 2)
    other_tab = page.context.new_page()
    other_tab.goto(BOARD)
    mend(page)
    empty(page)
    for contact, words in ((first, WORDS), (second, "Nummer to, ringede om sin søn.")):
        page.goto(f"/henvendelse/{contact}/")
        expect(page.locator("textarea[name=own_words]")).to_have_value(words)
        expect(page.locator(".pagehead")).to_contain_text("skrevet uden forbindelse")
    counted = site.lygte("manage", "shell", "-v0", "-c", COUNT)
    assert counted.strip().splitlines()[-1] == "2"


COUNT = """
from lygte.apps.core.scope import municipality_scope
from lygte.apps.tenancy.models import Municipality
from lygte.apps.outages.models import LateContact
total = 0
for one in Municipality.objects.all():
    with municipality_scope(one.pk):
        total += LateContact.objects.count()
print(total)
"""


def test_the_page_goes_over_to_the_contact_itself_when_the_line_is_back(page: Page) -> None:
    cut(page)
    contact = begin(page, "Det begyndte uden net")
    mend(page)
    told(page, "Forbindelsen er tilbage")
    page.locator("textarea[name=own_words]").fill("Det begyndte uden net og gik videre")
    page.get_by_role("link", name="Fortsæt i Lygte").click()
    page.wait_for_url(re.compile(f"/henvendelse/{contact}/"))
    empty(page)
    page.reload()
    expect(page.locator("textarea[name=own_words]")).to_have_value("Det begyndte uden net og gik videre")


def test_a_desk_locked_without_a_line_shows_nothing_and_opens_for_its_owner(page: Page) -> None:
    page.context.clear_cookies()
    sign_in(page, "karin")  # a session of its own, since it is locked
    ready(page)
    cut(page)
    contact = begin(page, "Hemmeligt og gemt")
    page.goto(BOARD)
    page.evaluate("caches.open('lygte-desk').then((one) => one.put('/uden-net/laast', new Response('')))")
    page.goto(f"/henvendelse/{contact}/")
    told(page, "Skærmen er låst")
    expect(page.locator("#offline-form")).to_be_hidden()
    assert "Hemmeligt" not in page.content()
    mend(page)
    page.wait_for_url(re.compile("/laas/op/"))
    assert json.loads(drawer(page)) != []
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Lås op").click()
    empty(page)
    page.goto(f"/henvendelse/{contact}/")
    expect(page.locator("textarea[name=own_words]")).to_have_value("Hemmeligt og gemt")


def test_what_one_wrote_stays_closed_for_the_next_at_the_desk_and_arrives_when_the_writer_returns(
    page: Page,
) -> None:
    cut(page)
    contact = begin(page, "Karins ord")
    page.goto(BOARD)
    mend(page)
    page.route("**/uden-net/modtag/", lambda route: route.abort())
    page.context.clear_cookies()
    sign_in(page, "mette")
    ready(page)
    expect(page.locator("[data-waiting]")).to_contain_text("fra en kollega")
    page.unroute("**/uden-net/modtag/")
    page.reload()
    page.wait_for_timeout(1000)
    assert len(json.loads(drawer(page))) == 1
    page.context.clear_cookies()
    sign_in(page, "karin")
    empty(page)
    page.goto(f"/henvendelse/{contact}/")
    expect(page.locator("textarea[name=own_words]")).to_have_value("Karins ord")


def test_text_left_in_a_contact_arrives_from_the_board_and_a_conflict_asks(page: Page, desks: Desks) -> None:
    address = new_contact(page)
    words = page.locator("textarea[name=own_words]")
    words.fill("Først")
    saved(page)
    cut(page)
    words.fill("Karin uden net")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Ikke forbindelse")
    until(page, f"({DRAWER})().then((rows) => rows.includes('draft:'))")
    other = desks.of("mette")
    other.goto(address)
    other.locator("textarea[name=own_words]").fill("Mette med net")
    saved(other)
    page.goto(BOARD)
    mend(page)
    ready(page)
    link = page.locator("a[data-waiting]")
    expect(link).to_contain_text("kræver et valg")
    link.click()
    conflict = page.locator("[data-conflict-for=own_words]")
    expect(conflict).to_contain_text("Mette med net")
    expect(conflict).to_contain_text("Karin uden net")
    conflict.get_by_role("button", name="Behold begge").click()
    saved(page)


def test_nothing_that_a_browser_keeps_holds_anybody(page: Page) -> None:
    new_contact(page)
    page.locator("textarea[name=own_words]").fill(WORDS)
    saved(page)
    page.goto("/tilbud/havnegade/personer/")
    ready(page)
    cut(page)
    begin(page, WORDS)
    found = page.evaluate(CACHES)
    paths = {path for path, _text in found}
    assert {path for path in paths if not path.startswith("/static/lygte/")} == {
        "/uden-net/side",
        "/tilbud/havnegade/noedark/",
    }
    everything = " ".join(text for _path, text in found) + drawer(page)
    everything += page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    for secret in (WORDS, "Karin", "karin", "csrf", "sessionid"):
        assert secret not in everything, secret


TYPE = """([name, value]) => {
  const field = document.querySelector(`textarea[name=${name}]`);
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""


def test_two_browsers_lose_nothing_over_a_line_that_loses_and_doubles(page: Page, desks: Desks) -> None:
    address, rng, fates = new_contact(page), Random(3), Counter[str]()
    other = desks.of("mette")
    other.goto(address)

    def bad(route: Route) -> None:
        fate = rng.choice(("request lost", "answer lost", "doubled", "passed", "passed"))
        fates[fate] += 1
        if fate == "request lost":
            return route.abort()
        answer = route.fetch()
        if fate == "doubled":
            answer = route.fetch()
        return route.abort() if fate == "answer lost" else route.fulfill(response=answer)

    fields = {page: ("own_words", "danger"), other: ("agreement", "options")}
    last = {}
    for one in fields:
        one.route("**/gem/", bad)
    for number in range(300):
        one = rng.choice((page, other))
        name = rng.choice(fields[one])
        last[name] = f"ord {number}"
        one.evaluate(TYPE, [name, last[name]])
        if number % 10 == 0:
            one.evaluate("window.dispatchEvent(new Event('online'))")  # try again at once
            one.wait_for_timeout(60)
    for one in fields:
        one.unroute("**/gem/")
        one.evaluate("window.dispatchEvent(new Event('online'))")
    for one in fields:
        saved(one)
    assert fates["request lost"] and fates["answer lost"] and fates["doubled"]
    page.reload()
    for name, value in last.items():
        expect(page.locator(f"textarea[name={name}]")).to_have_value(value)
