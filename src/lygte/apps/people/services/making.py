"""A person begins: as an anonymous thread with three words, or with what they chose to tell."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import Refused
from lygte.apps.people.models import IdentityIndex, Person, ServiceTie
from lygte.apps.people.refusals import LikelyDuplicates
from lygte.apps.people.selectors.cards import person as person_row
from lygte.apps.people.selectors.finding import Kind, blinded, find
from lygte.apps.people.selectors.reading import require_tie
from lygte.apps.people.services import identity
from lygte.apps.people.services.editing import note_consent
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb
from lygte.domain.ids import make_return_code
from lygte.domain.vocab import ConsentPurpose, IdentityLevel

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

Choose = Callable[[Sequence[str]], str]
TRIES = 40


@transaction.atomic
def new_thread(
    *, actor: Actor, now: datetime, service: "Service", choose: Choose = secrets.choice
) -> tuple[Person, str]:
    """Begin an anonymous thread; return it with the three words that the worker reads out."""
    require(actor, Action.PERSON_LINK, municipality_id=actor.municipality_id, service_id=service.pk)
    words = _free_words(choose)
    thread = Person(level=IdentityLevel.THREAD, return_words=words, created_at=now, created_by_id=actor.id)
    _begin(thread, actor=actor, now=now, service=service)
    return thread, words


@transaction.atomic
def renew_words(*, actor: Actor, now: datetime, person_id: UUID, choose: Choose = secrets.choice) -> str:
    """Give a person new words, for instance when the old ones were overheard. The old ones are gone."""
    row = person_row(person_id)
    require_tie(actor, person_id, action=Action.PERSON_EDIT)
    row.return_words = _free_words(choose)
    row.save(update_fields=["return_words"])
    identity.index(row)
    audit.record(
        Verb.PERSON_CHANGED,
        actor=actor,
        now=now,
        subject=row,
        person_id=row.pk,
        detail={"fields": ["return_words"]},
    )
    return str(row.return_words)


def create_person(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    keep_phone: bool = False,
    confirmed: bool = False,
    **fields: Any,
) -> Person:
    """Make a person from what was told.

    Fields: alias, name, cpr, phone, address, birth_year, home_municipality_code, sex, is_protected. A phone
    number is used to look for duplicates, and kept only with consent (`keep_phone`). Raises
    `LikelyDuplicates` when somebody like this is known: always with the same civil registration number,
    otherwise unless `confirmed`; `InvalidField` for a value that cannot be stored.
    """
    require(actor, Action.PERSON_EDIT, municipality_id=actor.municipality_id, service_id=service.pk)
    look_for_duplicates(fields, actor=actor, now=now, service=service, confirmed=confirmed)
    with transaction.atomic():
        row = Person(created_at=now, created_by_id=actor.id)
        identity.write(row, kept(fields, keep_phone=keep_phone), now=now)
        _begin(row, actor=actor, now=now, service=service)
        if keep_phone and row.phone:
            note_consent(row, ConsentPurpose.KEEP_PHONE, given=True, actor=actor, now=now)
        return row


def look_for_duplicates(
    fields: Mapping[str, Any], *, actor: Actor, now: datetime, service: "Service", confirmed: bool
) -> None:
    """Raise `LikelyDuplicates` when somebody with the same number, phone, alias or name is known."""
    entries = blinded(identity.typed_values(fields, now=now))
    if not entries:
        return
    hits = find(entries, actor=actor, now=now, service=service)
    certain = any(hit.by == Kind.CPR for hit in hits)
    if certain or (hits and not confirmed):
        raise LikelyDuplicates(hits, certain=certain)


def kept(fields: Mapping[str, Any], *, keep_phone: bool) -> dict[str, Any]:
    """Return the fields without a phone number that may not be kept."""
    return {name: "" if name == "phone" and not keep_phone else value for name, value in fields.items()}


def _begin(row: Person, *, actor: Actor, now: datetime, service: "Service") -> None:
    row.save(force_insert=True)
    identity.index(row)
    ServiceTie.objects.create(person=row, service=service, since=now)
    audit.record(
        Verb.PERSON_CREATED,
        actor=actor,
        now=now,
        subject=row,
        person_id=row.pk,
        service_id=service.pk,
        detail={"level": str(row.level)},
    )


def _free_words(choose: Choose) -> str:
    """Return three words that nobody in the municipality has."""
    for _ in range(TRIES):
        words = str(make_return_code(choose))
        (digest,) = blinded({Kind.RETURN_WORDS: [words]})[Kind.RETURN_WORDS]
        if not IdentityIndex.objects.filter(kind=Kind.RETURN_WORDS, digest=digest).exists():
            return words
    raise Refused("no_free_words")
