"""The documentation says what is there: links, commands, settings and words are compared with the code."""

import importlib
import importlib.util
import inspect
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
from django.apps import apps
from django.urls import get_resolver

from lygte.domain import vocab
from lygte.interfaces.api.main import api
from lygte.interfaces.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"^\s*(?:\$ )?(?:[A-Z_]+=\S* +)*(?:ExecStart=)?(?:\S*bin/)?lygte +(.*)")
MAKE = re.compile(r"^\s*make ([a-z-]+)")
LARGEST_IMAGE = 150_000


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return FENCE.sub("", text(page))


def code(page: Path) -> Iterator[str]:
    """Every line of code of a page: in blocks, and between backticks."""
    for match in FENCE.finditer(text(page)):
        if match[1] not in ("python", "json", "nginx"):
            yield from match[2].splitlines()
    yield from INLINE.findall(prose(page))


# ----- links and pictures -----


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    wanted = {target.partition("#")[0] for target in LINK.findall(prose(page))}
    inside = {target for target in wanted if target and not re.match(r"[a-z]+:", target)}
    assert {target for target in inside if not (page.parent / target).exists()} == set()


def test_every_picture_is_small_is_used_and_says_what_it_shows() -> None:
    used = {
        (page.parent / target).resolve(): words
        for page in PAGES
        for words, target in IMAGE.findall(text(page))
    }
    kept = {path.resolve() for path in (ROOT / "docs" / "images").iterdir()}
    assert kept == {path for path in used if path.suffix == ".png"}
    assert {path.name for path in kept if path.stat().st_size > LARGEST_IMAGE} == set()
    assert all(words.strip() for words in used.values())


def test_every_page_can_be_found_from_the_first_one() -> None:
    found, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        found.add(page)
        for target in LINK.findall(prose(page)):
            path = (page.parent / target.partition("#")[0]).resolve()
            more = sorted(path.glob("*.md")) if path.is_dir() else [path]
            waiting += [one for one in more if one.suffix == ".md" and one.exists() and one not in found]
    assert set(PAGES) - found == set()


# ----- commands -----


@cache
def targets() -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    assert {target for line in code(page) for target in MAKE.findall(line)} - targets() == set()


def options(command: click.Command) -> dict[str, click.Parameter]:
    return {flag: parameter for parameter in command.params for flag in parameter.opts}


def wrong_word(words: list[str]) -> str:
    """Return the first word that the command line would not understand, or nothing."""
    command: click.Command = main
    while words:
        word = words.pop(0).strip("'\"")
        if command.name == "manage":
            return ""
        if word.startswith("--") and word != "--help":
            option = options(command).get(word.partition("=")[0])
            if option is None:
                return word
            if "=" not in word and not getattr(option, "is_flag", False) and words:
                words.pop(0)
        elif isinstance(command, click.Group):
            inner = command.commands.get(word)
            if inner is None:
                return word
            command = inner
    return ""


def arguments(line: str) -> list[str] | None:
    """The words after `lygte`, or None when the line is no such command. A quoted value is one word."""
    match = COMMAND.match(line)
    if match is None:
        return None
    return re.sub(r"\"[^\"]*\"|'[^']*'", "words", match[1].partition(" #")[0]).split()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_lygte_command_that_a_page_names_exists(page: Path) -> None:
    commands = [(line, words) for line in code(page) if (words := arguments(line)) is not None]
    assert [f"{word}: {line}" for line, words in commands if (word := wrong_word(words))] == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("lygte call --loud ring", "--loud"),
        (".venv/bin/lygte sing", "sing"),
        ("ExecStart=/opt/lygte/.venv/bin/lygte serve --ports 8000", "--ports"),
        ('LYGTE_HOME=elsewhere lygte call ring --number "20 00 00 01"', ""),
        ("lygte manage migrate --noinput", ""),
    ],
)
def test_the_check_of_commands_sees_what_does_not_exist(line: str, wrong: str) -> None:
    assert wrong_word(arguments(line) or [""]) == wrong


