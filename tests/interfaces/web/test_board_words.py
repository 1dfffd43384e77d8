from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import translation

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.domain.handover import HandoverCode, HandoverLine
from lygte.domain.time import OpeningRule
from lygte.domain.vocab import Access, Channel
from lygte.interfaces.web.staff.views import board_words as words

EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # Friday 19.00 in Denmark
EVERY_DAY = frozenset(range(7))


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def _rule(access: Access, starts: int, ends: int, channel: Channel = Channel.WALK_IN) -> OpeningRule:
    return OpeningRule(channel, access, EVERY_DAY, time(starts), time(ends), None, date(2026, 1, 1), None)


def test_the_opening_now_and_its_next_change_are_said_in_one_breath() -> None:
    rules = (
        _rule(Access.OPEN, 0, 0),
        _rule(Access.CALL_FIRST, 23, 7),
        _rule(Access.OPEN, 0, 0, Channel.PHONE),
    )
    assert words.opening(rules, now=EVENING) == [
        "the telephone is open",
        "the door is open; from 23.00 call first",
    ]
    assert words.opening(rules, now=EVENING + timedelta(hours=6))[1] == (
        "the door is open to those who call first; opens at 07.00"
    )


def test_a_channel_without_rules_is_not_called_closed() -> None:
    assert words.opening((), now=EVENING) == [
        "we do not know whether the telephone is open",
        "we do not know whether the door is open",
    ]


@pytest.mark.parametrize("code", list(HandoverCode))
@pytest.mark.parametrize("count", [1, 3])
def test_every_line_of_the_hand_over_has_its_words(code: HandoverCode, count: int) -> None:
    sentence = words.handover(HandoverLine(code, {"count": count, "minutes": 130, "next": "21.00"}))
    assert sentence.endswith(".")
    assert "%(" not in sentence
    assert code is HandoverCode.NOTHING_OPEN or str(count) in sentence


@pytest.mark.parametrize(
    ("e164", "read"), [("+4520000001", "20 00 00 01"), ("+4630123456", "+4630123456"), ("", "")]
)
def test_a_danish_number_is_written_as_it_is_read_aloud(e164: str, read: str) -> None:
    assert words.number(e164) == read


def test_a_moment_on_another_day_carries_its_day() -> None:
    today = date(2026, 11, 20)
    assert words.when(EVENING, today=today) == "19.00"
    assert words.when(EVENING + timedelta(days=1), today=today) == "Saturday 21/11 at 19.00"


def test_a_window_is_said_as_it_was_promised() -> None:
    today = date(2026, 11, 20)
    assert words.promised(EVENING, EVENING + timedelta(minutes=30), today=today) == "promised 19.00–19.30"
    late = EVENING + timedelta(hours=10)
    assert words.promised(EVENING, late, today=today) == "promised by Saturday 21/11 at 05.00"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "no target set"),
        (60, "target: answer within 60 seconds"),
        (180, "target: answer within 3 minutes"),
    ],
)
def test_a_target_is_said_in_words_and_so_is_its_absence(seconds: int | None, said: str) -> None:
    assert words.target(seconds, answer=True) == said


@pytest.mark.parametrize(
    ("moment", "name", "title"),
    [
        (EVENING, "evening 15–23", "To the night shift"),
        (EVENING + timedelta(hours=6), "night 23–7", "To the day shift"),
        (EVENING + timedelta(hours=15), "day 7–15", "To the evening shift"),
    ],
)
def test_a_hand_over_is_addressed_to_the_next_shift(moment: datetime, name: str, title: str) -> None:
    assert (words.shift_name(moment), words.handover_title(moment)) == (name, title)


def test_a_refusal_names_who_was_faster_and_never_a_code() -> None:
    assert words.refused(Refused("call_taken", by="Mette")) == "Mette was faster and has the call."
    assert words.refused(Refused("call_taken", by="")) == "A colleague was faster."
    assert words.refused(InvalidField("reason", "required")) == "Write why."
    assert "something_new" not in words.refused(Refused("something_new"))
