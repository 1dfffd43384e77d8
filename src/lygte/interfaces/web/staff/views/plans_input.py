"""What a browser sends of a plan: the fields of a draft from the saving script or from a plain form."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from lygte.apps.core.saving import FieldEdit
from lygte.apps.plans.services.writing import MARK
from lygte.domain.plan import SECTIONS

BASE = "base_"


@dataclass(frozen=True, slots=True)
class Typed:
    """Fields with what they were typed over, the window that they come from, and its running number."""

    fields: dict[str, FieldEdit] = field(default_factory=dict)
    window: str = ""
    seq: int = 0


def from_script(body: bytes) -> Typed:
    """Read a message of the saving script. Raises `ValueError` when it is not one."""
    message = json.loads(body)
    if not isinstance(message, dict) or not isinstance(message.get("fields"), dict):
        raise ValueError("not a saving message")
    window, seq = message.get("client"), message.get("seq", 0)
    if isinstance(seq, bool) or not isinstance(seq, int):
        raise ValueError("not a running number")
    edits = {name: _edit(one) for name, one in message["fields"].items()}
    return Typed(edits, window if isinstance(window, str) else "", seq)


def _edit(one: Any) -> FieldEdit:
    if not isinstance(one, dict) or "value" not in one:
        raise ValueError("not a field")
    base = one.get("base")
    return FieldEdit(one["value"], base if isinstance(base, str) else None)


def from_form(data: QueryDict) -> Typed:
    """Read a plain form. A group without any mark is told from a missing one by its hidden base."""
    fields: dict[str, FieldEdit] = {}
    for section in SECTIONS:
        if section in data:
            words = str(data[section]).replace("\r\n", "\n")
            fields[section] = FieldEdit(words, _base(data, section))
        mark = MARK + section
        if BASE + mark in data:
            fields[mark] = FieldEdit(data.getlist(mark), _base(data, mark))
    return Typed(fields)


def _base(data: QueryDict, name: str) -> str | None:
    return str(data[BASE + name]) if BASE + name in data else None
