"""Every page that a user can reach, told once: for what must hold on all of them.

`PAGES` names each with the route it shows, who opens it, and what is pressed before it stands there.
`Tour` keeps one signed-in browser a person and makes what has to be there first.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.e2e.steps import PASSWORD, Desks, new_contact, saved, sign_in

HERE = Path(__file__).parent
NOBODY = ""
SERVICE = "/tilbud/havnegade"
SETTINGS = f"{SERVICE}/indstillinger"
# Routes that only act or only answer with a file or a part of a page; what they lead to is a page of its own.
NO_PAGE = frozenset(
    {
        *("home", "lock", "board_part", "call_take", "call_callback", "left", "contact_new", "contact_save"),
        *("contact_receive", "contact_take_over", "contact_reopen", "notification_receipt", "person_reveal"),
        *("person_wishes", "person_words", "consent", "link_undo", "break_glass_review", "plan_save"),
        *("plan_finish", "plan_from_contact", "share_withdraw", "promise_ring", "promise_attempt"),
        *("promise_decide", "promise_own", "promise_move", "admitted", "month_csv", "contacts_export"),
        *("settings_practice_remove", "settings_role_give", "settings_user_close", "settings_user_password"),
        *("settings_user_factor", "settings_grant_end", "settings_endpoint_secret"),
    }
)


@dataclass(frozen=True)
class Spot:
    """One page: `route` is the name of its address; `path` and `term` (searched for) may name rows."""

    name: str
    route: str
    path: str
    user: str = "mette"
    act: Callable[[Page], None] | None = None
    status: int = 200
    term: str = ""


def _press(name: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        with page.expect_navigation():
            page.locator("main").get_by_role("button", name=re.compile(name)).first.click()

    return press


def _send(action: str) -> Callable[[Page], None]:
    """Press the button of the form that is sent to an address with this end."""

    def send(page: Page) -> None:
        with page.expect_navigation():
            page.locator(f"main form[action$='{action}'] button").click()

    return send


def _search(page: Page, words: str) -> None:
    page.locator("#term").fill(words)
    with page.expect_navigation():
        page.locator("#term").press("Enter")


def _open_all(page: Page) -> None:
    for summary in page.locator("main details:not([open]) > summary").all():
        if summary.is_visible():
            summary.click()


def _menu(page: Page) -> None:
    page.locator("details[data-menu] > summary").click()


def _keys(page: Page) -> None:
    page.keyboard.press("?")


def _first_step(user: str) -> Callable[[Page], None]:
    def fill(page: Page) -> None:
        page.locator("input[name=login]:visible").fill(user)
        page.locator("input[name=password]:visible").fill(PASSWORD)
        with page.expect_navigation():
            page.locator("input[name=password]:visible").press("Enter")

    return fill


def _confirm(page: Page) -> None:
    """Give the password again where the page wants to be sure."""
    if "/bekraeft/" in page.url:
        page.locator("input[name=password]").fill(PASSWORD)
        with page.expect_navigation():
            page.locator("input[name=password]").press("Enter")


def _then(*acts: Callable[[Page], None]) -> Callable[[Page], None]:
    def all_of_them(page: Page) -> None:
        for act in acts:
            act(page)

    return all_of_them


def _goto(path: str) -> Callable[[Page], None]:
    return lambda page: page.goto(path) and None


def _submit(page: Page) -> None:
    """Send the form of the page as it stands, past the browser's own check."""
    with page.expect_navigation():
        page.locator("main form:has([name]:not([type=hidden])) button:not([type=button])").last.evaluate(
            "button => { button.form.noValidate = true; button.click() }"
        )


def _without_token(page: Page) -> None:
    page.context.clear_cookies()
    _first_step("mette")(page)


def _decision(page: Page) -> None:
    """Close without the decision that children ask for: the page says what is missing."""
    with page.expect_navigation():
        page.locator(".bottombar button[type=submit]").last.click()


