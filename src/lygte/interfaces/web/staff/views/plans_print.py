from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from lygte.apps.core.labels import word
from lygte.apps.people import selectors as people
from lygte.apps.plans import selectors, services
from lygte.domain.access import Action
from lygte.domain.events import Verb
from lygte.domain.plan import SECTIONS
from lygte.domain.vocab import IdentityLevel, PlanSection
from lygte.interfaces.web.citizen.sections import shown_sections
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import plans_paper
from lygte.interfaces.web.staff.views.plans_words import refusal


@staff(Action.PLAN_READ)
@require_safe
def plan_print(request: StaffRequest, person: UUID) -> HttpResponseBase:
    """Show the newest finished version as one sheet of paper; with the name only when the person wants it."""
    found = services.read(actor=request.actor, now=request.now, person_id=person, verb=Verb.PLAN_PRINTED)
    newest = selectors.newest_finished_of(found.pk) if found else None
    if found is None or newest is None:
        messages.error(request, refusal("plan_not_finished"))
        return redirect("staff:plan", person=person)
    card = people.card(people.person(person))
    texts = selectors.sections(newest.pk)
    fit = plans_paper.fit(texts, {section: word(PlanSection, section) for section in SECTIONS})
    may_name = card.level is not IdentityLevel.THREAD
    context = {
        "person_id": person,
        "size": fit.size.name,
        "one_page": fit.one_page,
        "may_name": may_name,
        "name": card.shown_name if may_name and request.GET.get("navn") == "1" else "",
        "number": newest.number,
        "finished_at": newest.finished_at,
        "sections": shown_sections(texts),
        "service_name": found.service.name,
        "service_phone": found.service.phone,
    }
    return render(request, "staff/plans/print.html", context)
