from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lygte.apps.core.ids import new_id
from lygte.apps.core.labels import word
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.plans import selectors, services
from lygte.apps.plans.selectors import Plan, PlanShare
from lygte.domain.access import Action
from lygte.domain.plan import SECTIONS
from lygte.domain.vocab import PlanSection, ShareAudience
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views.plans import existing, head
from lygte.interfaces.web.staff.views.plans_words import AUDIENCES, field_error, refusal

USUAL_DAYS = {ShareAudience.CITIZEN: 365, ShareAudience.RELATIVE: 90, ShareAudience.PROFESSIONAL: 30}


@staff(Action.PLAN_SHARE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_share(request: StaffRequest, person: UUID) -> HttpResponseBase:
    """Choose what a link shows and to whom (GET), or make it and show it this once (POST)."""
    found = existing(request, person)
    newest = selectors.newest_finished_of(found.pk)
    if newest is None:
        messages.error(request, refusal("plan_not_finished"))
        return redirect("staff:plan", person=person)
    if request.method == "POST":
        return _make(request, person, found)
    return _form(request, person, found, audience=_audience(request.GET.get("til")))


def _audience(code: str | None) -> ShareAudience:
    return next((one for one in ShareAudience if one.value == code), ShareAudience.CITIZEN)


def _make(request: StaffRequest, person: UUID, found: Plan) -> HttpResponseBase:
    audience = _audience(request.POST.get("audience"))
    sections = [section for section in SECTIONS if section in request.POST.getlist("sections")]
    try:
        made, token = services.share(
            actor=request.actor,
            now=request.now,
            plan_id=found.pk,
            audience=audience,
            label=request.POST.get("label", ""),
            sections=sections,
            days=_number(request.POST.get("days")),
            share_id=_uuid(request.POST.get("share")),
        )
    except InvalidField as problem:
        return _form(request, person, found, audience=audience, problem=problem, chosen=sections)
    except Refused as problem:
        messages.error(request, refusal(problem.code))
        return redirect("staff:plan", person=person)
    return _made_page(request, person, made, token)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else 0


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _form(
    request: StaffRequest,
    person: UUID,
    found: Plan,
    *,
    audience: ShareAudience,
    problem: InvalidField | None = None,
    chosen: list[PlanSection] | None = None,
) -> HttpResponse:
    newest = selectors.newest_finished_of(found.pk)
    texts = selectors.sections(newest.pk) if newest else {}
    marks = selectors.marks(found.pk)
    context = head(request, person) | {
        "share": new_id(),
        "audience": audience.value,
        "audiences": [_tab(one, audience) for one in ShareAudience],
        "label": request.POST.get("label", ""),
        "days": _days(_number(request.POST.get("days")) or USUAL_DAYS[audience]),
        "sections": [
            {
                "code": section.value,
                "title": word(PlanSection, section),
                "text": text.strip(),
                "checked": section in chosen if chosen is not None else audience in marks[section],
            }
            for section, text in texts.items()
            if text.strip()
        ],
        "errors": [{"id": f"share_{problem.field}", "text": field_error(problem.code)}] if problem else [],
    }
    return render(request, "staff/plans/share.html", context, status=422 if problem else 200)


def _tab(one: ShareAudience, current: ShareAudience) -> dict[str, Any]:
    return {"value": one.value, "label": str(AUDIENCES[one]), "current": one is current}


def _days(chosen: int) -> list[dict[str, Any]]:
    words = {7: _("a week"), 30: _("a month"), 90: _("three months"), 365: _("a year")}
    return [{"value": days, "text": text, "chosen": days == chosen} for days, text in words.items()]


def _made_page(request: StaffRequest, person: UUID, made: PlanShare, token: str) -> HttpResponse:
    path = reverse("citizen:plan", args=[token])
    base = settings.LYGTE_PUBLIC_URL.rstrip("/")
    context = head(request, person) | {
        "link": f"{base}{path}" if base else request.build_absolute_uri(path),
        "audience": word(ShareAudience, made.audience),
        "sections": [word(PlanSection, code) for code in made.sections],
        "expires_at": made.expires_at,
    }
    return render(request, "staff/plans/shared.html", context)


@staff(Action.PLAN_SHARE)
@require_POST
def share_withdraw(request: StaffRequest, share: UUID) -> HttpResponseBase:
    """Close a link at once."""
    try:
        services.withdraw(actor=request.actor, now=request.now, share_id=share)
        messages.success(request, _("The link is closed. It opens nothing from now on."))
    except Refused as problem:
        messages.error(request, refusal(problem.code))
    return redirect("staff:plan", person=selectors.share(share).plan.person_id)
