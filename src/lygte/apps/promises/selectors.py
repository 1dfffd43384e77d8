from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Prefetch, Q, QuerySet

from lygte.apps.audit import services as audit
from lygte.apps.promises import reading
from lygte.apps.promises.models import OPEN, Attempt, Move, Promise
from lygte.domain import promises as rules
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb
from lygte.domain.promises import PromiseFacts
from lygte.domain.vocab import PromiseKind, PromiseState, Standing

# As a plain list on each row: a manager for each of a hundred rows costs more than the query.
WITH_ATTEMPTS = Prefetch("attempts", to_attr="known_attempts")


def promise(promise_id: UUID) -> Promise:
    """Return a promise of the running municipality, or raise `Promise.DoesNotExist`."""
    row: Promise = Promise.objects.get(pk=promise_id)
    return row


def read_promise(*, actor: Actor, now: datetime, promise_id: UUID) -> Promise:
    """Return a promise for somebody to look at; the reading is recorded."""
    row = promise(promise_id)
    require(actor, Action.PROMISE_READ, municipality_id=actor.municipality_id, service_id=row.service_id)
    audit.record(Verb.PROMISE_READ, actor=actor, now=now, subject=row, detail={"kind": row.kind})
    return row


def list_promises(*, actor: Actor, now: datetime, service_id: UUID) -> list[Promise]:
    """Return the open promises of a service for somebody to look at; the reading is recorded."""
    require(actor, Action.PROMISE_READ, municipality_id=actor.municipality_id, service_id=service_id)
    rows = open_for_service(service_id)
    audit.record(Verb.PROMISE_READ, actor=actor, now=now, service_id=service_id, detail={"listed": len(rows)})
    return rows


def open_for_service(service_id: UUID) -> list[Promise]:
    """Return every promise of a service that has not ended, by due moment, in two queries."""
    return list(_open().filter(service_id=service_id))


def due_until(service_id: UUID, moment: datetime) -> list[Promise]:
    """Return the open promises of a service that are due at a moment or that somebody must decide."""
    rows = _open().filter(service_id=service_id)
    return list(rows.filter(Q(due__lte=moment) | Q(opens__lte=moment) | Q(state="needs_decision")))


def overdue(kind: PromiseKind, *, now: datetime) -> tuple[int, datetime | None]:
    """Return how many open promises of a kind are past their due moment in the running municipality, and
    the oldest of those moments.
    """
    rows = Promise.objects.filter(state=PromiseState.PROMISED, kind=kind, due__lt=now)
    found = rows.aggregate(count=Count("id"), oldest=Min("due"))
    return found["count"], found["oldest"]


def of_person(person_ids: Iterable[UUID]) -> list[Promise]:
    """Return every promise to a person and the threads that belong to them, newest first."""
    rows = Promise.objects.filter(person_id__in=list(person_ids))
    return list(rows.prefetch_related(WITH_ATTEMPTS).order_by("-made_at", "-id"))


def of_contact(contact_id: UUID) -> list[Promise]:
    """Return every promise that was made in a contact, oldest first."""
    rows = Promise.objects.filter(contact_id=contact_id)
    return list(rows.prefetch_related(WITH_ATTEMPTS).order_by("made_at", "id"))


def being_kept_by(contact_id: UUID) -> Promise | None:
    """Return the promise whose attempt an outgoing contact is, as long as its outcome is not recorded."""
    return Promise.objects.filter(attempt_contact_id=contact_id).first()


def between(service_id: UUID, start: datetime, end: datetime) -> list[Promise]:
    """Return the promises of a service that were or are due in a half-open period, in two queries."""
    rows = Promise.objects.filter(service_id=service_id, due__gte=start, due__lt=end)
    return list(rows.prefetch_related(WITH_ATTEMPTS).order_by("due", "id"))


def due_rows(service_id: UUID, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Return what is counted of the promises that were or are due in a half-open period, as plain values."""
    rows = Promise.objects.filter(service_id=service_id, due__gte=start, due__lt=end).order_by("due", "id")
    names = ("id", "kind", "state", "due", "closes", "closed_at", "contact_id")
    return [dict(row) for row in rows.values(*names)]


def open_of_persons(person_ids: Iterable[UUID], *kinds: PromiseKind) -> list[Promise]:
    """Return the open promises of some kinds to a person and the threads that belong to them."""
    return list(_open().filter(person_id__in=list(person_ids), kind__in=kinds))


def ever_promised(
    kind: PromiseKind, *, person_ids: Iterable[UUID] = (), contact_id: UUID | None = None
) -> bool:
    """Tell whether a promise of a kind was ever made to a person, or in a contact."""
    who = Q(person_id__in=list(person_ids))
    if contact_id is not None:
        who |= Q(contact_id=contact_id)
    return Promise.objects.filter(who, kind=kind).exists()


def attempts(promise_id: UUID) -> list[Attempt]:
    """Return the attempts to keep a promise, oldest first."""
    return list(Attempt.objects.filter(promise_id=promise_id))


def moves(promise_id: UUID) -> list[Move]:
    """Return when a promise was moved, oldest first."""
    return list(Move.objects.filter(promise_id=promise_id))


def services_turning(since: datetime, until: datetime) -> set[UUID]:
    """Return the services with an open promise that opened, fell due, ran out or may be tried again in
    between.
    """
    crossed = Q()
    for moment in ("opens", "due", "closes", "next_attempt_at"):
        crossed |= Q(**{f"{moment}__gt": since, f"{moment}__lte": until})
    rows = Promise.objects.filter(state__in=OPEN).filter(crossed)
    return set(rows.values_list("service_id", flat=True))


def facts(promise: Promise) -> PromiseFacts:
    """Return what the rules of the domain need to know of a promise."""
    return reading.facts(promise)


def standing(promise: Promise, now: datetime) -> Standing:
    """Return how a promise stands.

    One that may only be rung and may not be rung waits for a decision, whatever its window says.
    """
    found = rules.standing(facts(promise), now=now)
    if found in (Standing.CLOSED, Standing.ON_HOLD):
        return found
    if reading.may_not_be_rung(promise):
        return Standing.NEEDS_DECISION
    not_yet = promise.next_attempt_at is not None and now < promise.next_attempt_at
    return Standing.WAITING if found is Standing.OPEN and not_yet else found


def _open() -> QuerySet[Promise]:
    rows = Promise.objects.filter(state__in=OPEN)
    return rows.prefetch_related(WITH_ATTEMPTS).order_by("due", "id")


def persons_waiting(moment: datetime) -> "QuerySet[Promise, UUID | None]":
    """Return the persons and threads to whom a promise is open, or was until a moment or later."""
    rows = Promise.objects.filter(Q(state__in=OPEN) | Q(closed_at__gte=moment), person__isnull=False)
    return rows.values_list("person_id", flat=True)
