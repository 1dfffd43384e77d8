"""Who may read a person's record, and the reading itself, which is always written down."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from lygte.apps.audit import selectors as audit_read
from lygte.apps.audit import services as audit
from lygte.apps.people.models import BreakGlass, Consent, IdentityLink, Person, ServiceTie
from lygte.apps.people.selectors.cards import person
from lygte.apps.people.selectors.groups import group
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import AccessDenied, Action, Actor, ActorKind, may
from lygte.domain.events import Verb
from lygte.domain.ids import Cpr, parse_cpr
from lygte.domain.time import day_of
from lygte.domain.vocab import ConsentPurpose

OPENED = (Verb.PERSON_READ, Verb.PERSON_REVEALED, Verb.BREAK_GLASS_OPENED, Verb.PLAN_READ, Verb.PLAN_PRINTED)


def tied_services(person_ids: Iterable[UUID]) -> set[UUID]:
    """Return the services that know any of the persons."""
    rows = ServiceTie.objects.filter(person_id__in=list(person_ids))
    return set(rows.values_list("service_id", flat=True))


def may_read(actor: Actor, person_id: UUID, now: datetime) -> bool:
    """Tell whether the actor's service knows the person, or the actor's own broken glass still runs."""
    members = group(person_id)
    return holds_tie(actor, members, action=Action.PERSON_READ) or holds_glass(actor, members, now=now)


def holds_tie(actor: Actor, members: set[UUID], *, action: Action) -> bool:
    """Tell whether the actor may do `action` in a service that knows the group."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    return any(
        may(actor, action, municipality_id=actor.municipality_id, service_id=service_id)
        for service_id in tied_services(members)
    )


def holds_glass(actor: Actor, members: set[UUID], *, now: datetime) -> bool:
    """Tell whether the actor's own broken glass for the group still runs."""
    if not may(actor, Action.BREAK_GLASS, municipality_id=actor.municipality_id):
        return False
    if actor.id is None:
        return False
    rows = BreakGlass.objects.filter(user_id=actor.id, person_id__in=members)
    return rows.filter(opened_at__lte=now, expires_at__gt=now).exists()


def require_tie(actor: Actor, person_id: UUID, *, action: Action) -> set[UUID]:
    """Return the person's group, or raise `AccessDenied` unless a service of the actor knows the person."""
    members = group(person_id)
    if not holds_tie(actor, members, action=action):
        raise AccessDenied(action)
    return members


def require_reading(actor: Actor, person_id: UUID, *, now: datetime, action: Action) -> set[UUID]:
    """Return the person's group, or raise `AccessDenied` unless the actor may read it and may do `action`."""
    members = group(person_id)
    if holds_tie(actor, members, action=action):
        return members
    if not may(actor, action, municipality_id=actor.municipality_id):
        raise AccessDenied(action)
    if not holds_glass(actor, members, now=now):
        raise AccessDenied(action)
    return members


@transaction.atomic
def read_person(*, actor: Actor, now: datetime, person_id: UUID) -> Person:
    """Return a person whom the actor may read, and write the reading down."""
    row = person(person_id)
    members = require_reading(actor, person_id, now=now, action=Action.PERSON_READ)
    by_tie = holds_tie(actor, members, action=Action.PERSON_READ)
    detail = {} if by_tie else {"broken_glass": True}
    audit.record(Verb.PERSON_READ, actor=actor, now=now, subject=row, person_id=row.pk, detail=detail)
    return row


@transaction.atomic
def read_to_edit(*, actor: Actor, now: datetime, person_id: UUID) -> Person:
    """Return a person whom the actor may change, and write the reading down. A broken glass does not do."""
    row = person(person_id)
    require_tie(actor, person_id, action=Action.PERSON_EDIT)
    audit.record(Verb.PERSON_READ, actor=actor, now=now, subject=row, person_id=row.pk)
    return row


def openings(members: Iterable[UUID], *, limit: int) -> list[Any]:
    """Return the newest events in which somebody opened the record of a group, newest first."""
    return list(_events(members).filter(verb__in=OPENED)[:limit])


def events_of(members: Iterable[UUID], *, limit: int) -> list[Any]:
    """Return the newest events of a group's records, whatever they are, newest first."""
    return list(_events(members)[:limit])


