"""Breaking the glass: opening the record of somebody whom the own service does not know."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lygte.apps.accounts import selectors as accounts
from lygte.apps.core.labels import word
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.people import selectors, services
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import AccessDenied, Action
from lygte.domain.vocab import GlassVerdict
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import people_shown as shown
from lygte.interfaces.web.staff.views import people_words as words

REVIEWED_WITHIN = timedelta(days=3)

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service


@require_http_methods(["GET", "POST"])
@staff(Action.BREAK_GLASS)
def break_glass(request: StaffRequest, person: UUID) -> HttpResponse:
    """Say what breaking the glass means (GET), and do it (POST)."""
    row = selectors.person(person)
    if selectors.may_read(request.actor, row.pk, request.now):
        return redirect("staff:person", row.pk)
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            services.break_glass(
                actor=request.actor,
                now=request.now,
                service=_own_service(request),
                person_id=row.pk,
                reason=request.POST.get("reason", ""),
            )
            return redirect("staff:person", row.pk)
        except InvalidField as problem:
            errors = [{"id": "id_reason", "text": words.invalid(problem)}]
        except Refused as problem:
            errors = [{"id": "", "text": words.refused(problem)}]
    known_to = selectors.tied_services(selectors.group(row.pk))
    names = [one.name for one in tenancy.services() if one.pk in known_to]
    context = {"person_id": row.pk, "known_to": names, "errors": errors}
    return render(request, "staff/people/glass.html", context)


def _own_service(request: StaffRequest) -> "Service":
    """The service at which the worker stands, or the first one where they work."""
    own = tenancy.services_for(request.actor, Action.PERSON_READ)
    if not own:
        raise AccessDenied(Action.BREAK_GLASS)
    remembered = request.session.get("service")
    return next((one for one in own if str(one.pk) == remembered), own[0])


@require_GET
@staff(Action.BREAK_GLASS_REVIEW)
def break_glass_list(request: StaffRequest, service: "Service") -> HttpResponse:
    """Show the leader which records were opened through broken glass, newest first."""
    rows = selectors.break_glasses(service.pk)
    names = accounts.user_names([key for row in rows for key in (row.user_id, row.reviewed_by_id)])
    known = {row.person_id: selectors.may_read(request.actor, row.person_id, request.now) for row in rows}
    cards = selectors.cards([key for key, readable in known.items() if readable])
    shown_rows = [_glass(request, row, names, cards) for row in rows]
    return render(request, "staff/people/glasses.html", {"rows": shown_rows})


def _glass(
    request: StaffRequest, row: Any, names: Mapping[UUID, str], cards: Mapping[UUID, Any]
) -> dict[str, Any]:
    card = cards.get(row.person_id)
    return {
        "id": row.pk,
        "at": row.opened_at,
        "until": row.expires_at,
        "running": row.opened_at <= request.now < row.expires_at,
        "by": names.get(row.user_id, ""),
        "who": shown.who(card) if card else None,
        "url": reverse("staff:person", args=[card.id]) if card else "",
        "reason": row.reason,
        "seen": shown.events(selectors.seen_through(row)),
        "late": row.reviewed_at is None and request.now - row.opened_at > REVIEWED_WITHIN,
        "verdict": word(GlassVerdict, row.verdict) if row.verdict else "",
        "note": row.review_note,
        "reviewed_at": row.reviewed_at,
        "reviewed_by": names.get(row.reviewed_by_id, ""),
        "own": row.user_id == request.actor.id,
        "review_url": reverse("staff:break_glass_review", args=[row.pk]),
    }


@require_POST
@staff(Action.BREAK_GLASS_REVIEW)
def break_glass_review(request: StaffRequest, glass: UUID) -> HttpResponse:
    """Note what the leader found."""
    follow_up = request.POST.get("verdict") == GlassVerdict.FOLLOW_UP
    try:
        services.review_break_glass(
            actor=request.actor,
            now=request.now,
            break_glass_id=glass,
            verdict=GlassVerdict.FOLLOW_UP if follow_up else GlassVerdict.IN_ORDER,
            note=request.POST.get("note", ""),
        )
        messages.success(request, _("Noted that you have looked at it."))
    except InvalidField as problem:
        messages.warning(request, words.invalid(problem))
    except Refused as problem:
        messages.warning(request, words.refused(problem))
    concerned = tenancy.services_for(request.actor, Action.BREAK_GLASS_REVIEW)
    remembered = request.session.get("service")
    service = next((one for one in concerned if str(one.pk) == remembered), concerned[0])
    return redirect("staff:break_glass_list", service.slug)
