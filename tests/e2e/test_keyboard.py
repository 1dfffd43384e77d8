"""A contact by keyboard alone, counted stroke by stroke."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import Desks, open_board, saved

AT_MOST = 12


class Keyboard:
    """Presses keys and counts every one that a finger must touch; Ctrl+Enter is two."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.strokes = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.strokes += key.count("+") + 1
            self.page.keyboard.press(key)


@pytest.fixture
def page(desks: Desks) -> Page:
    return desks.of("jonas")


def test_a_phone_contact_with_level_cause_and_outcome_takes_at_most_twelve_strokes(page: Page) -> None:
    open_board(page)
    keys = Keyboard(page)
    keys.press("n")
    page.wait_for_url(re.compile(r"/henvendelse/"))
    keys.press("1")  # the person themself
    keys.press("1")  # about themself
    keys.press("3")  # moderate
    keys.press("2")  # anxiety
    expect(page.get_by_role("radio", name="middelsvær")).to_be_checked()
    expect(page.get_by_role("checkbox", name="angst")).to_be_checked()
    keys.press("Control+Enter")
    page.wait_for_url(re.compile(r"/afslut/"))
    keys.press("1")  # calmer
    expect(page.get_by_role("radio", name=re.compile("^faldet til ro"))).to_be_checked()
    keys.press("Control+Enter")
    page.wait_for_url(re.compile(r"/vagten/"))
    assert keys.strokes <= AT_MOST


def test_everything_chosen_by_keyboard_is_there_after_a_reload(page: Page) -> None:
    open_board(page)
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/henvendelse/"))
    for key in ("2", "2", "2", "1"):
        page.keyboard.press(key)
    saved(page)
    page.reload()
    expect(page.get_by_role("radio", name="let")).to_be_checked()
    expect(page.get_by_role("checkbox", name="ensomhed")).to_be_checked()


def test_single_key_shortcuts_are_silent_while_somebody_types(page: Page) -> None:
    open_board(page)
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/henvendelse/"))
    words = page.locator("textarea[name=own_words]")
    words.focus()
    page.keyboard.type("nikker 1 2 3, kan ikke sove")
    saved(page)
    assert re.search(r"/henvendelse/", page.url)
    expect(words).to_have_value("nikker 1 2 3, kan ikke sove")
    page.keyboard.press("Escape")
    expect(words).not_to_be_focused()


def test_the_list_of_shortcuts_opens_with_a_question_mark(page: Page) -> None:
    open_board(page)
    page.keyboard.press("?")
    expect(page.locator("#ui-keys")).to_be_visible()
