"""Finding a person by what they tell: three words, a number, an alias or a name. No field is opened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from lygte.apps.audit import selectors as audit_read
from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import Refused
from lygte.apps.crypto import services as crypto
from lygte.apps.people.models import IdentityIndex, Person, ServiceTie
from lygte.apps.people.selectors.cards import PersonCard, card, closed_card, rooted
from lygte.apps.people.selectors.groups import active_links, roots_of
from lygte.apps.people.selectors.reading import check_cpr
from lygte.domain.access import Action, Actor, ActorKind, require
from lygte.domain.events import Verb
from lygte.domain.ids import (
    CprError,
    name_tokens,
    normalise_alias,
    normalise_phone,
    normalise_return_code,
    suggest_return_words,
)

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

Kind = IdentityIndex.Kind
Entries = dict[Kind, tuple[bytes, ...]]

# The surest first: by this a hit is named when several match.
SUREST = (Kind.CPR, Kind.RETURN_WORDS, Kind.PHONE, Kind.ALIAS, Kind.NAME)
# A name or an alias must not tell that somebody is known elsewhere; what only the person can tell may.
ACROSS_SERVICES = frozenset({Kind.CPR, Kind.RETURN_WORDS, Kind.PHONE})
MOST_HITS = 20
SEARCHES = ((timedelta(minutes=1), 30), (timedelta(hours=1), 240))
WORDS_IN_CODE = 3
MOST_SUGGESTIONS = 4


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A person who was found. `found_id` is the row that matched: the person, or a thread linked to them."""

    person: Person
    card: PersonCard
    by: IdentityIndex.Kind
    in_own_service: bool
    found_id: UUID


def search(*, actor: Actor, now: datetime, service: "Service", term: str) -> list[SearchHit]:
    """Return the persons whom a text points at, the surest first.

    People whom the service does not know are found by words, phone or civil registration number only. Raises
    `Refused` ("too_many_searches") when the actor searches faster than anyone who listens to a person.
    """
    require(actor, Action.PERSON_SEARCH, municipality_id=actor.municipality_id, service_id=service.pk)
    return find(entries_of(term, now=now), actor=actor, now=now, service=service)


def find(
    entries: Mapping[Kind, tuple[bytes, ...]], *, actor: Actor, now: datetime, service: "Service"
) -> list[SearchHit]:
    """Look index entries up, and write the search down: which kinds and how many hits, nothing else."""
    hold_pace(actor=actor, now=now)
    hits = _hits(entries, service) if any(entries.values()) else []
    with transaction.atomic():
        kinds = sorted(kind.value for kind in entries)
        detail = {"kinds": kinds, "hits": len(hits)}
        audit.record(Verb.PERSON_SEARCHED, actor=actor, now=now, service_id=service.pk, detail=detail)
    return hits


def hold_pace(*, actor: Actor, now: datetime) -> None:
    """Raise `Refused` when the actor has used up the searches of a minute or an hour, and write that down."""
    if actor.kind is ActorKind.SYSTEM:
        return
    longest = max(span for span, _ in SEARCHES)
    rows = audit_read.events_between(now - longest, now + timedelta(microseconds=1)).filter(
        verb=Verb.PERSON_SEARCHED, actor_id=actor.id
    )
    counts = {f"n{n}": Count("id", filter=Q(at__gt=now - span)) for n, (span, _) in enumerate(SEARCHES)}
    counted = rows.order_by().aggregate(**counts)
    if all(counted[f"n{n}"] < most for n, (_, most) in enumerate(SEARCHES)):
        return
    with transaction.atomic():
        audit.record(Verb.ATTACK_REFUSED, actor=actor, now=now, detail={"what": "too_many_searches"})
    raise Refused("too_many_searches")


def entries_of(term: str, *, now: datetime) -> Entries:
    """Return the index entries that a typed text may stand for."""
    code, phone = normalise_return_code(term), normalise_phone(term)
    values: dict[Kind, Iterable[str]] = {
        Kind.CPR: _cpr_digits(term, now=now),
        Kind.RETURN_WORDS: [str(code)] if code else [],
        Kind.PHONE: [phone] if phone else [],
        Kind.ALIAS: [alias] if (alias := normalise_alias(term)) else [],
        Kind.NAME: dict.fromkeys(name_tokens(term)),
    }
    return blinded(values)


def blinded(values: Mapping[Kind, Iterable[str]]) -> Entries:
    """Return blind index entries of normalised values, kinds without a value left out."""
    made = {kind: tuple(crypto.blind(kind, value) for value in texts) for kind, texts in values.items()}
    return {kind: digests for kind, digests in made.items() if digests}


