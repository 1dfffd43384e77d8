"""The duty to notify about a child."""

from datetime import date

import pytest

from lygte.domain.safeguarding import ReceiptState, needs_decision, receipt_due, receipt_state
from lygte.domain.vocab import Ternary

ANSWERS = [None, *Ternary]


@pytest.mark.parametrize("children", ANSWERS)
@pytest.mark.parametrize("under_18", ANSWERS)
def test_a_decision_is_needed_exactly_when_an_answer_is_yes(
    children: Ternary | None, under_18: Ternary | None
) -> None:
    expected = children is Ternary.YES or under_18 is Ternary.YES
    assert needs_decision(children=children, under_18=under_18) is expected


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        (date(2026, 11, 16), date(2026, 11, 24)),
        (date(2026, 11, 20), date(2026, 11, 30)),
        (date(2026, 11, 21), date(2026, 11, 30)),
        (date(2026, 3, 30), date(2026, 4, 10)),
        (date(2026, 12, 23), date(2027, 1, 4)),
    ],
)
def test_a_receipt_is_due_on_the_sixth_working_day(sent: date, due: date) -> None:
    assert receipt_due(sent) == due


@pytest.mark.parametrize(
    ("received", "today", "state"),
    [
        (None, date(2026, 11, 24), ReceiptState.WAITING),
        (None, date(2026, 11, 25), ReceiptState.LATE),
        (date(2026, 11, 24), date(2026, 12, 24), ReceiptState.RECEIVED),
        (date(2026, 11, 25), date(2026, 12, 24), ReceiptState.RECEIVED_LATE),
    ],
)
def test_a_receipt_is_in_time_on_the_last_day_and_late_after_it(
    received: date | None, today: date, state: ReceiptState
) -> None:
    assert receipt_state(date(2026, 11, 16), received, today=today) is state
