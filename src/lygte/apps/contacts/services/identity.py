"""Whose contact it is. The dated act itself is kept with the people."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from lygte.apps.contacts.models import Contact
from lygte.apps.contacts.services.rows import allowed
from lygte.apps.core.refusals import Refused
from lygte.apps.core.services import bump
from lygte.apps.people import services as people
from lygte.domain.access import Action, Actor, require

if TYPE_CHECKING:
    from lygte.apps.people.models import IdentityLink


@transaction.atomic
def attach(*, actor: Actor, now: datetime, contact_id: UUID, person_id: UUID, reason: str) -> "IdentityLink":
    """Say that this contact is with that person. One that already has a person is refused."""
    contact = allowed(actor, Action.PERSON_LINK, contact_id=contact_id)
    return attach_row(actor=actor, now=now, contact=contact, person_id=person_id, reason=reason)


def attach_row(
    *, actor: Actor, now: datetime, contact: Contact, person_id: UUID, reason: str
) -> "IdentityLink":
    """Attach a person to a contact that is locked, or was made, in the running transaction."""
    if contact.person_id:
        raise Refused("already_linked")
    link = people.record_link(actor=actor, now=now, person_id=person_id, reason=reason, contact_id=contact.pk)
    contact.person_id = person_id
    contact.save(update_fields=["person"])
    bump(contact.service_id)
    return link


@transaction.atomic
def detach(*, actor: Actor, now: datetime, link_id: UUID, reason: str) -> "IdentityLink":
    """Say that this contact was not with that person after all."""
    link = people.close_link(actor=actor, now=now, link_id=link_id, reason=reason)
    if link.contact_id is None:
        raise Refused("not_a_contact_link")
    contact = Contact.objects.select_for_update().get(pk=link.contact_id)
    require(actor, Action.PERSON_LINK, municipality_id=actor.municipality_id, service_id=contact.service_id)
    contact.person_id = None
    contact.save(update_fields=["person"])
    bump(contact.service_id)
    return link