def test_the_first_page_shows_the_two_commands_and_its_sign_ins_are_real() -> None:
    from lygte.apps.accounts.invented import PASSWORD
    from lygte.apps.insight.synth import places

    first = text(ROOT / "README.md")
    block = next(match[2] for match in FENCE.finditer(first))
    assert [line.split(" ")[:2] for line in block.splitlines()] == [["make", "run"], ["make", "test"]]
    named = {places.HAVNEGADE.leader[0], places.MUNICIPALITIES[0].administrator[0], "mette", PASSWORD}
    assert "mette" in {username for username, _ in places.HAVNEGADE.workers}
    assert {word for word in named if f"`{word}`" not in first} == set()


# ----- settings -----


def test_every_setting_that_the_code_reads_is_explained() -> None:
    page = text(ROOT / "docs/reference/settings.md")
    read = {
        found
        for path in (ROOT / "src").rglob("*.py")
        for found in re.findall(r"\bLYGTE_[A-Z_]+[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    assert {setting for setting in read if f"`{setting}`" not in page} == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_setting_that_a_page_names_is_explained(page: Path) -> None:
    explained = text(ROOT / "docs/reference/settings.md")
    named = set(re.findall(r"\bLYGTE_[A-Z_]+[A-Z]\b", text(page)))
    of_the_suite = {one for one in named if one.startswith(("LYGTE_TEST", "LYGTE_LOCK", "LYGTE_SCREENSHOTS"))}
    assert {one for one in named - of_the_suite if f"`{one}`" not in explained} == set()


# ----- the glossary -----


@cache
def rows() -> tuple[tuple[str, str, str, str], ...]:
    lines = [line for line in text(ROOT / "docs/reference/glossary.md").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    words = [row for row in cells if row[0] != "English" and "---" not in row[0]]
    return tuple((row[0], row[1], row[2], row[3]) for row in words)


@cache
def closed_lists() -> dict[str, type[StrEnum]]:
    return {
        name: member
        for name, member in inspect.getmembers(vocab, inspect.isclass)
        if issubclass(member, StrEnum) and member is not StrEnum
    }


def models() -> set[str]:
    return {model.__name__ for model in apps.get_models() if model.__module__.startswith("lygte.")}


def codes() -> list[str]:
    return [found.strip("`") for _, _, found, _ in rows()]


def exists(term: str) -> bool:
    if ":" in term:
        return term.partition(":")[2] in _page_names()
    if term.startswith("lygte."):
        return importlib.util.find_spec(term) is not None
    owner, _, member = term.partition(".")
    if member:
        return owner in closed_lists() and member in closed_lists()[owner].__members__
    return owner in closed_lists() or owner in models()


@cache
def _page_names() -> frozenset[str]:
    namespaces: Any = get_resolver().namespace_dict
    return frozenset(found for found in namespaces["staff"][1].reverse_dict if isinstance(found, str))


def test_every_closed_list_and_every_model_stands_in_the_glossary() -> None:
    assert (closed_lists().keys() | models()) - set(codes()) == set()


def test_no_term_of_the_glossary_is_unknown_to_the_code() -> None:
    assert [term for term in codes() if not exists(term)] == []


def test_every_term_has_both_languages_and_a_meaning_and_stands_once() -> None:
    assert [row for row in rows() if not all(row)] == []
    assert len(codes()) == len(set(codes()))
    assert len({english for english, *_ in rows()}) == len(rows())


# ----- reference pages -----


def test_every_operation_of_the_api_stands_on_its_page_and_no_other() -> None:
    page = text(ROOT / "docs/reference/api.md")
    described = api.get_openapi_schema()["paths"]
    real = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    section = page.partition("## Operations")[2].partition("\n## ")[0]
    assert set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`", section)) == real


def test_every_answer_of_the_api_stands_on_its_page() -> None:
    page = text(ROOT / "docs/reference/api.md")
    answers = {
        str(status)
        for methods in api.get_openapi_schema()["paths"].values()
        for operation in methods.values()
        for status in operation["responses"]
    }
    assert set(re.findall(r"^\| (\d{3}) \|", page, re.MULTILINE)) == answers


def test_addresses_that_are_no_api_are_served() -> None:
    page = text(ROOT / "docs/reference/api.md").partition("## Addresses that are no API")[2]
    named = {path.split("/")[1] for path in re.findall(r"`GET (/[^`]+)`", page)}
    resolver: Any = get_resolver()
    served = {str(pattern.pattern).split("/")[0] for pattern in resolver.url_patterns}
    stream = importlib.import_module("lygte.interfaces.events.stream").PREFIX.strip("/")
    assert named <= served | {stream}
