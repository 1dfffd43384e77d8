"""Contacts written in the columns that are read, in the language of the codes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from lygte.apps.crypto import services as crypto
from lygte.apps.insight.contacts_file.columns import COLUMNS, Kind, lettered
from lygte.domain.time import local

LISTED = "|"
NOT_PSEUDONYMOUS = frozenset({"time", "end", "cpr", "contact"})
PSEUDONYM_BYTES = 8


def header(*, pseudonymous: bool) -> list[str]:
    """Return the heads of the file: without clock times and numbers when pseudonymous."""
    return [column.name for column in _columns(pseudonymous)]


def lines(
    rows: Iterable[Mapping[str, Any]], *, slug: str, numbers: Mapping[UUID, str], pseudonymous: bool
) -> Iterator[list[object]]:
    """Yield a line for each contact."""
    for row in rows:
        told = {} if pseudonymous else numbers
        written = _written(row, slug=slug, numbers=told, use="evaluation" if pseudonymous else "reference")
        yield [written[column.name] for column in _columns(pseudonymous)]


def _columns(pseudonymous: bool) -> list[Any]:
    return [column for column in COLUMNS if not (pseudonymous and column.name in NOT_PSEUDONYMOUS)]


def _written(
    row: Mapping[str, Any], *, slug: str, numbers: Mapping[UUID, str], use: str
) -> dict[str, object]:
    start, end, counted_as = local(row["started_at"]), row["ended_at"], row["counted_as"]
    cells: dict[str, object] = {
        column.name: LISTED.join(sorted(row[column.name])) if column.kind is Kind.CODES else row[column.name]
        for column in COLUMNS
        if column.name in row
    }
    return cells | {
        "service": slug,
        "date": f"{start:%Y-%m-%d}",
        "time": f"{start:%H:%M}",
        "end": f"{local(end):%Y-%m-%d %H:%M}" if end and local(end) >= start else "",
        "first_time": row["counted_first_time"],
        "cpr": numbers.get(counted_as, ""),
        "person": pseudonym(counted_as, use=use) if counted_as else "",
        "contact": lettered(row["id"].bytes),
    }


def pseudonym(person_id: UUID, *, use: str) -> str:
    """Return the pseudonym of a person: keyed, letters only, the same in all files for a use.

    A file with numbers and one for evaluation use different ones, so that neither opens the other.
    """
    return lettered(crypto.blind_for_ever(f"exported_person_{use}", str(person_id))[:PSEUDONYM_BYTES])
