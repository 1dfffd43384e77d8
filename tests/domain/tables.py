"""Reads the Markdown tables of the documentation, which the tests check row by row."""

from datetime import date, datetime, time
from pathlib import Path

from lygte.domain.time import at_local

DOCS = Path(__file__).resolve().parents[2] / "docs" / "explanation"
Row = dict[str, str]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def rows(document: str, *, first_column: str, second_column: str) -> list[Row]:
    """Return the rows of the table whose header begins with these two columns."""
    lines = [line.strip() for line in (DOCS / document).read_text(encoding="utf-8").splitlines()]
    for number, line in enumerate(lines):
        if line.startswith("|") and _cells(line)[:2] == [first_column, second_column]:
            header = _cells(line)
            body = lines[number + 2 :]
            end = next((n for n, each in enumerate(body) if not each.startswith("|")), len(body))
            return [dict(zip(header, _cells(each), strict=True)) for each in body[:end]]
    raise LookupError(f"{document} has no table that begins with {first_column}, {second_column}")


def moment(text: str) -> datetime:
    """Return the UTC moment of a Danish local time such as 2026-11-20 22:00."""
    day, clock = text.split()
    return at_local(date.fromisoformat(day), time.fromisoformat(clock))
