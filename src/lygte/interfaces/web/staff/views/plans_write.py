from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lygte.apps.casework import services as casework
from lygte.apps.core.labels import word
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.saving import Conflict, FieldEdit, SaveResult, token
from lygte.apps.plans import selectors, services
from lygte.apps.plans.selectors import PlanVersion
from lygte.apps.plans.services.writing import MARK
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import AccessDenied, Action
from lygte.domain.plan import SECTIONS
from lygte.domain.transitions import TransitionRefused
from lygte.domain.vocab import Level, PlanSection, ShareAudience
from lygte.interfaces.web.requests import StaffRequest, draft_key, staff
from lygte.interfaces.web.staff.views.plans import contact_facts, contact_of, head, plan_url
from lygte.interfaces.web.staff.views.plans_input import BASE, Typed, from_form, from_script
from lygte.interfaces.web.staff.views.plans_words import AUDIENCES, PROMPTS, field_error, refusal
from lygte.interfaces.web.ui import components

if TYPE_CHECKING:
    from lygte.apps.contacts.models import Contact
    from lygte.apps.tenancy.models import Service

# What carries a person through the next hours; the rest can wait until they can bear more questions.
SHORT_FIRST = (PlanSection.HELPS, PlanSection.WHOM_TO_CALL, PlanSection.NEXT_STEP)


