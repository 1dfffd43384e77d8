"""The indicators of the leader's month, each a question that is put to one row at a time.

So every number opens exactly the rows that it counts, and no number depends on the order of rows. A number is
named by a code; a part of a breakdown by the code of the breakdown, a hyphen, and the part (`by_level-mild`);
the denominator of a rate by the code of the rate and ``-of``.
Source: Evaluation of 14 sociale akuttilbud (2017), sections 3.1-3.3, 5.1 and 7.2.3 (denominators of the
conversation rate and of the plan rate); codes of `vocab`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from statistics import fmean, median
from types import MappingProxyType
from typing import Generic, TypeVar

from lygte.domain import vocab
from lygte.domain.contact_facts import CallFacts, ContactFacts, Fate, PromiseRow
from lygte.domain.sla import ServiceLevel
from lygte.domain.vocab import NOT_STATED, Channel, Measure, PlanState, PromiseKind, Ternary

NOT_RECORDED = "not_recorded"
MISSING = (NOT_STATED, NOT_RECORDED)
LONG_STAY_NIGHTS = 8
HOURS = tuple(str(hour) for hour in range(24))
WEEKDAYS = tuple(str(day) for day in range(7))
DAYS = tuple(str(day) for day in range(1, 32))

Row = TypeVar("Row")
Test = Callable[[Row], bool]


class UnknownIndicator(LookupError):
    """No number goes by this code."""


@dataclass(frozen=True, slots=True)
class Indicator(Generic[Row]):
    """A number of rows (`numerator`); with a `denominator` a share of the rows that it holds for."""

    code: str
    numerator: Test[Row]
    denominator: Test[Row] | None = None

    def holds(self, row: Row) -> bool:
        """Tell whether a row is counted in the numerator, which never leaves the denominator."""
        return (self.denominator is None or self.denominator(row)) and self.numerator(row)

    def rows(self, facts: Iterable[Row]) -> list[Row]:
        """Return the rows behind the number, in the given order."""
        return [row for row in facts if self.holds(row)]


@dataclass(frozen=True, slots=True)
class Breakdown(Generic[Row]):
    """Numbers side by side: the rows that `base` holds for, by `parts`.

    ``codes`` are shown also when they are nought. Only an ``extensible`` breakdown may hold other codes.
    """

    code: str
    base: Test[Row]
    parts: Callable[[Row], tuple[str, ...]]
    codes: tuple[str, ...]
    extensible: bool = False

    def indicator(self, part: str) -> Indicator[Row]:
        """Return the indicator of one part. Raises UnknownIndicator."""
        if not part or (part not in self.codes and not self.extensible):
            raise UnknownIndicator(f"{self.code}-{part}")
        return Indicator(f"{self.code}-{part}", lambda row: self.base(row) and part in self.parts(row))


@dataclass(frozen=True, slots=True)
class Book(Generic[Row]):
    """All indicators over one kind of rows."""

    indicators: tuple[Indicator[Row], ...]
    breakdowns: tuple[Breakdown[Row], ...]

    def count(self, rows: Iterable[Row]) -> Counter[str]:
        """Return every number by its code, in one pass over the rows."""
        counts: defaultdict[str, int] = defaultdict(int)
        breakdowns = [(f"{many.code}-", many.base, many.parts) for many in self.breakdowns]
        for row in rows:
            for one in self.indicators:
                if one.denominator is not None:
                    if not one.denominator(row):
                        continue
                    counts[f"{one.code}-of"] += 1
                if one.numerator(row):
                    counts[one.code] += 1
            for prefix, base, parts in breakdowns:
                if base(row):
                    for part in parts(row):
                        counts[prefix + part] += 1
        return Counter(counts)

    def indicator(self, code: str) -> Indicator[Row]:
        """Return the indicator with a code, parts and denominators included. Raises UnknownIndicator."""
        for one in self.indicators:
            if one.code == code:
                return one
            if one.denominator is not None and code == f"{one.code}-of":
                return Indicator(code, one.denominator)
        name, _hyphen, part = code.partition("-")
        for many in self.breakdowns:
            if many.code == name:
                return many.indicator(part)
        raise UnknownIndicator(code)


def _incoming(one: ContactFacts) -> bool:
    return one.is_incoming


def _outgoing(one: ContactFacts) -> bool:
    return not one.is_incoming


def _crisis(one: ContactFacts) -> bool:
    return one.is_crisis


def _relevant_for_plan(one: ContactFacts) -> bool:
    return one.is_crisis and one.channel == Channel.WALK_IN


def _stay(one: ContactFacts) -> bool:
    return one.is_incoming and Measure.OVERNIGHT.value in one.measures


def _first_of_person(one: ContactFacts) -> bool:
    return one.is_incoming and one.place == 1


def _code(value: str) -> tuple[str, ...]:
    return (value or NOT_RECORDED,)


def _codes(values: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(values)) or (NOT_RECORDED,)


def _stated(code: str) -> str:
    return code if code in MISSING else "stated"


def _stated_list(values: frozenset[str]) -> str:
    return _stated(NOT_RECORDED if not values else NOT_STATED if values == {NOT_STATED} else "stated")


def _stated_number(value: int | None) -> str:
    return NOT_RECORDED if value is None else "stated"


def _with_missing(codes: Iterable[str]) -> tuple[str, ...]:
    listed = [code for code in codes if code != NOT_STATED]
    return (*listed, *MISSING)


def _by(
    code: str,
    field: Callable[[ContactFacts], str],
    codes: Iterable[str],
    base: Test[ContactFacts] = _incoming,
) -> Breakdown[ContactFacts]:
    return Breakdown(code, base, lambda one: _code(field(one)), _with_missing(codes))


def _missing(
    field: str, state: Callable[[ContactFacts], str], base: Test[ContactFacts] = _incoming
) -> Breakdown[ContactFacts]:
    return Breakdown(f"missing_{field}", base, lambda one: (state(one),), ("stated", *MISSING))


MISSING_FIELDS = (
    "level",
    "caller",
    "causes",
    "outcome",
    "measures",
    "sex",
    "children",
    "under_18",
    "minutes",
    "first_time",
    "conversation_held",
    "plan_state",
    "nights",
)

CONTACTS: Book[ContactFacts] = Book(
    indicators=(
        Indicator("contacts_incoming", _incoming),
        Indicator("crisis_contacts", _crisis, _incoming),
        Indicator("conversation_rate", lambda one: one.conversation_held == Ternary.YES, _crisis),
        Indicator("plan_rate", lambda one: one.plan_state == PlanState.WRITTEN, _relevant_for_plan),
        Indicator("anonymous_share", lambda one: one.counted_as is None, _incoming),
        Indicator("contacts_without_person", lambda one: one.is_incoming and one.counted_as is None),
        Indicator("persons", _first_of_person),
        Indicator("one_time", lambda one: _first_of_person(one) and one.of_person == 1),
        Indicator("multi_time", lambda one: _first_of_person(one) and one.of_person > 1),
        Indicator("minutes-n", lambda one: one.is_incoming and one.minutes is not None),
        Indicator("minutes-missing", lambda one: one.is_incoming and one.minutes is None),
        Indicator("overnight-stays", _stay),
        Indicator("overnight-nights", lambda one: _stay(one) and one.nights is not None),
        Indicator("overnight-long_stays", lambda one: _stay(one) and (one.nights or 0) >= LONG_STAY_NIGHTS),
    ),
    breakdowns=(
        Breakdown(
            "contacts_outgoing", _outgoing, lambda one: _code(one.outgoing_kind), tuple(vocab.OutgoingKind)
        ),
        Breakdown("by_day", _incoming, lambda one: (str(one.day),), DAYS),
        Breakdown("by_hour", _incoming, lambda one: (str(one.hour),), HOURS),
        Breakdown("crisis_by_hour", _crisis, lambda one: (str(one.hour),), HOURS),
        Breakdown("by_weekday", _incoming, lambda one: (str(one.weekday),), WEEKDAYS),
        Breakdown(
            "by_weekday_hour",
            _incoming,
            lambda one: (f"{one.weekday}_{one.hour}",),
            tuple(f"{day}_{hour}" for day in WEEKDAYS for hour in HOURS),
        ),
        Breakdown("by_channel", _incoming, lambda one: _code(one.channel), tuple(vocab.Channel)),
        _by("by_level", lambda one: one.level, vocab.Level),
        _by("by_caller", lambda one: one.caller, vocab.Caller),
        Breakdown(
            "by_cause", _incoming, lambda one: _codes(one.causes), _with_missing(vocab.Cause), extensible=True
        ),
        _by("by_outcome", lambda one: one.outcome, vocab.Outcome),
        Breakdown(
            "by_measure",
            _incoming,
            lambda one: _codes(one.measures),
            _with_missing(vocab.Measure),
            extensible=True,
        ),
        _by("by_sex", lambda one: one.sex, vocab.Sex),
        _by("by_children", lambda one: one.children, vocab.Ternary),
        _by("by_under_18", lambda one: one.under_18, vocab.Ternary),
        _by("first_time", lambda one: one.first_time, vocab.FirstTime),
        Breakdown(
            "notifications",
            lambda one: bool(one.notification),
            lambda one: _code(one.notification),
            tuple(vocab.NotificationChoice),
        ),
        _missing("level", lambda one: _stated(one.level or NOT_RECORDED)),
        _missing("caller", lambda one: _stated(one.caller or NOT_RECORDED)),
        _missing("causes", lambda one: _stated_list(one.causes)),
        _missing("outcome", lambda one: _stated(one.outcome or NOT_RECORDED)),
        _missing("measures", lambda one: _stated_list(one.measures)),
        _missing("sex", lambda one: _stated(one.sex or NOT_RECORDED)),
        _missing("children", lambda one: _stated(one.children or NOT_RECORDED)),
        _missing("under_18", lambda one: _stated(one.under_18 or NOT_RECORDED)),
        _missing("minutes", lambda one: _stated_number(one.minutes)),
        _missing("first_time", lambda one: _stated(one.first_time or NOT_RECORDED)),
        _missing("conversation_held", lambda one: _stated(one.conversation_held or NOT_RECORDED), _crisis),
        _missing("plan_state", lambda one: _stated(one.plan_state or NOT_RECORDED), _relevant_for_plan),
        _missing("nights", lambda one: _stated_number(one.nights), _stay),
    ),
)

CALL_PARTS = tuple(field.name for field in fields(ServiceLevel) if field.name not in ("share", "reached"))

CALLS: Book[CallFacts] = Book(
    indicators=(
        Indicator("answered_in_time", lambda one: one.level.met == 1, lambda one: one.level.counted == 1),
    ),
    breakdowns=(
        Breakdown(
            "service_level",
            lambda one: True,
            lambda one: tuple(name for name in CALL_PARTS if getattr(one.level, name)),
            CALL_PARTS,
        ),
    ),
)

_CALLBACK_PARTS = {Fate.IN_WINDOW: "kept_in_window", Fate.LATE: "kept_late"}
_FOLLOW_UP_PARTS = {Fate.IN_WINDOW: "done_in_window", Fate.LATE: "done_late"}
_NOT_KEPT = (Fate.DECLINED.value, Fate.DECIDED.value, Fate.OPEN.value)
KEPT = (Fate.IN_WINDOW, Fate.LATE)
CALLBACK_PARTS = ("promised", *_CALLBACK_PARTS.values(), *_NOT_KEPT)
FOLLOW_UP_PARTS = ("due", *_FOLLOW_UP_PARTS.values(), *_NOT_KEPT)


def _follow_ups(kind: PromiseKind) -> Breakdown[PromiseRow]:
    return Breakdown(
        kind.value,
        lambda one: one.kind == kind,
        lambda one: ("due", _FOLLOW_UP_PARTS.get(one.fate, one.fate.value)),
        FOLLOW_UP_PARTS,
    )


PROMISES: Book[PromiseRow] = Book(
    indicators=(
        Indicator("callbacks_kept", lambda one: one.fate is Fate.IN_WINDOW, lambda one: one.is_callback),
        Indicator("follow_up_rate", lambda one: one.fate in KEPT, lambda one: not one.is_callback),
    ),
    breakdowns=(
        Breakdown(
            "callbacks",
            lambda one: one.is_callback,
            lambda one: ("promised", _CALLBACK_PARTS.get(one.fate, one.fate.value)),
            CALLBACK_PARTS,
        ),
        _follow_ups(PromiseKind.PLAN_FOLLOW_UP),
        _follow_ups(PromiseKind.WELLBEING),
    ),
)


def codes(book: Book[Row]) -> dict[str, tuple[str, ...]]:
    """Return the code of every indicator and breakdown of a book, with the parts that are always shown."""
    single: Mapping[str, tuple[str, ...]] = {one.code: () for one in book.indicators}
    return {**single, **{many.code: many.codes for many in book.breakdowns}}


@dataclass(frozen=True, slots=True)
class Minutes:
    """Time spent: contacts with minutes, contacts without, and mean and median minutes of the first."""

    n: int
    missing: int
    mean: float | None
    median: float | None


def minutes(facts: Iterable[ContactFacts]) -> Minutes:
    """Return the time spent on incoming contacts; the mean has one decimal."""
    spent = [one.minutes for one in facts if one.is_incoming]
    known = [value for value in spent if value is not None]
    return Minutes(
        n=len(known),
        missing=len(spent) - len(known),
        mean=round(fmean(known), 1) if known else None,
        median=float(median(known)) if known else None,
    )


def nights(facts: Iterable[ContactFacts]) -> int:
    """Return the nights of all stays whose nights are recorded."""
    return sum(one.nights or 0 for one in facts if _stay(one))


def figures(
    *, contacts: Iterable[ContactFacts], calls: Iterable[CallFacts], promises: Iterable[PromiseRow]
) -> Mapping[str, int]:
    """Return every number of a month by its code; codes that no row belongs to are left out."""
    return MappingProxyType(CONTACTS.count(contacts) + CALLS.count(calls) + PROMISES.count(promises))
