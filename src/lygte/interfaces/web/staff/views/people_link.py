"""A thread is found to belong to a person, or a link is undone again. Both with a reason."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lygte.apps.casework import services as casework
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.people import selectors, services
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Action
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import people_shown as shown
from lygte.interfaces.web.staff.views import people_words as words
from lygte.interfaces.web.staff.views.people import looked_up
from lygte.interfaces.web.staff.views.people_recognise import person_id_of


@require_http_methods(["GET", "POST"])
@staff(Action.PERSON_LINK)
def person_link(request: StaffRequest, person: UUID) -> HttpResponse:
    """Search for the person to whom a thread belongs, and link it with everything that hangs on it."""
    row = selectors.read_person(actor=request.actor, now=request.now, person_id=person)
    if request.method == "POST" and request.POST.get("act") == "link":
        return _link(request, person)
    found: dict[str, Any] = {"searched": False, "term": "", "hits": [], "suggestions": ()}
    if request.method == "POST":
        service = tenancy.services_for(request.actor, Action.PERSON_SEARCH)[0]
        found = looked_up(request, service)
        mine = selectors.group(person)
        found["hits"] = [hit for hit in found["hits"] if hit["id"] not in mine]
    who = shown.who(selectors.card(row))
    return render(
        request, "staff/people/link.html", found | {"who": who, "person_id": person, "linking": True}
    )


def _link(request: StaffRequest, person: UUID) -> HttpResponse:
    try:
        link = services.link_thread(
            actor=request.actor,
            now=request.now,
            thread_id=person,
            person_id=person_id_of(request),
            reason=request.POST.get("reason", ""),
        )
    except Refused as problem:
        messages.warning(request, words.refused(problem))
        return redirect("staff:person_link", person)
    except InvalidField as problem:
        messages.warning(request, words.invalid(problem))
        return redirect("staff:person_link", person)
    messages.success(request, _("Linked. It can be undone here."))
    return redirect("staff:person", link.person_id)


@require_POST
@staff(Action.PERSON_LINK)
def link_undo(request: StaffRequest, link: UUID) -> HttpResponse:
    """Undo a link. Both sides stand again as they did before."""
    row = selectors.identity_link(link)
    undo = casework.detach if row.contact_id else services.undo_thread_link
    try:
        undo(actor=request.actor, now=request.now, link_id=link, reason=request.POST.get("reason", ""))
        messages.success(request, _("The link is undone. Nothing that was written is lost."))
    except Refused as problem:
        messages.warning(request, words.refused(problem))
    except InvalidField as problem:
        messages.warning(request, words.invalid(problem))
    if row.contact_id:
        return redirect("staff:contact", row.contact_id)
    person_id = selectors.root_of(row.person_id)
    if selectors.may_read(request.actor, person_id, request.now):
        return redirect("staff:person", person_id)
    return redirect("staff:home")
