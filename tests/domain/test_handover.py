"""The hand-over note."""

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from lygte.domain.handover import HandoverCode, OpenItems, lines

CODES = [code for code in HandoverCode if code is not HandoverCode.NOTHING_OPEN]
counts = st.fixed_dictionaries({code.value: st.integers(0, 3) for code in CODES})


def test_an_empty_shift_leaves_one_line_that_nothing_is_open() -> None:
    (line,) = lines(OpenItems())
    assert (line.code, dict(line.numbers)) == (HandoverCode.NOTHING_OPEN, {})


@given(counts)
def test_everything_that_is_open_has_a_line_with_its_number_by_weight(numbers: dict[str, int]) -> None:
    found = lines(OpenItems(**numbers))
    expected = [(code, numbers[code.value]) for code in CODES if numbers[code.value]]
    if expected:
        assert [(line.code, line.numbers["count"]) for line in found] == expected
    else:
        assert [line.code for line in found] == [HandoverCode.NOTHING_OPEN]


def test_a_line_tells_how_old_the_oldest_is_and_when_the_next_is_promised() -> None:
    items = OpenItems(
        waiting_calls=2,
        longest_wait_minutes=4,
        guests_waiting=1,
        longest_guest_minutes=9,
        open_contacts=1,
        oldest_open_minutes=50,
        callbacks_open=3,
        next_callback="20.30",
    )
    assert [dict(line.numbers) for line in lines(items)] == [
        {"count": 2, "minutes": 4},
        {"count": 1, "minutes": 9},
        {"count": 1, "minutes": 50},
        {"count": 3, "next": "20.30"},
    ]


def test_minutes_alone_make_no_line() -> None:
    assert [line.code for line in lines(OpenItems(longest_wait_minutes=4, next_callback="20.30"))] == [
        HandoverCode.NOTHING_OPEN
    ]


def test_every_count_of_the_open_items_is_a_line() -> None:
    details = {"longest_wait_minutes", "longest_guest_minutes", "oldest_open_minutes", "next_callback"}
    assert {field.name for field in fields(OpenItems)} - details == {code.value for code in CODES}
