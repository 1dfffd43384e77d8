"""Every number of the month opens exactly its rows, parts add up, and the order of rows does not matter."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lygte.domain import vocab
from lygte.domain.contact_facts import ContactFacts, Fate, PromiseRow, call_facts, placed
from lygte.domain.indicators import (
    CALLBACK_PARTS,
    CALLS,
    CONTACTS,
    MISSING_FIELDS,
    PROMISES,
    Book,
    UnknownIndicator,
    codes,
    minutes,
    nights,
)
from lygte.domain.sla import CallRecord, Target, service_level
from tests.domain.strategies import moments_between

NOVEMBER = moments_between(date(2026, 11, 1), date(2026, 12, 1))
PERSONS = st.one_of(st.none(), st.sampled_from([UUID(int=n) for n in range(1, 6)]))
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/reference/indicators.md"
# Every contact is in exactly one part of these.
WHOLE = (
    "by_day",
    "by_hour",
    "by_weekday",
    "by_weekday_hour",
    "by_channel",
    "by_level",
    "by_caller",
    "by_outcome",
    "by_sex",
    "by_children",
    "by_under_18",
    "first_time",
)


def code_of(codes_: type) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *(code.value for code in codes_)])


def list_of(codes_: type) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from([code.value for code in codes_]), max_size=3)


@st.composite
def contact_lists(draw: st.DrawFn) -> list[ContactFacts]:
    made = []
    for number in range(draw(st.integers(0, 12))):
        incoming = draw(st.booleans())
        made.append(
            ContactFacts(
                key=UUID(int=number + 1),
                started_at=draw(NOVEMBER),
                direction="incoming" if incoming else "outgoing",
                outgoing_kind="" if incoming else draw(st.sampled_from(list(vocab.OutgoingKind))).value,
                channel=draw(st.sampled_from([code.value for code in vocab.Channel])),
                caller=draw(code_of(vocab.Caller)),
                level=draw(code_of(vocab.Level)),
                causes=draw(list_of(vocab.Cause)),
                children=draw(code_of(vocab.Ternary)),
                under_18=draw(code_of(vocab.Ternary)),
                sex=draw(code_of(vocab.Sex)),
                first_time=draw(code_of(vocab.FirstTime)),
                conversation_held=draw(code_of(vocab.Ternary)),
                plan_state=draw(code_of(vocab.PlanState)),
                outcome=draw(code_of(vocab.Outcome)),
                measures=draw(list_of(vocab.Measure)),
                minutes=draw(st.one_of(st.none(), st.integers(0, 200))),
                nights=draw(st.one_of(st.none(), st.integers(0, 12))),
                notification=draw(code_of(vocab.NotificationChoice)),
                counted_as=draw(PERSONS),
            )
        )
    return placed(made)


@st.composite
def promise_lists(draw: st.DrawFn) -> list[PromiseRow]:
    made = []
    for number in range(draw(st.integers(0, 12))):
        state = draw(st.sampled_from([code.value for code in vocab.PromiseState]))
        due = draw(NOVEMBER)
        ended = state in ("kept", "declined", "decided")
        made.append(
            PromiseRow(
                key=UUID(int=number + 1),
                kind=draw(st.sampled_from([code.value for code in vocab.PromiseKind])),
                state=state,
                due=due,
                closes=due + timedelta(hours=1),
                closed_at=due + timedelta(minutes=draw(st.integers(0, 120))) if ended else None,
            )
        )
    return made


@st.composite
def call_lists(draw: st.DrawFn) -> list[CallRecord]:
    made = []
    for _ in range(draw(st.integers(0, 12))):
        rang = draw(NOVEMBER)
        answered = rang + timedelta(seconds=draw(st.integers(0, 200))) if draw(st.booleans()) else None
        ended = (
            (answered or rang) + timedelta(seconds=draw(st.integers(0, 300))) if draw(st.booleans()) else None
        )
        made.append(CallRecord(rang, answered, ended))
    return made


def all_codes(book: Book) -> list[str]:
    return [
        *(one.code for one in book.indicators),
        *(f"{one.code}-of" for one in book.indicators if one.denominator),
        *(f"{many.code}-{part}" for many in book.breakdowns for part in many.codes),
    ]


@given(contact_lists())
def test_every_number_of_contacts_is_the_number_of_its_rows(facts: list[ContactFacts]) -> None:
    counts = CONTACTS.count(facts)
    for code in {*all_codes(CONTACTS), *counts}:
        assert len(CONTACTS.indicator(code).rows(facts)) == counts[code], code


@given(promise_lists())
def test_every_number_of_promises_is_the_number_of_its_rows(facts: list[PromiseRow]) -> None:
    counts = PROMISES.count(facts)
    for code in {*all_codes(PROMISES), *counts}:
        assert len(PROMISES.indicator(code).rows(facts)) == counts[code], code


@given(call_lists(), st.sampled_from(list(vocab.AbandonRule)), NOVEMBER)
def test_the_service_level_of_single_calls_adds_up_to_that_of_the_month(
    records: list[CallRecord], rule: vocab.AbandonRule, as_of: datetime
) -> None:
    target = Target(seconds=60, share=0.9, rule=rule)
    known = [record for record in records if record.rang_at <= as_of]
    facts = [call_facts(UUID(int=n), one, target=target, as_of=as_of) for n, one in enumerate(known)]
    counts, whole = CALLS.count(facts), service_level(records, target=target, as_of=as_of)
    for name in ("offered", "answered", "abandoned", "abandoned_late", "still_waiting", "counted", "met"):
        assert counts[f"service_level-{name}"] == getattr(whole, name), name
    assert (counts["answered_in_time"], counts["answered_in_time-of"]) == (whole.met, whole.counted)


@given(contact_lists(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_number(facts: list[ContactFacts], random: st.DataObject) -> None:
    mixed = list(facts)
    random.shuffle(mixed)
    assert CONTACTS.count(placed(mixed)) == CONTACTS.count(facts)
    assert (minutes(mixed), nights(mixed)) == (minutes(facts), nights(facts))


@given(contact_lists())
def test_the_parts_of_a_breakdown_add_up_to_all_incoming_contacts(facts: list[ContactFacts]) -> None:
    counts = CONTACTS.count(facts)
    for many in CONTACTS.breakdowns:
        if many.code in WHOLE:
            assert sum(counts[f"{many.code}-{part}"] for part in many.codes) == counts["contacts_incoming"]
    assert counts["contacts_incoming"] + sum(
        counts[f"contacts_outgoing-{k}"] for k in vocab.OutgoingKind
    ) == len(facts)


@given(contact_lists())
def test_values_and_both_kinds_of_missing_add_up_to_where_a_field_applies(facts: list[ContactFacts]) -> None:
    counts = CONTACTS.count(facts)
    applies = {
        "conversation_held": "crisis_contacts",
        "plan_state": "plan_rate-of",
        "nights": "overnight-stays",
    }
    for field in MISSING_FIELDS:
        states = [counts[f"missing_{field}-{part}"] for part in ("stated", "not_stated", "not_recorded")]
        assert sum(states) == counts[applies.get(field, "contacts_incoming")], field


@given(contact_lists())
def test_persons_are_one_time_or_multi_time_and_hold_every_contact_with_a_person(
    facts: list[ContactFacts],
) -> None:
    counts = CONTACTS.count(facts)
    assert counts["one_time"] + counts["multi_time"] == counts["persons"]
    firsts = CONTACTS.indicator("persons").rows(facts)
    with_person = counts["contacts_incoming"] - counts["contacts_without_person"]
    assert sum(one.of_person for one in firsts) == with_person
    assert counts["persons"] == len({one.counted_as for one in facts if one.is_incoming and one.counted_as})


@given(contact_lists())
def test_a_numerator_never_leaves_its_denominator(facts: list[ContactFacts]) -> None:
    for one in CONTACTS.indicators:
        if one.denominator is not None:
            assert {row.key for row in one.rows(facts)} <= {row.key for row in facts if one.denominator(row)}


@given(promise_lists())
def test_every_promise_has_one_fate(facts: list[PromiseRow]) -> None:
    counts = PROMISES.count(facts)
    assert sum(counts[f"callbacks-{part}"] for part in CALLBACK_PARTS[1:]) == counts["callbacks-promised"]
    assert counts["follow_up_rate-of"] == counts["plan_follow_up-due"] + counts["wellbeing-due"]
    assert counts["callbacks_kept-of"] == counts["callbacks-promised"]


def promise(**changes: object) -> PromiseRow:
    due = datetime.fromisoformat("2026-11-20T19:00:00+00:00")
    plain = {
        "key": UUID(int=1),
        "kind": "callback",
        "state": "kept",
        "due": due,
        "closes": due,
        "closed_at": due,
    }
    return PromiseRow(**(plain | changes))  # type: ignore[arg-type]


def test_a_promise_kept_at_the_moment_the_window_closes_is_kept_in_the_window() -> None:
    late = promise().closes + timedelta(microseconds=1)
    assert promise().fate is Fate.IN_WINDOW
    assert promise(closed_at=late).fate is Fate.LATE
    assert promise(state="needs_decision", closed_at=None).fate is Fate.OPEN


def test_a_contact_is_counted_once_for_each_of_its_causes() -> None:
    one = ContactFacts(
        key=UUID(int=1),
        started_at=datetime.fromisoformat("2026-11-20T19:00:00+00:00"),
        causes=frozenset({"loneliness", "anxiety", "the-new-flat"}),
    )
    counts = CONTACTS.count([one])
    assert [counts[f"by_cause-{code}"] for code in ("loneliness", "anxiety", "the-new-flat")] == [1, 1, 1]
    assert CONTACTS.indicator("by_cause-the-new-flat").rows([one]) == [one]


def test_the_hour_and_the_weekday_are_danish() -> None:
    late = ContactFacts(key=UUID(int=1), started_at=datetime.fromisoformat("2026-11-20T23:30:00+00:00"))
    assert (late.hour, late.weekday) == (0, 5)


@pytest.mark.parametrize("code", ["", "nothing", "by_level-terrible", "by_level", "by_hour-24", "persons-of"])
def test_a_code_that_names_no_number_is_unknown(code: str) -> None:
    with pytest.raises(UnknownIndicator):
        CONTACTS.indicator(code)


def documented() -> set[str]:
    rows = re.findall(r"^\| `([a-z0-9_-]+)` \|", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return set(rows)


def test_the_reference_defines_every_number_and_no_other() -> None:
    computed = {code for book in (CONTACTS, CALLS, PROMISES) for code in codes(book)}
    computed = {"missing" if code.startswith("missing_") else code for code in computed}
    assert documented() == computed | {"nights", "minutes"}


def test_the_reference_names_every_field_whose_missing_values_are_counted() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [field for field in MISSING_FIELDS if f"`missing_{field}`" not in text] == []
