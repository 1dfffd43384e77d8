"""Contacts that reach Lygte after they began: written in a browser without a line, or on paper."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from lygte.apps.casework import services as casework
from lygte.apps.contacts import services as contacts
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.saving import FieldEdit
from lygte.apps.outages import services as outages
from lygte.domain.access import Actor
from lygte.domain.outages import OLDEST
from lygte.domain.vocab import Channel, ContactState, LateKind

if TYPE_CHECKING:
    from lygte.apps.contacts.models import Contact
    from lygte.apps.tenancy.models import Service


QUIET = timedelta(minutes=15)


@dataclass(slots=True)
class Received:
    """What became of a contact that was written without a line: the contact, what was saved, what was not."""

    contact: "Contact"
    saved: contacts.ContactSave | None = None
    problems: dict[str, InvalidField | Refused] = field(default_factory=dict)


@transaction.atomic
def receive_offline(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    contact_id: UUID,
    began_at: datetime,
    last_at: datetime,
    channel: Channel,
    fields: Mapping[str, FieldEdit],
    client: str,
    seq: int,
) -> Received:
    """Store a contact that a browser has kept, once however often it comes, and what was typed in it.

    One in which nobody has written for a while (`last_at`) ended then. A value that cannot be stored is told
    of, and the others are stored all the same. Raises `Refused("contact_elsewhere")` when the identifier is
    that of another service or user.
    """
    contact = contacts.open_contact(
        actor=actor,
        now=now,
        service=service,
        channel=channel,
        started_at=began_at,
        received_at=began_at,
        contact_id=contact_id,
    )
    _mark(contact, LateKind.OFFLINE, actor=actor, now=now)
    received, left = Received(contact), dict(fields)
    while left and received.saved is None:
        try:
            received.saved = casework.save_contact(
                actor=actor, now=now, contact_id=contact.pk, fields=left, client=client, seq=seq
            )
        except InvalidField as problem:
            received.problems[problem.field] = problem
            if left.pop(problem.field, None) is None:
                break
        except Refused as problem:
            received.problems |= dict.fromkeys(left, problem)
            break
    if now - last_at > QUIET:
        contacts.end_call(now=last_at, contact_id=contact.pk)
    return received


def _mark(
    contact: "Contact", kind: LateKind, *, actor: Actor, now: datetime, outage_id: UUID | None = None
) -> None:
    outages.mark_late(actor=actor, now=now, contact=contact, kind=kind, outage_id=outage_id)
    contacts.note_late(contact=contact, kind=kind)


@transaction.atomic
def register_afterwards(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    outage_id: UUID,
    contact_id: UUID,
    began_at: datetime,
    channel: Channel,
    minutes: int | None,
    fields: Mapping[str, FieldEdit],
) -> "Contact":
    """Register a contact from paper or memory, with the time at which it happened.

    Raises `InvalidField` for a time that cannot be, and `Refused` when the outage is finished.
    """
    if not now - OLDEST <= began_at <= now:
        raise InvalidField("began_at", "in_the_future" if began_at > now else "too_old")
    contact = contacts.open_contact(
        actor=actor,
        now=now,
        service=service,
        channel=channel,
        started_at=began_at,
        received_at=began_at,
        contact_id=contact_id,
    )
    if contact.state == ContactState.CLOSED:
        return contact  # A form that was sent twice.
    _mark(contact, LateKind.AFTERWARDS, actor=actor, now=now, outage_id=outage_id)
    lasted = {} if minutes is None else {"minutes": FieldEdit(str(minutes))}
    casework.save_contact(actor=actor, now=now, contact_id=contact.pk, fields={**fields, **lasted})
    contacts.end_call(now=min(now, began_at + timedelta(minutes=minutes or 0)), contact_id=contact.pk)
    return contact
