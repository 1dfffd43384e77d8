"""Messages to a person: found by the promise that they belong to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from lygte.apps.core.shredding import Holding, Shredder, Subject, Term
from lygte.apps.outbox.models import OutboxMessage
from lygte.domain.access import Actor
from lygte.domain.retention import Ground

_SETTLED = (OutboxMessage.State.SENT, OutboxMessage.State.FAILED)


def _of(subject: Subject) -> Any:
    theirs = (
        Q(promise__person_id__in=subject.person_ids)
        | Q(promise__contact_id__in=subject.contact_ids)
        | Q(promise__call__contact_id__in=subject.contact_ids)
        | Q(promise__call__number_index__in=subject.phone_digests)
    )
    return OutboxMessage.objects.filter(theirs)


def _erase(subject: Subject, actor: Actor, now: datetime) -> dict[str, int]:
    count, _ = _of(subject).delete()
    return {"outbox.OutboxMessage": count}


def _due(cutoff: datetime, held: frozenset[UUID]) -> Any:
    rows = OutboxMessage.objects.filter(queued_at__lt=cutoff, state__in=_SETTLED)
    return rows.exclude(promise__person_id__in=held)


def _let_go(ids: list[UUID]) -> object:
    return OutboxMessage.objects.filter(pk__in=ids).delete()


SHREDDER = Shredder(
    holdings=(
        Holding(
            "outbox.OutboxMessage",
            _of,
            ("queued_at", "sent_at", "medium", "recipient", "body", "state"),
            ("gateway_reference", "problem"),
        ),
    ),
    erase=_erase,
    terms=(Term(Ground.OUTBOX_MESSAGE, _due, _let_go),),
)
