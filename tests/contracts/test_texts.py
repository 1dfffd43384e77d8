"""Every word that a user reads comes from the catalogues, and the Danish catalogue is complete."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "lygte"
CATALOGUE = SOURCE / "locale" / "da" / "LC_MESSAGES" / "django.po"
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
SCRIPTS = sorted(SOURCE.rglob("static/lygte/*.js"))
SPOKEN = ("alt", "title", "placeholder", "aria-label", "aria-description", "content")
NAMES = {"Lygte"}
ATTRIBUTE_BLOCKS = re.compile(r"{% block (?:\w+_class|referrer) %}.*?{% endblock %}", re.S)
TAGS = re.compile(
    r"{% blocktrans(?:late)?.*?{% endblocktrans(?:late)? %}|{% comment.*?{% endcomment %}"
    r"|{#.*?#}|{{.*?}}|{%.*?%}",
    re.S,
)
LETTERS = re.compile(r"[A-Za-zÆØÅæøå]{2,}")
SENTENCE = re.compile(r"""(["'`])([A-ZÆØÅ][a-zæøå]+(?: [a-zæøå]+)+[^"'`]*)\1""")


class _Words(HTMLParser):
    """Collect what a person would read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "svg")
        values = dict(attrs)
        for name in SPOKEN:
            machine = name == "content" and values.get("name") != "description"
            if not machine and LETTERS.search(values.get(name) or ""):
                self.found.append(f"{name}={values[name]}")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "svg")

    def handle_data(self, data: str) -> None:
        words = set(LETTERS.findall(data)) - NAMES
        if words and not self.silent:
            self.found.append(data.strip())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_template_holds_no_words_of_its_own(template: Path) -> None:
    words = _Words()
    text = ATTRIBUTE_BLOCKS.sub(" ", template.read_text(encoding="utf-8"))
    words.feed(TAGS.sub(" ", text))
    assert words.found == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_holds_no_sentence(script: Path) -> None:
    code = re.sub(r"/\*.*?\*/|^\s*//.*?$", "", script.read_text(encoding="utf-8"), flags=re.S | re.M)
    assert [
        match[2] for match in SENTENCE.finditer(code) if "Error(" not in code[: match.start()][-12:]
    ] == []


def _messages(path: Path) -> dict[str, str]:
    """Return each message of a catalogue with its translation; plurals by their first form."""
    lines = subprocess.run(
        ["msgcat", "--no-wrap", str(path)], capture_output=True, text=True, check=True
    ).stdout
    found: dict[str, str] = {}
    for entry in lines.split("\n\n"):
        if entry.startswith("#~") or 'msgid ""\n' in entry[:12]:
            continue
        key = re.search(r'^msgid "(.*)"$', entry, re.M)
        value = re.search(r'^msgstr(?:\[0\])? "(.*)"$', entry, re.M)
        if key and value and key[1]:
            found[key[1]] = "" if "#, fuzzy" in entry else value[1]
    return found


def test_every_text_in_the_source_has_its_danish(tmp_path: Path) -> None:
    copy = tmp_path / "lygte"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "migrations"))
    program = "import django; django.setup(); from django.core.management import call_command; "
    program += "call_command('makemessages', locale=['da'], no_obsolete=True, no_location=True, verbosity=0)"
    subprocess.run(
        [
            sys.executable,
            "-c",
            f"from django.conf import settings; settings.configure(USE_I18N=True); {program}",
        ],
        cwd=copy,
        check=True,
        capture_output=True,
    )
    collected = _messages(copy / "locale" / "da" / "LC_MESSAGES" / "django.po")
    stored = _messages(CATALOGUE)
    assert sorted(key for key in collected if not stored.get(key)) == []


def test_no_translation_is_left_over_from_a_text_that_is_gone() -> None:
    assert "#~ msgid" not in CATALOGUE.read_text(encoding="utf-8")
