"""Saving field by field while somebody types, without losing what somebody else typed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
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


SEEN = "_seen"
MOST_PAGES = 24


class Verdict(Enum):
    """What is to become of one typed value."""

    STANDS = "stands"  # it is stored already, or something newer from the same page is
    WRITE = "write"
    CONFLICT = "conflict"


@dataclass(slots=True)
class Ledger:
    """Who wrote which field of a row last, and how far each open page has come, kept in `marks`.

    `client` is the open page and `seq` its running number. What arrives late or twice writes nothing, also
    when somebody else has meanwhile put back what it was typed over; and a page never stands in its own way.
    """

    marks: dict[str, Any]
    by: str
    now: datetime
    client: str = ""
    seq: int = 0
    is_late: bool = field(init=False)
    changed: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.is_late = bool(self.client) and 0 < self.seq <= self._seen().get(self.client, 0)

    def judge(self, name: str, edit: FieldEdit, current: Any) -> Verdict:
        """Say what becomes of a value that was typed in a field which now holds `current`."""
        if token(edit.value) == token(current):
            return Verdict.STANDS
        mark = self._mark(name, current)
        own = bool(self.client) and (mark.get("client"), mark.get("by")) == (self.client, self.by)
        if self.is_late:
            return Verdict.STANDS if own and mark.get("seq", 0) >= self.seq else Verdict.CONFLICT
        return Verdict.WRITE if own or not in_conflict(edit, current) else Verdict.CONFLICT

    def write(self, name: str, current: Any) -> None:
        """Note that this page wrote `current` in a field."""
        mark = {"by": self.by, "at": self.now.isoformat(), "token": token(current)}
        self.marks[name] = mark | {"client": self.client, "seq": self.seq}
        self.changed = True

    def conflict(self, name: str, current: Any) -> Conflict:
        """Return what stands there now, and who wrote it when, as far as that is known."""
        mark = self._mark(name, current)
        at = datetime.fromisoformat(mark["at"]) if "at" in mark else None
        return Conflict(theirs=current, by=mark.get("by", ""), at=at)

    def note_page(self) -> None:
        """Note how far the page has come, and forget the pages that have been silent longest."""
        if not self.client or not self.seq or self.is_late:
            return
        others = [(client, seq) for client, seq in self._seen().items() if client != self.client]
        # Pairs, not an object: the database keeps no order of the keys of an object.
        self.marks[SEEN] = [*others[1 - MOST_PAGES :], (self.client, self.seq)]
        self.changed = True

    def _seen(self) -> dict[str, int]:
        return dict(self.marks.get(SEEN, ()))

    def _mark(self, name: str, current: Any) -> Mapping[str, Any]:
        """Return who wrote what stands there; nothing when it has been changed past this ledger."""
        mark: Mapping[str, Any] = self.marks.get(name, {})
        return mark if mark.get("token", token(current)) == token(current) else {}
