"""The list of contacts, and the acts that begin one, move it between colleagues, or open it again."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services
from lygte.apps.core.labels import word
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.people import selectors as people
from lygte.domain.access import Action
from lygte.domain.time import day_of
from lygte.domain.transitions import TransitionRefused
from lygte.domain.vocab import Channel, ContactState, Direction, Level, OutgoingKind
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import contacts_words as words
from lygte.interfaces.web.ui.components import running_clock

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

PAGE = 50
FILTERS: dict[str, tuple[str, type[StrEnum]]] = {
    "tilstand": ("state", ContactState),
    "kanal": ("channel", Channel),
    "niveau": ("level", Level),
    "retning": ("direction", Direction),
}
C = TypeVar("C", bound=StrEnum)


@require_GET
@staff(Action.CONTACT_READ)
def contacts(request: StaffRequest, service: "Service") -> HttpResponse:
    """Contacts that are not closed first, then the closed ones by day, newest first."""
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    filters = {field: _known(codes, chosen[name]) for name, (field, codes) in FILTERS.items()}
    before = _cursor(request.GET.get("foer", ""))
    rows = services.list_contacts(
        actor=request.actor,
        now=request.now,
        service=service,
        limit=PAGE + 1,
        filters=filters | {"before": before},
    )
    more, rows = len(rows) > PAGE, rows[:PAGE]
    running = [] if before else _not_closed(service, filters)
    shown = people.cards({row.person_id for row in (*running, *rows) if row.person_id})
    closed = [row for row in rows if row.state == ContactState.CLOSED]
    return render(
        request,
        "staff/contacts/list.html",
        {
            "running": [_row(row, shown, request.now) for row in running],
            "days": _days(closed, shown, request.now),
            "filters": [_filter(name, codes, chosen[name]) for name, (_field, codes) in FILTERS.items()],
            "filtered": any(chosen.values()),
            "older": _older(rows[-1], chosen) if more else "",
            "newest": not before,
            "new_url": reverse("staff:contact_new", args=[service.slug]),
        },
    )


def _known(codes: type[C], code: str) -> C | None:
    return codes(code) if code in set(codes) else None


def _cursor(text: str) -> tuple[datetime, UUID] | None:
    """The last contact already seen, as written by `_older`."""
    if not text:
        return None
    try:
        at, _sep, contact_id = text.partition("_")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("a cursor is an aware moment")
        return moment, UUID(contact_id)
    except ValueError as problem:
        raise BadRequest("not a place in the list") from problem


def _older(last: Any, chosen: dict[str, str]) -> str:
    kept = {name: code for name, code in chosen.items() if code}
    return "?" + urlencode(kept | {"foer": f"{last.started_at.isoformat()}_{last.pk}"})


def _not_closed(service: "Service", filters: dict[str, Any]) -> list[Any]:
    rows = [*contacts_read.waiting(service.pk), *contacts_read.open_contacts(service.pk)]
    asked = {field: code for field, code in filters.items() if code is not None}
    return [row for row in rows if all(getattr(row, field) == code for field, code in asked.items())]


def _days(rows: Iterable[Any], cards: dict[UUID, Any], now: datetime) -> list[dict[str, Any]]:
    by_day: Callable[[Any], date] = lambda row: day_of(row.started_at)  # noqa: E731 - a key, named for the reader
    return [
        {"day": day, "rows": [_row(row, cards, now) for row in group]} for day, group in groupby(rows, by_day)
    ]


def _row(row: Any, cards: dict[UUID, Any], now: datetime) -> dict[str, Any]:
    card = cards.get(row.person_id)
    running = row.state != ContactState.CLOSED
    return {
        "id": row.pk,
        "url": reverse("staff:contact", args=[row.pk]),
        "at": row.started_at,
        "clock": running_clock(now=now, since=row.received_at or row.started_at) if running else None,
        "channel": word(Channel, row.channel),
        "kind": word(OutgoingKind, row.outgoing_kind) if row.direction == Direction.OUTGOING else "",
        "level": word(Level, row.level),
        "level_missing": "not-recorded"
        if not row.level
        else "not-stated"
        if row.level == Level.NOT_STATED
        else "",
        "severe": row.level == Level.SEVERE,
        "state": word(ContactState, row.state),
        "running": running,
        "minutes": row.minutes,
        "name": card.shown_name if card else "",
        "initials": card.initials if card else "",
    }


def _filter(name: str, codes: type[StrEnum], chosen: str) -> dict[str, Any]:
    labels = {
        "tilstand": _("State"),
        "kanal": _("Way of contact"),
        "niveau": _("Severity"),
        "retning": _("To or from us"),
    }
    choices = [
        {"value": code.value, "label": word(codes, code), "selected": code == chosen} for code in codes
    ]
    return {"name": name, "label": labels[name], "choices": choices}


@require_POST
@staff(Action.CONTACT_REGISTER)
def contact_new(request: StaffRequest, service: "Service") -> HttpResponse:
    """Begin a contact: a call, somebody at the door (waiting or received at once), or one that we make."""
    sent = request.POST
    try:
        outgoing = sent.get("direction") == Direction.OUTGOING
        contact = services.open_contact(
            actor=request.actor,
            now=request.now,
            service=service,
            channel=Channel(sent.get("channel", Channel.PHONE)),
            direction=Direction.OUTGOING if outgoing else Direction.INCOMING,
            outgoing_kind=OutgoingKind(sent.get("kind", OutgoingKind.OTHER)) if outgoing else None,
            waiting=sent.get("waiting") == "1",
            person_id=UUID(sent["person"]) if sent.get("person") else None,
            contact_id=UUID(sent["contact"]) if sent.get("contact") else None,
        )
    except (ValueError, Refused) as problem:
        raise BadRequest("not a contact that can begin") from problem
    if contact.state == ContactState.WAITING:
        return redirect("staff:board", service.slug)
    return redirect("staff:contact", contact.pk)


@require_POST
@staff(Action.CONTACT_REGISTER)
def contact_receive(request: StaffRequest, contact: UUID) -> HttpResponse:
    """Receive somebody who waits."""
    row = contacts_read.contact(contact)
    try:
        services.receive(actor=request.actor, now=request.now, contact=row)
    except Refused as problem:
        messages.warning(request, words.refused(problem))
    return redirect("staff:contact", contact)


@require_POST
@staff(Action.CONTACT_REGISTER)
def contact_take_over(request: StaffRequest, contact: UUID) -> HttpResponse:
    """Take an open contact from a colleague."""
    row = contacts_read.contact(contact)
    try:
        services.take_over(actor=request.actor, now=request.now, contact=row)
        messages.success(request, _("The contact is yours now."))
    except Refused as problem:
        messages.warning(request, words.refused(problem))
    return redirect("staff:contact", contact)


@require_POST
@staff(Action.CONTACT_REOPEN)
def contact_reopen(request: StaffRequest, contact: UUID) -> HttpResponse:
    """Open a closed contact again, with a reason."""
    reason = request.POST.get("reason", "")
    try:
        services.reopen(actor=request.actor, now=request.now, contact_id=contact, reason=reason)
    except InvalidField:
        messages.warning(request, _("Write why the contact is opened again."))
    except TransitionRefused:
        messages.info(request, _("The contact is open already."))
    return redirect("staff:contact", contact)
