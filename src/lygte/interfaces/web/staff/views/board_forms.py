"""The small forms beside the board: what becomes of a call, being on duty, and the hand-over."""

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.saving import FieldEdit, token
from lygte.apps.queue import selectors as queue_read
from lygte.apps.queue import services as queue
from lygte.apps.workforce import selectors as workforce_read
from lygte.apps.workforce import services as workforce
from lygte.domain.access import Action, require
from lygte.domain.time import at_local, day_of, shift_end
from lygte.domain.vocab import CallState, DutyKind
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import board_words as words
from lygte.interfaces.web.staff.views.board_data import gather, handover_lines
from lygte.interfaces.web.ui.components import choice_group

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-3])(?:[.:]?(?P<minute>[0-5]\d))?")


@require_http_methods(["GET", "POST"])
@staff(Action.CALL_TAKE)
def call_let_go(request: StaffRequest, service: "Service", call: UUID) -> HttpResponse:
    """Decide what becomes of a call that nobody answered: rung later, or let go with a reason."""
    error = ""
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "")
            queue.let_go(actor=request.actor, now=request.now, call_id=call, reason=reason)
            return redirect("staff:board", service.slug)
        except InvalidField as problem:
            error = words.refused(problem)
        except Refused as problem:
            messages.warning(request, words.refused(problem))
            return redirect("staff:board", service.slug)
    row = queue_read.call(call)
    require(
        request.actor,
        Action.CALL_TAKE,
        municipality_id=request.actor.municipality_id,
        service_id=row.service_id,
    )
    return render(request, "staff/board/call.html", _call(row, service, now=request.now) | {"error": error})


def _call(row: Any, service: "Service", *, now: datetime) -> dict[str, Any]:
    titles = {
        CallState.RINGING: _("A call is ringing"),
        CallState.VOICEMAIL: _("Somebody left a message"),
        CallState.ABANDONED: _("A missed call"),
    }
    return {
        "title": titles.get(CallState(row.state), _("An answered call")),
        "rang": words.when(row.rang_at, today=day_of(now)),
        "number": words.number(row.number),
        "number_end": words.number_end(row.number),
        "missed": row.state in (CallState.ABANDONED, CallState.VOICEMAIL),
        "back_url": reverse("staff:board", args=[service.slug]),
        "callback_url": reverse("staff:call_callback", args=[service.slug, row.pk]),
    }


@require_http_methods(["GET", "POST"])
@staff(Action.DUTY_SET)
def duty(request: StaffRequest, service: "Service") -> HttpResponse:
    """Be on duty, be on call, or leave duty."""
    error = ""
    if request.method == "POST":
        try:
            _set_duty(request, service)
            return redirect("staff:board", service.slug)
        except InvalidField as problem:
            error = words.refused(problem)
    return render(request, "staff/board/duty.html", _duty(request, service) | {"error": error})


def _set_duty(request: StaffRequest, service: "Service") -> None:
    sent = request.POST
    if sent.get("act") == "off":
        workforce.go_off_duty(actor=request.actor, now=request.now, service=service)
        return
    on_call = sent.get("kind") == DutyKind.ON_CALL
    workforce.go_on_duty(
        actor=request.actor,
        now=request.now,
        service=service,
        kind=DutyKind.ON_CALL if on_call else DutyKind.PRESENT,
        until=_until(sent.get("until", ""), now=request.now),
        minutes_away=_minutes(sent.get("minutes_away", "")) if on_call else None,
    )


def _until(text: str, *, now: datetime) -> datetime:
    """Return the next moment at which clocks show a typed time; the end of the shift for none."""
    if not text.strip():
        return shift_end(now)
    read = CLOCK.fullmatch(text.strip())
    if read is None:
        raise InvalidField("until", "not_a_time")
    clock = time(int(read["hour"]), int(read["minute"] or 0))
    moment = at_local(day_of(now), clock)
    return moment if moment > now else at_local(day_of(now) + timedelta(days=1), clock)


def _minutes(text: str) -> int | None:
    return min(int(text), 600) if text.strip().isdecimal() else None


def _duty(request: StaffRequest, service: "Service") -> dict[str, Any]:
    own = [one for one in workforce_read.on_duty(service.pk, request.now) if one.user_id == request.actor.id]
    until = own[0].until if own else shift_end(request.now)
    kinds = [(DutyKind.PRESENT, _("here")), (DutyKind.ON_CALL, _("on call"))]
    return {
        "mine": bool(own),
        "until": words.clock(until),
        "minutes_away": own[0].minutes_away or "" if own else "",
        "kind": choice_group(
            "kind",
            legend=_("Where are you?"),
            choices=kinds,
            selected=own[0].kind if own else DutyKind.PRESENT,
        ),
        "back_url": reverse("staff:board", args=[service.slug]),
    }


@require_http_methods(["GET", "POST"])
@staff(Action.HANDOVER_WRITE)
def handover(request: StaffRequest, service: "Service") -> HttpResponse:
    """Read what the shift leaves, and add to it."""
    typed, conflict, error = None, None, ""
    if request.method == "POST":
        typed = request.POST.get("text", "")
        edit = FieldEdit(typed, request.POST.get("base") or None)
        try:
            result = workforce.write_handover(
                actor=request.actor, now=request.now, service=service, text=edit
            )
        except InvalidField as problem:
            error = words.refused(problem)
        else:
            if not result.conflicts:
                return redirect("staff:board", service.slug)
            conflict = result.conflicts["text"]
    shown = _handover(request, service, typed) | {"conflict": conflict, "error": error}
    return render(request, "staff/board/handover.html", shown)


def _handover(request: StaffRequest, service: "Service", typed: str | None) -> dict[str, Any]:
    shift = gather(service, now=request.now)
    stored = workforce_read.handover_text(service.pk, shift_end(request.now))
    return {
        "title": words.handover_title(request.now),
        "lines": [words.handover(line) for line in handover_lines(shift)],
        "text": stored if typed is None else typed,
        "base": token(stored),
        "back_url": reverse("staff:board", args=[service.slug]),
    }
