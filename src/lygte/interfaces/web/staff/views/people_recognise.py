"""Who is this contact with? Search first; then a known person, a new anonymous thread, or a new person."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, ObjectDoesNotExist
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lygte.apps.accounts import selectors as accounts
from lygte.apps.casework import services as casework
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.people import selectors, services
from lygte.domain.access import Action
from lygte.domain.ids import CprError, CprKind, normalise_phone
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import people_shown as shown
from lygte.interfaces.web.staff.views import people_words as words
from lygte.interfaces.web.staff.views.people import looked_up

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

TYPED = ("alias", "name", "cpr", "phone")


@require_http_methods(["GET", "POST"])
@staff(Action.PERSON_LINK)
def recognise(request: StaffRequest, service: "Service", contact: UUID) -> HttpResponse:
    """Show who a contact is with, or find out; each act posts back here."""
    row = contacts_read.contact(contact)
    if row.service_id != service.pk:
        raise ObjectDoesNotExist
    act = request.POST.get("act", "search") if request.method == "POST" else ""
    acts = {"search": _search, "thread": _thread, "person": _person, "link": _link, "": _show}
    if act not in acts:
        raise BadRequest("not an act of this page")
    try:
        return acts[act](request, service, row)
    except Refused as problem:
        messages.warning(request, words.refused(problem))
    except InvalidField as problem:
        messages.warning(request, words.invalid(problem))
    return redirect(_here(request, service, row))


def _here(request: StaffRequest, service: "Service", row: Any) -> str:
    plan = "?kriseplan=1" if for_plan(request) else ""
    return reverse("staff:recognise", args=[service.slug, row.pk]) + plan


def for_plan(request: StaffRequest) -> bool:
    """Tell whether the worker came here on the way to the crisis plan."""
    return "1" in (request.GET.get("kriseplan"), request.POST.get("kriseplan"))


def _onward(request: StaffRequest, row: Any) -> str:
    if for_plan(request) and row.person_id:
        return f"{reverse('staff:plan_edit', args=[row.person_id])}?henvendelse={row.pk}"
    return reverse("staff:contact", args=[row.pk])


def _show(request: StaffRequest, service: "Service", row: Any) -> HttpResponse:
    if row.person_id:
        return render(request, "staff/people/recognised.html", _recognised(request, row))
    return _page(request, row, {"searched": False, "term": "", "hits": [], "suggestions": ()})


def _search(request: StaffRequest, service: "Service", row: Any) -> HttpResponse:
    if row.person_id:
        return redirect(_here(request, service, row))
    found = looked_up(request, service)
    return _page(request, row, found | {"typed": _guess(found["term"])})


def _page(request: StaffRequest, row: Any, found: dict[str, Any]) -> HttpResponse:
    context = {
        "contact_url": reverse("staff:contact", args=[row.pk]),
        "for_plan": for_plan(request),
        "typed": dict.fromkeys(TYPED, ""),
        "errors": [],
        "linking": True,
    }
    return render(request, "staff/people/recognise.html", context | found)


def _guess(term: str) -> dict[str, str]:
    """Put what was searched for where it belongs in the form for a new person."""
    if normalise_phone(term):
        return dict.fromkeys(TYPED, "") | {"phone": term}
    if sum(letter.isdigit() for letter in term) >= len("ddmmyy"):
        return dict.fromkeys(TYPED, "") | {"cpr": term}
    return dict.fromkeys(TYPED, "") | {"alias": term}


def _thread(request: StaffRequest, service: "Service", row: Any) -> HttpResponse:
    if row.person_id:
        raise Refused("already_linked")
    casework.start_thread(
        actor=request.actor,
        now=request.now,
        contact_id=row.pk,
        reason=_("A new thread with three words"),
    )
    return redirect(_here(request, service, row))


def _link(request: StaffRequest, service: "Service", row: Any) -> HttpResponse:
    casework.attach(
        actor=request.actor,
        now=request.now,
        contact_id=row.pk,
        person_id=person_id_of(request),
        reason=request.POST.get("reason", ""),
    )
    row.refresh_from_db()
    messages.success(request, _("Linked. It can be undone on the person's page."))
    return redirect(_onward(request, row))


def person_id_of(request: StaffRequest) -> UUID:
    """Return the posted person; anything else is a bad request."""
    try:
        return UUID(request.POST.get("person", ""))
    except ValueError as problem:
        raise BadRequest("not a person") from problem


def _person(request: StaffRequest, service: "Service", row: Any) -> HttpResponse:
    if row.person_id:
        raise Refused("already_linked")
    typed = {name: request.POST.get(name, "").strip() for name in TYPED}
    try:
        person = services.create_person(
            actor=request.actor,
            now=request.now,
            service=service,
            keep_phone=request.POST.get("keep_phone") == "1",
            is_protected=request.POST.get("is_protected") == "1",
            confirmed=request.POST.get("confirmed") == "1",
            **typed,
        )
    except services.LikelyDuplicates as likely:
        return _likely(request, row, typed, likely)
    except InvalidField as problem:
        errors = [{"id": f"new_{problem.field}", "text": words.invalid(problem)}]
        return _page(request, row, _again(request, typed) | {"errors": errors})
    casework.tell_who(
        actor=request.actor,
        now=request.now,
        contact_id=row.pk,
        person_id=person.pk,
        reason=_("Told who they are"),
        cpr_given=bool(typed["cpr"]),
    )
    _say(request, typed, person)
    row.refresh_from_db()
    return redirect(_onward(request, row))


def _again(request: StaffRequest, typed: dict[str, str]) -> dict[str, Any]:
    return {
        "searched": True,
        "term": "",
        "hits": [],
        "suggestions": (),
        "typed": typed,
        "keep_phone": request.POST.get("keep_phone") == "1",
        "is_protected": request.POST.get("is_protected") == "1",
        "form_open": True,
    }


def _likely(
    request: StaffRequest, row: Any, typed: dict[str, str], likely: services.LikelyDuplicates
) -> HttpResponse:
    found = {
        "hits": shown.hits(likely.hits, actor=request.actor, now=request.now),
        "likely": True,
        "certain": likely.certain,
    }
    return _page(request, row, _again(request, typed) | found)


def _say(request: StaffRequest, typed: dict[str, str], person: Any) -> None:
    """Say what was kept, and what to look at once more."""
    messages.success(request, _("The person is registered and linked to the contact."))
    if typed["phone"] and not person.phone:
        messages.info(request, _("The phone number is not kept, since the person has not said yes to it."))
    if doubtful(typed["cpr"], request):
        messages.warning(request, doubt())


def doubt() -> str:
    """Return what to say about a number that fails the old check digit."""
    return _("The CPR number fails the old check digit. Real numbers may do that; look at it once more.")


def doubtful(text: str, request: StaffRequest) -> bool:
    """Tell whether a number that was accepted fails modulus 11, which real numbers may."""
    try:
        cpr = selectors.check_cpr(text, now=request.now)
    except CprError:
        return False
    return cpr.kind is CprKind.CPR and not cpr.modulus11


def _recognised(request: StaffRequest, row: Any) -> dict[str, Any]:
    readable = selectors.may_read(request.actor, row.person_id, request.now)
    own = selectors.person(row.person_id)
    card = selectors.cards([row.person_id])[row.person_id]
    link = next(iter(selectors.identity_links(contact_id=row.pk)), None)
    names = accounts.user_names([link.linked_by_id]) if link else {}
    return {
        "contact_url": _onward(request, row),
        "for_plan": for_plan(request),
        "who": shown.who(card),
        "words_apart": own.return_words.split() if readable else [],
        "person_url": reverse("staff:person", args=[card.id]) if readable else "",
        "link_url": reverse("staff:person_link", args=[card.id]) if own.return_words and readable else "",
        "link": link
        and {
            "at": link.linked_at,
            "by": names.get(link.linked_by_id, "") if link.linked_by_id else "",
            "reason": link.reason,
            "undo_url": reverse("staff:link_undo", args=[link.pk]),
        },
        "contact": row.pk,
    }
