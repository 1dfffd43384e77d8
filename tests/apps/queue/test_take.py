from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from lygte.apps.audit import selectors as audit
from lygte.apps.contacts import selectors as contacts
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.queue import selectors as read
from lygte.apps.queue import services as queue
from lygte.domain.access import AccessDenied, Actor
from lygte.domain.vocab import CallEvent, CallHandling, CallState, Role
from tests.apps.queue.told import NUMBER, Phone
from tests.own_database import own_database, own_world  # noqa: F401 - fixtures
from tests.world import NOW, World


def _missed(phone: Phone, call_id: str = "c1", number: str = NUMBER) -> Any:
    phone.tell(call_id, CallEvent.RINGING, NOW, number=number)
    return phone.tell(call_id, CallEvent.HUNG_UP, NOW, number=number)


def _take(world: World, actor: Actor, call: Any) -> Any:
    with world.here.scope():
        return queue.take_call(actor=actor, now=NOW, call_id=call.pk)


def test_taking_a_call_opens_a_contact_of_the_taker_and_settles_the_call(world: World) -> None:
    call = Phone(world.here).tell("c1", CallEvent.RINGING, NOW)
    contact = _take(world, world.here.worker, call)
    with world.here.scope():
        call.refresh_from_db()
        assert contact.owner_id == world.here.worker.id
        assert (call.handling, call.contact_id) == (CallHandling.CONTACT, contact.pk)
        assert "call.taken" in [event.verb for event in audit.events_of_subject(call.pk)]


def test_a_second_taker_is_told_who_was_faster(world: World) -> None:
    call = Phone(world.here).tell("c1", CallEvent.RINGING, NOW)
    _take(world, world.here.worker, call)
    with pytest.raises(Refused) as refused:
        _take(world, world.here.leader, call)
    assert refused.value.code == "call_taken"
    assert refused.value.facts == {"by": world.here.users[Role.WORKER].name}


def test_taking_ones_own_call_again_returns_the_same_contact(world: World) -> None:
    call = Phone(world.here).tell("c1", CallEvent.RINGING, NOW)
    first = _take(world, world.here.worker, call)
    assert _take(world, world.here.worker, call).pk == first.pk


def test_a_taken_call_is_answered_when_the_telephone_system_says_so(world: World) -> None:
    phone = Phone(world.here)
    call = phone.tell("c1", CallEvent.RINGING, NOW)
    _take(world, world.here.worker, call)
    with world.here.scope():
        call.refresh_from_db()
        assert call.state == CallState.RINGING
        assert phone.tell("c1", CallEvent.ANSWERED, NOW).state == CallState.ANSWERED


def test_taking_is_the_answer_where_the_telephone_system_tells_none(world: World) -> None:
    phone = Phone(world.here, events={"ringing": "ringing", "hung_up": "hung_up"})
    call = phone.tell("c1", CallEvent.RINGING, NOW - timedelta(seconds=9))
    _take(world, world.here.worker, call)
    with world.here.scope():
        call.refresh_from_db()
        assert (call.state, call.answered_at) == (CallState.ANSWERED, NOW)


def test_a_missed_call_is_let_go_only_with_a_reason(world: World) -> None:
    call = _missed(Phone(world.here))
    with world.here.scope():
        with pytest.raises(InvalidField):
            queue.let_go(actor=world.here.worker, now=NOW, call_id=call.pk, reason="  ")
        queue.let_go(actor=world.here.worker, now=NOW, call_id=call.pk, reason="ringede forkert")
        call.refresh_from_db()
        assert (call.handling, call.let_go_reason) == (CallHandling.LET_GO, "ringede forkert")
        details = [event.detail for event in audit.events_of_subject(call.pk)]
    assert "forkert" not in str(details)


def test_a_call_that_rings_now_cannot_be_let_go(world: World) -> None:
    call = Phone(world.here).tell("c1", CallEvent.RINGING, NOW)
    later = NOW + timedelta(minutes=11)
    with world.here.scope():
        with pytest.raises(Refused) as refused:
            queue.let_go(actor=world.here.worker, now=NOW, call_id=call.pk, reason="x")
        assert queue.let_go(actor=world.here.worker, now=later, call_id=call.pk, reason="x").pk == call.pk
    assert refused.value.code == "call_ringing"


