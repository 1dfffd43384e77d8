"""Saving field by field while somebody types, without losing what somebody else typed."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """A new value, and the token of the value that it was typed over; None when the typist saw none."""

    value: Any
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """What somebody else typed in the meantime, who, and when. Nothing was overwritten."""

    theirs: Any
    by: str
    at: datetime | None


@dataclass(slots=True)
class SaveResult:
    """Tokens of what was saved, and the fields where somebody else was faster."""

    saved: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)


def token(value: Any) -> str:
    """Return a short token that changes with the value; empty and missing values share one."""
    text = ",".join(sorted(value)) if isinstance(value, (list, tuple)) else str(value or "")
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def in_conflict(edit: FieldEdit, current: Any) -> bool:
    """Tell whether an edit was typed over something else than what is stored now."""
    return edit.base is not None and edit.base != token(current) and token(edit.value) != token(current)
