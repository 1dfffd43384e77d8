"""A row of text as the values of a contact, with everything that is wrong in it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from lygte.apps.contacts import fields as contact_fields
from lygte.apps.insight.contacts_file.columns import COLUMNS, Column, Kind, code_of
from lygte.apps.insight.contacts_file.problems import Problem, Wrong
from lygte.apps.insight.contacts_file.reading import Row
from lygte.domain.ids import CprError, parse_cpr
from lygte.domain.time import at_local, day_of
from lygte.domain.vocab import CodeList, Direction, Measure

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

CONTACT_FIELDS = frozenset({one.name for one in COLUMNS if one.kind in (Kind.CODE, Kind.CODES, Kind.NUMBER)})
LONGEST = 300
LONGEST_REFERENCE = 64
EARLIEST_YEAR = 1990
FORMULA = re.compile(r"^[=+@\t]|^-\D")
LIKE_CPR = re.compile(r"(?<!\d)\d{6}[\s.\-\u2010-\u2015]?\d{4}(?!\d)")
DATES = (
    re.compile(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/. ](?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
)
CLOCK = re.compile(r"(?P<h>\d{1,2})[.:](?P<min>\d{2})(?:[.:]\d{2})?")
SEPARATOR = re.compile(r"[|,]")


@dataclass(frozen=True, slots=True)
class Past:
    """What a row says: the values of the contact, and by what its person goes."""

    row: int
    started_at: datetime
    ended_at: datetime | None
    values: Mapping[str, Any]
    cpr: str = field(default="", repr=False)
    reference: str = field(default="", repr=False)
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What rows are checked against."""

    service: "Service"
    now: datetime
    own_codes: Mapping[CodeList, Set[str]]
    allow_invented: bool = False


class _Wrong(Exception):
    def __init__(self, wrong: Wrong) -> None:
        self.wrong = wrong


def check(rows: Iterable[Row], rules: Rules) -> Iterator[Past | list[Problem]]:
    """Yield, for each row, what it says, or everything that is wrong in it."""
    for row in rows:
        checker = _Checker(row, rules)
        past = checker.past()
        yield checker.problems if past is None else past


