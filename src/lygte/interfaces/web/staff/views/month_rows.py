"""The rows behind a number of the month."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from lygte.apps.core.labels import word
from lygte.apps.insight import services
from lygte.domain.access import Action
from lygte.domain.contact_facts import CallFacts, ContactFacts, Fate, PromiseRow
from lygte.domain.indicators import UnknownIndicator
from lygte.domain.time import local
from lygte.domain.vocab import NOT_STATED, PromiseKind
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views.month import require_month
from lygte.interfaces.web.staff.views.month_page import Cell, cell, figure, table
from lygte.interfaces.web.staff.views.month_words import Words, of_month
from lygte.interfaces.web.ui.templatetags.ui import clock_time, danish_day, minutes

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

PAGE = 200


@require_GET
@staff(Action.MONTH_SEE)
def month_rows(
    request: StaffRequest, service: "Service", year: int, month: int, indicator: str
) -> HttpResponse:
    """The rows behind one number: with links for who may open contacts, pseudonymous for an evaluator."""
    require_month(year, month, now=request.now)
    words = Words(service)
    try:
        seen = services.see_rows(
            actor=request.actor, now=request.now, service=service, year=year, month=month, indicator=indicator
        )
        title = words.title(indicator)
    except (UnknownIndicator, KeyError) as problem:
        raise Http404("no such number") from problem
    side = _side(request)
    shown = seen.rows[side * PAGE : (side + 1) * PAGE]
    return render(
        request,
        "staff/month/rows.html",
        {
            "title": title,
            "month_name": of_month(seen.month),
            "service_name": service.name,
            "total": len(seen.rows),
            "table": _table(shown, words, with_links=seen.with_links, title=title),
            "pseudonymous": not seen.with_links,
            "page_url": reverse("staff:month_of", args=[service.slug, year, month]),
            "newer": f"?side={side - 1}" if side else "",
            "older": f"?side={side + 1}" if len(seen.rows) > (side + 1) * PAGE else "",
        },
    )


def _side(request: StaffRequest) -> int:
    text = request.GET.get("side", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _table(rows: Iterable[Any], words: Words, *, with_links: bool, title: str) -> dict[str, Any]:
    listed = list(rows)
    first = listed[0] if listed else None
    heads, line = (
        _CALLS if isinstance(first, CallFacts) else _PROMISES if isinstance(first, PromiseRow) else _CONTACTS
    )
    made = table(title, heads(), [line(row, words, with_links) for row in listed])
    for column in made["columns"]:
        column["numeric"] = column["label"] in _numeric()
    return made


def _numeric() -> set[str]:
    return {gettext("Minutes"), gettext("Contacts in the month"), gettext("Waited")}


def _moment(at: datetime, with_links: bool) -> str:
    """Return a moment; rounded to the hour for whoever must not recognise anybody."""
    clock = clock_time(at) if with_links else f"{local(at):%H}"
    return gettext("{day} at {time}").format(day=danish_day(at), time=clock).replace(" ", "\u00a0")


def _when(at: datetime, with_links: bool, url: str) -> Cell:
    return cell(_moment(at, with_links)) | {"url": url if with_links else ""}


def _coded(words: Words, code: str, value: str) -> Cell:
    if not value:
        return cell(word(PromiseKind, "")) | {"missing": "not-recorded"}
    return cell(words.part(code, value)) | {"missing": "not-stated" if value == NOT_STATED else ""}


def _coded_list(words: Words, code: str, values: frozenset[str]) -> Cell:
    if not values:
        return _coded(words, code, "")
    return cell(words.codes(code, values)) | {"missing": "not-stated" if values == {NOT_STATED} else ""}


def _number(value: int | None) -> Cell:
    if value is None:
        return figure(word(PromiseKind, "")) | {"missing": "not-recorded"}
    return figure(str(value))


def _contact_heads() -> list[str]:
    return [
        gettext("When"),
        gettext("Way of contact"),
        gettext("Who"),
        gettext("Severity"),
        gettext("What it is about"),
        gettext("At the end"),
        gettext("Agreed or did"),
        gettext("Minutes"),
        gettext("Contacts in the month"),
    ]


def _contact_line(row: ContactFacts, words: Words, with_links: bool) -> list[Cell]:
    url = reverse("staff:contact", args=[row.key]) if with_links else ""
    channel = "by_channel" if row.is_incoming else "contacts_outgoing"
    return [
        _when(row.started_at, with_links, url),
        _coded(words, channel, row.channel if row.is_incoming else row.outgoing_kind),
        _coded(words, "by_caller", row.caller),
        _coded(words, "by_level", row.level),
        _coded_list(words, "by_cause", row.causes),
        _coded(words, "by_outcome", row.outcome),
        _coded_list(words, "by_measure", row.measures),
        _number(row.minutes),
        _number(row.of_person or None) if row.counted_as else figure(gettext("no person")),
    ]


def _call_heads() -> list[str]:
    return [gettext("Rang"), gettext("Waited"), gettext("What happened")]


def _call_line(row: CallFacts, words: Words, with_links: bool) -> list[Cell]:
    url = reverse("staff:contact", args=[row.contact_id]) if with_links and row.contact_id else ""
    waited = row.waited_seconds
    return [
        _when(row.record.rang_at, with_links, url),
        figure("–" if waited is None else minutes(waited)),
        cell(_call_fate(row, words)),
    ]


def _call_fate(row: CallFacts, words: Words) -> str:
    level = row.level
    if level.answered:
        return gettext("answered in time") if level.answered_within else gettext("answered late")
    if level.abandoned:
        kind = (
            "abandoned_short" if level.abandoned_short else "abandoned_late" if level.abandoned_late else ""
        )
        said = {
            "abandoned_short": gettext("hung up at once"),
            "abandoned_late": gettext("hung up after the target"),
        }
        return said.get(kind, gettext("hung up before the target"))
    return words.part("service_level", "still_waiting")


def _promise_heads() -> list[str]:
    return [gettext("Due"), gettext("Promise"), gettext("What became of it"), gettext("Ended")]


def _promise_line(row: PromiseRow, words: Words, with_links: bool) -> list[Cell]:
    url = reverse("staff:promise", args=[row.key]) if with_links else ""
    return [
        _when(row.due, with_links, url),
        cell(word(PromiseKind, row.kind)),
        cell(_promise_fate(row)),
        cell(_moment(row.closed_at, with_links) if row.closed_at else "–"),
    ]


def _promise_fate(row: PromiseRow) -> str:
    return {
        Fate.IN_WINDOW: gettext("kept in time"),
        Fate.LATE: gettext("kept late"),
        Fate.DECLINED: gettext("declined"),
        Fate.DECIDED: gettext("decided by name"),
        Fate.OPEN: gettext("still open"),
    }[row.fate]


Heads = Callable[[], list[str]]
Line = Callable[[Any, Words, bool], list[Cell]]
_CONTACTS: tuple[Heads, Line] = (_contact_heads, _contact_line)
_CALLS: tuple[Heads, Line] = (_call_heads, _call_line)
_PROMISES: tuple[Heads, Line] = (_promise_heads, _promise_line)
