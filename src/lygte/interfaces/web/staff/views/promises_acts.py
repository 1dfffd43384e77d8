"""What is done with a promise: ring, say what came of it, decide, own, move, let it rest."""

from collections.abc import Callable
from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lygte.apps.casework import services as casework
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.people import selectors as people
from lygte.apps.promises import selectors, services
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Action
from lygte.domain.time import at_local, day_of
from lygte.domain.transitions import TransitionRefused
from lygte.domain.vocab import FAILED_ATTEMPTS, AttemptOutcome, Decision, PromiseKind, PromiseState
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import promises as pages
from lygte.interfaces.web.staff.views import promises_shown as shown
from lygte.interfaces.web.staff.views import promises_words as words

if TYPE_CHECKING:
    from lygte.apps.promises.models import Promise

C = TypeVar("C", bound=StrEnum)

# Which control an error belongs to, where it is not called like the field.
CONTROLS = {
    "outcome": "id_outcome",
    "decision": "id_decision",
    "number": "number",
    "reason": "reason",
    "new_due": "again_day",
    "owner": "owner",
    "closes": "closes_day",
    "due": "closes_day",
    "day": "opens_day",
}


def _do(request: StaffRequest, promise_id: UUID, form: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Run an act; a refusal is said on the promise's page, and nothing that was typed is lost."""
    try:
        return act()
    except InvalidField as problem:
        text, control = words.invalid(problem), CONTROLS.get(problem.field, "main")
        return pages.page(request, promise_id, errors=[{"id": control, "text": text}], opened=form)
    except (Refused, TransitionRefused) as problem:
        messages.error(request, words.refusal(problem))
        return redirect("staff:promise", promise=promise_id)


@require_POST
@staff(Action.PROMISE_KEEP)
def promise_ring(request: StaffRequest, promise: UUID) -> HttpResponse:
    """Begin an attempt. The page shows the number and asks what came of it; whoever was reached is
    registered next.
    """

    def act() -> HttpResponse:
        services.start_attempt(
            actor=request.actor, now=request.now, promise_id=promise, number=request.POST.get("number", "")
        )
        return redirect("staff:promise", promise=promise)

    return _do(request, promise, "ring", act)


@require_POST
@staff(Action.PROMISE_KEEP)
def promise_attempt(request: StaffRequest, promise: UUID) -> HttpResponse:
    """Say what came of an attempt. Who was talked with is registered on the outgoing contact."""

    def act() -> HttpResponse:
        outcome = _code(AttemptOutcome, request, "outcome")
        row = services.record_attempt(
            actor=request.actor,
            now=request.now,
            promise_id=promise,
            outcome=outcome,
            note=request.POST.get("note", ""),
        )
        if outcome in FAILED_ATTEMPTS:
            return _after_failure(request, row)
        contact = selectors.attempts(row.pk)[-1].contact_id
        return redirect("staff:contact", contact=contact)

    return _do(request, promise, "outcome", act)


def _after_failure(request: StaffRequest, row: "Promise") -> HttpResponse:
    if row.state == PromiseState.NEEDS_DECISION:
        messages.warning(request, _("That was the last try. Somebody must decide what we do."))
        return redirect("staff:promise", promise=row.pk)
    said = shown.next_try(row.next_attempt_at, request.now) if row.next_attempt_at else ""
    messages.success(request, _("Written down: {next}.").format(next=said))
    return _to_list(row)


@require_POST
@staff(Action.PROMISE_DECIDE)
def promise_decide(request: StaffRequest, promise: UUID) -> HttpResponse:
    """Decide by name and with a reason."""

    def act() -> HttpResponse:
        decision = _code(Decision, request, "decision")
        row = services.decide(
            actor=request.actor,
            now=request.now,
            promise_id=promise,
            decision=decision,
            reason=request.POST.get("reason", ""),
            new_due=_moment(request, "again") if decision is Decision.EXTEND else None,
        )
        messages.success(request, _("Decided, on your name."))
        return _to_list(row)

    return _do(request, promise, "decide", act)


@require_POST
@staff(Action.PROMISE_KEEP)
def promise_own(request: StaffRequest, promise: UUID) -> HttpResponse:
    """Put a promise on a colleague's name, or on nobody's."""

    def act() -> HttpResponse:
        services.take_ownership(
            actor=request.actor, now=request.now, promise_id=promise, user_id=_uuid(request, "owner")
        )
        return redirect("staff:promise", promise=promise)

    return _do(request, promise, "own", act)


@require_POST
@staff(Action.PROMISE_KEEP)
def promise_move(request: StaffRequest, promise: UUID) -> HttpResponse:
    """Move a promise to another window."""

    def act() -> HttpResponse:
        opens, closes = _moment(request, "opens"), _moment(request, "closes")
        if opens is None or closes is None:
            raise InvalidField("day", "missing")
        row = selectors.promise(promise)
        due = closes if row.kind == PromiseKind.CALLBACK else opens
        services.move(
            actor=request.actor, now=request.now, promise_id=promise, opens=opens, due=due, closes=closes
        )
        messages.success(request, _("Moved. Both times are kept."))
        return redirect("staff:promise", promise=promise)

    return _do(request, promise, "move", act)


@require_POST
@staff(Action.PERSON_EDIT)
def admitted(request: StaffRequest, person: UUID) -> HttpResponse:
    """Note that a person is admitted or discharged: follow-ups rest, and are counted anew from the
    discharge.
    """
    came_from = _uuid(request, "loefte")
    gone = request.POST.get("udskrevet") == "1"
    since = None if gone else _day(request, "dag") or day_of(request.now)
    if since is not None and since > day_of(request.now):
        since = day_of(request.now)
    casework.set_admitted(
        actor=request.actor, now=request.now, person_id=people.root_of(person), admitted_on=since
    )
    rests, counts = _("The follow-ups rest until the discharge."), _("The follow-ups are counted from today.")
    text = counts if gone else rests
    messages.success(request, text)
    back = ("staff:promise", came_from) if came_from else ("staff:person", person)
    return redirect(reverse(back[0], args=[back[1]]))


def _to_list(row: "Promise") -> HttpResponse:
    return redirect("staff:promises", service=tenancy.service(row.service_id).slug)


def _code(codes: type[C], request: StaffRequest, name: str) -> C:
    value = request.POST.get(name, "")
    if value not in [code.value for code in codes]:
        raise InvalidField(name, "missing")
    return codes(value)


def _uuid(request: StaffRequest, name: str) -> UUID | None:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        return None


def _day(request: StaffRequest, name: str) -> date | None:
    try:
        return parse_date(request.POST.get(name, ""))
    except ValueError:
        return None


def _clock(request: StaffRequest, name: str) -> time | None:
    try:
        return parse_time(request.POST.get(name, "").replace(".", ":"))
    except ValueError:
        return None


def _moment(request: StaffRequest, name: str) -> datetime | None:
    """Return the moment typed as a day and a clock time; None when either is missing."""
    day, clock = _day(request, f"{name}_day"), _clock(request, f"{name}_time")
    return at_local(day, clock) if day and clock else None
