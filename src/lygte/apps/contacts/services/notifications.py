"""The duty to notify about a child, kept apart from the adult's record: own rows, own rights, own audit
verbs.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lygte.apps.audit import services as audit
from lygte.apps.contacts.models import ChildNotification, Contact
from lygte.apps.contacts.services.rows import allowed
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.saving import FieldEdit, Ledger, SaveResult, Verdict, token
from lygte.apps.core.services import bump
from lygte.domain import safeguarding
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb
from lygte.domain.time import day_of
from lygte.domain.vocab import NotificationChoice

DRAFTED = ("choice", "reason", "sent_on", "sent_to")
LONGEST = 4000


@transaction.atomic
def decide_notification(
    *,
    actor: Actor,
    now: datetime,
    contact_id: UUID,
    choice: NotificationChoice,
    reason: str,
    sent_on: date | None = None,
    sent_to: str = "",
) -> ChildNotification:
    """Record the decision, either way, with its reason. What has been sent cannot be undecided."""
    contact = allowed(actor, Action.NOTIFICATION_DECIDE, contact_id=contact_id)
    row = ChildNotification.objects.filter(contact=contact).first() or ChildNotification(contact=contact)
    was_sent = row.sent_on if row.decided_at else None
    if was_sent and choice is not NotificationChoice.NOTIFY:
        raise Refused("notification_sent")
    row.sent_on, row.sent_to = (was_sent, row.sent_to if was_sent else "")
    _decide(row, contact, choice=choice, reason=reason.strip(), actor=actor, now=now)
    if choice is NotificationChoice.NOTIFY and sent_on:
        _send(row, sent_on=sent_on, sent_to=sent_to.strip(), today=day_of(now))
    row.save()
    _tell(Verb.NOTIFICATION_DECIDED, row, actor=actor, now=now, detail={"choice": choice.value})
    if row.sent_on and row.sent_on != was_sent:
        _tell(Verb.NOTIFICATION_SENT, row, actor=actor, now=now)
    bump(contact.service_id)
    return row


def _decide(
    row: ChildNotification,
    contact: Contact,
    *,
    choice: NotificationChoice,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    if not reason:
        raise InvalidField("reason", "required")
    if actor.id is None:
        raise InvalidField("choice", "needs_a_person")
    row.service_id = contact.service_id
    row.choice, row.reason = choice.value, reason
    row.decided_at, row.decided_by_id = now, actor.id


def _send(row: ChildNotification, *, sent_on: date, sent_to: str, today: date) -> None:
    if sent_on > today:
        raise InvalidField("sent_on", "in_the_future")
    if not sent_to:
        raise InvalidField("sent_to", "required")
    row.sent_on, row.sent_to = sent_on, sent_to
    row.receipt_due = safeguarding.receipt_due(sent_on)


def _tell(
    verb: Verb,
    row: ChildNotification,
    *,
    actor: Actor,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    audit.record(verb, actor=actor, now=now, subject=row, detail=detail)


@transaction.atomic
def draft_notification(
    *, actor: Actor, now: datetime, contact_id: UUID, fields: Mapping[str, FieldEdit], ledger: Ledger
) -> SaveResult:
    """Keep what is being typed about a decision that is not taken yet: `choice`, `reason`, `sent_on`,
    `sent_to`. `ledger` is that of the contact, which the caller keeps.

    It decides nothing and counts for nothing. Raises `Refused("notification_decided")` once it is taken.
    """
    contact = allowed(actor, Action.NOTIFICATION_DECIDE, contact_id=contact_id)
    row = ChildNotification.objects.filter(contact=contact).first()
    if row and row.decided_at:
        raise Refused("notification_decided")
    begun = row or ChildNotification(contact=contact, service_id=contact.service_id)
    result = SaveResult()
    for field, edit in fields.items():
        _draft_one(begun, field, edit, result, ledger)
    if ledger.changed:
        begun.decided_by_id = actor.id
        begun.save()
    if ledger.changed and row is None:
        _tell(Verb.CONTACT_SAVED, begun, actor=actor, now=now, detail={"fields": ["draft"]})
    return result


def _draft_one(
    row: ChildNotification, field: str, edit: FieldEdit, result: SaveResult, ledger: Ledger
) -> None:
    value, held, mark = _drafted(field, edit.value), _text(row, field), f"notification_{field}"
    verdict = ledger.judge(mark, edit, held)
    if verdict is Verdict.CONFLICT:
        result.conflicts[field] = ledger.conflict(mark, held)
        return
    if verdict is Verdict.WRITE:
        setattr(row, field, value)
        ledger.write(mark, _text(row, field))
    result.saved[field] = token(_text(row, field))


def _text(row: ChildNotification, field: str) -> str:
    value = getattr(row, field)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _drafted(field: str, value: Any) -> Any:
    text = "" if value is None else value
    if field not in DRAFTED:
        raise InvalidField(field, "unknown_field")
    if not isinstance(text, str) or len(text) > LONGEST:
        raise InvalidField(field, "too_long")
    if field == "choice" and text and text not in set(NotificationChoice):
        raise InvalidField(field, "unknown_code")
    if field != "sent_on":
        return text.replace("\r\n", "\n")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidField(field, "time") from None


@transaction.atomic
def record_receipt(
    *, actor: Actor, now: datetime, notification_id: UUID, receipt_on: date, outcome: str = ""
) -> ChildNotification:
    """Record that the municipality has confirmed that it received the notification, and what came of it."""
    row = ChildNotification.objects.select_for_update().get(pk=notification_id)
    require(
        actor, Action.NOTIFICATION_DECIDE, municipality_id=actor.municipality_id, service_id=row.service_id
    )
    if row.decided_at is None or row.sent_on is None:
        raise Refused("notification_not_sent")
    if not row.sent_on <= receipt_on <= day_of(now):
        raise InvalidField("receipt_on", "not_between_sending_and_today")
    row.receipt_on = receipt_on
    row.outcome = outcome.strip()
    row.save(update_fields=["receipt_on", "outcome"])
    _tell(Verb.NOTIFICATION_RECEIPT, row, actor=actor, now=now)
    bump(row.service_id)
    return row


@transaction.atomic
def read_notification(*, actor: Actor, now: datetime, contact_id: UUID) -> ChildNotification | None:
    """Return the decision of a contact, or what is typed of it, and note who read it; None when there is
    none.
    """
    contact = Contact.objects.get(pk=contact_id)
    require(
        actor,
        Action.NOTIFICATION_DECIDE,
        municipality_id=actor.municipality_id,
        service_id=contact.service_id,
    )
    row = ChildNotification.objects.filter(contact=contact).first()
    if row:
        _tell(Verb.NOTIFICATION_READ, row, actor=actor, now=now)
    return row
