"""A contact ends, is counted once and for all, and can be opened again for a reason."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lygte.apps.audit import services as audit
from lygte.apps.contacts import selectors
from lygte.apps.contacts.models import Contact, Reopening
from lygte.apps.contacts.services.rows import allowed
from lygte.apps.core.refusals import InvalidField
from lygte.apps.core.services import bump
from lygte.apps.people import selectors as people
from lygte.domain import closing
from lygte.domain.access import Action, Actor
from lygte.domain.closing import Blocker
from lygte.domain.events import Verb
from lygte.domain.transitions import CONTACT
from lygte.domain.vocab import NOT_STATED, ContactEvent, ContactState, FirstTime


class CannotClose(Exception):
    """Something must be decided before the contact can close."""

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        super().__init__(", ".join(blocker.value for blocker in blockers))
        self.blockers = tuple(blockers)


@transaction.atomic
def close(*, actor: Actor, now: datetime, contact_id: UUID) -> Contact:
    """Close a contact and freeze how it is counted.

    Raises `CannotClose` while a decision is missing, `TransitionRefused` when it is closed already.
    """
    contact = allowed(actor, Action.CONTACT_CLOSE, contact_id=contact_id)
    contact.state = CONTACT.after(ContactState(contact.state), ContactEvent.CLOSE)
    facts = selectors.closing_facts(contact)
    missing = closing.unstated(facts)
    if blockers := closing.blockers(facts):
        raise CannotClose(blockers)
    contact.closed_at, contact.closed_by_id = now, actor.id
    contact.ended_at = contact.ended_at or max(now, contact.started_at)
    _count(contact, now)
    contact.save()
    detail = {"missing": [field.value for field in missing]}
    audit.record(Verb.CONTACT_CLOSED, actor=actor, now=now, subject=contact, detail=detail)
    bump(contact.service_id)
    return contact


def _count(contact: Contact, now: datetime) -> None:
    """Freeze whom the contact counts as, at its first close only: later links leave past figures as they
    were.
    """
    if contact.counted_at:
        return
    contact.counted_at = now
    contact.counted_as = people.count_key(contact.person_id) if contact.person_id else None
    contact.counted_first_time = _first_time(contact)


def _first_time(contact: Contact) -> str:
    """Say repeat when the identity has been seen; a first visit of a known identity yields to the employee's
    answer.

    Somebody who was anonymous before can be new to the system and still have been in touch.
    """
    if not contact.person_id:
        return str(contact.first_time)
    if people.seen_before(contact.person_id, contact.started_at):
        return FirstTime.REPEAT
    return str(contact.first_time) if contact.first_time not in ("", NOT_STATED) else FirstTime.FIRST


@transaction.atomic
def reopen(*, actor: Actor, now: datetime, contact_id: UUID, reason: str) -> Contact:
    """Open a closed contact again, with a reason. It stays counted as at its first close."""
    contact = allowed(actor, Action.CONTACT_REOPEN, contact_id=contact_id)
    if not reason.strip():
        raise InvalidField("reason", "required")
    contact.state = CONTACT.after(ContactState(contact.state), ContactEvent.REOPEN)
    closed_at = contact.closed_at or now
    Reopening.objects.create(
        contact=contact, at=now, by_id=actor.id, closed_at=closed_at, reason=reason.strip()
    )
    contact.closed_at = contact.closed_by_id = None
    contact.owner_id = actor.id
    contact.save(update_fields=["state", "closed_at", "closed_by", "owner"])
    audit.record(Verb.CONTACT_REOPENED, actor=actor, now=now, subject=contact)
    bump(contact.service_id)
    return contact
