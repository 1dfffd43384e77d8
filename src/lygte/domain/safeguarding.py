"""The duty to notify about a child (underretning): when it must be decided, and when a receipt is due.

Source: Barnets lov (Child's Act), section 133 and the receipt within six working days.
"""

from datetime import date
from enum import StrEnum

from lygte.domain.time import add_working_days
from lygte.domain.vocab import Ternary

RECEIPT_WORKING_DAYS = 6


class ReceiptState(StrEnum):
    """Whether the municipality has confirmed that it received a notification."""

    WAITING = "waiting"
    LATE = "late"
    RECEIVED = "received"
    RECEIVED_LATE = "received_late"


def needs_decision(*, children: Ternary | None, under_18: Ternary | None) -> bool:
    """Tell whether a notification must be decided: children were mentioned or the person is under 18.

    An answer that is not stated or not recorded does not ask for one.
    """
    return Ternary.YES in (children, under_18)


def receipt_due(sent_on: date) -> date:
    """Return the last day on which a receipt is in time: the sixth working day after the sending."""
    return add_working_days(sent_on, RECEIPT_WORKING_DAYS)


def receipt_state(sent_on: date, received_on: date | None, *, today: date) -> ReceiptState:
    """Return how a receipt stands: waited for, late, received, or received late. The last day is in time."""
    due = receipt_due(sent_on)
    if received_on is not None:
        return ReceiptState.RECEIVED if received_on <= due else ReceiptState.RECEIVED_LATE
    return ReceiptState.WAITING if today <= due else ReceiptState.LATE
