"""Calls of a person: those that became a contact of theirs, and those from a number that they keep."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat

from lygte.apps.core.shredding import Holding, Shredder, Subject, Term
from lygte.apps.queue.models import Call, WebhookDelivery
from lygte.domain.access import Actor
from lygte.domain.retention import Ground


def _of(subject: Subject) -> Any:
    return Call.objects.filter(
        Q(contact_id__in=subject.contact_ids) | Q(number_index__in=subject.phone_digests)
    )


def _erase(subject: Subject, actor: Actor, now: datetime) -> dict[str, int]:
    """Empty the calls; that it rang, when and for how long stays a figure of the service level."""
    return {"queue.Call": _forget([row.pk for row in _of(subject)], texts=True)}


def _forget(ids: list[UUID], *, texts: bool = False) -> int:
    # What the telephone system calls the call leads back to its own list of numbers.
    empty: dict[str, Any] = {"number": None, "number_index": None}
    if texts:
        empty["let_go_reason"] = None
    rows = Call.objects.filter(pk__in=ids)
    named = Concat(Value("gone-"), Cast(F("id"), Call._meta.get_field("external_id")))
    rows.exclude(external_id="").update(external_id=named)
    return int(rows.update(**empty))


def _due_numbers(cutoff: datetime, held: frozenset[UUID]) -> Any:
    rows = Call.objects.filter(Q(number__isnull=False) | Q(number_index__isnull=False), rang_at__lt=cutoff)
    return rows.exclude(contact__person_id__in=held)


def _due_deliveries(cutoff: datetime, held: frozenset[UUID]) -> Any:
    return WebhookDelivery.objects.filter(received_at__lt=cutoff)


def _let_deliveries_go(ids: list[UUID]) -> object:
    return WebhookDelivery.objects.filter(pk__in=ids).delete()


SHREDDER = Shredder(
    holdings=(
        Holding(
            "queue.Call",
            _of,
            ("rang_at", "answered_at", "ended_at", "state", "number", "let_go_reason"),
            ("number_index", "external_id"),
        ),
    ),
    erase=_erase,
    terms=(
        Term(Ground.CALL_NUMBER, _due_numbers, _forget),
        Term(Ground.WEBHOOK_DELIVERY, _due_deliveries, _let_deliveries_go),
    ),
    kept={"queue.WebhookDelivery": "names a delivery of the telephone system, not a person; goes with time"},
)