def test_a_missed_call_becomes_a_callback_of_the_one_who_promised_it(world: World) -> None:
    call = _missed(Phone(world.here))
    with world.here.scope():
        promise = queue.call_back(actor=world.here.worker, now=NOW, call_id=call.pk)
        call.refresh_from_db()
        assert call.handling == CallHandling.CALLBACK
        assert (promise.owner_id, promise.number) == (world.here.worker.id, "+4520000001")
        with pytest.raises(Refused) as refused:
            queue.call_back(actor=world.here.leader, now=NOW, call_id=call.pk)
    assert refused.value.code == "call_settled"


def test_a_hidden_number_is_rung_back_only_when_somebody_types_a_number(world: World) -> None:
    call = _missed(Phone(world.here), number="anonymous")
    with world.here.scope():
        with pytest.raises(Refused) as refused:
            queue.call_back(actor=world.here.worker, now=NOW, call_id=call.pk)
        with pytest.raises(InvalidField):
            queue.call_back(actor=world.here.worker, now=NOW, call_id=call.pk, number="12")
        promise = queue.call_back(actor=world.here.worker, now=NOW, call_id=call.pk, number=NUMBER)
    assert refused.value.code == "number_hidden"
    assert promise.number == "+4520000001"


def test_a_settled_call_is_refused_to_everybody_else(world: World) -> None:
    call = _missed(Phone(world.here))
    with world.here.scope():
        queue.let_go(actor=world.here.worker, now=NOW, call_id=call.pk, reason="x")
        with pytest.raises(Refused) as refused:
            queue.take_call(actor=world.here.leader, now=NOW, call_id=call.pk)
        with pytest.raises(Refused):
            queue.let_go(actor=world.here.leader, now=NOW, call_id=call.pk, reason="x")
    assert refused.value.code == "call_settled"


@pytest.mark.parametrize("act", ["take_call", "let_go", "call_back"])
@pytest.mark.parametrize("who", [Role.EVALUATOR, Role.ADMINISTRATOR, "other_service"])
def test_only_those_who_work_in_the_service_touch_its_calls(world: World, act: str, who: Any) -> None:
    call = _missed(Phone(world.here))
    actor = world.here.actor_of(world.here.other_worker) if who == "other_service" else world.here.actor(who)
    more = {"reason": "x"} if act == "let_go" else {}
    with world.here.scope(), pytest.raises(AccessDenied):
        getattr(queue, act)(actor=actor, now=NOW, call_id=call.pk, **more)


@pytest.mark.parametrize("act", ["take_call", "let_go", "call_back"])
def test_a_call_of_another_municipality_does_not_exist(world: World, act: str) -> None:
    call = _missed(Phone(world.there))
    more = {"reason": "x"} if act == "let_go" else {}
    with world.here.scope(), pytest.raises(type(call).DoesNotExist):
        getattr(queue, act)(actor=world.here.worker, now=NOW, call_id=call.pk, **more)


def test_of_two_who_take_a_call_at_once_exactly_one_gets_it(own_world: World) -> None:  # noqa: F811
    place = own_world.here
    calls = [Phone(place).tell(f"c{number}", CallEvent.RINGING, NOW, number=None) for number in range(4)]
    actors = [place.worker, place.leader]
    for call in calls:
        barrier = Barrier(len(actors))

        def attempt(actor: Actor, call: Any = call, barrier: Barrier = barrier) -> str:
            barrier.wait()
            try:
                with place.scope():
                    queue.take_call(actor=actor, now=NOW, call_id=call.pk)
                return "taken"
            except Refused as refused:
                return f"{refused.code}:{bool(refused.facts['by'])}"
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(actors)) as pool:
            outcomes = sorted(pool.map(attempt, actors))
        assert outcomes == ["call_taken:True", "taken"]
    with place.scope():
        assert len(contacts.open_contacts(place.service.pk)) == len(calls)
        assert not list(read.ringing(place.service.pk))
