"""The main job, once through: from the first ring to a crisis plan that is followed up five days later."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.service import Site, a_database, a_site
from tests.e2e.steps import open_board, saved, sign_in

OWN_WORDS = "Kan ikke sove, hjertet hamrer, er bange for at være alene i nat."
HELPS = "Gå en tur ved havnen. Ringe til min søster."


@pytest.fixture(scope="module")
def site(worker_id: str) -> Iterator[Site]:
    """A service of this test's own: five days pass here, and sessions end with them."""
    with a_database(f"{worker_id}_journey") as database, a_site(database) as site:
        yield site


def _ring(site: Any, number: str) -> None:
    site.lygte("call", "--url", str(site), "--service", "havnegade", "ring", "--number", number)


def _take_newest_call(page: Page, number: str) -> None:
    row = page.locator("[data-live-part=waiting] li", has_text=number)
    expect(row).to_be_visible(timeout=5000)
    row.get_by_role("button", name="Tag").click()
    page.wait_for_url(re.compile(r"/henvendelse/[0-9a-f-]{36}/$"))


def _register(page: Page) -> None:
    expect(page.locator("h1 .clock")).to_be_visible()
    expect(page.locator(".pagehead-sub")).to_contain_text("Anonym")
    page.get_by_role("radio", name="borgeren selv").check()
    page.get_by_role("radio", name="sig selv").check()
    page.get_by_role("checkbox", name="angst").check()
    children = page.get_by_role("group", name="Er der nævnt børn?")
    children.get_by_role("radio", name="ja").check()
    page.locator("textarea[name=own_words]").fill(OWN_WORDS)
    for stage, words in (("problem", "Brud i weekenden."), ("options", "Søsteren kan komme i morgen.")):
        page.locator(f"textarea[name={stage}]").fill(words)
    saved(page)


def _raise_and_lower_the_level(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("^alvorlig")).check()
    severe = page.locator("[data-effect=severe]")
    expect(severe).to_contain_text("112")
    expect(severe).to_contain_text(re.compile("skadestue", re.I))
    severe_day = page.locator(".bottombar .pill").inner_text()
    page.locator("textarea[name=danger]").fill("Har tænkt på at dø, ingen plan.")
    page.get_by_role("radio", name=re.compile("^middelsvær")).check()
    expect(page.locator(".bottombar .pill")).to_contain_text("middelsvær: opfølgning")
    assert page.locator(".bottombar .pill").inner_text() != severe_day
    saved(page)


def _make_a_thread(page: Page) -> str:
    page.get_by_role("button", name=re.compile("Har ringet før|Hvem det er|[Ff]ør")).click()
    page.wait_for_url(re.compile("/kend/"))
    page.get_by_role("button", name=re.compile("tre ord")).click()
    words = page.get_by_role("region", name="Læs de tre ord højt").get_by_role("paragraph").first.inner_text()
    assert len(words.split()) == 3
    page.get_by_role("link", name="Tilbage til henvendelsen").first.click()
    return " ".join(words.split())


def _write_the_plan(page: Page) -> None:
    page.get_by_role("button", name="Kriseplan").click()
    page.get_by_role("button", name="Skriv planen").click()
    page.locator("textarea[name=early_signs]").fill("Jeg holder op med at svare på beskeder.")
    page.locator("textarea[name=helps]").fill(HELPS)
    page.locator("textarea[name=whom_to_call]").fill("Min søster, 00 00 00 00, kl. 16-22")
    saved(page)
    page.get_by_role("button", name="Gør udgaven færdig").click()
    expect(page.locator("body")).to_contain_text("Udgave 1 er færdig")


def _share_and_withdraw(page: Page, open_page: Callable[..., Page], watch: Any) -> None:
    page.get_by_role("link", name=re.compile("^Del")).click()
    page.get_by_role("checkbox", name="Tidlige tegn").uncheck()
    page.get_by_role("button", name="Lav linket").click()
    secret = re.search(r"https?://\S+/k/[a-z0-9-]+/?", page.locator("main").inner_html())
    assert secret
    link = secret[0].replace("&amp;", "&").split('"')[0]
    citizen = open_page(viewport={"width": 360, "height": 740})
    citizen.goto(link)
    expect(citizen.locator("main")).to_contain_text("Gå en tur ved havnen")
    expect(citizen.locator("body")).not_to_contain_text("holder op med at svare")
    assert citizen.context.cookies() == []
    page.get_by_role("link", name="Tilbage til planen").click()
    page.get_by_role("button", name=re.compile("Træk tilbage")).first.click()
    page.wait_for_load_state()
    watch.allow("404")
    citizen.reload()
    expect(citizen.locator("body")).not_to_contain_text("Gå en tur ved havnen")


