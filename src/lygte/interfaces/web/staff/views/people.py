"""Search: one box. What is typed is posted and looked up; it never stands in an address or a log."""

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from lygte.apps.core.refusals import Refused
from lygte.apps.people import selectors
from lygte.domain.access import Action
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import people_shown as shown
from lygte.interfaces.web.staff.views import people_words as words

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

LONGEST_TERM = 120


@require_http_methods(["GET", "POST"])
@staff(Action.PERSON_SEARCH)
def people(request: StaffRequest, service: "Service") -> HttpResponse:
    """Find a person whom the service knows, or whom another service knows by what only they can tell."""
    return render(request, "staff/people/search.html", looked_up(request, service))


def looked_up(request: StaffRequest, service: "Service") -> dict[str, Any]:
    """Return what the search box found; `searched` is false while nothing was typed."""
    term = request.POST.get("term", "").strip()[:LONGEST_TERM]
    if not term:
        return {"searched": False, "term": "", "hits": [], "suggestions": (), "problem": ""}
    try:
        found = selectors.search(actor=request.actor, now=request.now, service=service, term=term)
    except Refused as problem:
        return {
            "searched": False,
            "term": term,
            "hits": [],
            "suggestions": (),
            "problem": words.refused(problem),
        }
    return {
        "searched": True,
        "term": term,
        "hits": shown.hits(found, actor=request.actor, now=request.now),
        "suggestions": () if found else selectors.word_suggestions(term),
        "problem": "",
    }
