"""Every page that a user can reach, told once: for what must hold on all of them.

`PAGES` names each with the route it shows, who opens it, and what is pressed before it stands there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.e2e.steps import PASSWORD

NOBODY = ""
SERVICE = "/tilbud/havnegade"
SETTINGS = f"{SERVICE}/indstillinger"
# Routes that only act or only answer with a file or a part of a page; what they lead to is a page of its own.
NO_PAGE = frozenset(
    {
        *("home", "lock", "board_part", "call_take", "call_callback", "left", "contact_new", "contact_save"),
        *("contact_receive", "contact_take_over", "contact_reopen", "notification_receipt", "person_reveal"),
        *(
            "person_wishes",
            "person_export",
            "erasure_ask",
            "erasure_decide",
            "person_hold",
            "person_words",
            "consent",
            "link_undo",
            "break_glass_review",
            "plan_save",
        ),
        *("plan_finish", "plan_from_contact", "share_withdraw", "promise_ring", "promise_attempt"),
        *("promise_decide", "promise_own", "promise_move", "admitted", "month_csv", "contacts_export"),
        *("settings_practice_remove", "settings_role_give", "settings_user_close", "settings_user_password"),
        *("worker", "drawer_keys", "offline_receive", "outage_finish"),
        *("settings_user_factor", "settings_user_reopen", "settings_grant_end", "settings_endpoint_secret"),
        "settings_retention_run",
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


def press_button(name: str) -> Callable[[Page], None]:
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


def search_for(page: Page, words: str) -> None:
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


def first_step(user: str) -> Callable[[Page], None]:
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
    first_step("mette")(page)


def _decision(page: Page) -> None:
    """Close without the decision that children ask for: the page says what is missing."""
    with page.expect_navigation():
        page.locator(".bottombar button[type=submit]").last.click()


PAGES = [
    Spot("sign-in", "", "/konto/login/", NOBODY),
    Spot("sign-in refused", "", "/konto/login/", NOBODY, first_step("findes-ikke")),
    Spot("second step", "", "/konto/login/", NOBODY, first_step("jonas")),
    Spot("first sign-in", "", "/konto/login/", NOBODY, first_step("ny-kollega")),
    Spot(
        "app code",
        "",
        "/konto/login/",
        NOBODY,
        _then(first_step("ny-kollega"), _goto("/konto/to-trin/totp/activate/"), _confirm),
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
    Spot("person rights", "person_rights", "/person/{thread}/rettigheder/", "leder-havnegade"),
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
        act=press_button("^(Lav linket|Make the link)"),
    ),
    Spot("citizen", "", "{citizen}", NOBODY),
    Spot("citizen openings", "", "{citizen}hvem/", NOBODY),
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
    Spot("line down", "outages", f"{SERVICE}/nede/"),
    Spot("line down refused", "outages", f"{SERVICE}/nede/", act=_submit),
    Spot("catching up", "outage", "/udfald/{outage}/"),
    Spot("emergency sheet", "emergency_sheet", f"{SERVICE}/noedark/"),
    Spot("without a line", "offline_form", f"{SERVICE}/uden-net/"),
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
            ("retention", "_retention", "opbevaring/"),
            ("term", "_retention_term", "opbevaring/call_number/"),
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
