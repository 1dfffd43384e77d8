"""What is due, what is held, and what was let go of. Counts and days; nobody is named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lygte.apps.contacts import selectors as contacts
from lygte.apps.core.shredding import Subject
from lygte.apps.people import selectors as people
from lygte.apps.people.shredder import quiet_roots
from lygte.apps.plans import selectors as plans
from lygte.apps.privacy.models import ErasureRequest, LegalHold, Receipt, RetentionChoice, RetentionRun
from lygte.apps.privacy.registry import HOLDINGS, TERMS
from lygte.apps.promises import selectors as promises
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import AccessDenied, Action, Actor, may
from lygte.domain.retention import RULES, Act, Ground, Rule, cutoff
from lygte.domain.time import day_of


@dataclass(frozen=True, slots=True)
class Standing:
    """One ground as the municipality keeps it, and how many rows are past it."""

    rule: Rule
    months: int
    is_chosen: bool
    reason: str
    cutoff: datetime
    count: int


def require_everywhere(actor: Actor) -> None:
    """Raise `AccessDenied` unless the actor may let go of data in every service of the municipality."""
    action = Action.RETENTION_MANAGE
    for service in tenancy.services():
        if not may(actor, action, municipality_id=actor.municipality_id, service_id=service.pk):
            raise AccessDenied(action)


def choices_on(day: Any) -> dict[Ground, RetentionChoice]:
    """Return what the municipality has chosen, the newest for each ground."""
    rows = RetentionChoice.objects.filter(valid_from__lte=day).order_by("set_at", "id")
    return {Ground(row.ground): row for row in rows}


def cutoff_of(ground: Ground, *, now: datetime) -> datetime:
    """Return the moment before which something on a ground is past its term."""
    chosen = choices_on(day_of(now)).get(ground)
    return cutoff(chosen.months if chosen else RULES[ground].months, now=now)


def held_ids() -> frozenset[UUID]:
    """Return every person under a hold, with the threads and persons that belong together with them."""
    held = LegalHold.objects.filter(lifted_at__isnull=True).values_list("person_id", flat=True)
    return frozenset(one for person_id in held for one in people.group(person_id))


def due(ground: Ground, before: datetime) -> Any:
    """Return the rows on a ground that are past a moment."""
    if ground is Ground.PERSON_RECORD:
        return _quiet(before)
    return TERMS[ground].due(before, held_ids())


def _quiet(before: datetime) -> Any:
    """Return the persons of whom nothing was heard since: not of them, nor of a thread linked to them."""
    rows = quiet_roots(before, held_ids())
    for heard in _heard(before):
        rows = rows.exclude(pk__in=heard)
    joined = people.joined(rows.values("pk"))
    return rows.exclude(pk__in=[root for root, below in joined.items() if _any_heard(below, before)])


def _heard(before: datetime) -> tuple[Any, ...]:
    return contacts.persons_since(before), promises.persons_waiting(before), plans.persons_since(before)


def _any_heard(person_ids: Iterable[UUID], before: datetime) -> bool:
    ids = set(person_ids)
    return not people.all_quiet(ids, before) or any(ids & set(heard) for heard in _heard(before))


def preview(*, now: datetime) -> list[Standing]:
    """Return every ground with its term and how many rows a run would take now."""
    chosen = choices_on(day_of(now))
    return [_standing(rule, chosen.get(ground), now=now) for ground, rule in RULES.items()]


def _standing(rule: Rule, chosen: RetentionChoice | None, *, now: datetime) -> Standing:
    months = chosen.months if chosen else rule.months
    before = cutoff(months, now=now)
    count = 0 if rule.act is Act.KEEP else due(rule.ground, before).count()
    reason = str(chosen.reason) if chosen else ""
    return Standing(rule, months, chosen is not None, reason, before, count)


def running() -> RetentionRun | None:
    """Return the run that is under way."""
    return RetentionRun.objects.filter(finished_at__isnull=True).first()


def receipts(*, limit: int = 50) -> list[Receipt]:
    """Return what was let go of, newest first."""
    return list(Receipt.objects.order_by("-at", "-id")[:limit])


def holds_of(subject: Subject) -> list[LegalHold]:
    """Return the holds on a person that run."""
    return list(LegalHold.objects.filter(person_id__in=subject.person_ids, lifted_at__isnull=True))


def open_request(subject: Subject) -> ErasureRequest | None:
    """Return the request to be erased that waits for a decision."""
    rows = ErasureRequest.objects.filter(person_id__in=subject.person_ids, decided_at__isnull=True)
    return rows.first()


def glass_waits(subject: Subject) -> bool:
    """Tell whether a broken glass of a person has not been looked at by a leader."""
    return people.glass_waits(subject.person_ids)


def counted(subject: Subject) -> dict[str, int]:
    """Return how many rows each table holds on a person."""
    counts = {holding.label: holding.rows(subject).count() for holding in HOLDINGS}
    return {label: count for label, count in counts.items() if count}


def erasure(request_id: UUID) -> ErasureRequest:
    """Return one request to be erased."""
    found: ErasureRequest = ErasureRequest.objects.get(pk=request_id)
    return found
