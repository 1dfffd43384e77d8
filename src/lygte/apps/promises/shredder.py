"""Promises to a person. An open one is let go by whoever erases; what was kept in time stays a figure."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from lygte.apps.core.services import bump
from lygte.apps.core.shredding import Holding, Shredder, Subject, Term
from lygte.apps.promises.models import CLOSED, OPEN, Attempt, Promise
from lygte.domain.access import Actor
from lygte.domain.retention import Ground
from lygte.domain.vocab import Decision, PromiseState


def _of(subject: Subject) -> Any:
    return Promise.objects.filter(
        Q(person_id__in=subject.person_ids)
        | Q(contact_id__in=subject.contact_ids)
        | Q(kept_by_contact_id__in=subject.contact_ids)
        | Q(attempt_contact_id__in=subject.contact_ids)
        | Q(call__contact_id__in=subject.contact_ids)
        | Q(call__number_index__in=subject.phone_digests)
    )


def _attempts(subject: Subject) -> Any:
    return Attempt.objects.filter(promise__in=_of(subject))


def _erase(subject: Subject, actor: Actor, now: datetime) -> dict[str, int]:
    ids = list(_of(subject).values_list("pk", flat=True))
    attempts = Attempt.objects.filter(promise_id__in=ids).update(note=None)
    _let_open_go(ids, actor, now)
    rows = Promise.objects.filter(pk__in=ids)
    count = rows.update(person=None, number=None, note=None, decision_reason=None)
    return {"promises.Promise": count, "promises.Attempt": attempts}


def _let_open_go(ids: list[UUID], actor: Actor, now: datetime) -> None:
    """End what is still open: nobody is left to ring. Ended by name, as every promise is."""
    rows = Promise.objects.filter(pk__in=ids, state__in=OPEN)
    for service_id in set(rows.values_list("service_id", flat=True)):
        bump(service_id)
    rows.update(
        state=PromiseState.DECIDED,
        decision=Decision.LET_GO,
        decided_by_id=actor.id,
        closed_at=now,
        next_attempt_at=None,
        attempt_started_at=None,
        attempt_by=None,
        attempt_contact=None,
        hold_since=None,
    )


def _due(cutoff: datetime, held: frozenset[UUID]) -> Any:
    rows = Promise.objects.filter(number__isnull=False, state__in=CLOSED, closed_at__lt=cutoff)
    return rows.exclude(person_id__in=held)


def _forget_numbers(ids: list[UUID]) -> object:
    return Promise.objects.filter(pk__in=ids).update(number=None)


SHREDDER = Shredder(
    holdings=(
        Holding(
            "promises.Promise",
            _of,
            (
                *("kind", "state", "made_at", "due", "number", "note", "may_ring", "medium", "closed_at"),
                *("decision", "decision_reason"),
            ),
            ("person", "avoid_weekdays"),
            speaks_of_others=True,
        ),
        Holding("promises.Attempt", _attempts, ("at", "outcome", "note"), speaks_of_others=True),
    ),
    erase=_erase,
    terms=(Term(Ground.PROMISE_NUMBER, _due, _forget_numbers),),
)
