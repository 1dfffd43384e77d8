"""Signing in without a password: a passkey in a virtual authenticator."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.steps import sign_in


def _virtual_key(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_can_be_added_and_opens_the_desk_alone(open_page: Any, site: Any) -> None:
    page = open_page(base_url=f"http://localhost:{site.port}")
    sign_in(page, "anton")
    _virtual_key(page)
    page.goto("/konto/to-trin/webauthn/add/")
    if "bekraeft" in page.url or "reauthenticate" in page.url:
        page.get_by_label("Adgangskode").fill("lanterne-i-natten")
        page.get_by_role("button", name="Videre").click()
    page.get_by_label("Hvad skal den hedde?").fill("Vagtens nøgle")
    page.get_by_label("Log ind med den alene, uden adgangskode").check()
    page.get_by_role("button", name="Tilføj").click()
    page.wait_for_url(re.compile(r"/konto/to-trin/(?!webauthn/add)"))
    page.context.clear_cookies()
    page.goto("/konto/login/")
    page.get_by_role("button", name="Log ind med en adgangsnøgle").click()
    page.wait_for_url(re.compile(r"/tilbud/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Vagten")


def test_a_wrong_password_says_so_and_keeps_the_user_name(open_page: Any) -> None:
    page = open_page()
    page.goto("/konto/login/")
    page.get_by_label("Brugernavn").fill("leif-findes-ikke")
    page.get_by_label("Adgangskode").fill("forkert")
    page.get_by_role("button", name="Videre").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Brugernavn")).to_have_value("leif-findes-ikke")