@transaction.atomic
def trail(*, actor: Actor, now: datetime, person_id: UUID, limit: int = 200) -> list[Any]:
    """Return what was done with or read of a person's record, for a leader. Itself a reading."""
    row = person(person_id)
    members = require_tie(actor, person_id, action=Action.AUDIT_SEE)
    audit.record(
        Verb.PERSON_READ, actor=actor, now=now, subject=row, person_id=row.pk, detail={"trail": True}
    )
    return list(_events(members)[:limit])


def _events(members: Iterable[UUID]) -> Any:
    first, *others = sorted(members)
    rows = audit_read.events_of_person(first)
    for member in others:
        rows = rows | audit_read.events_of_person(member)
    return rows


def consents(person_id: UUID) -> list[Consent]:
    """Return what the person has said yes or no to and not changed since."""
    return list(Consent.objects.filter(person_id=person_id, withdrawn_at__isnull=True).order_by("at", "id"))


def consent_given(person_id: UUID, purpose: ConsentPurpose) -> bool | None:
    """Return yes or no as last said; None when it is not recorded."""
    rows = Consent.objects.filter(person_id=person_id, purpose=purpose, withdrawn_at__isnull=True)
    given: bool | None = rows.values_list("given", flat=True).first()
    return given


def registration_numbers(person_ids: Iterable[UUID], *, service_id: UUID) -> dict[UUID, str]:
    """Return the registration numbers of those persons whom a service knows and who have told theirs."""
    tied = ServiceTie.objects.filter(service_id=service_id).values("person_id")
    rows = Person.objects.filter(pk__in=tied, cpr__isnull=False)
    wanted = set(person_ids)
    return {row.pk: row.cpr for row in rows if row.pk in wanted}


def check_cpr(text: str, *, now: datetime) -> Cpr:
    """Return a civil registration number as read, or raise `CprError`. Invented ones only in a demo."""
    invented = tenancy.current_municipality().is_invented
    return parse_cpr(text, today=day_of(now), allow_invented=invented)


def break_glass_of(break_glass_id: UUID) -> BreakGlass:
    """Return one broken glass."""
    found: BreakGlass = BreakGlass.objects.get(pk=break_glass_id)
    return found


def break_glasses(service_id: UUID) -> list[BreakGlass]:
    """Return the broken glasses that concern a service, by its staff or of people it knows.

    Those that wait for a leader stand first, then the newest.
    """
    known = ServiceTie.objects.filter(service_id=service_id).values("person_id")
    rows = BreakGlass.objects.filter(Q(service_id=service_id) | Q(person_id__in=known))
    waiting_first = F("reviewed_at").asc(nulls_first=True)
    return sorted(rows.order_by(waiting_first, "-opened_at")[:200], key=_waiting_then_newest)


def _waiting_then_newest(row: BreakGlass) -> tuple[bool, float]:
    return row.reviewed_at is not None, -row.opened_at.timestamp()


def seen_through(glass: BreakGlass) -> list[Any]:
    """Return what the user did with the record while the glass was broken, oldest first."""
    rows = _events(group(glass.person_id)).filter(actor_id=glass.user_id, at__gte=glass.opened_at)
    return list(reversed(rows.filter(at__lt=glass.expires_at)[:50]))


def unreviewed_break_glasses(service_id: UUID) -> int:
    """Return how many broken glasses wait for a leader of the service, for the board."""
    known = ServiceTie.objects.filter(service_id=service_id).values("person_id")
    rows = BreakGlass.objects.filter(Q(service_id=service_id) | Q(person_id__in=known))
    return rows.filter(reviewed_at__isnull=True).count()


def glass_waits(person_ids: Iterable[UUID]) -> bool:
    """Tell whether a broken glass of any of the persons waits for a leader."""
    return BreakGlass.objects.filter(person_id__in=list(person_ids), reviewed_at__isnull=True).exists()


def all_quiet(person_ids: Iterable[UUID], since: datetime) -> bool:
    """Tell whether none of some threads was made, linked to a contact or asked for a consent since."""
    ids = list(person_ids)
    heard = IdentityLink.objects.filter(person_id__in=ids)
    heard = heard.filter(Q(linked_at__gte=since) | Q(contact__started_at__gte=since))
    made = Person.objects.filter(pk__in=ids, created_at__gte=since)
    said = Consent.objects.filter(person_id__in=ids, at__gte=since)
    waits = BreakGlass.objects.filter(person_id__in=ids, reviewed_at__isnull=True)
    return not any(rows.exists() for rows in (heard, made, said, waits))
