"""The reference pages say what the code does."""

import re
from pathlib import Path

import pytest

from lygte.apps.audit.words import WORDS
from lygte.apps.core.scoped import ScopedModel
from lygte.apps.tenancy import models
from lygte.domain.access import Action
from lygte.domain.events import Verb
from scripts import reference

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "docs" / "reference" / "settings.md"
OF_NO_INSTALLATION = {"LYGTE_TEST_DATABASE", "LYGTE_TEST_POSTGRESQL", "LYGTE_"}
KEPT_BY_THE_PROGRAM = {"id", "municipality", "service"}


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_a_generated_page_is_as_the_code_says(name: str) -> None:
    stored = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert stored == reference.PAGES[name](), "run: .venv/bin/python scripts/reference.py"


def test_every_action_and_every_verb_has_its_words() -> None:
    assert set(reference.ACTIONS) == {action.value for action in Action}
    assert set(WORDS) == set(Verb)


def test_every_variable_of_the_environment_is_described_and_no_other() -> None:
    used = set()
    for path in (ROOT / "src" / "lygte").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"""["'](LYGTE_[A-Z_]+)["']""", text))
        used |= {
            f"{name}_FILE" for name in re.findall(r"""(?:secret|key_bytes)\("(LYGTE_[A-Z_]+)"\)""", text)
        }
    described = set(re.findall(r"`(LYGTE_[A-Z_]+)`", SETTINGS.read_text(encoding="utf-8")))
    assert described == used - OF_NO_INSTALLATION


@pytest.mark.parametrize(
    "model",
    [
        models.Service,
        models.OpeningHours,
        models.ServiceTarget,
        models.LevelSetting,
        models.FollowUpSetting,
        models.LocalCode,
        models.PracticeChange,
    ],
    ids=lambda model: model.__name__,
)
def test_every_setting_of_a_service_is_described(model: type[ScopedModel]) -> None:
    text = SETTINGS.read_text(encoding="utf-8")
    fields = {field.name for field in model._meta.fields} - KEPT_BY_THE_PROGRAM
    assert {name for name in fields if f"`{name}`" not in text} == set()
