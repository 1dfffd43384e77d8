"""The month as one tidy CSV file: a line for each number."""

from collections.abc import Iterator
from typing import Any

from lygte.apps.insight import csv_files
from lygte.apps.insight.month import BREAKDOWNS, NUMBERS, RATES, Month
from lygte.domain.indicators import MISSING, MISSING_FIELDS
from lygte.interfaces.web.staff.views.month_words import FIELD_WORDS, Words

HEADER = ("service", "month", "indicator", "part", "value", "of", "n", "not_stated", "not_recorded", "words")
Line = tuple[object, ...]
MORE_RATES = ("crisis_contacts", "answered_in_time", "callbacks_kept")
MORE_BREAKDOWNS = (
    "by_day",
    "crisis_by_hour",
    "service_level",
    "callbacks",
    "plan_follow_up",
    "wellbeing",
)


def text(month: Month, words: Words) -> str:
    """Return the whole file as text. Codes are stable; the last column says them in the reader's language."""
    which = (words.service.slug, f"{month.year}-{month.month:02d}")
    return csv_files.table(HEADER, ((*which, *line) for line in _lines(month, words)))


def _lines(month: Month, words: Words) -> Iterator[Line]:
    for code in NUMBERS:
        if code not in MORE_RATES:
            yield _line(code, value=month.number(code), words=words.title(code))
    for code in (*RATES, *MORE_RATES):
        of = month.number(f"{code}-of")
        yield _line(code, value=month.number(code), of=of, words=words.title(code))
    yield from _time(month, words)
    yield from _stays(month, words)
    for code in (*BREAKDOWNS, *MORE_BREAKDOWNS):
        yield from _breakdown(month, words, code)
    for field in MISSING_FIELDS:
        counted: dict[str, Any] = month.missing(field)
        yield _line(f"missing_{field}", value=None, words=str(FIELD_WORDS[field]), **counted)


def _time(month: Month, words: Words) -> Iterator[Line]:
    time = month.minutes
    for part, value in (("mean", time.mean), ("median", time.median)):
        yield _line(
            "minutes",
            part=part,
            value=value,
            n=time.n,
            not_recorded=time.missing,
            words=words.title("minutes"),
        )


def _stays(month: Month, words: Words) -> Iterator[Line]:
    for part in ("stays", "long_stays"):
        code = f"overnight-{part}"
        yield _line("overnight", part=part, value=month.number(code), words=words.title(code))
    recorded = month.missing("nights")
    yield _line(
        "overnight",
        part="nights",
        value=month.nights,
        n=recorded["n"],
        not_recorded=recorded["not_recorded"],
        words=words.title("nights"),
    )


def _breakdown(month: Month, words: Words, code: str) -> Iterator[Line]:
    parts = month.parts(code)
    missing: dict[str, Any] = {part: parts[part] for part in MISSING if part in parts}
    if missing:
        missing["n"] = month.number("contacts_incoming") - sum(missing.values())
    for part, value in parts.items():
        yield _line(code, part=part, value=value, words=words.title(f"{code}-{part}"), **missing)


def _line(
    indicator: str,
    *,
    value: object,
    words: str,
    part: str = "",
    of: int | None = None,
    n: int | None = None,
    not_stated: int | None = None,
    not_recorded: int | None = None,
) -> Line:
    return (indicator, part, value, of, n, not_stated, not_recorded, words)
