"""Which rows are one person now. Links are followed as they stand, so undoing one leaves the others alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from lygte.apps.people.models import IdentityLink


def roots_of(person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return, for each person or thread, the person that it belongs to now; itself when it is not linked."""
    roots = {person_id: person_id for person_id in person_ids}
    moved = set(roots)
    while moved:
        links = dict(active_links().filter(thread_id__in=moved).values_list("thread_id", "person_id"))
        roots = {start: links.get(at, at) for start, at in roots.items()}
        moved = set(links.values())
    return roots


def root_of(person_id: UUID) -> UUID:
    """Return the person that a person or thread belongs to now."""
    return roots_of([person_id])[person_id]


def count_key(person_id: UUID) -> UUID:
    """Return by which identifier a person is counted now."""
    return root_of(person_id)


def group(person_id: UUID) -> set[UUID]:
    """Return the person and every thread that is linked to that person now, directly or through another."""
    return members_of(root_of(person_id))


def members_of(root_id: UUID) -> set[UUID]:
    """Return a root with everything linked below it."""
    members, newest = {root_id}, {root_id}
    while newest:
        below = active_links().filter(thread__isnull=False, person_id__in=newest)
        newest = set(below.values_list("thread_id", flat=True))
        members |= newest
    return members


def joined(root_ids: Any) -> dict[UUID, set[UUID]]:
    """Return those of some persons to whom a thread is linked, with everything below them."""
    links = active_links().filter(thread__isnull=False, person_id__in=root_ids)
    return {root: members_of(root) - {root} for root in set(links.values_list("person_id", flat=True))}


def active_links() -> "QuerySet[IdentityLink]":
    """Return the links that hold now."""
    return IdentityLink.objects.filter(undone_at__isnull=True)


def identity_link(link_id: UUID) -> IdentityLink:
    """Return one link, undone or not."""
    found: IdentityLink = IdentityLink.objects.get(pk=link_id)
    return found


def identity_links(
    *, person_id: UUID | None = None, contact_id: UUID | None = None, undone: bool = False
) -> list[IdentityLink]:
    """Return the links of a person's whole group, or of a contact, newest first.

    Undone links are left out unless asked for: what was taken out of a person is not found from there.
    """
    rows = IdentityLink.objects.all() if undone else active_links()
    if person_id is not None:
        rows = rows.filter(person_id__in=group(person_id))
    if contact_id is not None:
        rows = rows.filter(contact_id=contact_id)
    return list(rows.order_by("-linked_at", "-id"))


def contact_ids(person_id: UUID) -> list[UUID]:
    """Return the contacts that belong to a person's whole group now."""
    rows = active_links().filter(contact__isnull=False, person_id__in=group(person_id))
    return list(rows.values_list("contact_id", flat=True))


def seen_before(person_id: UUID, before: datetime) -> bool:
    """Tell whether the person, or a thread linked now, had a contact that started before a moment."""
    rows = active_links().filter(person_id__in=group(person_id), contact__started_at__lt=before)
    return rows.exists()


def last_linked(person_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when each person's newest contact began; persons without contacts are left out. One query."""
    rows = active_links().filter(contact__isnull=False, person_id__in=list(person_ids))
    newest = rows.values("person_id").annotate(at=Max("contact__started_at"))
    return dict(newest.values_list("person_id", "at"))
