"""Who a person is, how they are found, what they said yes to, and who broke the glass."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from lygte.apps.core.shredding import Holding, Shredder, Subject, Term
from lygte.apps.people.models import BreakGlass, Consent, IdentityIndex, IdentityLink, Person, ServiceTie
from lygte.apps.people.selectors import groups
from lygte.domain.access import Actor
from lygte.domain.retention import Ground


def subject_of(person_id: UUID) -> Subject:
    """Return a person as they belong together now: every linked thread, every linked contact."""
    members = groups.group(person_id)
    links = groups.active_links().filter(contact__isnull=False, person_id__in=members)
    digests = IdentityIndex.objects.filter(person_id__in=members, kind=IdentityIndex.Kind.PHONE)
    return Subject(
        person_ids=frozenset(members),
        contact_ids=frozenset(links.values_list("contact_id", flat=True)),
        phone_digests=frozenset(bytes(one) for one in digests.values_list("digest", flat=True)),
    )


def _persons(subject: Subject) -> Any:
    return Person.objects.filter(pk__in=subject.person_ids)


def _under(model: Any) -> Any:
    def rows(subject: Subject) -> Any:
        return model.objects.filter(person_id__in=subject.person_ids)

    return rows


def _links(subject: Subject) -> Any:
    return IdentityLink.objects.filter(
        Q(person_id__in=subject.person_ids)
        | Q(thread_id__in=subject.person_ids)
        | Q(contact_id__in=subject.contact_ids)
    )


def _erase(subject: Subject, actor: Actor, now: datetime) -> dict[str, int]:
    ties = ServiceTie.objects.filter(Q(person_id__in=subject.person_ids) | Q(link__in=_links(subject)))
    return {
        "people.ServiceTie": ties.delete()[0],
        "people.IdentityLink": _links(subject).delete()[0],
        "people.Consent": _under(Consent)(subject).delete()[0],
        "people.BreakGlass": _under(BreakGlass)(subject).delete()[0],
        "people.IdentityIndex": _under(IdentityIndex)(subject).delete()[0],
        "people.Person": _persons(subject).delete()[0],
    }


def _due_consents(cutoff: datetime, held: frozenset[UUID]) -> Any:
    return Consent.objects.filter(withdrawn_at__lt=cutoff).exclude(person_id__in=held)


def _let_consents_go(ids: list[UUID]) -> object:
    return Consent.objects.filter(pk__in=ids).delete()


def _due_glasses(cutoff: datetime, held: frozenset[UUID]) -> Any:
    return BreakGlass.objects.filter(reviewed_at__lt=cutoff).exclude(person_id__in=held)


def _let_glasses_go(ids: list[UUID]) -> object:
    return BreakGlass.objects.filter(pk__in=ids).delete()


def quiet_roots(cutoff: datetime, held: frozenset[UUID]) -> Any:
    """Return the persons, not linked to another, of whom nothing was made, linked or said since a moment."""
    linked = groups.active_links().filter(thread__isnull=False).values("thread_id")
    heard = IdentityLink.objects.filter(Q(linked_at__gte=cutoff) | Q(contact__started_at__gte=cutoff))
    said = Consent.objects.filter(at__gte=cutoff).values("person_id")
    waits = BreakGlass.objects.filter(reviewed_at__isnull=True).values("person_id")
    rows = Person.objects.filter(created_at__lt=cutoff).exclude(pk__in=held).exclude(pk__in=linked)
    return rows.exclude(pk__in=heard.values("person_id")).exclude(pk__in=said).exclude(pk__in=waits)


SHREDDER = Shredder(
    holdings=(
        Holding(
            "people.Person",
            _persons,
            (
                *("level", "return_words", "alias", "name", "cpr", "cpr_kind", "birth_year", "phone"),
                *("address", "home_municipality_code", "sex", "is_protected", "may_ring", "band"),
                *("medium", "do_not_remind", "admitted_on", "created_at"),
            ),
            ("avoid_weekdays",),
        ),
        Holding("people.ServiceTie", _under(ServiceTie), ("service_id", "since"), ("person",)),
        Holding("people.IdentityIndex", _under(IdentityIndex), ("kind",), ("person", "digest")),
        Holding(
            "people.IdentityLink",
            _links,
            ("linked_at", "reason", "undone_at", "undone_reason"),
            ("thread", "person"),
            speaks_of_others=True,
        ),
        Holding(
            "people.Consent",
            _under(Consent),
            ("purpose", "given", "at", "withdrawn_at"),
            ("person",),
        ),
        Holding(
            "people.BreakGlass",
            _under(BreakGlass),
            ("opened_at", "expires_at", "reason", "reviewed_at", "verdict", "review_note"),
            ("person",),
            speaks_of_others=True,
        ),
    ),
    erase=_erase,
    terms=(
        Term(Ground.ENDED_CONSENT, _due_consents, _let_consents_go),
        Term(Ground.BREAK_GLASS, _due_glasses, _let_glasses_go),
    ),
)
