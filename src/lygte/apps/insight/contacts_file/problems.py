"""What can be wrong with a file, where, and what to do. A cell is never repeated: it may hold a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lygte.apps.insight import csv_files
from lygte.apps.insight.contacts_file.columns import BY_NAME


class Wrong(StrEnum):
    """What is wrong with a cell or a row."""

    REQUIRED = "required"
    CODE = "code"
    DATE = "date"
    FUTURE = "future"
    CLOCK = "clock"
    END = "end"
    END_BEFORE_START = "end_before_start"
    NUMBER = "number"
    CPR = "cpr"
    CPR_HERE = "cpr_here"
    FORMULA = "formula"
    TOO_LONG = "too_long"
    CELLS = "cells"
    KIND_MISSING = "kind_missing"
    KIND_TOO_MANY = "kind_too_many"
    NIGHTS = "nights"
    OTHER_SERVICE = "other_service"


class FileWrong(StrEnum):
    """What is wrong with a file as a whole."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    SPREADSHEET = "spreadsheet"
    NOT_TEXT = "not_text"
    NO_HEAD = "no_head"
    HEAD_UNKNOWN = "head_unknown"
    HEAD_TWICE = "head_twice"
    HEAD_MISSING = "head_missing"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in one row. Rows are numbered as in a spreadsheet; the head is row 1."""

    row: int
    column: str
    wrong: Wrong


class FileProblem(Exception):
    """The file cannot be read at all. Holds the place as a number, and names of our own columns only."""

    def __init__(self, wrong: FileWrong, *, place: int = 0, column: str = "", limit: int = 0) -> None:
        super().__init__(wrong.value)
        self.wrong = wrong
        self.place = place
        self.column = column
        self.limit = limit


WORDS: dict[Wrong, Promise | str] = {
    Wrong.REQUIRED: _("is empty. Fill it in: a contact cannot be counted without it."),
    Wrong.CODE: _("holds a word that is not known. Use one of the words in the description of the file."),
    Wrong.DATE: _("is not a date. Write it as 28-11-2025 or 2025-11-28."),
    Wrong.FUTURE: _("lies in the future. Correct the date or the time."),
    Wrong.CLOCK: _("is not a time. Write it as 20.30 or 20:30."),
    Wrong.END: _("is neither a time nor a date with a time. Write 20.30, or 28-11-2025 20.30."),
    Wrong.END_BEFORE_START: _(
        "lies before the contact began. When it ended after midnight, write the date as well as the time."
    ),
    Wrong.NUMBER: _("is not a whole number that can be right. Write digits only, or leave it empty."),
    Wrong.CPR: _("is not a civil registration number. Correct it, or leave it empty: it is never needed."),
    Wrong.CPR_HERE: _("looks like a civil registration number. Move it to the column cpr, or take it out."),
    Wrong.FORMULA: _("begins like a formula. Write the value itself."),
    Wrong.TOO_LONG: _("is too long. Free text is not brought in; put a code here."),
    Wrong.CELLS: _("has another number of cells than the first row. Look for a missing or extra separator."),
    Wrong.KIND_MISSING: _("is empty, but the contact is from us. Say why we contacted the person."),
    Wrong.KIND_TOO_MANY: _("is filled in, but the contact is to us. Leave it empty or change the direction."),
    Wrong.NIGHTS: _(
        "is filled in, but no overnight stay is among the measures. Add it or leave the nights out."
    ),
    Wrong.OTHER_SERVICE: _("names another service than the one that you bring contacts into."),
}
FILE_WORDS: dict[FileWrong, Promise | str] = {
    FileWrong.EMPTY: _("The file is empty."),
    FileWrong.TOO_LARGE: _("The file is larger than {limit} MB. Divide it, for instance by year."),
    FileWrong.TOO_MANY_ROWS: _("The file has more than {limit} rows. Divide it, for instance by year."),
    FileWrong.SPREADSHEET: _(
        "This is a spreadsheet. Save it as CSV (separated by semicolons) and use that file."
    ),
    FileWrong.NOT_TEXT: _("The file is not text in UTF-8 or Windows coding. Save it as CSV with UTF-8."),
    FileWrong.NO_HEAD: _(
        "The first row does not hold the names of the columns, separated by semicolon, comma or tabulator."
    ),
    FileWrong.HEAD_UNKNOWN: _(
        "The name of column {place} is not known. Correct the name, or take the column out of the file."
    ),
    FileWrong.HEAD_TWICE: _("The column {column} is there twice. Take one of them out."),
    FileWrong.HEAD_MISSING: _("The column {column} is missing. It must be in the file."),
    FileWrong.BROKEN: _("Row {place} cannot be read. Look for a quotation mark that is not closed."),
}


def column_name(name: str) -> str:
    """Return the name of a column as the reader would write it."""
    if not name:
        return gettext("the row")
    return name if get_language() == "en" else BY_NAME[name].danish


def words(problem: Problem) -> str:
    """Return a problem as a sentence: row, column, what is wrong, what to do."""
    return gettext("Row {row}, {column}: {wrong}").format(
        row=problem.row, column=column_name(problem.column), wrong=WORDS[problem.wrong]
    )


def as_file(problems: Sequence[Problem]) -> str:
    """Return every problem as a CSV file: row, column, code, what is wrong and what to do."""
    lines = [(one.row, column_name(one.column), one.wrong.value, str(WORDS[one.wrong])) for one in problems]
    return csv_files.table(("row", "column", "code", "problem"), lines)


def file_words(problem: FileProblem) -> str:
    """Return what is wrong with a whole file, as a sentence."""
    column = column_name(problem.column) if problem.column else ""
    return str(FILE_WORDS[problem.wrong]).format(place=problem.place, column=column, limit=problem.limit)
