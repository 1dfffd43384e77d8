"""The fields of a contact that can be typed in, what they may hold, and how they are shown and stored."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lygte.apps.core.refusals import InvalidField
from lygte.domain import vocab
from lygte.domain.time import at_local, local

if TYPE_CHECKING:
    from lygte.apps.contacts.models import Contact

CODES: Mapping[str, type[StrEnum]] = {
    "channel": vocab.Channel,
    "caller": vocab.Caller,
    "about": vocab.About,
    "level": vocab.Level,
    "felt_acute": vocab.Ternary,
    "children": vocab.Ternary,
    "under_18": vocab.Ternary,
    "sex": vocab.Sex,
    "first_time": vocab.FirstTime,
    "cpr_answer": vocab.CprAnswer,
    "conversation_held": vocab.Ternary,
    "plan_state": vocab.PlanState,
    "outcome": vocab.Outcome,
    "may_ring": vocab.MayRing,
}
LISTS: Mapping[str, tuple[type[StrEnum], vocab.CodeList]] = {
    "causes": (vocab.Cause, vocab.CodeList.CAUSE),
    "measures": (vocab.Measure, vocab.CodeList.MEASURE),
}
NUMBERS: Mapping[str, int] = {"minutes": 24 * 60, "nights": 365}
TIMES = ("stay_from", "stay_until")
NOTES = tuple(field.value for field in vocab.NoteField)
ALL: tuple[str, ...] = (*CODES, *LISTS, *NUMBERS, *TIMES, *NOTES)
# What stands alone: chosen beside something else, it says nothing.
ALONE = (vocab.NOT_STATED, vocab.Measure.NONE.value)
# A change of these shows on the board.
ON_THE_BOARD = frozenset({"channel", "level", "measures", "stay_from", "stay_until"})
LONGEST_NOTE = 20_000


def shown(contact: "Contact", field: str, notes: Mapping[str, str]) -> Any:
    """Return a field as a form shows it: a code, a list of codes, or text; empty when not recorded."""
    if field in NOTES:
        return notes.get(field, "")
    value = getattr(contact, field)
    if field in LISTS:
        return list(value)
    if field in TIMES:
        return f"{local(value):%Y-%m-%dT%H:%M}" if value else ""
    return "" if value is None else str(value)


def stored(field: str, value: Any, *, extra: Collection[str] = ()) -> Any:
    """Return what to store for a typed value. Raises `InvalidField` for an unknown field, code, number or
    time.

    `extra` are the codes that the service has added to the list.
    """
    if field in CODES:
        return _code(field, value)
    if field in LISTS:
        return _codes(field, value, extra)
    if field in NUMBERS:
        return _number(field, value)
    if field in TIMES:
        return _moment(field, value)
    if field in NOTES:
        return _note(field, value)
    raise InvalidField(field, "unknown_field")


def _code(field: str, value: Any) -> str:
    if value in (None, ""):
        if field == "channel":
            raise InvalidField(field, "required")
        return ""
    if not isinstance(value, str) or value not in set(CODES[field]):
        raise InvalidField(field, "unknown_code")
    return value


def _codes(field: str, value: Any, extra: Collection[str]) -> list[str]:
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        raise InvalidField(field, "unknown_code")
    known = {code.value for code in LISTS[field][0]} | set(extra)
    if any(not isinstance(code, str) or code not in known for code in value):
        raise InvalidField(field, "unknown_code")
    unique = list(dict.fromkeys(value))
    beside = [code for code in unique if code not in ALONE]
    return beside or unique[-1:]


def _number(field: str, value: Any) -> int | None:
    text = str("" if value is None else value).strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text) > NUMBERS[field]:
        raise InvalidField(field, "number")
    return int(text)


def _moment(field: str, value: Any) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        typed = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise InvalidField(field, "time") from None
    return at_local(typed.date(), typed.time().replace(tzinfo=None))


def _note(field: str, value: Any) -> str:
    text = "" if value is None else value
    if not isinstance(text, str) or len(text) > LONGEST_NOTE:
        raise InvalidField(field, "too_long")
    return text.replace("\r\n", "\n")
