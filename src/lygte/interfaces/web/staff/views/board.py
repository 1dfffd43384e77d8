"""The board of a shift: who waits, what was promised, who is here; and the acts that its buttons press."""

import hashlib
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lygte.apps.contacts import services as contacts
from lygte.apps.core import selectors as core
from lygte.apps.core.kept import Kept
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.queue import services as queue
from lygte.domain.access import Action, may
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import board_rows as rows
from lygte.interfaces.web.staff.views import board_words as words
from lygte.interfaces.web.staff.views.board_data import Shift, gather, handover_lines

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

VOLATILE = ("text", "word", "label", "state")
SECONDS_KEPT = 10
SHIFTS: Kept[Shift] = Kept(most=100)
PARTS: Kept[str] = Kept(most=200)
FORM_TOKEN = "token-of-the-form"  # noqa: S105 - stands in the kept page where each session's own is put


@require_GET
@staff(Action.BOARD_SEE)
def board(request: StaffRequest, service: "Service") -> HttpResponse:
    """The whole board."""
    version = core.live_version(service.pk)
    parts = _parts(request, service, version)
    slug = service.slug
    return render(
        request,
        "staff/board/board.html",
        {
            "etag": _etag(request, version),
            "events_url": _events_url(request, service),
            "parts_html": mark_safe(parts),  # noqa: S308 - rendered by the template of the parts
            "shift_name": words.shift_name(request.now),
            "part_url": reverse("staff:board_part", args=[slug]),
            "new_url": reverse("staff:contact_new", args=[slug]),
            "search_url": reverse("staff:people", args=[slug]),
        },
    )


@require_GET
@staff(Action.BOARD_SEE)
def board_part(request: StaffRequest, service: "Service") -> HttpResponse:
    """The parts of the board, for an open board that follows; 304 when nothing changed."""
    version = core.live_version(service.pk)
    etag = _etag(request, version)
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    return HttpResponse(_parts(request, service, version), headers={"ETag": etag})


def _parts(request: StaffRequest, service: "Service", version: int) -> str:
    """Return the parts of the board as they were at most some seconds ago; never older than the live version.

    The version is read before the rows: a change in between is then fetched once more, never missed.
    Colleagues at the same board share what was read, and those without anything of their own on it share the
    page too.
    """
    leads = _leads(request, service)
    key = (service.pk, version, int(request.now.timestamp()) // SECONDS_KEPT, leads)
    shift = SHIFTS.get(key, lambda: gather(service, now=request.now, for_leader=leads))
    me = request.actor.id
    mine = frozenset(row.pk for row in shift.open_contacts if row.owner_id == me)
    on_duty = any(period.user_id == me for period in shift.on_duty)
    html = PARTS.get(
        (key, get_language(), mine, on_duty),
        lambda: render_to_string(
            "staff/board/parts.html", _shown(request, shift) | {"csrf_token": FORM_TOKEN}
        ),
    )
    return html.replace(FORM_TOKEN, get_token(request))


def _leads(request: StaffRequest, service: "Service") -> bool:
    return may(
        request.actor,
        Action.BREAK_GLASS_REVIEW,
        municipality_id=request.actor.municipality_id,
        service_id=service.pk,
    )


def _etag(request: StaffRequest, version: int) -> str:
    minute = int(request.now.timestamp()) // 60
    content = f"{version}.{minute}.{get_language()}.{request.actor.id}"
    return f'W/"{content}"'


def _events_url(request: StaffRequest, service: "Service") -> str:
    path = f"{settings.LYGTE_EVENTS_URL.rstrip('/')}/{service.pk}"
    if not settings.LYGTE_EVENTS_PORT:
        return path
    host = request.get_host().rsplit(":", 1)[0]
    return f"{request.scheme}://{host}:{settings.LYGTE_EVENTS_PORT}{path}"


def _shown(request: StaffRequest, shift: Shift) -> dict[str, Any]:
    waiting, today = rows.waiting(shift), rows.today(shift)
    open_contacts = rows.open_contacts(shift, request.actor)
    rows.with_keys(waiting, today, open_contacts)
    duty = rows.on_duty(shift)
    handover = {
        "title": words.handover_title(shift.now),
        "lines": [words.handover(line) for line in handover_lines(shift)],
        "notes": [_note(note, shift) for note in shift.notes],
    }
    mine = [period for period in shift.on_duty if period.user_id == request.actor.id]
    parts = {
        "waiting": waiting,
        "today": today,
        "contacts": open_contacts,
        "house": rows.house(shift),
        "duty": {
            "rows": duty,
            "mine": bool(mine),
            "on_call_phone": words.number(shift.service.on_call_phone),
        },
        "handover": handover,
    }
    slug = shift.service.slug
    return {
        "parts": parts,
        "hashes": {name: _hash(part) for name, part in parts.items()},
        "opening": " · ".join(words.opening(shift.opening, now=shift.now)),
        "duty_url": reverse("staff:duty", args=[slug]),
        "handover_url": reverse("staff:handover", args=[slug]),
        "promise_url": reverse("staff:promise_new", args=[slug]),
    }


def _note(note: Any, shift: Shift) -> dict[str, str]:
    by = note.written_by.name if note.written_by else ""
    return {"text": note.text, "by": by, "at": words.when(note.written_at, today=shift.today)}


def _hash(part: Any) -> str:
    """Return what changes when a part must be drawn anew; the browser itself lets clocks tick on."""
    text = json.dumps(_steady(part), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _steady(value: Any) -> Any:
    if isinstance(value, list):
        return [_steady(one) for one in value]
    if not isinstance(value, dict):
        return value
    ticking = "iso" in value
    return {name: _steady(one) for name, one in value.items() if not (ticking and name in VOLATILE)}


@require_POST
@staff(Action.CALL_TAKE)
def call_take(request: StaffRequest, service: "Service", call: UUID) -> HttpResponse:
    """Take a call and go to its contact."""
    try:
        contact = queue.take_call(actor=request.actor, now=request.now, call_id=call)
    except Refused as problem:
        messages.warning(request, words.refused(problem))
        return redirect("staff:board", service.slug)
    return redirect("staff:contact", contact.pk)


@require_POST
@staff(Action.CALL_TAKE)
def call_callback(request: StaffRequest, service: "Service", call: UUID) -> HttpResponse:
    """Ring a missed call back now, or promise to do it later."""
    sent = request.POST
    try:
        if sent.get("now") == "1":
            contact = queue.ring_now(actor=request.actor, now=request.now, call_id=call)
            return redirect("staff:contact", contact.pk)
        queue.call_back(actor=request.actor, now=request.now, call_id=call, number=sent.get("number", ""))
        messages.success(request, _("The callback is promised. It is on the board."))
    except (Refused, InvalidField) as problem:
        messages.warning(request, words.refused(problem))
    return redirect("staff:board", service.slug)


@require_POST
@staff(Action.CONTACT_REGISTER)
def left(request: StaffRequest, service: "Service", contact: UUID) -> HttpResponse:
    """Note that a guest has left the house."""
    try:
        contacts.left_house(actor=request.actor, now=request.now, contact_id=contact)
    except Refused as problem:
        messages.warning(request, words.refused(problem))
    return redirect("staff:board", service.slug)
