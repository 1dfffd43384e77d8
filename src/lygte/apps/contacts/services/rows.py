"""The row that an act is about, locked, and whether the actor may."""

from uuid import UUID

from lygte.apps.accounts import selectors as accounts
from lygte.apps.contacts.models import Contact
from lygte.apps.core.refusals import Refused
from lygte.domain.access import Action, Actor, require
from lygte.domain.vocab import ContactState


def allowed(actor: Actor, action: Action, *, contact_id: UUID) -> Contact:
    """Return the contact, locked until the transaction ends. Raises `AccessDenied`, or
    `Contact.DoesNotExist`.
    """
    contact = Contact.objects.select_for_update().get(pk=contact_id)
    require(actor, action, municipality_id=actor.municipality_id, service_id=contact.service_id)
    return contact


def require_open(contact: Contact) -> None:
    """Raise `Refused("contact_closed")` for a contact that can no longer be typed in."""
    if contact.state == ContactState.CLOSED:
        raise Refused("contact_closed")


def name_of(user_id: UUID | None) -> str:
    """Return the name of a user; empty for the system."""
    return accounts.user_names([user_id]).get(user_id, "") if user_id else ""
