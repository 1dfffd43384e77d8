"""Reading, which is always written down."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from lygte.apps.audit import services as audit
from lygte.apps.contacts import selectors
from lygte.apps.contacts.models import Contact
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service


@transaction.atomic
def read_contact(*, actor: Actor, now: datetime, contact_id: UUID) -> Contact:
    """Return a contact for reading, with its service, and note who read it."""
    contact = selectors.contact(contact_id)
    require(actor, Action.CONTACT_READ, municipality_id=actor.municipality_id, service_id=contact.service_id)
    audit.record(Verb.CONTACT_READ, actor=actor, now=now, subject=contact)
    return contact


@transaction.atomic
def list_contacts(
    *, actor: Actor, now: datetime, service: "Service", limit: int, filters: Mapping[str, Any]
) -> list[Contact]:
    """Return contacts of a service for a list, newest first (`filters` as in the selector), and note who saw
    it.
    """
    require(actor, Action.CONTACT_READ, municipality_id=actor.municipality_id, service_id=service.pk)
    rows = selectors.listed(service.pk, limit=limit, **filters)
    detail = {"count": len(rows), "filters": sorted(name for name, value in filters.items() if value)}
    audit.record(Verb.CONTACTS_LISTED, actor=actor, now=now, service_id=service.pk, detail=detail)
    return rows
