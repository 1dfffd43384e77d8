"""The hand-over note that a shift leaves, made from what is still open. Codes and numbers only.

Source: Evaluation of 14 sociale akuttilbud (2017), section 4.2 (what a night leaves must be seen by the
morning).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class HandoverCode(StrEnum):
    """A kind of line, the weightiest first."""

    WAITING_CALLS = "waiting_calls"
    GUESTS_WAITING = "guests_waiting"
    NEEDS_DECISION = "needs_decision"
    CALLBACKS_OVERDUE = "callbacks_overdue"
    MISSED_CALLS = "missed_calls"
    SEVERE_LAST_DAY = "severe_last_day"
    NOTIFICATIONS_LATE = "notifications_late"
    FOLLOW_UPS_OVERDUE = "follow_ups_overdue"
    OPEN_CONTACTS = "open_contacts"
    CALLBACKS_OPEN = "callbacks_open"
    FOLLOW_UPS_DUE = "follow_ups_due"
    NOTIFICATIONS_WAITING = "notifications_waiting"
    PLAN_DRAFTS = "plan_drafts"
    PLANS_UNOPENED = "plans_unopened"
    GUESTS_IN_HOUSE = "guests_in_house"
    NOTHING_OPEN = "nothing_open"


@dataclass(frozen=True, slots=True)
class OpenItems:
    """What is open when a shift is handed over, as numbers of items.

    Minutes tell how old the oldest one is; ``next_callback`` is a ready local clock time or empty.
    Follow-ups due are those of the coming shift; a late notification is one whose receipt is overdue.
    """

    waiting_calls: int = 0
    longest_wait_minutes: int = 0
    guests_waiting: int = 0
    longest_guest_minutes: int = 0
    needs_decision: int = 0
    callbacks_overdue: int = 0
    missed_calls: int = 0
    severe_last_day: int = 0
    notifications_late: int = 0
    follow_ups_overdue: int = 0
    open_contacts: int = 0
    oldest_open_minutes: int = 0
    callbacks_open: int = 0
    next_callback: str = ""
    follow_ups_due: int = 0
    notifications_waiting: int = 0
    plan_drafts: int = 0
    plans_unopened: int = 0
    guests_in_house: int = 0


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """One line: a code, and the numbers that its words take (``count`` and what else the code has)."""

    code: HandoverCode
    numbers: Mapping[str, int | str]


_EXTRA: Mapping[HandoverCode, tuple[str, str]] = MappingProxyType(
    {
        HandoverCode.WAITING_CALLS: ("minutes", "longest_wait_minutes"),
        HandoverCode.GUESTS_WAITING: ("minutes", "longest_guest_minutes"),
        HandoverCode.OPEN_CONTACTS: ("minutes", "oldest_open_minutes"),
        HandoverCode.CALLBACKS_OPEN: ("next", "next_callback"),
    }
)


def _line(items: OpenItems, code: HandoverCode) -> HandoverLine | None:
    count: int = getattr(items, code.value)
    if not count:
        return None
    numbers: dict[str, int | str] = {"count": count}
    if code in _EXTRA:
        name, attribute = _EXTRA[code]
        numbers[name] = getattr(items, attribute)
    return HandoverLine(code, MappingProxyType(numbers))


def lines(items: OpenItems) -> tuple[HandoverLine, ...]:
    """Return the lines of the note, the weightiest first; one line that nothing is open when nothing is."""
    kinds = (code for code in HandoverCode if code is not HandoverCode.NOTHING_OPEN)
    found = tuple(line for code in kinds if (line := _line(items, code)) is not None)
    return found or (HandoverLine(HandoverCode.NOTHING_OPEN, MappingProxyType({})),)
