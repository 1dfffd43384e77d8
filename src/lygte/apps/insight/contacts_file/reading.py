"""A file of bytes as rows of text: its coding, its separator and its head. It is never held in memory."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from lygte.apps.insight.contacts_file.columns import REQUIRED, Column, column_of
from lygte.apps.insight.contacts_file.problems import FileProblem, FileWrong

MEGABYTE = 1024 * 1024
CHUNK = 64 * 1024
DELIMITERS = (";", ",", "\t")
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
LONGEST_HEAD = 4096
# What no text holds; Windows-1252 would take most of them for letters.
NOT_IN_TEXT = frozenset(chr(code) for code in (*range(9), 11, 12, *range(14, 32), 127))


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file that is read."""

    megabytes: int = 50
    rows: int = 50_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row by column, with its number in a spreadsheet. `fits`: it has as many cells as the head."""

    number: int
    cells: dict[str, str]
    fits: bool


def read(file: BinaryIO, *, limits: Limits) -> Iterator[Row]:
    """Yield the rows that hold something. Raises `FileProblem`, before any row where it can be told."""
    coding = _coding(file, limits)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=coding, newline="")
    try:
        yield from _rows(text, limits)
    finally:
        text.detach()


def _coding(file: BinaryIO, limits: Limits) -> str:
    """Return how the file is coded, having looked at all of it."""
    file.seek(0)
    start = file.read(4)
    if not start:
        raise FileProblem(FileWrong.EMPTY)
    if start.startswith(SPREADSHEETS):
        raise FileProblem(FileWrong.SPREADSHEET)
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for coding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        if _is_text(file, coding, limits):
            return coding
    raise FileProblem(FileWrong.NOT_TEXT)


def _is_text(file: BinaryIO, coding: str, limits: Limits) -> bool:
    file.seek(0)
    decoder, size = codecs.getincrementaldecoder(coding)(), 0
    try:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > limits.megabytes * MEGABYTE:
                raise FileProblem(FileWrong.TOO_LARGE, limit=limits.megabytes)
            if not NOT_IN_TEXT.isdisjoint(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _rows(text: io.TextIOWrapper, limits: Limits) -> Iterator[Row]:
    delimiter = _delimiter(text)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    head: list[Column] | None = None
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            raise FileProblem(FileWrong.BROKEN, place=number) from None
        if head is None:
            head = _head(cells)
        elif number - 1 > limits.rows:
            raise FileProblem(FileWrong.TOO_MANY_ROWS, limit=limits.rows)
        elif any(cell.strip() for cell in cells):
            named = {column.name: cell.strip() for column, cell in zip(head, cells, strict=False)}
            yield Row(number, named, fits=len(cells) == len(head))
    if head is None:
        raise FileProblem(FileWrong.EMPTY)


def _delimiter(text: io.TextIOWrapper) -> str:
    """Return the separator by which the first row holds most of the names that we know."""
    first = text.readline(LONGEST_HEAD)
    text.seek(0)
    known = {
        sign: sum(column_of(part.strip('"\r\n')) is not None for part in first.split(sign))
        for sign in DELIMITERS
    }
    best = max(DELIMITERS, key=lambda sign: known[sign])
    if known[best] < len(REQUIRED) - 1:
        raise FileProblem(FileWrong.NO_HEAD)
    return best


def _head(cells: list[str]) -> list[Column]:
    columns: list[Column] = []
    for place, text in enumerate(cells, 1):
        column = column_of(text)
        if column is None:
            raise FileProblem(FileWrong.HEAD_UNKNOWN, place=place)
        if column in columns:
            raise FileProblem(FileWrong.HEAD_TWICE, column=column.name)
        columns.append(column)
    for column in REQUIRED:
        if column not in columns:
            raise FileProblem(FileWrong.HEAD_MISSING, column=column.name)
    return columns
