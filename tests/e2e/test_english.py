"""Two languages, each whole: no Danish is left on an English page, no English on a Danish one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Watch
from tests.e2e.pages import PAGES, Spot
from tests.e2e.steps import Desks, open_board
from tests.e2e.tour import Tour, tour

CATALOGUE = Path(__file__).parents[2] / "src/lygte/locale/da/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%")
LETTERS_ENOUGH = 5
# What people have written or are called stands in whatever language they chose.
WRITTEN_BY_PEOPLE = (
    ":not(html)[lang], .person-name, .person-initials, .private, .words, .menu-who, .people-words, textarea, "
    "code, option, .plan-call-who, .plan-call-when, .plan-diff, .plan-sheet li, .plan-row p, "
    ".plan-choose .hint, .month-columns"
)
TEXTS = """(apart) => {
  const seen = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.replace(/\\s+/g, " ").trim();
    const box = walk.currentNode.parentElement;
    const shown = box.checkVisibility() || box.closest("details");
    if (text && shown && !box.closest(apart) && !box.closest("script, style, noscript")) seen.push(text);
  }
  for (const name of ["aria-label", "placeholder", "alt", "title"])
    for (const element of document.body.querySelectorAll(`[${name}]`))
      if (!element.closest(apart)) seen.push(element.getAttribute(name));
  return seen.map((text) => text.trim()).filter((text) => /\\p{L}{2}/u.test(text));
}"""
DANISH = re.compile(
    r"[æøå]|\b(og|ikke|eller|det|der|til|af|er|som|skal|vi|kan|har|dage|timer|minutter|siden|hvem|hvad)\b",
    re.I,
)
ENGLISH = re.compile(
    r"\b(the|and|with|is|are|not|was|has|been|ago|days?|hours?|minutes|seconds?|attempts?|nights?|of|nobody"
    r"|somebody|who|they|it|this|that|yes|rows?|open|opened|written|from|contacts?)\b",
    re.I,
)


def _catalogue() -> list[tuple[list[str], list[str]]]:
    """The English and the Danish forms of each message that differ."""
    entries = []
    for block in CATALOGUE.read_text(encoding="utf-8").split("\n\n")[1:]:
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            head, _, rest = line.partition(" ")
            if head.startswith("msg"):
                name, line = head, rest
            parts[name] = parts.get(name, "") + ast.literal_eval(line)
        english = [text for key, text in parts.items() if key.startswith("msgid")]
        danish = [text for key, text in parts.items() if key.startswith("msgstr")]
        entries.append((english, danish))
    return entries


def _pattern(texts: set[str], others: set[str]) -> re.Pattern[str]:
    """Match whole texts of one language that the other does not also use."""
    shapes = []
    for text in sorted(texts - others):
        plain = PLACEHOLDER.sub("", text)
        if len(re.findall(r"[^\W\d_]", plain)) >= LETTERS_ENOUGH:
            shapes.append(
                ".{1,60}".join(map(re.escape, PLACEHOLDER.split(re.sub(r"\s+", " ", text.strip()))))
            )
    return re.compile("|".join(shapes))


ENTRIES = _catalogue()
ENGLISH_TEXTS = {text for english, _ in ENTRIES for text in english}
DANISH_TEXTS = {text for _, danish in ENTRIES for text in danish}
WHOLE_ENGLISH = _pattern(ENGLISH_TEXTS, DANISH_TEXTS)
WHOLE_DANISH = _pattern(DANISH_TEXTS, ENGLISH_TEXTS)
# Names in the invented municipality, and words that both languages share.
NAMES = re.compile(
    r"Akuttilbuddet \w+|\w+ Kommune|\w+ Opdigtet|Opdigtet|Telefonen|\(opdigtet\)|\bHer\b|[\w.-]+\.md|http\S+"
    r"|Lysborg|Havnegade 0|Lygte|Tulipan 4|Vi har hørt dig.*|Dansk|English|\bSMS\b"
)


def leftovers(page: Page, whole: re.Pattern[str], words: re.Pattern[str]) -> list[str]:
    texts = page.evaluate(TEXTS, WRITTEN_BY_PEOPLE)
    return sorted({text for text in texts if whole.fullmatch(text) or words.search(NAMES.sub("", text))})


@pytest.fixture(scope="module")
def danish(browser: Browser, site: Any, kept_sessions: Path) -> Iterator[Tour]:
    with tour(browser, site, Watch(), kept_sessions) as made:
        yield made


@pytest.fixture(scope="module")
def english(browser: Browser, site: Any, kept_sessions: Path) -> Iterator[Tour]:
    with tour(browser, site, Watch(), kept_sessions, language="en", locale="en-GB") as made:
        yield made


def test_the_menu_changes_the_language_and_it_stays_changed(desks: Desks) -> None:
    page = desks.of("mette")
    open_board(page)
    page.locator("details[data-menu] > summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The shift")
    page.goto("/tilbud/havnegade/henvendelser/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("details[data-menu] > summary").click()
    page.get_by_role("button", name="Dansk").click()
    expect(page.locator("html")).to_have_attribute("lang", "da")


@pytest.mark.parametrize("spot", PAGES, ids=lambda spot: spot.name)
def test_a_danish_page_holds_no_english(danish: Tour, spot: Spot) -> None:
    assert leftovers(danish.open(spot), WHOLE_ENGLISH, ENGLISH) == []


@pytest.mark.parametrize("spot", PAGES, ids=lambda spot: spot.name)
def test_an_english_page_holds_no_danish(english: Tour, spot: Spot) -> None:
    assert leftovers(english.open(spot), WHOLE_DANISH, DANISH) == []
