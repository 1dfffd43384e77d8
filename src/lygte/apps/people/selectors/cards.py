"""What may be shown of a person on a list: a name, or initials only where the name is protected."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery, UUIDField
from django.utils.translation import gettext

from lygte.apps.people.models import Person
from lygte.apps.people.selectors.groups import active_links
from lygte.domain.followup import Wish
from lygte.domain.ids import initials
from lygte.domain.vocab import DayBand, IdentityLevel, MayRing, Medium


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person as shown on a list. `id` is the person whom the row belongs to now."""

    id: UUID
    level: IdentityLevel
    shown_name: str
    initials: str
    is_protected: bool
    wish: Wish


def person(person_id: UUID) -> Person:
    """Return a person of the running municipality, or raise `Person.DoesNotExist`."""
    found: Person = Person.objects.get(pk=person_id)
    return found


def wish_of(row: Person) -> Wish:
    """Return how the person wishes to be contacted."""
    return Wish(
        band=DayBand(row.band) if row.band else None,
        medium=Medium(row.medium) if row.medium else Medium.PHONE,
        may_ring=MayRing(row.may_ring) if row.may_ring else MayRing.NOT_STATED,
        do_not_remind=row.do_not_remind,
        avoid_weekdays=frozenset(int(digit) for digit in row.avoid_weekdays),
    )


def card(row: Person) -> PersonCard:
    """Return the card of one row."""
    name = row.name or row.alias or row.return_words or gettext("a person without a name")
    short = initials(name)
    return PersonCard(
        id=row.pk,
        level=IdentityLevel(row.level),
        shown_name=short if row.is_protected else name,
        initials=short,
        is_protected=row.is_protected,
        wish=wish_of(row),
    )


def closed_card(row: Person) -> PersonCard:
    """Return the card of a person whom the asking service does not know: that somebody was found, no more."""
    level = IdentityLevel(row.level)
    return PersonCard(row.pk, level, gettext("known in another service"), "", row.is_protected, Wish())


def cards(person_ids: Iterable[UUID | None]) -> dict[UUID, PersonCard]:
    """Return, for each person or thread, the card of the person that it belongs to now. At most two queries,
    one more for each thread that is linked through another.
    """
    wanted = {person_id for person_id in person_ids if person_id}
    rows = rooted(wanted)
    made = {row.pk: card(row) for row in rows.values() if row.root_id is None}
    return {person_id: made[_root(rows, person_id)] for person_id in wanted if person_id in rows}


def own_cards(person_ids: Iterable[UUID]) -> dict[UUID, PersonCard]:
    """Return the card of each row itself, linked or not."""
    return {row.pk: card(row) for row in Person.objects.filter(pk__in=list(person_ids))}


def rooted(person_ids: set[UUID]) -> dict[UUID, Any]:
    """Return the rows with `root_id` (the row that each is linked to, or None), and the rows linked to."""
    rows: dict[UUID, Any] = {}
    missing = person_ids
    link = active_links().filter(thread_id=OuterRef("pk")).values("person_id")[:1]
    while missing:
        found = Person.objects.filter(pk__in=missing).annotate(
            root_id=Subquery(link, output_field=UUIDField())
        )
        rows |= {row.pk: row for row in found}
        missing = {row.root_id for row in rows.values() if row.root_id} - rows.keys()
    return rows


def _root(rows: dict[UUID, Any], person_id: UUID) -> UUID:
    while above := rows[person_id].root_id:
        person_id = above
    return person_id
