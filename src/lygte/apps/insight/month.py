"""One month of one service: the rows behind it, and every number computed from them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from lygte.apps.tenancy.rules import StandingTarget
from lygte.domain import indicators
from lygte.domain.contact_facts import CallFacts, ContactFacts, PromiseRow, placed
from lygte.domain.indicators import (
    CALLBACK_PARTS,
    CALLS,
    CONTACTS,
    FOLLOW_UP_PARTS,
    MISSING_FIELDS,
    PROMISES,
    Book,
    Minutes,
    UnknownIndicator,
)
from lygte.domain.sla import ServiceLevel, service_level
from lygte.domain.vocab import NOT_STATED

AnyRow = ContactFacts | CallFacts | PromiseRow
BREAKDOWNS = (
    "contacts_outgoing",
    "by_hour",
    "by_weekday",
    "by_channel",
    "by_level",
    "by_caller",
    "by_cause",
    "by_outcome",
    "by_measure",
    "by_sex",
    "by_children",
    "by_under_18",
    "first_time",
    "notifications",
)
FIELDS = (
    "id",
    "started_at",
    "direction",
    "outgoing_kind",
    "channel",
    "caller",
    "level",
    "causes",
    "children",
    "under_18",
    "sex",
    "counted_first_time",
    "conversation_held",
    "plan_state",
    "outcome",
    "measures",
    "minutes",
    "nights",
    "counted_as",
)
NUMBERS = (
    "contacts_incoming",
    "crisis_contacts",
    "persons",
    "one_time",
    "multi_time",
    "contacts_without_person",
)
RATES = ("conversation_rate", "plan_rate", "anonymous_share", "follow_up_rate")


@dataclass(frozen=True, slots=True)
class PracticeBreak:
    """A change of registration practice in the month: numbers before and after it are not alike."""

    on: date
    note_da: str
    note_en: str


@dataclass(frozen=True)
class Month:
    """A Danish calendar month of a service, as it was known at `as_of`."""

    year: int
    month: int
    start: datetime
    end: datetime
    as_of: datetime
    contacts: tuple[ContactFacts, ...]
    calls: tuple[CallFacts, ...]
    promises: tuple[PromiseRow, ...]
    target: StandingTarget | None
    practice: tuple[PracticeBreak, ...] = ()

    @cached_property
    def figures(self) -> Mapping[str, int]:
        """Every number by its code; a code without rows is left out, see `number`."""
        return indicators.figures(contacts=self.contacts, calls=self.calls, promises=self.promises)

    @cached_property
    def minutes(self) -> Minutes:
        """Time spent on incoming contacts."""
        return indicators.minutes(self.contacts)

    @cached_property
    def nights(self) -> int:
        """Nights of the stays whose nights are recorded."""
        return indicators.nights(self.contacts)

    @cached_property
    def service_level(self) -> ServiceLevel | None:
        """How fast calls were answered; None when the service has no target for the telephone."""
        if self.target is None:
            return None
        records = [call.record for call in self.calls]
        return service_level(records, target=self.target.target, as_of=self.as_of)

    @property
    def is_over(self) -> bool:
        """Tell whether the month has ended."""
        return self.as_of >= self.end

    def number(self, code: str) -> int:
        """Return one number; 0 when no row is behind it."""
        return self.figures.get(code, 0)

    def parts(self, code: str) -> dict[str, int]:
        """Return a breakdown with the parts that are always shown first, then the service's own codes."""
        shown = dict.fromkeys(map(str, _book_of(code)[1]), 0)
        own = sorted(name.partition("-")[2] for name in self.figures if name.startswith(f"{code}-"))
        return {part: self.number(f"{code}-{part}") for part in (shown | dict.fromkeys(own, 0))}

    def rows(self, code: str) -> list[AnyRow]:
        """Return the rows behind a number, oldest first. Raises UnknownIndicator."""
        tables: tuple[tuple[Book[Any], Iterable[AnyRow]], ...] = (
            (CONTACTS, self.contacts),
            (CALLS, self.calls),
            (PROMISES, self.promises),
        )
        for book, rows in tables:
            if code in _names(book) or code.partition("-")[0] in _names(book):
                return book.indicator(code).rows(rows)
        raise UnknownIndicator(code)

    def sheet(self) -> dict[str, Any]:
        """Return every number of the month, nested under its code, as plain values."""
        numbers = {code: self.number(code) for code in NUMBERS}
        parts = {code: self.parts(code) for code in BREAKDOWNS}
        rates = {code: {"value": self.number(code), "of": self.number(f"{code}-of")} for code in RATES}
        return {
            **numbers,
            **parts,
            **rates,
            "minutes": asdict(self.minutes),
            "overnight": {
                "stays": self.number("overnight-stays"),
                "nights": self.nights,
                "long_stays": self.number("overnight-long_stays"),
            },
            "service_level": self._service_level_sheet(),
            "callbacks": {part: self.number(f"callbacks-{part}") for part in CALLBACK_PARTS},
            "plan_follow_up": {part: self.number(f"plan_follow_up-{part}") for part in FOLLOW_UP_PARTS},
            "wellbeing": {part: self.number(f"wellbeing-{part}") for part in FOLLOW_UP_PARTS},
            "missing": {field: self.missing(field) for field in MISSING_FIELDS},
        }

    def missing(self, field: str) -> dict[str, int]:
        """Return how many contacts a field applies to, and on how many it has a value or lacks one."""
        stated, not_stated, not_recorded = (
            self.number(f"missing_{field}-{part}") for part in ("stated", NOT_STATED, indicators.NOT_RECORDED)
        )
        return {
            "of": stated + not_stated + not_recorded,
            "n": stated,
            "not_stated": not_stated,
            "not_recorded": not_recorded,
        }

    def _service_level_sheet(self) -> dict[str, Any] | None:
        if self.target is None or self.service_level is None:
            return None
        target = self.target.target
        return asdict(self.service_level) | {
            "rule": target.rule.value,
            "seconds": target.seconds,
            "target_share": target.share,
        }


def _names(book: Book[Any]) -> dict[str, tuple[str, ...]]:
    return indicators.codes(book)


def _book_of(code: str) -> tuple[str, tuple[str, ...]]:
    for book in (CONTACTS, CALLS, PROMISES):
        if code in (names := _names(book)):
            return code, names[code]
    raise UnknownIndicator(code)


def contact_rows(
    rows: Iterable[Mapping[str, Any]], notifications: Mapping[Any, str]
) -> tuple[ContactFacts, ...]:
    """Return the facts of contacts from plain values, in order of time."""
    return tuple(
        placed(
            ContactFacts(
                key=row["id"],
                started_at=row["started_at"],
                direction=row["direction"],
                outgoing_kind=row["outgoing_kind"],
                channel=row["channel"],
                caller=row["caller"],
                level=row["level"],
                causes=frozenset(row["causes"]),
                children=row["children"],
                under_18=row["under_18"],
                sex=row["sex"],
                first_time=row["counted_first_time"],
                conversation_held=row["conversation_held"],
                plan_state=row["plan_state"],
                outcome=row["outcome"],
                measures=frozenset(row["measures"]),
                minutes=row["minutes"],
                nights=row["nights"],
                notification=notifications.get(row["id"], ""),
                counted_as=row["counted_as"],
            )
            for row in rows
        )
    )