PAGES = [
    Spot("sign-in", "", "/konto/login/", NOBODY),
    Spot("sign-in refused", "", "/konto/login/", NOBODY, _first_step("findes-ikke")),
    Spot("second step", "", "/konto/login/", NOBODY, _first_step("jonas")),
    Spot("first sign-in", "", "/konto/login/", NOBODY, _first_step("ny-kollega")),
    Spot(
        "app code",
        "",
        "/konto/login/",
        NOBODY,
        _then(_first_step("ny-kollega"), _goto("/konto/to-trin/totp/activate/"), _confirm),
    ),
    Spot("confirm", "", "/konto/bekraeft/"),
    Spot("sign-out", "", "/konto/logout/"),
    Spot("sign-in settings", "", "/konto/to-trin/"),
    Spot("code off", "", "/konto/to-trin/totp/deactivate/", act=_confirm),
    Spot("passkeys", "", "/konto/to-trin/webauthn/"),
    Spot("passkey new", "", "/konto/to-trin/webauthn/add/", act=_confirm),
    Spot("recovery codes new", "", "/konto/to-trin/recovery-codes/generate/", act=_confirm),
    Spot("password", "", "/konto/adgangskode/"),
    Spot("inactive", "", "/konto/inaktiv/", NOBODY),
    Spot("unlock", "unlock", "/laas/op/?next=/", "karin"),
    Spot("no role", "", "/", "uden-rolle", status=403),
    Spot("not found", "", "/findes-ikke/", status=404),
    Spot("not allowed", "", f"{SETTINGS}/", status=403),
    Spot("stale form", "", "/konto/login/", NOBODY, _without_token),
    Spot("board", "board", f"{SERVICE}/vagten/"),
    Spot("menu", "board", f"{SERVICE}/vagten/", act=_menu),
    Spot("shortcuts", "board", f"{SERVICE}/vagten/", act=_keys),
    Spot("duty", "duty", f"{SERVICE}/vagt/"),
    Spot("handover", "handover", f"{SERVICE}/overlevering/"),
    Spot("let go", "call_let_go", f"{SERVICE}/opkald/{{missed}}/slip/"),
    Spot("contact empty", "contact", "/henvendelse/{empty}/"),
    Spot("contact severe", "contact", "/henvendelse/{severe}/"),
    Spot("contact known", "contact", "/henvendelse/{known}/"),
    Spot("closing", "contact_close", "/henvendelse/{severe}/afslut/"),
    Spot("closing refused", "contact_close", "/henvendelse/{severe}/afslut/", act=_decision),
    Spot("closed", "contact", "/henvendelse/{closed}/", act=_open_all),
    Spot("contacts", "contacts", f"{SERVICE}/henvendelser/"),
    Spot("notification", "notification", "/henvendelse/{children}/underretning/"),
    Spot("notified", "notification", "/henvendelse/{notified}/underretning/"),
    Spot("people", "people", f"{SERVICE}/personer/"),
    Spot("people found", "people", f"{SERVICE}/personer/", term="a"),
    Spot("recognise", "recognise", f"{SERVICE}/henvendelse/{{empty}}/kend/", act=_open_all),
    Spot("recognise found", "recognise", f"{SERVICE}/henvendelse/{{empty}}/kend/", term="{words}"),
    Spot("recognise none", "recognise", f"{SERVICE}/henvendelse/{{empty}}/kend/", term="0000"),
    Spot("recognised", "recognise", f"{SERVICE}/henvendelse/{{known}}/kend/"),
    Spot("person", "person", "/person/{person}/", act=_open_all),
    Spot("person thread", "person", "/person/{thread}/", act=_open_all),
    Spot("person edit", "person_edit", "/person/{person}/ret/"),
    Spot("person link", "person_link", "/person/{thread}/kobl/"),
    Spot("person audit", "person_audit", "/person/{person}/hvem-saa/", "leder-havnegade"),
    Spot("broken glass", "break_glass", "/person/{person}/glas/", "birgit"),
    Spot("broken glass refused", "break_glass", "/person/{person}/glas/", "birgit", _submit),
    Spot("through the glass", "person", "/person/{glass}/", "anton"),
    Spot("broken glasses", "break_glass_list", "/tilbud/skovbrynet/brudt-glas/", "leder-skovbrynet"),
    Spot("broken glasses here", "break_glass_list", f"{SERVICE}/brudt-glas/", "leder-havnegade"),
    Spot("plan", "plan", "/person/{thread}/kriseplan/"),
    Spot("plan none", "plan", "/person/{person}/kriseplan/"),
    Spot("plan write", "plan_edit", "/person/{thread}/kriseplan/skriv/?form=hel"),
    Spot("plan short", "plan_edit", "/person/{thread}/kriseplan/skriv/?form=kort", act=_open_all),
    Spot("plan compare", "plan_compare", "/person/{thread}/kriseplan/sammenlign/"),
    Spot("plan print", "plan_print", "/person/{thread}/kriseplan/udskriv/"),
    Spot("plan share", "plan_share", "/person/{thread}/kriseplan/del/"),
    Spot("plan share refused", "plan_share", "/person/{thread}/kriseplan/del/", act=_submit),
    Spot(
        "plan shared",
        "plan_share",
        "/person/{thread}/kriseplan/del/",
        act=_press("^(Lav linket|Make the link)"),
    ),
    Spot("citizen", "", "{citizen}", NOBODY),
    Spot("citizen closed", "", "/k/findes-ikke/", NOBODY, status=404),
    Spot("promises", "promises", f"{SERVICE}/loefter/"),
    Spot("callback", "promise", "/loefte/{callback}/", act=_open_all),
    Spot("follow-up", "promise", "/loefte/{follow_up}/", act=_open_all),
    Spot("ringing", "promise", "/loefte/{ringing}/"),
    Spot("undecided", "promise", "/loefte/{undecided}/", act=_open_all),
    Spot("kept", "promise", "/loefte/{kept}/"),
    Spot("promise new", "promise_new", f"{SERVICE}/loefter/nyt/"),
    Spot("promise new refused", "promise_new", f"{SERVICE}/loefter/nyt/", act=_submit),
    Spot("outbox", "outbox", f"{SERVICE}/udbakke/", "leder-havnegade"),
    Spot("month", "month", f"{SERVICE}/maaned/", "leder-havnegade"),
    Spot("month named", "month_of", f"{SERVICE}/maaned/{{month}}/", "evaluator"),
    Spot(
        "month rows",
        "month_rows",
        f"{SERVICE}/maaned/{{month}}/raekker/contacts_incoming/",
        "leder-havnegade",
    ),
    Spot("month print", "month_print", f"{SERVICE}/maaned/{{month}}/udskriv/", "leder-havnegade"),
    Spot("import", "contacts_import", f"{SERVICE}/modtag/", "leder-havnegade"),
    Spot("settings read only", "settings", f"{SETTINGS}/", "leder-havnegade"),
    Spot("settings audit", "settings_audit", f"{SETTINGS}/spor/", "leder-havnegade"),
    *(
        Spot(f"settings {name or 'overview'}", f"settings{route}", f"{SETTINGS}/{path}", "administrator")
        for name, route, path in (
            ("", "", ""),
            ("adopt", "_adopt", "vedtag/target/{target}/"),
            ("service", "_facts", "tilbuddet/"),
            ("service edit", "_facts_edit", "tilbuddet/ret/"),
            ("texts", "_texts_edit", "tekster/"),
            ("opening", "_opening", "aabent/"),
            ("opening new", "_opening_new", "aabent/ny/"),
            ("opening edit", "_opening_edit", "aabent/{rule}/"),
            ("opening end", "_opening_end", "aabent/{rule}/slut/"),
            ("targets", "_targets", "maal/"),
            ("target", "_target_edit", "maal/phone/"),
            ("levels", "_levels", "niveauer/"),
            ("level", "_level_edit", "niveauer/severe/"),
            ("follow-ups", "_follow_ups", "opfoelgning/"),
            ("follow-up", "_follow_up_edit", "opfoelgning/plan_follow_up/"),
            ("codes", "_codes", "koder/"),
            ("code new", "_code_new", "koder/ny/"),
            ("code end", "_code_end", "koder/{code}/slut/"),
            ("practice", "_practice", "praksis/"),
            ("practice new", "_practice_new", "praksis/ny/"),
            ("users", "_users", "brugere/"),
            ("user new", "_user_new", "brugere/ny/"),
            ("user", "_user", "brugere/{user}/"),
            ("telephony", "_telephony", "telefoni/"),
            ("endpoint new", "_endpoint_new", "telefoni/ny/"),
            ("endpoint", "_endpoint", "telefoni/{endpoint}/"),
        )
    ),
    Spot("settings refused", "settings_facts_edit", f"{SETTINGS}/brugere/ny/", "administrator", _submit),
    Spot(
        "secret",
        "settings_user",
        f"{SETTINGS}/brugere/{{forgetful}}/",
        "administrator",
        _send("/adgangskode/"),
    ),
]


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
            _search(page, spot.term.format(**self.rows))
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
        _first_step(user)(page)
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
        _press("glas|Åbn")(page)
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
    _search(page, rows["words"])
    page.get_by_label("Hvordan ved du det?").first.fill("Sagde de tre ord.")
    _press("Det er")(page)
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
    _press("^Lav linket")(page)
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
    _press("Lov|Promise")(page)
    page.goto(f"{SERVICE}/loefter/")
    ringing = page.locator("main form[action$='/ring/']").first.get_attribute("action")
    assert ringing
    page.goto(ringing.removesuffix("ring/"))
    _press("^Ring")(page)
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