class _Checker:
    def __init__(self, row: Row, rules: Rules) -> None:
        self.row = row
        self.rules = rules
        self.problems: list[Problem] = []
        self.values: dict[str, Any] = {}

    def past(self) -> Past | None:
        if not self.row.fits:
            self._note("", Wrong.CELLS)
            return None
        for column in COLUMNS:
            try:
                self.values[column.name] = self._value(column, self.row.cells.get(column.name, ""))
            except _Wrong as problem:
                self._note(column.name, problem.wrong)
        if not self.problems:
            self._times()
            self._together()
        return None if self.problems else self._made()

    def _note(self, column: str, wrong: Wrong) -> None:
        self.problems.append(Problem(self.row.number, column, wrong))

    def _value(self, column: Column, text: str) -> Any:
        if not text:
            if column.required:
                raise _Wrong(Wrong.REQUIRED)
            return [] if column.kind is Kind.CODES else None if column.kind is Kind.NUMBER else ""
        self._harmless(column, text)
        return _READERS[column.kind](self, column, text)

    def _harmless(self, column: Column, text: str) -> None:
        if column.kind is not Kind.CPR and LIKE_CPR.search(text):
            raise _Wrong(Wrong.CPR_HERE)
        if FORMULA.match(text):
            raise _Wrong(Wrong.FORMULA)
        if len(text) > LONGEST:
            raise _Wrong(Wrong.TOO_LONG)

    def _service(self, column: Column, text: str) -> str:
        ours = (self.rules.service.slug.casefold(), self.rules.service.name.casefold())
        if text.casefold() not in ours:
            raise _Wrong(Wrong.OTHER_SERVICE)
        return ""

    def _code(self, column: Column, text: str) -> str:
        code = code_of(column.codes, text) if column.codes else None
        if code is None:
            raise _Wrong(Wrong.CODE)
        return code

    def _codes(self, column: Column, text: str) -> list[str]:
        own = self.rules.own_codes.get(column.code_list, frozenset()) if column.code_list else frozenset()
        whole = code_of(column.codes, text, own=own) if column.codes else None
        parts = [text] if whole else [part for part in SEPARATOR.split(text) if part.strip()]
        found = [code_of(column.codes, part, own=own) for part in parts if column.codes]
        if None in found or not found:
            raise _Wrong(Wrong.CODE)
        stored: list[str] = contact_fields.stored(column.name, found, extra=own)
        return stored

    def _number(self, column: Column, text: str) -> int:
        most = contact_fields.NUMBERS[column.name]
        if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= most):
            raise _Wrong(Wrong.NUMBER)
        return int(text)

    def _cpr(self, column: Column, text: str) -> str:
        try:
            today = day_of(self.rules.now)
            return parse_cpr(text, today=today, allow_invented=self.rules.allow_invented).digits
        except CprError:
            raise _Wrong(Wrong.CPR) from None

    def _reference(self, column: Column, text: str) -> str:
        if len(text) > LONGEST_REFERENCE:
            raise _Wrong(Wrong.TOO_LONG)
        return text

    def _date(self, column: Column, text: str) -> date:
        return _date_of(text, Wrong.DATE)

    def _clock(self, column: Column, text: str) -> time:
        return _clock_of(text, Wrong.CLOCK)

    def _end(self, column: Column, text: str) -> tuple[date | None, time]:
        day, _space, clock = text.replace("T", " ").rpartition(" ")
        return (_date_of(day, Wrong.END) if day else None), _clock_of(clock, Wrong.END)

    def _times(self) -> None:
        day, clock = self.values.pop("date"), self.values.pop("time")
        self.started_at = at_local(day, clock)
        self.ended_at = None
        end = self.values.pop("end")
        if self.started_at > self.rules.now:
            self._note("date", Wrong.FUTURE)
        if end:
            self.ended_at = at_local(end[0] or day, end[1])
            if self.ended_at < self.started_at:
                self._note("end", Wrong.END_BEFORE_START)
            elif self.ended_at > self.rules.now:
                self._note("end", Wrong.FUTURE)

    def _together(self) -> None:
        values = self.values
        values["direction"] = values["direction"] or Direction.INCOMING.value
        outgoing = values["direction"] == Direction.OUTGOING
        if outgoing and not values["outgoing_kind"]:
            self._note("outgoing_kind", Wrong.KIND_MISSING)
        if not outgoing and values["outgoing_kind"]:
            self._note("outgoing_kind", Wrong.KIND_TOO_MANY)
        if values["nights"] and Measure.OVERNIGHT.value not in values["measures"]:
            self._note("nights", Wrong.NIGHTS)

    def _made(self) -> Past:
        values = {name: value for name, value in self.values.items() if name in CONTACT_FIELDS}
        return Past(
            row=self.row.number,
            started_at=self.started_at,
            ended_at=self.ended_at,
            values=values,
            cpr=self.values["cpr"],
            reference=self.values["person"],
            contact=self.values["contact"],
        )


def _date_of(text: str, wrong: Wrong) -> date:
    for pattern in DATES:
        if found := pattern.fullmatch(text):
            try:
                day = date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                raise _Wrong(wrong) from None
            if day.year >= EARLIEST_YEAR:
                return day
    raise _Wrong(wrong)


def _clock_of(text: str, wrong: Wrong) -> time:
    found = CLOCK.fullmatch(text)
    if not found or int(found["h"]) > 23 or int(found["min"]) > 59:
        raise _Wrong(wrong)
    return time(int(found["h"]), int(found["min"]))


_READERS: Mapping[Kind, Any] = {
    Kind.SERVICE: _Checker._service,
    Kind.DATE: _Checker._date,
    Kind.CLOCK: _Checker._clock,
    Kind.END: _Checker._end,
    Kind.CODE: _Checker._code,
    Kind.CODES: _Checker._codes,
    Kind.NUMBER: _Checker._number,
    Kind.CPR: _Checker._cpr,
    Kind.REFERENCE: _Checker._reference,
}


def end_of(past: Past) -> datetime:
    """Return when a contact ended: as written, or after its minutes."""
    return past.ended_at or past.started_at + timedelta(minutes=past.values["minutes"] or 0)
