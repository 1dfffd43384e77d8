"""A contact begins, is received, changes hands, and its call or stay ends."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from lygte.apps.audit import services as audit
from lygte.apps.contacts.models import Contact
from lygte.apps.contacts.services.identity import attach_row
from lygte.apps.contacts.services.rows import allowed, name_of, require_open
from lygte.apps.core.refusals import Refused
from lygte.apps.core.services import bump
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb
from lygte.domain.time import day_of
from lygte.domain.vocab import Channel, ContactState, Direction, LateKind, Measure, OutgoingKind

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

LATE = "_late"


@transaction.atomic
def open_contact(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    channel: Channel,
    direction: Direction = Direction.INCOMING,
    outgoing_kind: OutgoingKind | None = None,
    person_id: UUID | None = None,
    waiting: bool = False,
    started_at: datetime | None = None,
    received_at: datetime | None = None,
    contact_id: UUID | None = None,
    follows_id: UUID | None = None,
    owner_id: UUID | None = None,
) -> Contact:
    """Begin a contact; anonymous unless a person is given. The same `contact_id` again returns the same
    contact.

    A waiting contact has no owner until somebody receives it. Raises `ValueError` for an outgoing contact
    without a kind, or a kind without one, and `Refused("contact_elsewhere")` for an identifier that another
    service or another user has used.
    """
    require(actor, Action.CONTACT_REGISTER, municipality_id=actor.municipality_id, service_id=service.pk)
    if (direction is Direction.OUTGOING) != (outgoing_kind is not None):
        raise ValueError("an outgoing contact has a kind, an incoming one has none")
    if contact_id and (known := _known(actor, contact_id, service_id=service.pk)):
        return known
    contact = Contact(
        **({"pk": contact_id} if contact_id else {}),
        service_id=service.pk,
        channel=channel,
        direction=direction,
        outgoing_kind=outgoing_kind or "",
        state=ContactState.WAITING if waiting else ContactState.OPEN,
        started_at=started_at or now,
        received_at=None if waiting else received_at or now,
        owner_id=None if waiting else owner_id or actor.id,
        created_by_id=actor.id,
        follows_id=follows_id,
    )
    _insert(contact)
    _tell(Verb.CONTACT_OPENED, actor=actor, now=now, contact=contact)
    if person_id:
        attach_row(actor=actor, now=now, contact=contact, person_id=person_id, reason="")
    return contact


def note_late(*, contact: Contact, kind: LateKind) -> None:
    """Let a contact say that it was registered after it began."""
    if LATE not in contact.marks:
        contact.marks[LATE] = kind.value
        contact.save(update_fields=["marks"])


def _known(actor: Actor, contact_id: UUID, *, service_id: UUID) -> Contact | None:
    known = Contact.objects.filter(pk=contact_id).first()
    if known and (known.service_id, known.created_by_id) != (service_id, actor.id):
        raise Refused("contact_elsewhere")
    return known


def _insert(contact: Contact) -> None:
    """Store a new row. An identifier that is taken is one of another municipality, which nobody sees."""
    try:
        with transaction.atomic():
            contact.save(force_insert=True)
    except IntegrityError as problem:
        raise Refused("contact_elsewhere") from problem


def _tell(verb: Verb, *, actor: Actor, now: datetime, contact: Contact) -> None:
    detail = {"channel": contact.channel, "direction": contact.direction}
    audit.record(verb, actor=actor, now=now, subject=contact, detail=detail)
    bump(contact.service_id)


@transaction.atomic
def receive(*, actor: Actor, now: datetime, contact: Contact) -> Contact:
    """Receive somebody who waits. The second to try is refused with `contact_taken` and the name of the
    first.
    """
    require(
        actor, Action.CONTACT_REGISTER, municipality_id=actor.municipality_id, service_id=contact.service_id
    )
    waiting = Contact.objects.filter(pk=contact.pk, state=ContactState.WAITING)
    taken = waiting.update(state=ContactState.OPEN, owner_id=actor.id, received_at=now)
    contact.refresh_from_db()
    if taken != 1:
        raise Refused("contact_taken", by=name_of(contact.owner_id))
    _tell(Verb.CONTACT_RECEIVED, actor=actor, now=now, contact=contact)
    return contact


@transaction.atomic
def take_over(*, actor: Actor, now: datetime, contact: Contact) -> Contact:
    """Take an open contact from a colleague. Doing so again changes nothing."""
    row = allowed(actor, Action.CONTACT_REGISTER, contact_id=contact.pk)
    require_open(row)
    if row.owner_id == actor.id:
        return row
    previous, row.owner_id = row.owner_id, actor.id
    row.save(update_fields=["owner"])
    detail = {"from": str(previous) if previous else ""}
    audit.record(Verb.CONTACT_TAKEN_OVER, actor=actor, now=now, subject=row, detail=detail)
    bump(row.service_id)
    return row


@transaction.atomic
def end_call(*, now: datetime, contact_id: UUID) -> None:
    """Note that the line was hung up. The contact stays open until somebody closes it."""
    contact = Contact.objects.select_for_update().get(pk=contact_id)
    if contact.ended_at or contact.state == ContactState.CLOSED:
        return
    contact.ended_at = max(now, contact.started_at)
    contact.save(update_fields=["ended_at"])
    bump(contact.service_id)


@transaction.atomic
def left_house(*, actor: Actor, now: datetime, contact_id: UUID) -> Contact:
    """Note that a guest has left. Nights are counted from the local day of arrival to the local day of
    leaving.
    """
    contact = allowed(actor, Action.CONTACT_REGISTER, contact_id=contact_id)
    if contact.stay_left_at or (contact.ended_at and Measure.OVERNIGHT not in contact.measures):
        raise Refused("already_left")
    if Measure.OVERNIGHT in contact.measures and contact.stay_from:
        contact.stay_left_at = max(now, contact.stay_from)
        contact.nights = (day_of(contact.stay_left_at) - day_of(contact.stay_from)).days
    if contact.ended_at is None:
        contact.ended_at = max(now, contact.started_at)
    contact.save(update_fields=["stay_left_at", "nights", "ended_at"])
    detail = {"left": True, "nights": contact.nights}
    audit.record(Verb.CONTACT_SAVED, actor=actor, now=now, subject=contact, detail=detail)
    bump(contact.service_id)
    return contact
