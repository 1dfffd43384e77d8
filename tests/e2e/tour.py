"""A tour of the pages: one signed-in browser a person, and what has to be there first."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import NOBODY, SERVICE, Spot, first_step, press_button, search_for
from tests.e2e.steps import Desks, new_contact, saved, sign_in

HERE = Path(__file__).parent


@dataclass
class Tour:
    """Opens any of the pages; makes a page each for those who read, once a file."""

    browser: Browser
    site: Any
    watch: Any
    folder: Path
    options: dict[str, Any]
    language: str = "da"
    rows: dict[str, str] = field(default_factory=dict)
    routes: list[str] = field(default_factory=list)
    open_pages: dict[str, Page] = field(default_factory=dict)

    def open(self, spot: Spot) -> Page:
        self.watch.allow(r"Failed to load resource: the server responded with a status of 4")
        page = self.page_of(spot.user)
        if spot.user == NOBODY:
            page.context.clear_cookies()
        chosen = {"name": "django_language", "value": self.language, "url": self.site.url}
        page.context.add_cookies([chosen])  # type: ignore[list-item]
        path = spot.path.format(**self.rows)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == spot.status, f"{path} answered {answer.status}"
        assert "/konto/login" in path or "/konto/login" not in page.url, f"{path} asks for a sign-in"
        if spot.term:
            search_for(page, spot.term.format(**self.rows))
        if spot.act:
            spot.act(page)
        return page

    def page_of(self, user: str) -> Page:
        if user not in self.open_pages:
            self.open_pages[user] = self._desk(user)
        return self.open_pages[user]

    def _desk(self, user: str) -> Page:
        if user == NOBODY:
            return self._new()
        if user in ("karin", "uden-rolle"):
            page = self._new()
            self._sign_in_apart(page, user)
            return page
        return Desks(self._new, self.folder).of(user)

    def _sign_in_apart(self, page: Page, user: str) -> None:
        """Somebody whose session is no use to others: one locks the desk, the other has no role."""
        page.goto("/konto/login/")
        first_step(user)(page)
        code = page.locator("#invented-code").inner_text()
        page.locator("input[name=code]").fill(code)
        with page.expect_navigation():
            page.locator("input[name=code]").press("Enter")
        if user == "karin":
            page.keyboard.press("l")
            expect(page).to_have_url(re.compile("/laas/op/"))

    def _new(self, **more: Any) -> Page:
        options = {"base_url": self.site.url, "locale": "da-DK", "timezone_id": "Europe/Copenhagen"}
        context = self.browser.new_context(**(options | {"reduced_motion": "reduce"} | self.options | more))
        context.set_default_timeout(15_000)
        self.watch.follow(context)
        return context.new_page()

    def prepare(self) -> None:
        kept = self.folder / "tour.json"
        if not kept.exists():
            kept.write_text(json.dumps(self._made()), encoding="utf-8")
        told = json.loads(kept.read_text(encoding="utf-8"))
        self.rows, self.routes = told["rows"], told["routes"]

    def _made(self) -> dict[str, Any]:
        told = self.site.lygte("manage", "shell", "-v0", "-c", (HERE / "demo_rows.py").read_text("utf-8"))
        made: dict[str, Any] = json.loads(told.strip().splitlines()[-1])
        rows = made["rows"]
        context = self.browser.new_context(base_url=self.site.url, locale="da-DK")
        page = context.new_page()
        sign_in(page, "mette")
        rows |= _contacts(page, rows) | _plan(page, rows) | _ringing(page)
        context.clear_cookies()
        sign_in(page, "anton")
        rows["glass"] = rows["thread"]
        page.goto(f"/person/{rows['thread']}/glas/")
        page.locator("#id_reason").fill("Ringer til os i nat.")
        press_button("glas|Åbn")(page)
        context.close()
        return made


def _id(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[-1]


def _contacts(page: Page, rows: dict[str, str]) -> dict[str, str]:
    made = {"empty": _id(new_contact(page)), "severe": _id(new_contact(page))}
    page.get_by_role("radio", name=re.compile("^middelsvær")).check()
    page.get_by_role("radio", name=re.compile("^alvorlig")).check()
    page.get_by_role("group", name="Er der nævnt børn?").get_by_role("radio", name="ja").check()
    page.locator("textarea[name=own_words]").fill("Kan ikke sove, hjertet hamrer.")
    saved(page)
    made["known"] = _id(new_contact(page))
    page.goto(f"{SERVICE}/henvendelse/{made['known']}/kend/")
    search_for(page, rows["words"])
    page.get_by_label("Hvordan ved du det?").first.fill("Sagde de tre ord.")
    press_button("Det er")(page)
    return made


def _plan(page: Page, rows: dict[str, str]) -> dict[str, str]:
    """A second version, a third begun, and a link to share."""
    plan = f"/person/{rows['thread']}/kriseplan/"
    _begin(page, plan)
    page.goto(f"{plan}skriv/?form=hel")
    page.locator("textarea[name=helps]").fill("Gå en tur ved havnen. Ringe til min søster.")
    page.locator("textarea[name=whom_to_call]").fill("Min søster, 00 00 00 00, kl. 16-22")
    saved(page)
    _press_outside(page, "Gør udgaven færdig")
    page.goto(f"{plan}del/")
    press_button("^Lav linket")(page)
    link = re.search(r"/k/[A-Za-z0-9_-]+/", page.locator("main").inner_html())
    assert link
    _begin(page, plan)
    return {"citizen": link[0]}


def _begin(page: Page, plan: str) -> None:
    """Begin a version, unless one is begun already."""
    page.goto(plan)
    begin = page.locator("form[action$='/skriv/'] button")
    if begin.count():
        with page.expect_navigation():
            begin.click()


def _press_outside(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(name)).first.click()


def _ringing(page: Page) -> dict[str, str]:
    """A promise that is being tried just now."""
    page.goto(f"{SERVICE}/loefter/nyt/")
    page.locator("input[type=tel]").first.fill("20 00 00 77")
    press_button("Lov|Promise")(page)
    page.goto(f"{SERVICE}/loefter/")
    ringing = page.locator("main form[action$='/ring/']").first.get_attribute("action")
    assert ringing
    page.goto(ringing.removesuffix("ring/"))
    press_button("^Ring")(page)
    return {"ringing": ringing.split("/")[2]}


@contextmanager
def tour(
    browser: Browser, site: Any, watch: Any, folder: Path, *, language: str = "da", **options: Any
) -> Iterator[Tour]:
    made = Tour(browser, site, watch, folder, options, language)
    made.prepare()
    try:
        yield made
    finally:
        for page in made.open_pages.values():
            page.context.close()
