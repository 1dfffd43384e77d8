"""A contact or a thread is found to belong to a person. Dated, with a reason, undone by another dated act.

Nothing is moved or merged: rows keep what they are, and the group is read through the links that hold now.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.services import bump
from lygte.apps.people.models import IdentityLink, Person, ServiceTie
from lygte.apps.people.selectors.cards import person as person_row
from lygte.apps.people.selectors.groups import active_links, identity_link, members_of, root_of
from lygte.apps.people.selectors.reading import require_reading, tied_services
from lygte.domain.access import Action, Actor, ActorKind, require
from lygte.domain.events import Verb
from lygte.domain.vocab import Direction

LONGEST_REASON = 300


@transaction.atomic
def record_link(
    *,
    actor: Actor,
    now: datetime,
    person_id: UUID,
    reason: str,
    contact_id: UUID | None = None,
    thread_id: UUID | None = None,
) -> IdentityLink:
    """Record that a contact, or a thread, belongs to a person.

    The actor must be able to read the person: unless the service knows them, the glass is broken first. A
    linked contact makes its service know the person for as long as the link holds. Raises `Refused`
    ("already_linked", "same_person") and `InvalidField` for an empty reason; a contact that was opened with
    the person needs none.
    """
    if thread_id is not None:
        return link_thread(actor=actor, now=now, thread_id=thread_id, person_id=person_id, reason=reason)
    members = require_reading(actor, person_row(person_id).pk, now=now, action=Action.PERSON_LINK)
    link = IdentityLink(contact_id=contact_id, person_id=person_id, linked_at=now, linked_by_id=actor.id)
    link.reason = "" if not reason and _opened_with_person(link, actor, now=now) else reason_of(reason)
    service_id: UUID = link.contact.service_id  # type: ignore[union-attr]
    require(actor, Action.PERSON_LINK, municipality_id=actor.municipality_id, service_id=service_id)
    _store(link)
    _know(link, service_id, now=now)
    _event(Verb.IDENTITY_LINKED, link, actor=actor, now=now, service_id=service_id)
    _bump(members | {person_id})
    return link


@transaction.atomic
def link_thread(
    *, actor: Actor, now: datetime, thread_id: UUID, person_id: UUID, reason: str
) -> IdentityLink:
    """Record that a thread, with everything linked to it, belongs to a person."""
    text = reason_of(reason)
    for row_id in (thread_id, person_id):
        require_reading(actor, person_row(row_id).pk, now=now, action=Action.PERSON_LINK)
    _lock(thread_id, root_of(person_id))
    if root_of(person_id) == thread_id:
        raise Refused("same_person")
    link = IdentityLink(
        thread_id=thread_id, person_id=person_id, reason=text, linked_at=now, linked_by_id=actor.id
    )
    _store(link)
    _event(Verb.IDENTITY_LINKED, link, actor=actor, now=now)
    _bump(members_of(root_of(person_id)))
    return link


@transaction.atomic
def close_link(*, actor: Actor, now: datetime, link_id: UUID, reason: str) -> IdentityLink:
    """Undo a link. What was linked stands again as it did before. Raises `Refused` ("already_undone")."""
    link = identity_link(link_id)
    require_reading(actor, link.person_id, now=now, action=Action.PERSON_LINK)
    text = reason_of(reason)
    members = members_of(root_of(link.person_id))
    running = active_links().filter(pk=link_id)
    if running.update(undone_at=now, undone_by_id=actor.id) != 1:
        raise Refused("already_undone")
    link.refresh_from_db()
    link.undone_reason = text
    link.save(update_fields=["undone_reason"])
    _forget(link)
    _event(Verb.IDENTITY_UNLINKED, link, actor=actor, now=now)
    _bump(members)
    return link


def undo_thread_link(*, actor: Actor, now: datetime, link_id: UUID, reason: str) -> IdentityLink:
    """Undo the link of a thread. A contact's link is undone by contacts, which let go of the person too."""
    if identity_link(link_id).thread_id is None:
        raise Refused("not_a_thread_link")
    return close_link(actor=actor, now=now, link_id=link_id, reason=reason)


def reason_of(text: str) -> str:
    """Return a reason as typed, or raise `InvalidField` when it is empty or too long."""
    reason = " ".join(text.split())
    if not reason:
        raise InvalidField("reason", "empty")
    if len(reason) > LONGEST_REASON:
        raise InvalidField("reason", "too_long")
    return reason


def _opened_with_person(link: IdentityLink, actor: Actor, *, now: datetime) -> bool:
    contact: Any = link.contact
    ours = contact.direction == Direction.OUTGOING or now in (contact.started_at, contact.received_at)
    return ours or actor.kind is ActorKind.SYSTEM


def _lock(*person_ids: UUID) -> None:
    # Two acts that would tie two persons to each other wait for one another, so that no circle can arise.
    list(Person.objects.select_for_update().filter(pk__in=person_ids).order_by("pk").values_list("pk"))


def _store(link: IdentityLink) -> None:
    source = {"contact_id": link.contact_id} if link.contact_id else {"thread_id": link.thread_id}
    if active_links().filter(**source).exists():
        raise Refused("already_linked")
    try:
        with transaction.atomic():
            link.save(force_insert=True)
    except IntegrityError as problem:
        raise Refused("already_linked") from problem


def _know(link: IdentityLink, service_id: UUID, *, now: datetime) -> None:
    """Let the contact's service know the person, for as long as the link holds."""
    ServiceTie.objects.get_or_create(
        person_id=link.person_id, service_id=service_id, defaults={"since": now, "link": link}
    )


def _forget(link: IdentityLink) -> None:
    """Take back what the service knew by this link alone."""
    tie = ServiceTie.objects.filter(link=link).first()
    if tie is None:
        return
    others = active_links().filter(person_id=link.person_id, contact__service_id=tie.service_id)
    if other := others.order_by("linked_at", "id").first():
        tie.link = other
        tie.save(update_fields=["link"])
    else:
        tie.delete()


def _event(
    verb: Verb, link: IdentityLink, *, actor: Actor, now: datetime, service_id: UUID | None = None
) -> None:
    detail: dict[str, Any] = {"source": "contact" if link.contact_id else "thread"}
    audit.record(
        verb,
        actor=actor,
        now=now,
        subject=link,
        person_id=link.person_id,
        service_id=service_id,
        detail=detail,
    )


def _bump(members: set[UUID]) -> None:
    for service_id in tied_services(members):
        bump(service_id)
