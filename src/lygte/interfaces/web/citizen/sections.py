"""The sections of a crisis plan as pages show them: title, words, and for the call list its lines."""

from collections.abc import Mapping
from typing import Any

from lygte.apps.core.labels import word
from lygte.apps.plans.calls import call_lines
from lygte.domain.vocab import PlanSection


def shown_sections(texts: Mapping[PlanSection, str]) -> list[dict[str, Any]]:
    """Return the sections that hold something, in order."""
    return [
        {
            "code": section.value,
            "title": word(PlanSection, section),
            "text": text.strip(),
            "calls": call_lines(text) if section is PlanSection.WHOM_TO_CALL else (),
        }
        for section, text in texts.items()
        if text.strip()
    ]


def empty_titles(texts: Mapping[PlanSection, str]) -> list[str]:
    """Return the titles of the sections in which nothing is written."""
    return [word(PlanSection, section) for section, text in texts.items() if not text.strip()]
