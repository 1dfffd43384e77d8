"""The contact page: registration to the left, the crisis conversation to the right, everything saved as it is
typed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from lygte.apps.accounts import selectors as accounts
from lygte.apps.casework import services as casework
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services
from lygte.apps.core.labels import word
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.saving import Conflict, FieldEdit
from lygte.apps.promises import selectors as promises
from lygte.domain.access import Action, require
from lygte.domain.time import day_of
from lygte.domain.vocab import Channel, ContactState, Direction, LateKind, OutgoingKind
from lygte.interfaces.web import autosave
from lygte.interfaces.web.requests import StaffRequest, draft_key, staff
from lygte.interfaces.web.staff.views import contacts_effects as effects
from lygte.interfaces.web.staff.views import contacts_form as form
from lygte.interfaces.web.staff.views import contacts_words as words
from lygte.interfaces.web.staff.views.contacts_person import earlier, who
from lygte.interfaces.web.staff.views.contacts_summary import summary
from lygte.interfaces.web.ui.components import running_clock

ON_PAGE = (*form.TALKING, *form.TALKING_NOTES)


@require_http_methods(["GET", "POST"])
@staff(Action.CONTACT_READ)
def contact(request: StaffRequest, contact: UUID) -> HttpResponse:
    """Show a contact. A post, from a page without script, saves every field that was changed and goes on."""
    row = read(request, contact)
    if request.method == "POST":
        return _post(request, row)
    return _show(request, row)


def read(request: StaffRequest, contact_id: UUID) -> Any:
    """Return a contact for reading; the page around it is that of its service."""
    row = services.read_contact(actor=request.actor, now=request.now, contact_id=contact_id)
    request.service = row.service
    return row


def _show(
    request: StaffRequest,
    row: Any,
    *,
    typed: Mapping[str, FieldEdit] | None = None,
    conflicts: Mapping[str, Conflict] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    notes = contacts_read.notes(row.pk)
    context = _head(request, row) | {"person": who(row), "earlier": earlier(request, row)}
    if row.state == ContactState.CLOSED:
        return render(request, "staff/contacts/closed.html", context | summary(row, notes, request.now))
    stored = form.shown_values(row, notes, ON_PAGE)
    values = stored | {name: edit.value for name, edit in (typed or {}).items() if name in stored}
    day = day_of(request.now)
    return render(
        request,
        "staff/contacts/contact.html",
        context
        | {
            "groups": {
                name: form.group(
                    name, values[name], contact=row, day=day, error=_trouble(name, conflicts, errors)
                )
                for name in form.TALKING
            },
            "own_words": form.text_field(
                "own_words", values["own_words"], conflict=(conflicts or {}).get("own_words")
            ),
            "stages": form.stages(values, conflicts or {}),
            "bases": form.bases(stored),
            "effects": effects.effects(effects.TALKING, row, now=request.now),
            "draft_key": draft_key(request),
        },
    )


def _trouble(name: str, conflicts: Mapping[str, Conflict] | None, errors: Mapping[str, str] | None) -> str:
    if conflict := (conflicts or {}).get(name):
        return form.conflict_words(conflict)
    return (errors or {}).get(name, "")


def _head(request: StaffRequest, row: Any) -> dict[str, Any]:
    owner = accounts.user_names([row.owner_id]).get(row.owner_id, "") if row.owner_id else ""
    since = row.received_at or row.started_at
    return {
        "contact": row,
        "channel": word(Channel, row.channel),
        "kind": word(OutgoingKind, row.outgoing_kind) if row.direction == Direction.OUTGOING else "",
        "late": word(LateKind, late) if (late := contacts_read.late_kind(row)) else "",
        "waiting": row.state == ContactState.WAITING,
        "clock": running_clock(now=request.now, since=since) if row.ended_at is None else None,
        "lasted": lasted_minutes(row, request.now) if row.ended_at else None,
        "owner": owner,
        "is_owner": row.owner_id == request.actor.id,
        "attempt_url": _attempt_url(row),
        "urls": urls(row),
    }


def _attempt_url(row: Any) -> str:
    """Where to write that nobody answered, when this call tries to keep a promise."""
    promise = promises.being_kept_by(row.pk) if row.direction == Direction.OUTGOING else None
    return reverse("staff:promise", args=[promise.pk]) if promise else ""


def lasted_minutes(row: Any, now: datetime) -> int:
    """Return how long the contact has lasted, in whole minutes, at least one."""
    return max(1, round(((row.ended_at or now) - (row.received_at or row.started_at)).total_seconds() / 60))


def urls(row: Any) -> dict[str, str]:
    """Return the addresses that lead on from a contact."""
    slug = row.service.slug
    return {
        "contact": reverse("staff:contact", args=[row.pk]),
        "save": reverse("staff:contact_save", args=[row.pk]),
        "receive": reverse("staff:contact_receive", args=[row.pk]),
        "take_over": reverse("staff:contact_take_over", args=[row.pk]),
        "close": reverse("staff:contact_close", args=[row.pk]),
        "reopen": reverse("staff:contact_reopen", args=[row.pk]),
        "notification": reverse("staff:notification", args=[row.pk]),
        "recognise": reverse("staff:recognise", args=[slug, row.pk]),
        "callback": f"{reverse('staff:promise_new', args=[slug])}?henvendelse={row.pk}",
        "person": reverse("staff:person", args=[row.person_id]) if row.person_id else "",
        "plan": (
            f"{reverse('staff:plan_edit', args=[row.person_id])}?henvendelse={row.pk}"
            if row.person_id
            else f"{reverse('staff:recognise', args=[slug, row.pk])}?kriseplan=1"
        ),
    }


def _post(request: StaffRequest, row: Any) -> HttpResponse:
    goal = urls(row).get(request.POST.get("next", ""), urls(row)["contact"])
    # With script everything is saved already; the form may hold less than a colleague wrote since.
    if request.POST.get("autosaved") == "1":
        return redirect(goal)
    edits = autosave.posted_edits(request, form.multiple(ON_PAGE))
    saved = save(request, row.pk, edits)
    if saved.errors or saved.conflicts:
        row.refresh_from_db()
        return _show(request, row, typed=edits, conflicts=saved.conflicts, errors=saved.errors)
    return redirect(goal)


class Saved:
    """What became of the typed fields of one request."""

    def __init__(self) -> None:
        self.result: Any = None
        self.errors: dict[str, str] = {}

    @property
    def conflicts(self) -> dict[str, Conflict]:
        """Return the fields where a colleague was faster."""
        return self.result.conflicts if self.result else {}


def save(
    request: StaffRequest, contact_id: UUID, edits: Mapping[str, FieldEdit], client: str = "", seq: int = 0
) -> Saved:
    """Save typed fields. One that cannot be stored is told of, and the others are saved all the same."""
    saved, left = Saved(), dict(edits)
    while left and saved.result is None:
        try:
            saved.result = casework.save_contact(
                actor=request.actor,
                now=request.now,
                contact_id=contact_id,
                fields=left,
                client=client,
                seq=seq,
            )
        except InvalidField as problem:
            saved.errors[problem.field] = words.invalid(problem)
            if left.pop(problem.field, None) is None:
                break
        except Refused as problem:
            saved.errors |= dict.fromkeys(left, words.refused(problem))
            break
    return saved


@require_http_methods(["PATCH"])
@staff(Action.CONTACT_REGISTER)
def contact_save(request: StaffRequest, contact: UUID) -> HttpResponse:
    """Save what was typed in the last moment, and answer with what follows from it."""
    try:
        burst = autosave.read_burst(request)
    except BadRequest:
        _require_registering(request, contact)
        raise
    if not burst.edits:
        _require_registering(request, contact)
    saved = save(request, contact, burst.edits, burst.client, burst.seq)
    if saved.result is None:
        return autosave.answer(None, errors=saved.errors)
    at_closing = request.GET.get("afslut") == "1"
    names = effects.following_from(saved.result.saved, at_closing=at_closing)
    fragments = effects.effects(names, saved.result.contact, now=request.now)
    return autosave.answer(saved.result, errors=saved.errors, effects=fragments)


def _require_registering(request: StaffRequest, contact_id: UUID) -> None:
    """Ask who may before anything is said of what was sent."""
    service_id = contacts_read.contact(contact_id).service_id
    municipality_id = request.actor.municipality_id
    require(request.actor, Action.CONTACT_REGISTER, municipality_id=municipality_id, service_id=service_id)
