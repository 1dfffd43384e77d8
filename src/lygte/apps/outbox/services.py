"""Messages are written in the transaction that causes them and sent afterwards, until they are through or
given up.
"""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F

from lygte.apps.audit import services as audit
from lygte.apps.core import services as core
from lygte.apps.core.refusals import InvalidField
from lygte.apps.core.scope import current_municipality_id, municipality_scope
from lygte.apps.outbox.gateway import SmsFailed, SmsGateway
from lygte.apps.outbox.length import parts
from lygte.apps.outbox.models import OutboxMessage
from lygte.domain.access import Action, Actor, require, system
from lygte.domain.events import Verb
from lygte.domain.ids import normalise_phone
from lygte.domain.vocab import Medium

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

log = logging.getLogger("lygte.outbox")

MAX_TRIES = 5
MAX_PARTS = 3
WAITS = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=30))
BATCH = 20
_State = OutboxMessage.State


@transaction.atomic
def queue_sms(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    recipient: str,
    body: str,
    promise_id: UUID | None = None,
) -> OutboxMessage:
    """Write a text message to be sent. Raises InvalidField for a number or a text that no gateway can
    take.
    """
    if actor.id is not None:
        require(actor, Action.PROMISE_KEEP, municipality_id=actor.municipality_id, service_id=service.pk)
    number = normalise_phone(recipient)
    if number is None:
        raise InvalidField("recipient", "not_a_number")
    if not 1 <= parts(body) <= MAX_PARTS:
        raise InvalidField("body", "length")
    message = OutboxMessage.objects.create(
        service=service,
        medium=Medium.SMS,
        recipient=number,
        body=body,
        promise_id=promise_id,
        queued_at=now,
        next_try_at=now,
    )
    detail = {"medium": Medium.SMS.value, "parts": parts(body)}
    audit.record(Verb.MESSAGE_QUEUED, actor=actor, now=now, subject=message, detail=detail)
    core.bump(service.pk)
    return message


def deliver_due(*, municipality_id: UUID, now: datetime, gateway: SmsGateway) -> int:
    """Try the messages of a municipality that are due, and return how many went through.

    Opens its own scopes: nothing is locked while a gateway is asked. A message is pushed ahead before it is
    opened, so that one which cannot be opened or sent never stops those behind it.
    """
    with municipality_scope(municipality_id):
        due = OutboxMessage.objects.filter(state=_State.QUEUED, next_try_at__lte=now)
        waiting = list(due.order_by("next_try_at", "id").values_list("pk", flat=True)[:BATCH])
    return sum(_deliver(municipality_id, pk, now=now, gateway=gateway) for pk in waiting)


def _deliver(municipality_id: UUID, message_id: UUID, *, now: datetime, gateway: SmsGateway) -> bool:
    with municipality_scope(municipality_id):
        tries = _claim(message_id, now)
    if tries is None:
        return False
    try:
        with municipality_scope(municipality_id):
            message = OutboxMessage.objects.get(pk=message_id)
            to, text = str(message.recipient), str(message.body)
        reference = gateway.send(to=to, text=text, reference=str(message_id))
    except SmsFailed as failure:
        problem, final = failure.problem, failure.final
    except Exception as failure:  # noqa: BLE001 - the next message must get its turn
        problem, final = type(failure).__name__, False
    else:
        with municipality_scope(municipality_id):
            _sent(message_id, now=now, reference=reference)
        return True
    log.warning("message %s, try %d: %s", message_id, tries, problem)
    with municipality_scope(municipality_id):
        _not_sent(message_id, now=now, problem=problem, given_up=final or tries >= MAX_TRIES)
    return False


@transaction.atomic
def _claim(message_id: UUID, now: datetime) -> int | None:
    """Take one try of a message and push it ahead; None when another worker was faster or no try is left."""
    row = OutboxMessage.objects.filter(pk=message_id, state=_State.QUEUED, next_try_at__lte=now)
    tries = row.values_list("tries", flat=True).first()
    if tries is None:
        return None
    if tries >= MAX_TRIES:
        _not_sent(message_id, now=now, problem="no_answer_from_worker", given_up=True)
        return None
    wait = WAITS[min(tries, len(WAITS) - 1)]
    if row.filter(tries=tries).update(tries=F("tries") + 1, next_try_at=now + wait) != 1:
        return None
    return int(tries) + 1


@transaction.atomic
def _sent(message_id: UUID, *, now: datetime, reference: str) -> None:
    row = OutboxMessage.objects.filter(pk=message_id, state=_State.QUEUED)
    if row.update(state=_State.SENT, sent_at=now, gateway_reference=reference[:120], problem="") == 1:
        _tell(message_id, Verb.MESSAGE_SENT, now=now)


@transaction.atomic
def _not_sent(message_id: UUID, *, now: datetime, problem: str, given_up: bool) -> None:
    row = OutboxMessage.objects.filter(pk=message_id, state=_State.QUEUED)
    if not given_up:
        row.update(problem=problem[:200])
    elif row.update(state=_State.FAILED, problem=problem[:200]) == 1:
        _tell(message_id, Verb.MESSAGE_FAILED, now=now)


def _tell(message_id: UUID, verb: Verb, *, now: datetime) -> None:
    message = OutboxMessage.objects.only("pk", "service_id", "municipality_id", "tries", "problem").get(
        pk=message_id
    )
    detail = {"tries": message.tries, "problem": message.problem}
    audit.record(verb, actor=system(current_municipality_id()), now=now, subject=message, detail=detail)
    core.bump(message.service_id)
