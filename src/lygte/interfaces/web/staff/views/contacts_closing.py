"""Closing a contact: how it is now, what happens next, and what will be counted as not stated."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lygte.apps.casework import services as casework
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.saving import FieldEdit, token
from lygte.apps.people import selectors as people
from lygte.apps.promises import services as promises
from lygte.domain.access import Action
from lygte.domain.time import day_of
from lygte.domain.transitions import TransitionRefused
from lygte.domain.vocab import ContactState, DayBand, Medium, NotificationChoice
from lygte.interfaces.web import autosave
from lygte.interfaces.web.requests import StaffRequest, draft_key, staff
from lygte.interfaces.web.staff.views import contacts_effects as effects
from lygte.interfaces.web.staff.views import contacts_form as form
from lygte.interfaces.web.staff.views import contacts_words as words
from lygte.interfaces.web.staff.views.contacts_notification import choice_group_of, held_text, parse_day
from lygte.interfaces.web.staff.views.contacts_page import Saved, lasted_minutes, read, save, urls
from lygte.interfaces.web.staff.views.contacts_person import who
from lygte.interfaces.web.staff.views.promises_words import told_at_closing

WISHES = ("band", "medium", "do_not_remind")
LONGEST_BY_CLOCK = 12 * 60
ON_PAGE = (*form.CLOSING, *form.CLOSING_REST)


@require_http_methods(["GET", "POST"])
@staff(Action.CONTACT_CLOSE)
def contact_close(request: StaffRequest, contact: UUID) -> HttpResponse:
    """Ask how it is now and close. Only a missing decision on a child notification stands in the way."""
    row = read(request, contact)
    if row.state == ContactState.CLOSED:
        messages.info(request, _("The contact is closed."))
        return redirect("staff:contact", contact)
    if request.method == "POST":
        return _post(request, row)
    return _show(request, row)


def _post(request: StaffRequest, row: Any) -> HttpResponse:
    edits = autosave.posted_edits(request, form.multiple((*ON_PAGE, *WISHES)))
    saved = save(request, row.pk, edits)
    if saved.errors or saved.conflicts:
        return _again(request, row, saved=saved, edits=edits)
    if request.POST.get("next") != "close":
        return redirect(urls(row).get(request.POST.get("next", ""), urls(row)["close"]))
    return _close(request, row)


def _close(request: StaffRequest, row: Any) -> HttpResponse:
    try:
        closed = casework.close_contact(
            actor=request.actor,
            now=request.now,
            contact_id=row.pk,
            decision=_decision(request),
            number=request.POST.get("number", ""),
        )
    except services.CannotClose:
        text = _("Children are mentioned, or the person is under 18. Decide first whether to notify.")
        return _again(request, row, blocked={"notification_choice": text})
    except InvalidField as problem:
        field = problem.field if problem.field == "number" else f"notification_{problem.field}"
        return _again(request, row, blocked={field: words.invalid(problem)})
    except Refused as problem:
        return _again(request, row, blocked={"notification_choice": words.refused(problem)})
    except TransitionRefused:
        messages.info(request, _("The contact is closed."))
        return redirect("staff:contact", row.pk)
    messages.success(request, _("The contact is closed."))
    if why := told_at_closing(promises.why_no_follow_up(closed, now=request.now)):
        messages.info(request, why)
    return redirect("staff:board", row.service.slug)


def _decision(request: StaffRequest) -> casework.NotificationDecision | None:
    choice = request.POST.get("notification_choice", "")
    if choice not in set(NotificationChoice):
        return None
    return casework.NotificationDecision(
        choice=NotificationChoice(choice),
        reason=request.POST.get("notification_reason", ""),
        sent_on=parse_day("sent_on", request.POST.get("notification_sent_on", "")),
        sent_to=request.POST.get("notification_sent_to", ""),
    )


def _again(
    request: StaffRequest,
    row: Any,
    *,
    saved: Saved | None = None,
    edits: Mapping[str, FieldEdit] | None = None,
    blocked: Mapping[str, str] | None = None,
) -> HttpResponse:
    row.refresh_from_db()
    return _show(request, row, saved=saved or Saved(), edits=edits, blocked=blocked)


def _show(
    request: StaffRequest,
    row: Any,
    *,
    saved: Saved | None = None,
    edits: Mapping[str, FieldEdit] | None = None,
    blocked: Mapping[str, str] | None = None,
) -> HttpResponse:
    notes = contacts_read.notes(row.pk)
    stored = form.shown_values(row, notes, ON_PAGE)
    typed = {name: edit.value for name, edit in (edits or {}).items()}
    trouble = _trouble(saved)
    by_clock = lasted_minutes(row, request.now)
    # A contact that was left open until the next day says nothing about the time that was spent.
    minutes = stored["minutes"] or (str(by_clock) if by_clock <= LONGEST_BY_CLOCK else "")
    context = {
        "contact": row,
        "person": who(row),
        "urls": urls(row),
        "groups": _groups(request, row, stored | typed, trouble),
        "minutes": form.text_field("minutes", typed.get("minutes", minutes))
        | {"token": token(stored["minutes"])},
        "minutes_error": trouble.get("minutes", ""),
        "minutes_from_clock": bool(minutes) and not stored["minutes"],
        "closing": form.text_field("closing", typed.get("closing", stored["closing"])),
        "bases": form.bases(stored),
        "effects": effects.effects(effects.CLOSING, row, now=request.now),
        "draft_key": draft_key(request),
        "wish": _wish(row),
        "number": request.POST.get("number", ""),
        "number_error": (blocked or {}).get("number", ""),
        "decision": _decision_fields(request, row, blocked or {}),
        "errors": _summary(trouble, blocked or {}),
    }
    return render(request, "staff/contacts/close.html", context)


def _trouble(saved: Saved | None) -> dict[str, str]:
    if saved is None:
        return {}
    return saved.errors | {name: form.conflict_words(one) for name, one in saved.conflicts.items()}


def _summary(trouble: Mapping[str, str], blocked: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"id": f"id_{name}", "text": text} for name, text in {**trouble, **blocked}.items()]


def _groups(
    request: StaffRequest, row: Any, values: Mapping[str, Any], trouble: Mapping[str, str]
) -> list[dict[str, Any]]:
    day = day_of(request.now)
    return [
        form.group(name, values[name], contact=row, day=day, error=trouble.get(name, ""))
        for name in form.CLOSING
    ]


def _wish(row: Any) -> dict[str, Any] | None:
    """The wishes, which are kept with the person; None while anonymous."""
    if row.person_id is None:
        return None
    person = people.person(people.root_of(row.person_id))
    held = {
        "band": person.band,
        "medium": person.medium,
        "do_not_remind": "yes" if person.do_not_remind else "",
    }
    return {
        "band": form.plain_group("band", DayBand, held["band"]),
        "medium": form.plain_group("medium", Medium, held["medium"]),
        "do_not_remind": person.do_not_remind,
        "phone_is_kept": bool(person.phone),
        "bases": form.bases(held),
    }


def _decision_fields(request: StaffRequest, row: Any, blocked: Mapping[str, str]) -> dict[str, Any] | None:
    if not effects.needs_decision(row):
        return None
    draft = services.read_notification(actor=request.actor, now=request.now, contact_id=row.pk)
    typed = {
        name: request.POST.get(f"notification_{name}", held_text(draft, name)) for name in services.DRAFTED
    }
    errors = {f"{name}_error": blocked.get(f"notification_{name}", "") for name in services.DRAFTED}
    choice = choice_group_of("notification_choice", typed["choice"], error=errors["choice_error"])
    return typed | errors | {"choice": choice, "today": day_of(request.now).isoformat()}