def _close(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Afslut")).click()
    page.wait_for_url(re.compile("/afslut/"))
    page.get_by_role("radio", name=re.compile("^faldet til ro")).check()
    page.get_by_role("checkbox", name="ny samtale aftalt").check()
    page.get_by_role("group", name="Var det en krisesamtale?").get_by_role("radio", name="ja").check()
    page.get_by_role("radio", name="må ringes op", exact=True).check()
    page.get_by_label(re.compile("Nummer, vi må ringe til")).fill("20 12 34 56")
    page.get_by_role("button", name="Afslut henvendelsen").click()
    expect(page.get_by_role("alert")).to_contain_text("underrettes")
    decision = page.get_by_role("group", name=re.compile("underret", re.I))
    decision.get_by_role("radio", name="underret ikke").check()
    page.get_by_label(re.compile("[Gg]rund")).first.fill("Barnet er hos sin far og har det godt.")
    page.get_by_role("button", name="Afslut henvendelsen").click()
    page.wait_for_url(re.compile("/vagten/"))


def _recognise(page: Page, words: str) -> None:
    open_board(page)
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/henvendelse/"))
    page.keyboard.press("k")
    page.wait_for_url(re.compile("/kend/"))
    page.locator("main input[type=text], main input[type=search]").first.fill(words.upper())
    page.keyboard.press("Enter")
    assert words not in page.url
    page.locator("main").get_by_role("button", name=re.compile("Det er|Ja|Knyt|Kobl|personen")).first.click()
    page.wait_for_url(re.compile(r"/henvendelse/[0-9a-f-]{36}/$"))
    expect(page.locator("main")).to_contain_text("Brud i weekenden")


def test_from_the_first_ring_to_a_plan_followed_up_five_days_later(
    open_page: Callable[..., Page], site: Any, watch: Any, shot: Callable[..., None]
) -> None:
    page = open_page()
    sign_in(page, "mette")
    open_board(page)
    shot(page, "vagten")
    _ring(site, "20123456")
    _take_newest_call(page, "20 12 34 56")
    contact = page.url
    _register(page)
    _raise_and_lower_the_level(page)
    shot(page, "henvendelse")
    words = _make_a_thread(page)
    _write_the_plan(page)
    shot(page, "kriseplan")
    _share_and_withdraw(page, open_page, watch)
    page.goto(contact)
    _close(page)
    site.lygte("call", "--url", str(site), "--service", "havnegade", "hangup")
    _recognise(page, words)
    page.context.close()
    assert "holdt" in _five_days_later(site, open_page, words, shot)


def _five_days_later(site: Any, open_page: Callable[..., Page], words: str, shot: Callable[..., None]) -> str:
    site.stop()
    site.live_days_later(5)
    page = open_page()
    sign_in(page, "mette")
    page.goto("/tilbud/havnegade/loefter/")
    row = page.locator("main li", has_text=words).filter(has_text="Opfølgning på kriseplan")
    row.get_by_role("link").first.click()
    page.wait_for_url(re.compile("/loefte/"))
    expect(page.locator("main")).to_contain_text("Opfølgning på kriseplan")
    promise = page.url
    shot(page, "loefte")
    page.get_by_role("button", name=re.compile("^Ring")).first.click()
    page.get_by_role("radio", name="talte sammen").check()
    page.get_by_role("button", name=re.compile("Skriv det ned")).click()
    expect(page.locator("h1")).to_contain_text("opfølgning på kriseplan")
    page.locator("textarea[name=own_words]").fill("Sover bedre. Har været hos sin søster.")
    saved(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/afslut/"))
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/vagten/"))
    page.goto(promise)
    expect(page.locator("main")).to_contain_text("holdt")
    return page.locator("main").inner_text()
