from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min

from lygte.apps.outbox.models import OutboxMessage

STATES = ("queued", "sent", "failed")
TAIL = 2


@dataclass(frozen=True, slots=True)
class MessageState:
    """How it goes with a message; neither its text nor its number, of which only the last digits are told."""

    id: UUID
    promise_id: UUID | None
    state: str
    tries: int
    queued_at: datetime
    next_try_at: datetime
    sent_at: datetime | None
    problem: str
    number_end: str


def of_service(service_id: UUID, *, limit: int = 200) -> list[MessageState]:
    """Return the messages of a service: those given up first, then those waiting, then the newest sent."""
    rows = OutboxMessage.objects.filter(service_id=service_id)
    order = {"failed": 0, "queued": 1, "sent": 2}
    found: list[OutboxMessage] = []
    for state in sorted(order, key=order.__getitem__):
        found += rows.filter(state=state).order_by("-queued_at", "-id")[: limit - len(found)]
    return [_state(row) for row in found]


def counts(service_id: UUID) -> dict[str, int]:
    """Return how many messages of a service are in each state."""
    rows = OutboxMessage.objects.filter(service_id=service_id)
    return {state: rows.filter(state=state).count() for state in STATES}


def backlog(*, since: datetime) -> tuple[int, datetime | None, int]:
    """Return how many messages of the running municipality wait, since when, and how many of those written
    since a moment were given up.
    """
    waiting = OutboxMessage.objects.filter(state="queued").aggregate(
        count=Count("id"), oldest=Min("queued_at")
    )
    given_up = OutboxMessage.objects.filter(state="failed", queued_at__gte=since).count()
    return waiting["count"], waiting["oldest"], given_up


def of_promises(promise_ids: Iterable[UUID]) -> dict[UUID, list[MessageState]]:
    """Return the messages that were caused by promises, oldest first, in one query."""
    wanted = list(promise_ids)
    rows = OutboxMessage.objects.filter(promise_id__in=wanted).order_by("queued_at", "id")
    states = [_state(row) for row in rows]
    return {pk: [state for state in states if state.promise_id == pk] for pk in wanted}


def given_up(promise_ids: Iterable[UUID]) -> set[UUID]:
    """Return the promises whose message was given up."""
    rows = OutboxMessage.objects.filter(promise_id__in=list(promise_ids), state="failed")
    return set(rows.values_list("promise_id", flat=True))


def _state(row: OutboxMessage) -> MessageState:
    return MessageState(
        id=row.pk,
        promise_id=row.promise_id,
        state=row.state,
        tries=row.tries,
        queued_at=row.queued_at,
        next_try_at=row.next_try_at,
        sent_at=row.sent_at,
        problem=row.problem,
        number_end=_end_of_number(row),
    )


def _end_of_number(row: OutboxMessage) -> str:
    try:
        return str(row.recipient)[-TAIL:]
    except Exception:  # noqa: BLE001 - a row that cannot be opened must still be seen
        return ""
