"""The decision on notifying about a child: a page of its own, apart from the adult's record."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lygte.apps.accounts import selectors as accounts
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services
from lygte.apps.core.labels import word
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.domain import safeguarding
from lygte.domain.access import Action
from lygte.domain.safeguarding import ReceiptState
from lygte.domain.time import day_of
from lygte.domain.vocab import NotificationChoice
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import contacts_words as words
from lygte.interfaces.web.ui.components import Choice, choice_group
from lygte.interfaces.web.ui.templatetags.ui import danish_day

TYPED = ("choice", "reason", "sent_on", "sent_to", "receipt_on", "outcome")


def choice_group_of(name: str, selected: str, *, error: str = "") -> dict[str, Any]:
    """Return the decision as a group of choices."""
    choices = [Choice(code.value, word(NotificationChoice, code)) for code in NotificationChoice]
    return choice_group(
        name, legend=_("Do we notify?"), choices=choices, selected=selected or None, error=error
    )


def parse_day(field: str, text: str) -> date | None:
    """Return a typed day, None when empty; raises `InvalidField`."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidField(field, "time") from None


@require_http_methods(["GET", "POST"])
@staff(Action.NOTIFICATION_DECIDE)
def notification(request: StaffRequest, contact: UUID) -> HttpResponse:
    """Show the decision of a contact, or take it."""
    row = services.read_notification(actor=request.actor, now=request.now, contact_id=contact)
    if request.method == "GET":
        return _show(request, contact, row)
    try:
        _decide(request, contact)
    except InvalidField as problem:
        return _show(request, contact, row, errors={problem.field: words.invalid(problem)})
    except Refused as problem:
        return _show(request, contact, row, errors={"choice": words.refused(problem)})
    messages.success(request, _("The decision is saved."))
    return redirect("staff:notification", contact)


def _decide(request: StaffRequest, contact: UUID) -> None:
    sent = request.POST
    choice = sent.get("choice", "")
    if choice not in set(NotificationChoice):
        raise InvalidField("choice", "required")
    services.decide_notification(
        actor=request.actor,
        now=request.now,
        contact_id=contact,
        choice=NotificationChoice(choice),
        reason=sent.get("reason", ""),
        sent_on=parse_day("sent_on", sent.get("sent_on", "")),
        sent_to=sent.get("sent_to", ""),
    )


@require_POST
@staff(Action.NOTIFICATION_DECIDE)
def notification_receipt(request: StaffRequest, notification: UUID) -> HttpResponse:
    """Record that the municipality has confirmed, and what came of it."""
    found = contacts_read.notification_by_id(notification)
    row = services.read_notification(actor=request.actor, now=request.now, contact_id=found.contact_id)
    row = row or found
    try:
        day = parse_day("receipt_on", request.POST.get("receipt_on", ""))
        if day is None:
            raise InvalidField("receipt_on", "required")
        services.record_receipt(
            actor=request.actor,
            now=request.now,
            notification_id=notification,
            receipt_on=day,
            outcome=request.POST.get("outcome", ""),
        )
    except InvalidField as problem:
        return _show(request, row.contact_id, row, errors={problem.field: words.invalid(problem)})
    except Refused as problem:
        return _show(request, row.contact_id, row, errors={"receipt_on": words.refused(problem)})
    messages.success(request, _("The receipt is saved."))
    return redirect("staff:notification", row.contact_id)


def _show(
    request: StaffRequest, contact_id: UUID, row: Any, *, errors: dict[str, str] | None = None
) -> HttpResponse:
    trouble = errors or {}
    typed = {name: request.POST.get(name, held_text(row, name)) for name in TYPED}
    today = day_of(request.now)
    contact = contacts_read.contact(contact_id)
    request.service = contact.service
    context = {
        "contact": contact,
        "row": row,
        "decided": _decided(row) if row and row.decided_at else None,
        "typed": typed,
        "trouble": {name: trouble.get(name, "") for name in TYPED},
        "choice": choice_group_of("choice", typed["choice"], error=trouble.get("choice", "")),
        "receipt": _receipt(row, today) if row and row.decided_at and row.sent_on else None,
        "today": today.isoformat(),
        "errors": [{"id": f"id_{name}", "text": text} for name, text in trouble.items()],
    }
    return render(request, "staff/contacts/notification.html", context)


def held_text(row: Any, name: str) -> str:
    """Return what is decided, or typed so far, as a form shows it."""
    value = getattr(row, name) if row else ""
    return "" if value is None else str(value)


def _decided(row: Any) -> dict[str, Any]:
    return {
        "choice": word(NotificationChoice, row.choice),
        "at": row.decided_at,
        "by": accounts.user_names([row.decided_by_id]).get(row.decided_by_id, ""),
    }


def _receipt(row: Any, today: date) -> dict[str, str]:
    state = safeguarding.receipt_state(row.sent_on, row.receipt_on, today=today)
    due = danish_day(row.receipt_due)
    sentences = {
        ReceiptState.WAITING: ("info", _("Waiting for a receipt, at the latest %(day)s.") % {"day": due}),
        ReceiptState.LATE: ("warn", _("The receipt was due %(day)s. Ring and ask.") % {"day": due}),
        ReceiptState.RECEIVED: ("ok", _("The receipt came in time.")),
        ReceiptState.RECEIVED_LATE: ("warn", _("The receipt came after %(day)s.") % {"day": due}),
    }
    tone, text = sentences[state]
    return {"tone": tone, "text": text}
