"""The list of promises, one promise, and the outbox."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lygte.apps.accounts import selectors as accounts
from lygte.apps.core.labels import word
from lygte.apps.outbox import selectors as outbox_read
from lygte.apps.outbox.selectors import MessageState
from lygte.apps.people import selectors as people
from lygte.apps.promises import selectors
from lygte.apps.promises.reading import is_closed, may_not_be_rung
from lygte.apps.promises.services.keeping import number_to_ring
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Action, may
from lygte.domain.time import day_of, local
from lygte.domain.vocab import AttemptOutcome, Decision, PromiseKind, PromiseState, Standing
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import promises_shown as shown
from lygte.interfaces.web.staff.views import promises_words as words
from lygte.interfaces.web.ui.templatetags.ui import clock_time

if TYPE_CHECKING:
    from lygte.apps.promises.models import Promise
    from lygte.apps.tenancy.models import Service

KINDS = {"opkald": PromiseKind.CALLBACK, "plan": PromiseKind.PLAN_FOLLOW_UP, "trivsel": PromiseKind.WELLBEING}
MINE = "mine"
TYPED = ("number", "reason", "again_day", "again_time")


@require_GET
@staff(Action.PROMISE_READ)
def promises(request: StaffRequest, service: "Service") -> HttpResponse:
    """What we have promised and not yet done, most urgent first."""
    rows = selectors.list_promises(actor=request.actor, now=request.now, service_id=service.pk)
    kind, mine = KINDS.get(request.GET.get("slags", "")), request.GET.get("ejer") == MINE
    chosen = [
        row
        for row in rows
        if (kind is None or row.kind == kind) and (not mine or row.owner_id == request.actor.id)
    ]
    context = {
        "groups": shown.groups(chosen, now=request.now),
        "total": len(rows),
        "shown": len(chosen),
        "filters": _filters(request, kind=kind, mine=mine),
        "new_url": reverse("staff:promise_new", args=[service.slug]),
        "all_url": request.path,
        "outbox_url": _outbox_url(request, service),
    }
    return render(request, "staff/promises/list.html", context)


def _outbox_url(request: StaffRequest, service: "Service") -> str:
    owner = request.actor.municipality_id
    seen = may(request.actor, Action.OUTBOX_SEE, municipality_id=owner, service_id=service.pk)
    return reverse("staff:outbox", args=[service.slug]) if seen else ""


def _filters(request: StaffRequest, *, kind: PromiseKind | None, mine: bool) -> dict[str, Any]:
    kinds_named = [(name, word(PromiseKind, code).capitalize()) for name, code in KINDS.items()]
    names = [("", _("Everything")), *kinds_named]
    chosen = next((name for name, code in KINDS.items() if code is kind), "")
    owner = f"&ejer={MINE}" if mine else ""
    kinds = [
        {"text": text, "url": f"?slags={name}{owner}", "current": name == chosen} for name, text in names
    ]
    owners = [
        {"text": _("Everybody's"), "url": f"?slags={chosen}", "current": not mine},
        {"text": _("Mine"), "url": f"?slags={chosen}&ejer={MINE}", "current": mine},
    ]
    return {"kinds": kinds, "owners": owners}


@require_GET
@staff(Action.PROMISE_READ)
def promise(request: StaffRequest, promise: UUID) -> HttpResponse:
    """One promise: who and how, what has been tried, and what can be done now."""
    return page(request, promise)


def page(
    request: StaffRequest, promise_id: UUID, *, errors: list[dict[str, str]] | None = None, opened: str = ""
) -> HttpResponse:
    """Render a promise; with errors, the form they belong to is open and holds what was typed."""
    row = selectors.read_promise(actor=request.actor, now=request.now, promise_id=promise_id)
    request.service = tenancy.service(row.service_id)
    standing = selectors.standing(row, request.now)
    context = _who_and_when(row, standing, now=request.now) | {
        "errors": errors or [],
        "opened": opened,
        "typed": {name: request.POST.get(name, "") for name in TYPED},
        "acts": _acts(request, row, standing),
        "history": _history(row),
        "messages_sent": [_message(state) for state in outbox_read.of_promises([row.pk])[row.pk]],
    }
    return render(request, "staff/promises/promise.html", context, status=422 if errors else 200)


def _who_and_when(row: "Promise", standing: Standing, *, now: datetime) -> dict[str, Any]:
    cards = people.cards([row.person_id])
    names = accounts.user_names([row.owner_id, row.decided_by_id, row.attempt_by_id])
    return {
        "kind": word(PromiseKind, row.kind).capitalize(),
        "who": shown.who(row, cards),
        "person_url": reverse("staff:person", args=[row.person_id]) if row.person_id else "",
        "contact_url": reverse("staff:contact", args=[row.contact_id]) if row.contact_id else "",
        "plan_url": _plan_url(row),
        "standing": _standing(row, standing),
        "promised": words.promised(row, now),
        "clock": shown.clock(row, now=now, standing=standing),
        "care": words.care(row),
        "tries": words.tries(row.attempts_made) or _("not tried yet"),
        "next": shown.next_try(row.next_attempt_at, now)
        if standing is Standing.WAITING and row.next_attempt_at
        else "",
        "owner": names.get(row.owner_id, "") if row.owner_id else "",
        "note": row.note,
        "number": "" if is_closed(row) else shown.number(number_to_ring(row)),
        "back_url": reverse("staff:promises", args=[tenancy.service(row.service_id).slug]),
        "decision": _decision(row, names),
    }


def _plan_url(row: "Promise") -> str:
    about_plan = row.person_id is not None and row.kind == PromiseKind.PLAN_FOLLOW_UP
    return reverse("staff:plan", args=[row.person_id]) if about_plan else ""


def _standing(row: "Promise", standing: Standing) -> dict[str, str]:
    tones = {Standing.OVERDUE: "alarm", Standing.NEEDS_DECISION: "alarm", Standing.OPEN: "warn"}
    if standing is Standing.CLOSED:
        return {"text": word(PromiseState, row.state), "tone": "ok"}
    return {"text": word(Standing, standing), "tone": tones.get(standing, "quiet")}


def _decision(row: "Promise", names: dict[UUID, str]) -> dict[str, str]:
    if not row.decision:
        return {}
    name = names.get(row.decided_by_id, "") if row.decided_by_id else ""
    return {"text": word(Decision, row.decision), "reason": str(row.decision_reason), "name": name}


def _acts(request: StaffRequest, row: "Promise", standing: Standing) -> dict[str, Any]:
    """Return what can be done with the promise now; nothing when it has ended."""
    if is_closed(row):
        return {}
    able = accounts.colleagues(row.service_id, today=day_of(request.now))
    running = row.attempt_started_at is not None
    ready = standing in (Standing.OPEN, Standing.OVERDUE) and not running
    early = row.next_attempt_at is not None and request.now < row.next_attempt_at
    typed = request.POST
    return {
        "running": running,
        "outcome": shown.outcome_form(row, selected=typed.get("outcome", ""), note=typed.get("note", "")),
        "may_ring": ready and not early,
        "by_phone": row.medium == "phone",
        "ring_url": reverse("staff:promise_ring", args=[row.pk]),
        "must_decide": standing is Standing.NEEDS_DECISION,
        "may_extend": not may_not_be_rung(row) and row.state != PromiseState.ON_HOLD,
        "decision": shown.decision_group(
            typed.get("decision", ""),
            may_extend=not may_not_be_rung(row) and row.state != PromiseState.ON_HOLD,
        ),
        "decide_url": reverse("staff:promise_decide", args=[row.pk]),
        "own_url": reverse("staff:promise_own", args=[row.pk]),
        "is_mine": row.owner_id == request.actor.id,
        "me": str(request.actor.id),
        "colleagues": [{"id": str(user.pk), "name": user.name} for user in able],
        "owner_id": str(row.owner_id or ""),
        "move_url": reverse("staff:promise_move", args=[row.pk]),
        "move": _window(row),
        "admit": _admit(request, row),
    }


def _window(row: "Promise") -> dict[str, str]:
    opens, closes = local(row.opens), local(row.closes)
    return {
        "opens_day": f"{opens:%Y-%m-%d}",
        "opens_time": f"{opens:%H:%M}",
        "closes_day": f"{closes:%Y-%m-%d}",
        "closes_time": f"{closes:%H:%M}",
    }


def _admit(request: StaffRequest, row: "Promise") -> dict[str, Any]:
    """Return the form for admission and discharge; only a follow-up of a known person rests."""
    if row.person_id is None or row.kind == PromiseKind.CALLBACK:
        return {}
    return {
        "url": reverse("staff:admitted", args=[row.person_id]),
        "resting": row.state == PromiseState.ON_HOLD,
        "promise": str(row.pk),
        "today": f"{day_of(request.now):%Y-%m-%d}",
    }


def _history(row: "Promise") -> list[dict[str, Any]]:
    """Return what has happened to the promise, newest first."""
    attempts, moves = selectors.attempts(row.pk), selectors.moves(row.pk)
    names = accounts.user_names(
        [row.made_by_id, *(found.by_id for found in attempts), *(found.by_id for found in moves)]
    )
    told = [
        {
            "at": found.at,
            "text": word(AttemptOutcome, found.outcome).capitalize(),
            "note": found.note,
            "by": names.get(found.by_id, "") if found.by_id else "",
            "url": reverse("staff:contact", args=[found.contact_id]) if found.contact_id else "",
        }
        for found in attempts
    ]
    told += [
        {
            "at": found.at,
            "text": words.move_cause(found.cause).capitalize(),
            "note": "",
            "by": names.get(found.by_id, "") if found.by_id else "",
            "url": "",
            "before": found.due_before,
            "after": found.due_after,
        }
        for found in moves
    ]
    made_by = names.get(row.made_by_id, "") if row.made_by_id else ""
    made = {"at": row.made_at, "text": _("Promised"), "note": "", "by": made_by, "url": ""}
    return sorted([made, *told], key=lambda found: found["at"], reverse=True)


@require_GET
@staff(Action.OUTBOX_SEE)
def outbox(request: StaffRequest, service: "Service") -> HttpResponse:
    """How it goes with the messages; never what they say, nor to whom."""
    rows = outbox_read.of_service(service.pk)
    context = {"rows": [_message(row) for row in rows], "counts": outbox_read.counts(service.pk)}
    return render(request, "staff/promises/outbox.html", context)


def _message(state: MessageState) -> dict[str, Any]:
    tones = {"sent": "ok", "queued": "info", "failed": "alarm"}
    texts = {"sent": _("sent"), "queued": _("waits"), "failed": _("not sent")}
    return {
        "state": texts[state.state],
        "tone": tones[state.state],
        "failed": state.state == "failed",
        "queued_at": state.queued_at,
        "sent_at": state.sent_at,
        "number": f"•• {state.number_end}" if state.number_end else "••",
        "note": " · ".join(part for part in _how_it_goes(state) if part),
    }


def _how_it_goes(state: MessageState) -> list[str]:
    if state.sent_at is not None:
        return [_("sent at {time}").format(time=clock_time(state.sent_at))]
    parts = [words.tries(state.tries), _problem(state.problem)]
    if state.state == "queued":
        parts.append(shown.next_try(state.next_try_at, state.next_try_at))
    return parts


def _problem(code: str) -> str:
    if not code:
        return ""
    if code in ("timeout", "unreachable", "no_id") or code.startswith("status_5"):
        return _("the gateway does not answer")
    if code.startswith("status_"):
        return _("the gateway would not take it")
    return _("it could not be handed over")
