"""What becomes of a call: announced, taken, rung back or let go. None vanishes by itself."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from lygte.apps.accounts import selectors as accounts
from lygte.apps.audit import services as audit
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services as contacts
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.scope import current_municipality_id
from lygte.apps.core.services import bump
from lygte.apps.promises import selectors as promises_read
from lygte.apps.promises import services as promises
from lygte.apps.queue import announcing
from lygte.apps.queue.endpoints import (
    Replay,
    accept_delivery,
    change_endpoint,
    create_endpoint,
    renew_secret,
)
from lygte.apps.queue.indexing import same_number
from lygte.apps.queue.models import Call
from lygte.domain.access import Action, Actor, may, require, system
from lygte.domain.events import Verb
from lygte.domain.ids import normalise_phone
from lygte.domain.time import day_of
from lygte.domain.vocab import CallEvent, CallHandling, CallState, Channel

if TYPE_CHECKING:
    from lygte.apps.contacts.models import Contact
    from lygte.apps.promises.models import Promise
    from lygte.apps.tenancy.models import Service

__all__ = [
    "RINGS_AT_MOST",
    "Replay",
    "accept_delivery",
    "announce",
    "call_back",
    "change_endpoint",
    "create_endpoint",
    "let_go",
    "renew_secret",
    "ring_now",
    "take_call",
]

MISSED = (CallState.ABANDONED, CallState.VOICEMAIL)
# A call still ringing after this long has lost its ending on the way, and may be let go.
RINGS_AT_MOST = timedelta(minutes=10)
# Two messages from one number within this time are one wish to be rung.
SAME_WISH = timedelta(hours=24)


@transaction.atomic
def announce(
    *,
    actor: Actor,
    now: datetime,
    endpoint_id: UUID | None,
    service: "Service",
    external_id: str,
    event: CallEvent,
    at: datetime,
    number: str | None = None,
    answered_by_user_id: UUID | None = None,
) -> Call:
    """Keep what a telephone system tells about a call, in any order and any number of times.

    1. the fact is added to the call; the state follows from all facts by the transition table;
    2. an earlier unanswered call from the same number is settled by a later one;
    3. a message left becomes a callback with an acknowledgement, where there is a number to ring;
    4. an answer by a known user opens the contact for that user; a hang-up ends its line.
    """
    announcing.may_announce(actor, service.pk)
    at = min(at, now)
    call, is_new = _row(endpoint_id, service, external_id, at)
    is_news = announcing.learn(call, event=event, at=at, number=number)
    if is_new or is_news:
        call.save(update_fields=announcing.FACTS)
        verb = Verb.CALL_ANNOUNCED if is_new else Verb.CALL_CHANGED
        audit.record(
            verb, actor=actor, now=now, subject=call, detail={"event": event.value, "state": call.state}
        )
        bump(service.pk)
    _settle_by_rank(call)
    if event is CallEvent.ANSWERED and answered_by_user_id is not None:
        _open_for(call, user_id=answered_by_user_id, service=service, now=now)
    if call.state == CallState.VOICEMAIL:
        _promise_after_message(call, service=service, now=now)
    call.refresh_from_db(fields=["handling", "contact", "taken_by"])
    _end_line(call, now=now)
    return call


def _row(endpoint_id: UUID | None, service: "Service", external_id: str, at: datetime) -> tuple[Call, bool]:
    known: QuerySet[Call] = Call.objects.select_for_update().filter(
        service=service, endpoint_id=endpoint_id, external_id=external_id
    )
    if endpoint_id is None:
        found = known.order_by("-rang_at").first() if external_id else None
        return (found, False) if found else (_new_call(None, service, external_id, at), True)
    row, made = Call.objects.get_or_create(
        endpoint_id=endpoint_id,
        external_id=external_id,
        defaults={"service": service, "state": CallState.RINGING, "rang_at": at},
    )
    return (row, True) if made else (known.get(pk=row.pk), False)


def _new_call(endpoint_id: UUID | None, service: "Service", external_id: str, at: datetime) -> Call:
    return Call.objects.create(
        endpoint_id=endpoint_id, service=service, external_id=external_id, state=CallState.RINGING, rang_at=at
    )


def _settle_by_rank(call: Call) -> None:
    """Let the newest call of a number carry the wish to talk: unanswered ones before it are settled by it."""
    if call.number_index is None:
        return
    same = Call.objects.filter(service_id=call.service_id, number_index__in=same_number(call)).exclude(
        pk=call.pk
    )
    earlier = Q(rang_at__lt=call.rang_at) | Q(rang_at=call.rang_at, pk__lt=call.pk)
    same.filter(earlier, handling=CallHandling.OPEN, state__in=MISSED).update(
        handling=CallHandling.RANG_AGAIN
    )
    if call.state in MISSED and same.exclude(earlier).exists():
        _claim(call.pk, CallHandling.RANG_AGAIN)


def _claim(call_id: UUID, handling: CallHandling, **fields: Any) -> bool:
    """Settle an unsettled call; tell whether this was the one that did it."""
    unsettled = Call.objects.filter(pk=call_id, handling=CallHandling.OPEN)
    return unsettled.update(handling=handling, **fields) == 1


def _open_for(call: Call, *, user_id: UUID, service: "Service", now: datetime) -> None:
    answering = accounts.actor_of_user(user_id, today=day_of(now))
    if answering is None or not may(
        answering, Action.CALL_TAKE, municipality_id=answering.municipality_id, service_id=service.pk
    ):
        return
    if _claim(call.pk, CallHandling.CONTACT, taken_by_id=user_id):
        _open_contact(call, actor=answering, service=service, now=now)


def _open_contact(call: Call, *, actor: Actor, service: "Service", now: datetime) -> "Contact":
    contact = contacts.open_contact(
        actor=actor, now=now, service=service, channel=Channel.PHONE, started_at=call.rang_at
    )
    Call.objects.filter(pk=call.pk).update(contact=contact)
    audit.record(Verb.CALL_TAKEN, actor=actor, now=now, subject=call)
    bump(service.pk)
    return contact


def _promise_after_message(call: Call, *, service: "Service", now: datetime) -> None:
    if not call.number or not _claim(call.pk, CallHandling.CALLBACK):
        return
    if _is_promised_already(call, now=now):
        return
    promises.make_callback(
        actor=system(current_municipality_id()),
        now=now,
        service=service,
        number=call.number,
        call_id=call.pk,
        acknowledge=True,
    )


def _is_promised_already(call: Call, *, now: datetime) -> bool:
    same = Call.objects.filter(
        service_id=call.service_id,
        number_index__in=same_number(call),
        handling=CallHandling.CALLBACK,
        rang_at__gte=now - SAME_WISH,
    ).exclude(pk=call.pk)
    calls = set(same.values_list("pk", flat=True))
    return bool(calls) and any(
        promise.call_id in calls for promise in promises_read.open_for_service(call.service_id)
    )


def _end_line(call: Call, *, now: datetime) -> None:
    if call.ended_at is None or call.contact_id is None:
        return
    if contacts_read.contact(call.contact_id).ended_at is None:
        contacts.end_call(now=max(call.ended_at, call.rang_at), contact_id=call.contact_id)


@transaction.atomic
def take_call(*, actor: Actor, now: datetime, call_id: UUID) -> "Contact":
    """Take a call and open its contact. The second taker is told who was faster: Refused("call_taken", by=…).

    Taking one's own call again returns the same contact. Where the telephone system never tells that a call
    was answered, taking it is the answer.
    """
    call = Call.objects.select_related("service", "endpoint").get(pk=call_id)
    require(actor, Action.CALL_TAKE, municipality_id=actor.municipality_id, service_id=call.service_id)
    if not _claim(call_id, CallHandling.CONTACT, taken_by_id=actor.id):
        return _own_contact(call_id, actor)
    call = Call.objects.select_for_update(of=("self",)).select_related("service", "endpoint").get(pk=call_id)
    if call.state == CallState.RINGING and not _tells_answers(call):
        announcing.learn(call, event=CallEvent.ANSWERED, at=now, number=None)
        call.save(update_fields=announcing.FACTS)
    return _open_contact(call, actor=actor, service=call.service, now=now)


def _own_contact(call_id: UUID, actor: Actor) -> "Contact":
    call = Call.objects.select_related("taken_by").get(pk=call_id)
    if call.handling != CallHandling.CONTACT:
        raise Refused("call_settled", handling=call.handling)
    if call.taken_by_id == actor.id and call.contact_id is not None:
        return contacts_read.contact(call.contact_id)
    raise Refused("call_taken", by=call.taken_by.name if call.taken_by else "")


def _tells_answers(call: Call) -> bool:
    if call.endpoint is None:
        return False
    return CallEvent.ANSWERED in call.endpoint.mapping.get("events", {}).values()


@transaction.atomic
def let_go(*, actor: Actor, now: datetime, call_id: UUID, reason: str) -> Call:
    """Let an unanswered call go, with a reason. A call that is ringing now cannot be let go."""
    call = Call.objects.get(pk=call_id)
    require(actor, Action.CALL_TAKE, municipality_id=actor.municipality_id, service_id=call.service_id)
    if not reason.strip():
        raise InvalidField("reason", "required")
    if call.state == CallState.RINGING and now - call.rang_at < RINGS_AT_MOST:
        raise Refused("call_ringing")
    if not _claim(call_id, CallHandling.LET_GO, taken_by_id=actor.id):
        raise Refused("call_settled", handling=Call.objects.get(pk=call_id).handling)
    call.refresh_from_db()
    call.let_go_reason = reason.strip()
    call.save(update_fields=["let_go_reason"])
    audit.record(Verb.CALL_LET_GO, actor=actor, now=now, subject=call)
    bump(call.service_id)
    return call


@transaction.atomic
def call_back(
    *,
    actor: Actor,
    now: datetime,
    call_id: UUID,
    number: str = "",
    opens: datetime | None = None,
    closes: datetime | None = None,
    note: str = "",
    acknowledge: bool = False,
) -> "Promise":
    """Promise to ring back an unanswered call; the promise is one's own. A hidden number needs one typed."""
    call = Call.objects.select_related("service").get(pk=call_id)
    require(actor, Action.CALL_TAKE, municipality_id=actor.municipality_id, service_id=call.service_id)
    if number.strip() and normalise_phone(number) is None:
        raise InvalidField("number", "not_a_number")
    number = number.strip() or call.number
    if not number:
        raise Refused("number_hidden")
    if not _claim(call_id, CallHandling.CALLBACK, taken_by_id=actor.id):
        raise Refused("call_settled", handling=Call.objects.get(pk=call_id).handling)
    promise = promises.make_callback(
        actor=actor,
        now=now,
        service=call.service,
        number=number,
        opens=opens,
        closes=closes,
        call_id=call_id,
        owner_id=actor.id,
        note=note,
        acknowledge=acknowledge,
    )
    audit.record(Verb.CALL_CHANGED, actor=actor, now=now, subject=call, detail={"handling": "callback"})
    bump(call.service_id)
    return promise


@transaction.atomic
def ring_now(*, actor: Actor, now: datetime, call_id: UUID) -> "Contact":
    """Ring back an unanswered call at once: the promise, and the outgoing contact that tries to keep it."""
    promise = call_back(actor=actor, now=now, call_id=call_id)
    return promises.start_attempt(actor=actor, now=now, promise_id=promise.pk)
