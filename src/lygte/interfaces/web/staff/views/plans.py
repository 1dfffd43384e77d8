from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lygte.apps.accounts import selectors as accounts
from lygte.apps.casework import services as casework
from lygte.apps.contacts import selectors as contacts
from lygte.apps.core.labels import word
from lygte.apps.people import selectors as people
from lygte.apps.plans import selectors, services
from lygte.apps.plans.selectors import Plan, PlanShare, PlanVersion
from lygte.domain import plan as plan_rules
from lygte.domain.access import Action, may
from lygte.domain.plan import ChangeKind, PieceOp
from lygte.domain.vocab import IdentityLevel, PlanSection, PlanVersionState, ShareAudience
from lygte.interfaces.web.citizen.sections import empty_titles, shown_sections
from lygte.interfaces.web.requests import StaffRequest, staff

if TYPE_CHECKING:
    from lygte.apps.contacts.models import Contact


@staff(Action.PLAN_READ)
@require_safe
def plan(request: StaffRequest, person: UUID) -> HttpResponseBase:
    """Show the newest finished version, the older ones, and the links to it."""
    found = services.read(actor=request.actor, now=request.now, person_id=person)
    context = head(request, person) | contact_facts(contact_of(request, person))
    if found is None:
        return render(request, "staff/plans/plan.html", context)
    versions = selectors.versions(found.pk)
    shares = selectors.shares(found.pk)
    names = accounts.user_names(
        [*(row.finished_by_id for row in versions), *(share.created_by_id for share in shares)]
    )
    finished = [row for row in versions if row.state == PlanVersionState.FINISHED]
    context |= _newest(finished[-1], names) if finished else {}
    context |= {
        "draft": next((_version(row, names) for row in versions if row not in finished), None),
        "versions": [_version(row, names) for row in reversed(finished)],
        "comparable": len(versions) > 1,
        "shares": [_share(row, request, names) for row in shares],
    }
    return render(request, "staff/plans/plan.html", context)


def head(request: StaffRequest, person_id: UUID) -> dict[str, Any]:
    """Return what the top of every page of a plan shows: whose it is, and where to go."""
    row = people.person(person_id)
    card = people.card(row)
    thread = card.level is IdentityLevel.THREAD
    everywhere = {"municipality_id": request.actor.municipality_id}
    return {
        "person_id": person_id,
        "name": card.shown_name,
        "initials": card.initials,
        "return_words": row.return_words if thread else "",
        "person_url": reverse("staff:person", args=[person_id]),
        "may_write": may(request.actor, Action.PLAN_WRITE, **everywhere),
        "may_share": may(request.actor, Action.PLAN_SHARE, **everywhere),
        "newest": None,
        "draft": None,
    }


def contact_of(request: HttpRequest, person: UUID) -> "Contact | None":
    """Return the contact that the worker came from, when it is the person's."""
    named = request.GET.get("henvendelse") or request.POST.get("henvendelse")
    try:
        row = contacts.contact(UUID(named or ""))
    except ValueError:
        return None
    return row if row.person_id in people.group(person) else None


def contact_facts(contact: "Contact | None") -> dict[str, Any]:
    """Return the way back to the contact, and what the next form carries of it."""
    return {
        "contact_id": contact.pk if contact else "",
        "contact_url": reverse("staff:contact", args=[contact.pk]) if contact else "",
    }


def plan_url(person: UUID, contact_id: UUID | None) -> str:
    """Return the address of a plan, with the contact that the worker came from."""
    url = reverse("staff:plan", args=[person])
    return f"{url}?henvendelse={contact_id}" if contact_id else url


def _newest(row: PlanVersion, names: dict[UUID, str]) -> dict[str, Any]:
    texts = selectors.sections(row.pk)
    return {"newest": _version(row, names), "sections": shown_sections(texts), "empty": empty_titles(texts)}


def _version(row: PlanVersion, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "number": row.number,
        "at": row.finished_at or row.started_at,
        "by": names.get(row.finished_by_id, "") if row.finished_by_id else "",
        "is_draft": row.state == PlanVersionState.DRAFT,
    }


def _share(row: PlanShare, request: StaffRequest, names: dict[UUID, str]) -> dict[str, Any]:
    expired = row.expires_at <= request.now
    return {
        "id": row.pk,
        "audience": word(ShareAudience, row.audience),
        "label": row.label,
        "sections": ", ".join(word(PlanSection, code) for code in row.sections),
        "at": row.created_at,
        "by": names.get(row.created_by_id, "") if row.created_by_id else "",
        "expires_at": row.expires_at,
        "times_opened": row.times_opened,
        "last_opened_at": row.last_opened_at,
        "withdrawn_at": row.withdrawn_at,
        "expired": expired,
        "works": row.withdrawn_at is None and not expired,
    }


@staff(Action.PLAN_READ)
@require_safe
def plan_compare(request: StaffRequest, person: UUID) -> HttpResponseBase:
    """Show two versions against each other, word by word."""
    found = existing(request, person)
    versions = {row.number: row for row in selectors.versions(found.pk)}
    old, new = _pair(request, versions)
    changes = plan_rules.compare(selectors.sections(old.pk), selectors.sections(new.pk))
    context = head(request, person) | {
        "versions": [_version(row, {}) for row in versions.values()],
        "old": _version(old, {}),
        "new": _version(new, {}),
        "changes": [_change(one) for one in changes if any(text.strip() for _op, text in one.pieces)],
        "same": all(one.kind is ChangeKind.SAME for one in changes),
    }
    return render(request, "staff/plans/compare.html", context)


def existing(request: StaffRequest, person: UUID) -> Plan:
    """Return the plan and record the reading; a person without a plan is "not found"."""
    found = services.read(actor=request.actor, now=request.now, person_id=person)
    if found is None:
        raise Http404
    return found


def _pair(request: HttpRequest, versions: dict[int, PlanVersion]) -> tuple[PlanVersion, PlanVersion]:
    numbers = sorted(versions)
    chosen = (request.GET.get("fra") or numbers[-2:][0], request.GET.get("til") or numbers[-1])
    try:
        return versions[int(chosen[0])], versions[int(chosen[1])]
    except (ValueError, KeyError):
        raise Http404 from None


def _change(one: plan_rules.SectionChange) -> dict[str, Any]:
    words = {
        ChangeKind.SAME: _("not changed"),
        ChangeKind.ADDED: _("written since"),
        ChangeKind.REMOVED: _("taken out"),
        ChangeKind.CHANGED: _("changed"),
    }
    return {
        "code": one.section.value,
        "title": word(PlanSection, one.section),
        "kind": one.kind.value,
        "kind_word": words[one.kind],
        "pieces": [
            {"added": op is PieceOp.ADDED, "removed": op is PieceOp.REMOVED, "text": text}
            for op, text in one.pieces
        ],
    }


@staff(Action.PLAN_WRITE)
@require_POST
def plan_from_contact(request: StaffRequest, contact: UUID) -> HttpResponseBase:
    """Go on with the plan of the one whom a contact is with; an anonymous contact gets its words first."""
    version = casework.start_plan(
        actor=request.actor, now=request.now, contact_id=contact, reason=_("for the crisis plan")
    )
    messages.success(request, _("The plan is open. Everything you write is kept."))
    return redirect("staff:plan_edit", person=version.plan.person_id)
