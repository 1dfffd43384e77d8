"""What the page of a month shows: every number a ready string with the address of its rows."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import get_language, gettext, ngettext

from lygte.apps.insight.month import Month
from lygte.domain.indicators import MISSING, MISSING_FIELDS, NOT_RECORDED
from lygte.domain.time import day_of
from lygte.domain.vocab import NOT_STATED
from lygte.interfaces.web.staff.views.month_words import (
    FIELD_WORDS,
    Words,
    decimal,
    difference,
    hour_words,
    percent,
    short_day,
)
from lygte.interfaces.web.ui.components import Bar, bar_chart, heat_step

Cell = dict[str, Any]
LYING = ("by_channel", "by_level", "by_cause", "by_outcome", "by_measure", "by_caller")
SMALL = ("by_sex", "by_children", "by_under_18")
SEVERAL = ("by_cause", "by_measure")


class Page:
    """The parts of one month's page."""

    def __init__(self, month: Month, before: Month, words: Words, *, on_paper: bool = False) -> None:
        self.month = month
        self.before = before
        self.words = words
        self.on_paper = on_paper
        slug = words.service.slug
        self._rows = reverse("staff:month_rows", args=[slug, month.year, month.month, "CODE"])

    def url(self, code: str) -> str:
        """Return the address of the rows behind a number; empty when there are none, and on paper."""
        return self._rows.replace("CODE", code) if self.month.number(code) and not self.on_paper else ""

    def context(self) -> dict[str, Any]:
        """Return everything that the page shows, apart from addresses of other pages."""
        return {
            "figures": self.figures(),
            "compare": self.compare(),
            "breaks": self.breaks(),
            "standing_charts": [self.days(), self.hours(), self.weekdays()],
            "lying_charts": [self.lying(code) for code in LYING],
            "small_charts": [self.lying(code) for code in SMALL],
            "heat": self.heat(),
            "first_time": self.lying("first_time"),
            "persons": self.persons(),
            "calls": self.calls(),
            "promises": self.promises(),
            "outgoing": self.listed("contacts_outgoing", gettext("Why")),
            "notifications": self.listed("notifications", gettext("Decision")),
            "missing": self.missing(),
            "over": self.month.is_over,
            "as_of": self.month.as_of,
        }

    # Key figures

    def figures(self) -> list[dict[str, Any]]:
        """Return the numbers that a leader asks for first."""
        return [
            self._contacts(),
            self._rate("crisis_contacts", gettext("of all contacts"), label=gettext("In crisis")),
            self._answered(),
            self._promised("callbacks_kept", gettext("rung in the promised time"), "callbacks"),
            self._promised(
                "follow_up_rate", gettext("of all follow-ups that were due"), "plan_follow_up", "wellbeing"
            ),
            self._rate("plan_rate", gettext("of crises in person, where a plan is relevant")),
            self._rate("conversation_rate", gettext("of all contacts in crisis")),
            self._stays(),
        ]

    def _contacts(self) -> dict[str, Any]:
        number = self.month.number("contacts_incoming")
        return {
            "label": self.words.title("contacts_incoming"),
            "value": str(number),
            "url": self.url("contacts_incoming"),
            "notes": [
                gettext("{n} a day").format(n=decimal(round(number / self._days(), 1))),
                gettext("{n} against the month before").format(
                    n=difference(number, self.before.number("contacts_incoming"))
                ),
            ],
        }

    def _days(self) -> int:
        last = min(self.month.end, max(self.month.as_of, self.month.start))
        return max(1, (day_of(last) - day_of(self.month.start)).days + (0 if self.month.is_over else 1))

    def _rate(self, code: str, whole: str, *, label: str = "") -> dict[str, Any]:
        value, of = self.month.number(code), self.month.number(f"{code}-of")
        return {
            "label": label or self.words.title(code),
            "value": percent(value, of),
            "url": self.url(code),
            "of_text": gettext("{n} of {of}").format(n=value, of=of),
            "of_url": self.url(f"{code}-of"),
            "notes": [whole],
        }

    def _promised(self, code: str, whole: str, *kinds: str) -> dict[str, Any]:
        made = self._rate(code, whole)
        if still := sum(self.month.number(f"{kind}-open") for kind in kinds):
            made["notes"].append(gettext("{n} still open").format(n=still))
        return made

    def _answered(self) -> dict[str, Any]:
        figure = self._rate("answered_in_time", "")
        standing = self.month.target
        if standing is None:
            return figure | {"value": "–", "notes": [gettext("no target is set for the telephone")]}
        target = standing.target
        aim = gettext("target: {share} % within {n} seconds").format(
            share=round(100 * target.share), n=target.seconds
        )
        level = self.month.service_level
        reached = level.reached if level else None
        verdict = {True: gettext("reached"), False: gettext("not reached"), None: ""}[reached]
        # One decimal: rounded to whole per cent, a target just missed would look reached.
        share = level.share if level else None
        return figure | {
            "value": "–" if share is None else gettext("{n} %").format(n=decimal(round(100 * share, 1))),
            "notes": [aim],
            "pill": "" if standing.is_adopted else gettext("proposed, not adopted"),
            "verdict": verdict,
            "verdict_tone": "ok" if reached else "warn",
        }

    def _stays(self) -> dict[str, Any]:
        stays, long = self.month.number("overnight-stays"), self.month.number("overnight-long_stays")
        nights = self.month.nights
        return {
            "label": self.words.title("overnight"),
            "value": str(stays),
            "url": self.url("overnight-stays"),
            "notes": [
                ngettext("{n} night in all", "{n} nights in all", nights).format(n=nights),
                gettext("{n} of eight nights or more").format(n=long),
            ],
        }

    def compare(self) -> dict[str, Any]:
        """Return the month against the one before: plain differences, no trend."""
        rows = [self._compared(code) for code in ("contacts_incoming", "persons", "one_time", "multi_time")]
        rows.append(self._nights())
        rates = ("crisis_contacts", "answered_in_time", "callbacks_kept", "follow_up_rate", "plan_rate")
        rows += [self._compared_rate(code) for code in (*rates, "conversation_rate", "anonymous_share")]
        heads = (gettext("This month"), gettext("The month before"), gettext("Difference"))
        return table(gettext("Against the month before"), [gettext("Key figure"), *heads], rows)

    def _compared(self, code: str) -> list[Cell]:
        now, before = self.month.number(code), self.before.number(code)
        return [
            cell(self.words.title(code)),
            number(now, self.url(code)),
            number(before),
            figure(difference(now, before)),
        ]

    def _nights(self) -> list[Cell]:
        now, before = self.month.nights, self.before.nights
        url = self.url("overnight-nights")
        return [
            cell(self.words.title("nights")),
            number(now, url),
            number(before),
            figure(difference(now, before)),
        ]

    def _compared_rate(self, code: str) -> list[Cell]:
        shares = [(one.number(code), one.number(f"{code}-of")) for one in (self.month, self.before)]
        both = all(of for _value, of in shares)
        points = [round(100 * value / of) if of else 0 for value, of in shares]
        change = gettext("{n} points").format(n=difference(points[0], points[1])) if both else "–"
        (now, now_of), (before, before_of) = shares
        return [
            cell(self.words.title(code)),
            figure(percent(now, now_of), self.url(code)),
            figure(percent(before, before_of)),
            figure(change),
        ]

    def breaks(self) -> list[dict[str, str]]:
        """Return the changes of practice of the month and of the one before, which make numbers unlike."""
        english = get_language() == "en"
        return [
            {"day": short_day(row.on), "note": (row.note_en if english else "") or row.note_da}
            for row in (*self.before.practice, *self.month.practice)
        ]

    # Charts

    def days(self) -> dict[str, Any]:
        """Return contacts day by day, with a line where practice changed."""
        changed = {row.on.day for row in self.month.practice}
        last = (day_of(self.month.end) - day_of(self.month.start)).days
        bars = [
            self._bar(
                f"by_day-{day}", str(day), break_before=gettext("new practice") if day in changed else ""
            )
            for day in range(1, last + 1)
        ]
        return self._chart("by_day", bars, kind="columns", every=2, label_head=gettext("Day"))

    def hours(self) -> dict[str, Any]:
        """Return contacts by hour, those in crisis marked."""
        bars = [
            self._bar(f"by_hour-{hour}", hour_words(hour), part=self.month.number(f"crisis_by_hour-{hour}"))
            for hour in range(24)
        ]
        return self._chart(
            "by_hour",
            bars,
            kind="columns",
            every=3,
            label_head=gettext("Hour"),
            part_label=gettext("in crisis"),
            whole_label=gettext("not in crisis, or level missing"),
        )

    def weekdays(self) -> dict[str, Any]:
        """Return contacts by day of the week."""
        bars = [self._bar(f"by_weekday-{day}", str(WEEKDAYS_ABBR[day])) for day in range(7)]
        return self._chart("by_weekday", bars, kind="columns", label_head=gettext("Day"))

    def lying(self, code: str) -> dict[str, Any]:
        """Return a breakdown as lying bars: values by size, then both kinds of missing."""
        parts = self.month.parts(code)
        missing = sum(parts.get(part, 0) for part in MISSING)
        values = [part for part in parts if part not in MISSING]
        if code in (*SEVERAL, "by_channel", "by_caller"):
            values.sort(key=lambda part: -parts[part])
        bars = [self._bar(f"{code}-{part}", self.words.part(code, part)) for part in values]
        bars += [
            self._bar(f"{code}-{part}", self.words.part(code, part), missing=True)
            for part in MISSING
            if part in parts
        ]
        several = gettext("One contact may be counted under several.") if code in SEVERAL else ""
        n = self.month.number("contacts_incoming") - missing
        table_beside = not self.on_paper  # the bars carry their numbers
        return self._chart(code, bars, n=n, missing=missing, note=several, with_table=table_beside)

    def _bar(self, code: str, label: str, **more: Any) -> Bar:
        return Bar(label, self.month.number(code), url=self.url(code), **more)

    def _chart(self, code: str, bars: list[Bar], *, n: int | None = None, **more: Any) -> dict[str, Any]:
        return bar_chart(
            code,
            title=self.words.title(code),
            bars=bars,
            n=self.month.number("contacts_incoming") if n is None else n,
            value_head=gettext("Contacts"),
            **{"label_head": gettext("Which"), **more},
        )

    def heat(self) -> dict[str, Any]:
        """Return day of the week against hour; a darker cell holds more contacts."""
        largest = max(self.month.parts("by_weekday_hour").values(), default=0)
        rows = [
            {
                "label": self.words.part("by_weekday", str(day)),
                "cells": [self._heat_cell(f"by_weekday_hour-{day}_{hour}", largest) for hour in range(24)],
                "sum": self.month.number(f"by_weekday-{day}"),
                "url": self.url(f"by_weekday-{day}"),
            }
            for day in range(7)
        ]
        return {"hours": list(range(24)), "rows": rows, "n": self.month.number("contacts_incoming")}

    def _heat_cell(self, code: str, largest: int) -> dict[str, Any]:
        value = self.month.number(code)
        return {
            "value": value,
            "url": self.url(code),
            "step": heat_step(value, largest),
            "label": f"{self.words.part(*code.split('-'))}: {value}",
        }

    # Tables

    def persons(self) -> dict[str, Any]:
        """Return the person level: whom the contacts of the month count as."""
        codes = ("persons", "one_time", "multi_time", "contacts_without_person")
        rows = [
            [cell(self.words.title(code)), number(self.month.number(code), self.url(code))] for code in codes
        ]
        return table(gettext("Persons in the month"), [gettext("Who"), gettext("Number")], rows)

    def calls(self) -> dict[str, Any] | None:
        """Return the calls that the service level is made of, with the rule in words."""
        standing = self.month.target
        if standing is None:
            return None
        return {
            "rule": standing.target.rule,
            "short_seconds": standing.target.short_seconds,
            "adopted_by": standing.adopted_by if standing.is_adopted else "",
            "adopted_on": standing.adopted_on,
            "table": self.listed("service_level", gettext("Calls"), value_head=gettext("Number")),
        }

    def promises(self) -> dict[str, Any]:
        """Return what was promised and what became of it."""
        heads = [
            gettext("Due"),
            gettext("In time"),
            gettext("Late"),
            gettext("Declined"),
            gettext("Decided by name"),
            gettext("Still open"),
        ]
        rows = [
            [cell(self.words.title(code)), *self._numbers(code, parts)]
            for code, parts in (
                ("callbacks", ("promised", "kept_in_window", "kept_late", "declined", "decided", "open")),
                ("plan_follow_up", ("due", "done_in_window", "done_late", "declined", "decided", "open")),
                ("wellbeing", ("due", "done_in_window", "done_late", "declined", "decided", "open")),
            )
        ]
        return table(gettext("Promises that were due in the month"), [gettext("Promise"), *heads], rows)

    def missing(self) -> dict[str, Any]:
        """Return, for each field, how many contacts lack it, and in which way."""
        heads = (
            gettext("Applies to"),
            gettext("With a value"),
            gettext("Not stated"),
            gettext("Not recorded"),
            gettext("Missing"),
        )
        rows = []
        for field in MISSING_FIELDS:
            counted = self.month.missing(field)
            lacking = counted["not_stated"] + counted["not_recorded"]
            parts = ("stated", NOT_STATED, NOT_RECORDED)
            rows.append(
                [
                    cell(str(FIELD_WORDS[field])),
                    number(counted["of"]),
                    *self._numbers(f"missing_{field}", parts),
                    figure(percent(lacking, counted["of"])),
                ]
            )
        return table(gettext("What is not known"), [gettext("Field"), *heads], rows)

    def _numbers(self, code: str, parts: Iterable[str]) -> list[Cell]:
        return [number(self.month.number(f"{code}-{part}"), self.url(f"{code}-{part}")) for part in parts]

    def listed(self, code: str, head: str, *, value_head: str = "") -> dict[str, Any]:
        """Return a breakdown as a table of two columns."""
        parts: Mapping[str, int] = self.month.parts(code)
        rows = [
            [cell(self.words.part(code, part)), number(value, self.url(f"{code}-{part}"))]
            for part, value in parts.items()
        ]
        return table(self.words.title(code), [head, value_head or gettext("Number")], rows)


def cell(text: str) -> Cell:
    """Return a cell of words."""
    return {"text": text, "url": "", "numeric": False, "missing": ""}


def figure(text: str, url: str = "") -> Cell:
    """Return a cell with a number that is written already."""
    return {"text": text, "url": url, "numeric": True, "missing": ""}


def number(value: int, url: str = "") -> Cell:
    """Return a cell with a number and the address of its rows."""
    return figure(str(value), url)


def table(caption: str, heads: Iterable[str], rows: list[list[Cell]]) -> dict[str, Any]:
    """Return the dict of ui/table.html; the card has the caption as its heading, so the table hides it."""
    return {
        "caption": caption,
        "caption_hidden": True,
        "columns": [{"label": head, "numeric": place > 0} for place, head in enumerate(heads)],
        "rows": [{"class": "", "cells": cells} for cells in rows],
        "foot": [],
    }
