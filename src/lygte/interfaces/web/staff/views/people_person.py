"""A person's page: what is known, what they wish, what has been agreed, and who has looked."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.core.labels import word
from lygte.apps.people import selectors, services
from lygte.apps.plans import selectors as plans
from lygte.apps.promises import selectors as promises
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Action, may
from lygte.domain.ids import CprKind
from lygte.domain.time import day_of
from lygte.domain.vocab import Channel, IdentityLevel, Level, PromiseKind, Sex, Standing
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import people_shown as shown
from lygte.interfaces.web.staff.views import promises_words
from lygte.interfaces.web.staff.views.board_words import number

MOST_CONTACTS = 25
MOST_OPENINGS = 6


@require_GET
@staff(Action.PERSON_READ)
def person(request: StaffRequest, person: UUID) -> HttpResponse:
    """Show a person; a thread that is linked leads to the person it belongs to."""
    root = selectors.root_of(person)
    row = selectors.read_person(actor=request.actor, now=request.now, person_id=root)
    if root != person:
        return redirect("staff:person", root)
    return render(request, "staff/people/person.html", _page(request, row))


@require_POST
@staff(Action.PERSON_REVEAL)
def person_reveal(request: StaffRequest, person: UUID) -> HttpResponse:
    """Show what is hidden, once, on this answer alone."""
    identity = services.reveal(actor=request.actor, now=request.now, person_id=person)
    row = selectors.person(person)
    return render(request, "staff/people/person.html", _page(request, row, identity=identity))


@require_GET
@staff(Action.AUDIT_SEE)
def person_audit(request: StaffRequest, person: UUID) -> HttpResponse:
    """Show who has opened or changed the record."""
    events = selectors.trail(actor=request.actor, now=request.now, person_id=person)
    card = selectors.cards([person])[person]
    context = {"who": shown.who(card), "person_id": person, "events": shown.events(events)}
    return render(request, "staff/people/audit.html", context)


def _page(request: StaffRequest, row: Any, *, identity: services.Identity | None = None) -> dict[str, Any]:
    members = selectors.group(row.pk)
    known_to = selectors.tied_services(members)
    services_by_id = {one.pk: one for one in tenancy.services()}
    contacts = contacts_read.of_persons(members)
    return {
        "person_id": row.pk,
        "who": shown.who(selectors.card(row)),
        "level": word(IdentityLevel, row.level),
        "facts": _facts(row, identity),
        "opened": identity is not None,
        "hides": identity is None and bool(row.cpr or (row.is_protected and row.name)),
        "words_apart": row.return_words.split(),
        "wishes": shown.wishes(row),
        "consents": shown.consents(row.pk),
        "contacts": [_contact(request, one, services_by_id) for one in contacts[:MOST_CONTACTS]],
        "more_contacts": max(0, len(contacts) - MOST_CONTACTS),
        "plan": _plan(row.pk),
        "promises": _promises(request, members),
        "links": shown.links(row.pk, services={one.pk: one for one in contacts}),
        "known_to": [services_by_id[key].name for key in sorted(known_to, key=str)],
        "openings": shown.events(selectors.openings(members, limit=MOST_OPENINGS)),
        "admitted_on": row.admitted_on,
        "today": f"{day_of(request.now):%Y-%m-%d}",
    } | _rights(request, known_to, row)


def _rights(request: StaffRequest, known_to: set[UUID], row: Any) -> dict[str, Any]:
    def here(action: Action) -> bool:
        return any(
            may(request.actor, action, municipality_id=request.actor.municipality_id, service_id=service_id)
            for service_id in known_to
        )

    return {
        "may_edit": here(Action.PERSON_EDIT),
        "may_audit": here(Action.AUDIT_SEE),
        "by_glass": not here(Action.PERSON_READ),
        "link_url": ""
        if row.level == IdentityLevel.IDENTIFIED
        else reverse("staff:person_link", args=[row.pk]),
    }


def _facts(row: Any, identity: services.Identity | None) -> list[dict[str, Any]]:
    """What is known of the identity. A number, and all that is protected, is hidden until it is opened."""
    closed = row.is_protected and identity is None
    facts = [
        _hidden(_("Name"), row.name, closed),
        _hidden(_("Alias"), row.alias, closed),
        _hidden(_number(row.cpr_kind), _spaced(row.cpr), identity is None),
        shown.fact(_("Born in"), str(row.birth_year or "")),
        _hidden(_("Phone"), number(row.phone), closed),
        _hidden(_("Address"), row.address, closed),
        shown.fact(_("Municipality code"), row.home_municipality_code),
    ]
    missing = "not-recorded" if not row.sex else "not-stated" if row.sex == Sex.NOT_STATED else ""
    return [*facts, {"label": _("Sex"), "value": word(Sex, row.sex), "missing": missing, "private": False}]


def _hidden(label: str, value: str, closed: bool) -> dict[str, Any]:
    if value and closed:
        return {"label": label, "value": _("recorded, but hidden"), "missing": "", "private": False}
    return shown.fact(label, value, private=True)


def _number(kind: str) -> str:
    replacement = kind in (CprKind.REPLACEMENT_X, CprKind.REPLACEMENT_D)
    return _("Replacement for a CPR number") if replacement else _("CPR number")


def _spaced(cpr: str) -> str:
    return f"{cpr[:6]}-{cpr[6:]}" if cpr else ""


def _contact(request: StaffRequest, one: Any, services_by_id: dict[UUID, Any]) -> dict[str, Any]:
    readable = may(
        request.actor, Action.CONTACT_READ, municipality_id=one.municipality_id, service_id=one.service_id
    )
    return {
        "url": reverse("staff:contact", args=[one.pk]) if readable else "",
        "at": one.started_at,
        "service": services_by_id[one.service_id].name,
        "channel": word(Channel, one.channel),
        "level": word(Level, one.level) if readable else "",
        "level_missing": "not-recorded"
        if not one.level
        else "not-stated"
        if one.level == "not_stated"
        else "",
    }


def _plan(person_id: UUID) -> dict[str, Any] | None:
    newest = plans.newest_finished(person_id)
    return {"number": newest.number, "at": newest.finished_at} if newest else None


def _promises(request: StaffRequest, members: set[UUID]) -> list[dict[str, Any]]:
    """The promises that still stand, of the services where the reader may see them."""
    rows = [(row, promises.standing(row, request.now)) for row in promises.of_person(members)]
    return [
        {
            "url": reverse("staff:promise", args=[row.pk]),
            "kind": word(PromiseKind, row.kind),
            "promised": promises_words.promised(row, request.now),
            "decide": standing is Standing.NEEDS_DECISION,
            "overdue": standing is Standing.OVERDUE,
            "rests": standing is Standing.ON_HOLD,
        }
        for row, standing in rows
        if standing is not Standing.CLOSED
        and may(
            request.actor,
            Action.PROMISE_READ,
            municipality_id=request.actor.municipality_id,
            service_id=row.service_id,
        )
    ]
