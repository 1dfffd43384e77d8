"""What a worker does again and again, told once."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

PASSWORD = "lanterne-i-natten"
BOARD = "/tilbud/havnegade/vagten/"


def sign_in(page: Page, username: str, *, password: str = PASSWORD) -> None:
    """Sign in by password and code, as the sign-in page of the invented municipality shows them."""
    page.goto("/konto/login/")
    # By name, not by label: the page may stand in any language.
    page.locator("#id_login").fill(username)
    page.locator("#id_password").fill(password)
    page.locator("#id_password").press("Enter")
    code = page.locator("#invented-code").inner_text()
    page.locator("#id_code").fill(code)
    page.locator("#id_code").press("Enter")
    page.wait_for_url(re.compile(r"/tilbud/"))


class Desks:
    """Signed-in browsers; a user signs in once and the session is kept for further ones."""

    def __init__(self, open_page: Callable[..., Page], folder: Path) -> None:
        self.open_page = open_page
        self.folder = folder

    def of(self, username: str, **options: Any) -> Page:
        kept = self.folder / f"{username}.json"
        if kept.exists():
            return self.open_page(storage_state=str(kept), **options)
        page = self.open_page(**options)
        sign_in(page, username)
        page.context.storage_state(path=str(kept))
        return page


def open_board(page: Page) -> None:
    page.goto(BOARD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Vagten")


def new_contact(page: Page) -> str:
    """Press N on the board; return the address of the contact."""
    open_board(page)
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/henvendelse/[0-9a-f-]{36}/$"))
    return page.url


def saved(page: Page) -> None:
    """Wait until the page says that everything is saved."""
    expect(page.locator("[data-autosave-status]")).to_have_attribute("data-state", "saved")


DRAWER = """async () => {
  const told = (asked) => new Promise((done) => (asked.onsuccess = () => done(asked.result)));
  const base = await told(indexedDB.open("lygte"));
  const made = base.objectStoreNames.length > 0;
  const rows = made ? await told(base.transaction("sealed").objectStore("sealed").getAll()) : [];
  base.close();
  return JSON.stringify(rows);
}"""


def drawer(page: Page) -> str:
    """Return what the drawer of this browser holds, as it lies there."""
    return str(page.evaluate(DRAWER))


def until(page: Page, expression: str, *, seconds: float = 45) -> None:
    """Wait until a script expression holds. The page's own policy lets only the debugger ask, one by one."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never came true: {expression}"
        page.wait_for_timeout(100)