def _cpr_digits(term: str, *, now: datetime) -> list[str]:
    try:
        return [check_cpr(term, now=now).digits]
    except CprError:
        return []


def _hits(entries: Mapping[Kind, tuple[bytes, ...]], service: "Service") -> list[SearchHit]:
    matched = matches(entries)
    rows = rooted(set(matched))
    roots = roots_within(rows)
    tied = _known_to(service, roots)
    surest: dict[UUID, SearchHit] = {}
    for found_id, kind in sorted(matched.items(), key=lambda pair: SUREST.index(pair[1])):
        root = rows[roots[found_id]]
        own = root.pk in tied
        if own or kind in ACROSS_SERVICES:
            shown = card(root) if own else closed_card(root)
            surest.setdefault(root.pk, SearchHit(root, shown, kind, own, found_id))
    return list(surest.values())[:MOST_HITS]


def roots_within(rows: Mapping[UUID, Person]) -> dict[UUID, UUID]:
    """Return the root of each loaded row."""
    roots = {}
    for start, row in rows.items():
        while row.root_id:  # type: ignore[attr-defined]
            row = rows[row.root_id]  # type: ignore[attr-defined]
        roots[start] = row.pk
    return roots


def _known_to(service: "Service", roots: Mapping[UUID, UUID]) -> set[UUID]:
    """Return the roots that the service knows, by themselves or by a thread linked to them."""
    ties = ServiceTie.objects.filter(service=service)
    direct = set(ties.filter(person_id__in=list(roots)).values_list("person_id", flat=True))
    known = {roots[person_id] for person_id in direct}
    others = set(roots.values()) - known
    return known | (_known_by_thread(service, others) if others else set())


def _known_by_thread(service: "Service", root_ids: set[UUID]) -> set[UUID]:
    known: set[UUID] = set()
    layer = {root_id: root_id for root_id in root_ids}
    while layer:
        links = active_links().filter(thread__isnull=False, person_id__in=list(layer))
        pairs = links.values_list("thread_id", "person_id")
        layer = {thread_id: layer[above] for thread_id, above in pairs}
        ties = ServiceTie.objects.filter(service=service, person_id__in=list(layer))
        known |= {layer[person_id] for person_id in ties.values_list("person_id", flat=True)}
    return known


def matches(entries: Mapping[Kind, tuple[bytes, ...]]) -> dict[UUID, Kind]:
    """Return who matches, with the surest kind. A name matches only when every word of it does."""
    asked = Q(pk__in=[])
    for kind, digests in entries.items():
        asked |= Q(kind=kind, digest__in=digests)
    found: dict[UUID, dict[Kind, int]] = {}
    for person_id, code in IdentityIndex.objects.filter(asked).values_list("person_id", "kind"):
        counts = found.setdefault(person_id, {})
        counts[Kind(code)] = counts.get(Kind(code), 0) + 1
    whole = {
        person_id: [kind for kind in SUREST if counts.get(kind, 0) >= max(1, len(entries.get(kind, ())))]
        for person_id, counts in found.items()
    }
    return {person_id: kinds[0] for person_id, kinds in whole.items() if kinds}


def phone_digest(number: str) -> bytes | None:
    """Return the blind index of a telephone number as typed; None when it is not one."""
    phone = normalise_phone(number)
    return crypto.blind(Kind.PHONE, phone) if phone else None


def phone_digests(number: str) -> tuple[bytes, ...]:
    """Return the blind index of a telephone number under every key that may have made one."""
    phone = normalise_phone(number)
    return crypto.blind_by_all(Kind.PHONE, phone) if phone else ()


def by_phone_index(digest: bytes) -> list[UUID]:
    """Return the persons, as they belong together now, who keep a number with us."""
    rows = IdentityIndex.objects.filter(kind=Kind.PHONE, digest=digest).values_list("person_id", flat=True)
    return sorted(set(roots_of(rows).values()))


def word_suggestions(term: str) -> tuple[str, ...]:
    """Return codes that may have been meant by three words of which one or more were heard wrong.

    Only the word list is used, never the people: a suggestion says nothing about which codes are in use.
    """
    heard = [word for word in name_tokens(term) if word != "og"]
    if len(heard) != WORDS_IN_CODE or normalise_return_code(term):
        return ()
    options = [suggest_return_words(word) or (word,) for word in heard]
    codes = (normalise_return_code(" ".join(words)) for words in product(*options))
    return tuple(str(code) for code in codes if code)[:MOST_SUGGESTIONS]
