"""What is known about a person is corrected: identity, wishes, words, consents."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lygte.apps.casework import services as casework
from lygte.apps.core.labels import word
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.people import selectors, services
from lygte.domain.access import Action
from lygte.domain.vocab import ConsentPurpose, Sex
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import people_shown as shown
from lygte.interfaces.web.staff.views import people_words as words
from lygte.interfaces.web.staff.views.people_recognise import doubt, doubtful
from lygte.interfaces.web.ui.components import choice_group

PROTECTED = ("name", "alias", "phone", "address")
PLAIN = ("birth_year", "home_municipality_code", "sex")


@require_http_methods(["GET", "POST"])
@staff(Action.PERSON_EDIT)
def person_edit(request: StaffRequest, person: UUID) -> HttpResponse:
    """Correct who a person is. What is hidden stays hidden here: an empty field keeps it."""
    row = selectors.read_to_edit(actor=request.actor, now=request.now, person_id=person)
    if request.method == "GET":
        return _form(request, row, {}, [])
    typed = _typed(request, row)
    try:
        casework.update_person(
            actor=request.actor,
            now=request.now,
            person_id=person,
            keep_phone=_keep_phone(request, row),
            **typed,
        )
    except services.LikelyDuplicates as likely:
        return _taken(request, row, typed, likely)
    except InvalidField as problem:
        return _form(request, row, typed, [{"id": f"id_{problem.field}", "text": words.invalid(problem)}])
    except Refused as problem:
        return _form(request, row, typed, [{"id": "", "text": words.refused(problem)}])
    _say(request, typed, person)
    return redirect("staff:person", person)


def _keep_phone(request: StaffRequest, row: Any) -> bool | None:
    """Return what the tick says now; None where it says nothing new: no tick, and none before."""
    if request.POST.get("keep_phone") == "1":
        return True
    return False if selectors.consent_given(row.pk, ConsentPurpose.KEEP_PHONE) else None


def _hidden(row: Any) -> set[str]:
    return {"cpr", *(PROTECTED if row.is_protected else ())}


def _typed(request: StaffRequest, row: Any) -> dict[str, Any]:
    """Return what is to be stored: a hidden field only when something was typed, or is to be removed."""
    sent, remove = request.POST, set(request.POST.getlist("remove"))
    typed: dict[str, Any] = {name: sent.get(name, "").strip() for name in (*PROTECTED, *PLAIN, "cpr")}
    hidden = _hidden(row)
    kept = {name for name in hidden if not typed[name] and name not in remove}
    typed = {name: "" if name in hidden & remove else value for name, value in typed.items()}
    typed["is_protected"] = sent.get("is_protected") == "1"
    return {name: value for name, value in typed.items() if name not in kept}


def _form(
    request: StaffRequest, row: Any, typed: dict[str, Any], errors: list[dict[str, str]], **more: Any
) -> HttpResponse:
    hidden = _hidden(row)
    fields = {
        name: {
            "value": typed.get(name, "" if name in hidden else getattr(row, name) or ""),
            "hidden": name in hidden and bool(getattr(row, name)),
        }
        for name in (*PROTECTED, "cpr", "birth_year", "home_municipality_code")
    }
    sex = choice_group(
        "sex",
        legend=_("Sex"),
        selected=typed.get("sex", row.sex),
        keys=False,
        choices=[(code.value, word(Sex, code)) for code in Sex],
    )
    context = {
        "person_id": row.pk,
        "who": shown.who(selectors.card(row)),
        "fields": fields,
        "sex": sex,
        "is_protected": typed.get("is_protected", row.is_protected),
        "keep_phone": bool(selectors.consent_given(row.pk, ConsentPurpose.KEEP_PHONE)),
        "wish_groups": shown.wish_groups(row),
        "do_not_remind": row.do_not_remind,
        "errors": errors,
    }
    return render(request, "staff/people/edit.html", context | more)


def _taken(
    request: StaffRequest, row: Any, typed: dict[str, Any], likely: services.LikelyDuplicates
) -> HttpResponse:
    error = {"id": "id_cpr", "text": _("This CPR number belongs to somebody whom we know already.")}
    found = shown.hits(likely.hits, actor=request.actor, now=request.now)
    return _form(request, row, typed, [error], hits=found)


def _say(request: StaffRequest, typed: dict[str, Any], person: UUID) -> None:
    messages.success(request, _("Saved."))
    if typed.get("phone") and not selectors.person(person).phone:
        messages.info(request, _("The phone number is not kept, since the person has not said yes to it."))
    if doubtful(typed.get("cpr", ""), request):
        messages.warning(request, doubt())


@require_POST
@staff(Action.PERSON_EDIT)
def person_wishes(request: StaffRequest, person: UUID) -> HttpResponse:
    """Record how the person wishes to be contacted."""
    sent = request.POST
    try:
        casework.set_wishes(
            actor=request.actor,
            now=request.now,
            person_id=person,
            may_ring=sent.get("may_ring", ""),
            band=sent.get("band", ""),
            medium=sent.get("medium", ""),
            do_not_remind=sent.get("do_not_remind") == "1",
            avoid_weekdays=sent.getlist("avoid_weekdays"),
        )
    except InvalidField as problem:
        raise BadRequest("not a wish that can be chosen") from problem
    messages.success(request, _("Saved."))
    return redirect("staff:person", person)


@require_POST
@staff(Action.PERSON_EDIT)
def person_words(request: StaffRequest, person: UUID) -> HttpResponse:
    """Give new words; the old ones lead nowhere after that."""
    try:
        services.renew_words(actor=request.actor, now=request.now, person_id=person)
        messages.success(request, _("New words. Read them aloud; the old ones no longer work."))
    except Refused as problem:
        messages.warning(request, words.refused(problem))
    return redirect("staff:person", person)


@require_POST
@staff(Action.PERSON_EDIT)
def consent(request: StaffRequest, person: UUID) -> HttpResponse:
    """Record a yes or a no, or take it back."""
    try:
        purpose = ConsentPurpose(request.POST.get("purpose", ""))
    except ValueError as problem:
        selectors.require_tie(request.actor, selectors.person(person).pk, action=Action.PERSON_EDIT)
        raise BadRequest("not a purpose") from problem
    act: dict[str, Any] = {
        "actor": request.actor,
        "now": request.now,
        "person_id": person,
        "purpose": purpose,
    }
    said = request.POST.get("said", "")
    if said in ("yes", "no"):
        casework.record_consent(**act, given=said == "yes")
    else:
        casework.withdraw_consent(**act)
    messages.success(request, _("Saved."))
    return redirect("staff:person", person)
