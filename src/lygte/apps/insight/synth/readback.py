"""What the present wrote through the services, as facts, so that the sheet of right answers counts it too."""

from lygte.apps.contacts.models import ChildNotification, Contact
from lygte.apps.insight.synth.facts import (
    CallFact,
    ContactFact,
    NotificationFact,
    PromiseFact,
    ServiceFacts,
)
from lygte.apps.insight.synth.rows import SAME_NAME
from lygte.apps.promises.models import Promise
from lygte.apps.queue.models import Call
from lygte.apps.tenancy.models import Service


def read_back(facts: ServiceFacts, service: Service) -> None:
    """Add every contact, call and promise of the service that is not among the facts yet."""
    known = (
        {one.id for one in facts.contacts}
        | {one.id for one in facts.calls}
        | {one.id for one in facts.promises}
    )
    choices = {row.contact_id: row for row in ChildNotification.objects.filter(service=service)}
    for contact in Contact.objects.filter(service=service).order_by("started_at", "id"):
        if contact.pk not in known:
            facts.contacts.append(_contact(contact, choices.get(contact.pk)))
    for call in Call.objects.filter(service=service).order_by("rang_at", "id"):
        if call.pk not in known:
            facts.calls.append(_call(call))
    for promise in Promise.objects.filter(service=service).order_by("made_at", "id"):
        if promise.pk not in known:
            facts.promises.append(_promise(promise))


def _contact(row: Contact, notification: ChildNotification | None) -> ContactFact:
    fact = ContactFact(**{name: getattr(row, name) for name in SAME_NAME})
    if notification is not None and notification.decided_at is not None:
        fact.notification = NotificationFact(
            choice=notification.choice, reason=notification.reason, decided_at=notification.decided_at
        )
    return fact


def _call(row: Call) -> CallFact:
    return CallFact(
        id=row.pk,
        external_id=row.external_id,
        rang_at=row.rang_at,
        state=row.state,
        handling=row.handling,
        answered_at=row.answered_at,
        voicemail_at=row.voicemail_at,
        ended_at=row.ended_at,
    )


def _promise(row: Promise) -> PromiseFact:
    return PromiseFact(
        id=row.pk,
        kind=row.kind,
        made_at=row.made_at,
        anchor_at=row.anchor_at,
        opens=row.opens,
        due=row.due,
        closes=row.closes,
        state=row.state,
        closed_at=row.closed_at,
    )