@staff(Action.PLAN_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_edit(request: StaffRequest, person: UUID) -> HttpResponseBase:
    """Write in the draft (GET), or begin one (POST)."""
    if request.method == "POST":
        return _start(request, person)
    plan = services.read(actor=request.actor, now=request.now, person_id=person)
    draft = selectors.draft(plan.pk) if plan else None
    if draft is None:
        contact = contact_of(request, person)
        return redirect(plan_url(person, contact.pk if contact else None))
    return _edit_page(request, person, draft)


def _start(request: StaffRequest, person: UUID) -> HttpResponseBase:
    contact = contact_of(request, person)
    services.start_version(
        actor=request.actor,
        now=request.now,
        person_id=person,
        service=_service(request),
        contact_id=contact.pk if contact else None,
    )
    return redirect("staff:plan_edit", person=person)


def _service(request: StaffRequest) -> "Service":
    """Return the service at whose desk the user works now, among those where plans may be written."""
    own = tenancy.services_for(request.actor, Action.PLAN_WRITE)
    remembered = request.session.get("service")
    chosen = next((row for row in own if str(row.pk) == remembered), own[0] if own else None)
    if chosen is None:
        raise AccessDenied(Action.PLAN_WRITE)
    return chosen


@staff(Action.PLAN_WRITE)
@require_http_methods(["PATCH", "POST"])
def plan_save(request: StaffRequest, person: UUID) -> HttpResponseBase:
    """Keep what was typed: from the saving script (PATCH), or from a plain form (POST)."""
    draft = _draft(request, person)
    if request.method == "PATCH":
        return _save_from_script(request, draft)
    typed = from_form(request.POST)
    outcome = _save(request, draft, typed)
    if draft is None or isinstance(outcome, str):
        messages.error(request, outcome if isinstance(outcome, str) else refusal("plan_finished"))
        return redirect("staff:plan", person=person)
    if outcome.conflicts:
        return _edit_page(request, person, draft, typed=typed, conflicts=outcome.conflicts, status=409)
    messages.success(request, _("Saved."))
    return redirect("staff:plan_edit", person=person)


def _draft(request: StaffRequest, person: UUID) -> PlanVersion | None:
    """Return the running draft; a form that comes from a contact hangs it on that contact."""
    services.admit(actor=request.actor, now=request.now, action=Action.PLAN_WRITE, person_id=person)
    plan = selectors.plan_of(person)
    draft = selectors.draft(plan.pk) if plan else None
    if draft and (contact := contact_of(request, person)):
        return services.start_version(
            actor=request.actor,
            now=request.now,
            person_id=person,
            service=_service(request),
            contact_id=contact.pk,
        )
    return draft


def _save(request: StaffRequest, draft: PlanVersion | None, typed: Typed) -> SaveResult | str:
    """Save, or return the sentence that says why not."""
    if draft is None:
        return refusal("plan_finished")
    try:
        return services.save_sections(
            actor=request.actor,
            now=request.now,
            version_id=draft.pk,
            fields=typed.fields,
            saved_from=typed.window,
            seq=typed.seq,
        )
    except Refused as problem:
        return refusal(problem.code)
    except InvalidField as problem:
        return field_error(problem.code)


def _save_from_script(request: StaffRequest, draft: PlanVersion | None) -> JsonResponse:
    try:
        typed = from_script(request.body)
    except ValueError:
        return JsonResponse({"errors": {}}, status=400)
    if draft is None:
        return JsonResponse({"errors": dict.fromkeys(typed.fields, refusal("plan_finished"))}, status=409)
    try:
        result = services.save_sections(
            actor=request.actor,
            now=request.now,
            version_id=draft.pk,
            fields=typed.fields,
            saved_from=typed.window,
            seq=typed.seq,
        )
    except Refused as problem:
        return JsonResponse({"errors": dict.fromkeys(typed.fields, refusal(problem.code))}, status=409)
    except InvalidField as problem:
        return JsonResponse({"errors": {problem.field: field_error(problem.code)}}, status=422)
    conflicts = {name: _conflict(one) for name, one in result.conflicts.items()}
    return JsonResponse({"saved": result.saved, "conflicts": conflicts})


def _conflict(one: Conflict) -> dict[str, Any]:
    return {
        "theirs": one.theirs,
        "by": one.by,
        "at": one.at.isoformat() if one.at else "",
        "base": token(one.theirs),
    }


@staff(Action.PLAN_WRITE)
@require_POST
def plan_finish(request: StaffRequest, person: UUID) -> HttpResponseBase:
    """Keep what the form holds, then finish the draft."""
    draft = _draft(request, person)
    typed = from_form(request.POST)
    outcome = _save(request, draft, typed)
    if draft is None or isinstance(outcome, str):
        messages.error(request, outcome if isinstance(outcome, str) else refusal("plan_finished"))
        return redirect("staff:plan", person=person)
    if outcome.conflicts:
        return _edit_page(request, person, draft, typed=typed, conflicts=outcome.conflicts, status=409)
    try:
        version = casework.finish_plan(actor=request.actor, now=request.now, version_id=draft.pk)
    except Refused as problem:
        messages.error(request, refusal(problem.code))
        return redirect("staff:plan_edit", person=person)
    except TransitionRefused:
        messages.error(request, refusal("plan_finished"))
        return redirect("staff:plan", person=person)
    messages.success(request, _("Version %(number)s is finished.") % {"number": version.number})
    return redirect(plan_url(person, version.contact_id))


def _edit_page(
    request: StaffRequest,
    person: UUID,
    draft: PlanVersion,
    *,
    typed: Typed | None = None,
    conflicts: Mapping[str, Conflict] | None = None,
    status: int = 200,
) -> HttpResponse:
    contact = contact_of(request, person) or draft.contact
    short = _is_short(request, contact)
    fields = _fields(draft, typed=typed or Typed(), conflicts=conflicts or {})
    first = [one for one in fields if one["code"] in SHORT_FIRST] if short else fields
    context = head(request, person) | contact_facts(contact)
    context |= {
        "version": draft.number,
        "record": draft.pk,
        "draft_key": draft_key(request),
        "short": short,
        "first": first,
        "rest": [one for one in fields if one not in first],
        "errors": [{"id": one["id"], "text": one["conflict_text"]} for one in fields if one["conflict_text"]],
    }
    return render(request, "staff/plans/edit.html", context, status=status)


def _is_short(request: StaffRequest, contact: "Contact | None") -> bool:
    wanted = request.GET.get("form")
    if wanted in ("kort", "hel"):
        return wanted == "kort"
    return contact is not None and contact.level == Level.SEVERE


def _fields(draft: PlanVersion, *, typed: Typed, conflicts: Mapping[str, Conflict]) -> list[dict[str, Any]]:
    texts, marks = selectors.sections(draft.pk), selectors.marks(draft.plan_id)
    return [
        _field(section, texts[section], marks[section], typed=typed.fields, conflicts=conflicts)
        for section in SECTIONS
    ]


def _field(
    section: PlanSection,
    text: str,
    marked: tuple[ShareAudience, ...],
    *,
    typed: Mapping[str, FieldEdit],
    conflicts: Mapping[str, Conflict],
) -> dict[str, Any]:
    name, mark = section.value, MARK + section.value
    edit, conflict = typed.get(name), conflicts.get(name)
    return {
        "code": name,
        "id": f"plan_{name}",
        "title": word(PlanSection, section),
        "prompt": PROMPTS[section],
        "value": edit.value if edit else text,
        "base": token(text),
        "base_name": BASE + name,
        "theirs": conflict.theirs if conflict else "",
        "by": conflict.by if conflict else "",
        "conflict_text": _conflict_text(section, conflict) if conflict else "",
        "mark_base": token([one.value for one in marked]),
        "mark_base_name": BASE + mark,
        "marks": components.choice_group(
            mark,
            legend=_("May be shown to"),
            choices=[(one.value, str(AUDIENCES[one])) for one in ShareAudience],
            multiple=True,
            selected=[one.value for one in marked],
            keys=False,
        ),
    }


def _conflict_text(section: PlanSection, conflict: Conflict) -> str:
    return _("%(section)s: %(name)s wrote here while you were writing.") % {
        "section": word(PlanSection, section),
        "name": conflict.by or _("Someone else"),
    }
