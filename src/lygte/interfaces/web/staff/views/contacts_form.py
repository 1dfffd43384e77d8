"""The controls of the contact pages, as dicts for the component templates."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lygte.apps.contacts import fields as spec
from lygte.apps.core.labels import DEFINITIONS, STAGE_PROMPTS, word
from lygte.apps.core.saving import Conflict, token
from lygte.apps.tenancy import rules
from lygte.domain import vocab
from lygte.domain.vocab import NoteField
from lygte.interfaces.web.staff.views.contacts_words import QUESTIONS
from lygte.interfaces.web.ui.components import Choice, choice_group
from lygte.interfaces.web.ui.templatetags.ui import clock_time

TALKING = (
    "channel",
    "caller",
    "about",
    "level",
    "causes",
    "children",
    "under_18",
    "first_time",
    "sex",
    "felt_acute",
)
TALKING_NOTES = ("own_words", *(stage.value for stage in vocab.Stage))
CLOSING = ("outcome", "measures", "conversation_held", "plan_state", "may_ring", "cpr_answer")
CLOSING_REST = ("minutes", "nights", "stay_from", "stay_until", "closing")
TONES = {vocab.Level.MODERATE: "warn", vocab.Level.SEVERE: "alarm"}


def multiple(names: Iterable[str]) -> dict[str, bool]:
    """Return of each field whether it holds several values."""
    return {name: name in spec.LISTS for name in names}


def shown_values(contact: Any, notes: Mapping[NoteField, str], names: Iterable[str]) -> dict[str, Any]:
    """Return the fields as controls show them."""
    texts = {field.value: text for field, text in notes.items()}
    return {name: spec.shown(contact, name, texts) for name in names}


def bases(values: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what each control was made with, as hidden fields of a plain form."""
    return [{"name": name, "token": token(value)} for name, value in values.items()]


def group(
    name: str,
    selected: Any,
    *,
    contact: Any,
    day: date,
    error: str = "",
) -> dict[str, Any]:
    """Return one group of choices. Lists hold the service's own codes of the day, and ended ones that are
    chosen.
    """
    return choice_group(
        name,
        legend=str(QUESTIONS[name]),
        hint=_("several are fine") if name in spec.LISTS else "",
        choices=_list_choices(name, contact, day) if name in spec.LISTS else _choices(spec.CODES[name]),
        selected=selected or None,
        multiple=name in spec.LISTS,
        kind="levels" if name == "level" else "segments",
        error=error,
    )


def plain_group(name: str, codes: type[StrEnum], selected: str) -> dict[str, Any]:
    """Return a group of a closed list that is not a field of the contact."""
    return choice_group(name, legend=str(QUESTIONS[name]), choices=_choices(codes), selected=selected or None)


def _choices(codes: type[StrEnum]) -> list[Choice]:
    return [Choice(code.value, word(codes, code), *_more(code)) for code in codes]


def _more(code: StrEnum) -> tuple[str, str]:
    """The definition and the tone of a level; codes of other lists are words enough."""
    if not isinstance(code, vocab.Level) or code is vocab.Level.NOT_STATED:
        return "", ""
    return str(DEFINITIONS[code]), TONES.get(code, "")


def _list_choices(name: str, contact: Any, day: date) -> list[Choice]:
    codes, code_list = spec.LISTS[name]
    known = [Choice(code.value, word(codes, code)) for code in codes if code != vocab.NOT_STATED]
    added = local_labels(contact.service_id, code_list)
    today = (
        {row.code for row in rules.local_codes(contact.service_id, code_list, day=day)} if added else set()
    )
    local = [
        Choice(code, label)
        for code, label in added.items()
        if code in today or code in getattr(contact, name)
    ]
    return [*known, *local, Choice(vocab.NOT_STATED, word(codes, vocab.NOT_STATED))]


def local_labels(service_id: Any, code_list: vocab.CodeList) -> dict[str, str]:
    """Return the service's own codes with their words in the language of the reader, ended ones included."""
    place = 0 if (get_language() or "da").startswith("da") else 1
    return {code: words[place] for code, words in rules.local_words(service_id, code_list).items()}


def text_field(name: str, value: str, *, conflict: Conflict | None = None) -> dict[str, Any]:
    """Return a control for free text, a number or a moment."""
    return {
        "name": name,
        "id": f"id_{name}",
        "label": str(QUESTIONS.get(name, "")),
        "text": value,
        "token": token(value),
        "conflict": conflict_words(conflict) if conflict else "",
    }


def stages(values: Mapping[str, Any], conflicts: Mapping[str, Conflict]) -> list[dict[str, Any]]:
    """Return the six stages of the crisis conversation with their prompts."""
    return [
        text_field(stage.value, values[stage.value], conflict=conflicts.get(stage.value))
        | {"label": word(vocab.Stage, stage), "prompt": str(STAGE_PROMPTS[stage])}
        for stage in vocab.Stage
    ]


def conflict_words(conflict: Conflict) -> str:
    """Return a conflict as a sentence, for a page without script: what stands there now and how to go on."""
    theirs = conflict.theirs if isinstance(conflict.theirs, str) else ", ".join(conflict.theirs)
    words = {
        "by": conflict.by or _("Someone"),
        "at": clock_time(conflict.at) if isinstance(conflict.at, datetime) else "",
        "theirs": theirs or _("nothing"),
    }
    return _("%(by)s wrote “%(theirs)s” here %(at)s. Save again to keep yours.") % words
