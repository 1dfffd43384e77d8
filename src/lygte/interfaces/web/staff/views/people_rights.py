"""What a person may ask of us: everything we keep on them, and to be erased. For a leader."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lygte.apps.accounts import selectors as accounts
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.people import selectors as people
from lygte.apps.people.shredder import subject_of
from lygte.apps.privacy import selectors, services
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import AccessDenied, Action
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import people_shown as shown
from lygte.interfaces.web.staff.views import people_words as words
from lygte.interfaces.web.staff.views.rights_words import table_word

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service


@require_GET
@staff(Action.PERSON_ERASE)
def rights(request: StaffRequest, person: UUID) -> HttpResponse:
    """Show what is kept, what has been asked for, and what can be done."""
    row = people.person(person)
    members = people.require_tie(request.actor, row.pk, action=Action.PERSON_ERASE)
    subject = subject_of(row.pk)
    asked = selectors.open_request(subject)
    names = accounts.user_names([asked.asked_by_id] if asked else [])
    context = {
        "person_id": row.pk,
        "who": shown.who(people.cards([row.pk])[row.pk]),
        "threads": len(members) - 1,
        "counts": [(table_word(label), count) for label, count in selectors.counted(subject).items()],
        "asked": asked,
        "asked_by": next(iter(names.values()), ""),
        "own": asked is not None and asked.asked_by_id == request.actor.id,
        "holds": selectors.holds_of(subject),
        "glass_waits": selectors.glass_waits(subject),
    }
    return render(request, "staff/people/rights.html", context)


@require_POST
@staff(Action.PERSON_EXPORT)
def person_export(request: StaffRequest, person: UUID) -> HttpResponse:
    """Hand out an archive with a page to read and a file for machines. Its name tells of nobody."""
    people.require_tie(request.actor, people.person(person).pk, action=Action.PERSON_EXPORT)
    reason = request.POST.get("reason", "")
    try:
        parts = services.export(actor=request.actor, now=request.now, person_id=person, reason=reason)
    except InvalidField as problem:
        messages.warning(request, words.invalid(problem))
        return redirect("staff:person_rights", person)
    answer = HttpResponse(_archive(parts, request), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="indsigt.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def _archive(parts: list[services.Part], request: StaffRequest) -> bytes:
    shown_parts = [
        {
            "title": table_word(part.label),
            "columns": part.columns,
            "rows": [[row[name] for name in part.columns] for row in part.rows],
            "others": part.speaks_of_others,
        }
        for part in parts
    ]
    page = render_to_string("staff/people/export.html", {"parts": shown_parts, "at": request.now})
    tables = {part.label: part.rows for part in parts}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("indsigt.html", page)
        archive.writestr("indsigt.json", json.dumps(tables, ensure_ascii=False, indent=1))
    return held.getvalue()


@require_POST
@staff(Action.PERSON_ERASE)
def erasure_ask(request: StaffRequest, person: UUID) -> HttpResponse:
    """Write down that the person asks to be erased. Another leader decides."""
    root = people.person(person).pk
    people.require_tie(request.actor, root, action=Action.PERSON_ERASE)
    _tried(
        request,
        lambda: services.ask(
            actor=request.actor,
            now=request.now,
            person_id=root,
            service_id=_own_service(request, root).pk,
            reason=request.POST.get("reason", ""),
        ),
        _("Written down. Another leader decides."),
    )
    return redirect("staff:person_rights", root)


def _own_service(request: StaffRequest, person_id: UUID) -> "Service":
    """Return a service of the leader that knows the person."""
    known = people.tied_services(people.group(person_id))
    own = [one for one in tenancy.services_for(request.actor, Action.PERSON_ERASE) if one.pk in known]
    if not own:
        raise AccessDenied(Action.PERSON_ERASE)
    return own[0]


@require_POST
@staff(Action.PERSON_ERASE)
def erasure_decide(request: StaffRequest, erasure: UUID) -> HttpResponse:
    """Erase the person, or keep the record with a reason."""
    asked = selectors.erasure(erasure)
    if asked.person_id is None:
        raise BadRequest("decided already")
    person_id = asked.person_id
    people.require_tie(request.actor, person_id, action=Action.PERSON_ERASE)
    erase = request.POST.get("decision") == "erase"
    done = _tried(
        request,
        lambda: services.decide(
            actor=request.actor,
            now=request.now,
            request_id=asked.pk,
            erase=erase,
            reason=request.POST.get("reason", ""),
        ),
        _("The person is erased. A receipt is kept; it names nobody.") if erase else _("The record is kept."),
    )
    return redirect("staff:home") if done and erase else redirect("staff:person_rights", person_id)


@require_POST
@staff(Action.PERSON_ERASE)
def person_hold(request: StaffRequest, person: UUID) -> HttpResponse:
    """Put a hold on what is let go of, or lift it."""
    root = people.person(person).pk
    people.require_tie(request.actor, root, action=Action.PERSON_ERASE)
    act: dict[str, Any] = {"actor": request.actor, "now": request.now, "person_id": root}
    if request.POST.get("lift"):
        _tried(request, lambda: services.lift(**act), _("The hold is lifted."))
    else:
        reason = request.POST.get("reason", "")
        _tried(request, lambda: services.hold(**act, reason=reason), _("Nothing on the person is let go of."))
    return redirect("staff:person_rights", root)


def _tried(request: StaffRequest, act: Callable[[], object], sentence: str) -> bool:
    try:
        act()
    except InvalidField as problem:
        messages.warning(request, words.invalid(problem))
    except Refused as problem:
        messages.warning(request, words.refused(problem))
    else:
        messages.success(request, sentence)
        return True
    return False
