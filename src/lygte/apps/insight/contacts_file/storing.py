"""Checked rows become contacts, each once however often the file comes, and people known by their number."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from lygte.apps.contacts.services import PastContact
from lygte.apps.crypto import services as crypto
from lygte.apps.insight.contacts_file.checking import Past, end_of
from lygte.apps.people import selectors as people_read
from lygte.apps.people import services as people
from lygte.apps.people.refusals import LikelyDuplicates
from lygte.domain.access import Actor

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service


def identified(rows: Iterable[Past], *, service: "Service") -> list[tuple[UUID, Past]]:
    """Return each row with its identifier, which the same row of the same service always gets.

    The n-th of several identical rows gets its own, so that two contacts in one minute stay two. The
    identifier is keyed: a registration number cannot be tried against it.
    """
    seen: Counter[str] = Counter()
    made = []
    for past in rows:
        told = _told(past)
        seen[told] += 1
        digest = crypto.blind_for_ever("imported_contact", f"{service.pk}\0{seen[told]}\0{told}")
        made.append((UUID(bytes=digest), past))
    return made


def _told(past: Past) -> str:
    values = sorted((name, _flat(value)) for name, value in past.values.items())
    ended = past.ended_at.isoformat() if past.ended_at else ""
    return repr((past.started_at.isoformat(), ended, values, past.cpr, past.reference, past.contact))


def _flat(value: object) -> str:
    return "|".join(sorted(value)) if isinstance(value, list) else str(value)


class Persons:
    """Whom rows count as: persons known by number, and others by the reference that the file gives them.

    A number that only another service knows is counted and not linked: a file must not open the record of
    that person.
    """

    def __init__(self, *, actor: Actor, now: datetime, service: "Service") -> None:
        self.actor = actor
        self.now = now
        self.service = service
        self.made = 0
        self.linked: dict[str, UUID] = {}
        self._counted: dict[str, UUID] = {}

    def counted_as(self, past: Past) -> UUID | None:
        """Return whom a row counts as; None for nobody. A person who is not known yet is made."""
        if past.cpr:
            if past.cpr not in self._counted:
                self._counted[past.cpr] = self._person(past)
            return self._counted[past.cpr]
        if past.reference:
            return UUID(
                bytes=crypto.blind_for_ever("imported_person", f"{self.service.pk}\0{past.reference}")
            )
        return None

    def _person(self, past: Past) -> UUID:
        told = {"cpr": past.cpr} | ({"sex": past.values["sex"]} if past.values["sex"] else {})
        try:
            person = people.create_person(
                actor=self.actor, now=self.now, service=self.service, confirmed=True, **told
            )
        except LikelyDuplicates as known:
            return self._known(past, known.hits)
        self.made += 1
        self.linked[past.cpr] = person.pk
        return person.pk

    def _known(self, past: Past, hits: Sequence[people_read.SearchHit]) -> UUID:
        hit = next(hit for hit in hits if hit.by == people_read.Kind.CPR)
        if hit.in_own_service:
            self.linked[past.cpr] = hit.found_id
        return people_read.count_key(hit.found_id)


def past_contact(contact_id: UUID, past: Past, persons: Persons) -> PastContact:
    """Return what to store for a row."""
    return PastContact(
        id=contact_id,
        started_at=past.started_at,
        ended_at=end_of(past),
        values=past.values,
        counted_as=persons.counted_as(past),
    )
