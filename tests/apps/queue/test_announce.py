import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lygte.apps.audit import selectors as audit
from lygte.apps.contacts import selectors as contacts
from lygte.apps.core import selectors as core
from lygte.apps.outbox import selectors as outbox
from lygte.apps.promises import selectors as promises
from lygte.apps.queue import announcing
from lygte.apps.queue import selectors as queue
from lygte.apps.queue.models import Call
from lygte.domain.access import AccessDenied, Actor, ActorKind
from lygte.domain.vocab import CallEvent, CallHandling, CallState, Channel, Role
from tests.apps.queue.told import Phone
from tests.world import NOW, World

RING, ANSWER, HANG_UP, MESSAGE = CallEvent.RINGING, CallEvent.ANSWERED, CallEvent.HUNG_UP, CallEvent.VOICEMAIL
TALK = ((RING, 0), (ANSWER, 20), (HANG_UP, 300))
MISSED = ((RING, 0), (HANG_UP, 40))
LEFT_MESSAGE = ((RING, 0), (MESSAGE, 60), (HANG_UP, 90))


def _at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def _tell(phone: Phone, facts: Any, call_id: str = "c1", **more: Any) -> Call:
    for event, seconds in facts:
        call = phone.tell(call_id, event, _at(seconds), now=_at(600), **more)
    return call


@pytest.mark.parametrize(
    ("facts", "state"), [(TALK, "ended"), (MISSED, "abandoned"), (LEFT_MESSAGE, "voicemail")]
)
def test_events_lead_to_the_same_call_in_whatever_order_they_arrive(
    world: World, facts: Any, state: str
) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        seen = set()
        for number, order in enumerate(itertools.permutations(facts)):
            call = _tell(phone, order, call_id=f"c{number}", number=None)
            record = queue.record_of(call)
            seen.add((call.state, record.rang_at, record.answered_at, record.ended_at, call.handling))
    assert len(seen) == 1
    assert next(iter(seen))[0] == state


@given(
    st.lists(st.tuples(st.sampled_from(list(CallEvent)), st.integers(0, 600)), min_size=1, max_size=8),
    st.randoms(),
)
def test_any_history_told_in_any_order_and_twice_gives_one_call(facts: Any, chance: Any) -> None:
    def told(history: Any) -> tuple[Any, ...]:
        call = Call(rang_at=_at(700), state=CallState.RINGING, municipality_id=NOW)
        for event, seconds in history:
            announcing.learn(call, event=event, at=_at(seconds), number=None)
        record = queue.record_of(call)
        return call.state, record.rang_at, record.answered_at, record.ended_at

    again = [*facts, *facts]
    chance.shuffle(again)
    assert told(facts) == told(again)


def test_a_repeated_announcement_changes_and_records_nothing(world: World) -> None:
    phone = Phone(world.here)
    worker = world.here.users[Role.WORKER]
    with world.here.scope():
        call = _tell(phone, TALK, by=worker)
        events = audit.events_of_subject(call.pk).count()
        version = core.live_version(world.here.service.pk)
        _tell(phone, TALK, by=worker)
        assert audit.events_of_subject(call.pk).count() == events
        assert core.live_version(world.here.service.pk) == version
        assert len(contacts.open_contacts(world.here.service.pk)) == 1


def test_a_ringing_call_is_on_the_board_and_wakes_it(world: World) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        before = core.live_version(world.here.service.pk)
        call = phone.tell("c1", RING, NOW)
        assert list(queue.ringing(world.here.service.pk)) == [call]
        assert core.live_version(world.here.service.pk) > before


def test_a_missed_call_stays_until_somebody_settles_it(world: World) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        call = _tell(phone, MISSED)
        assert list(queue.unanswered(world.here.service.pk)) == [call]
        assert queue.unsettled(world.here.service.pk, now=NOW + timedelta(days=30)) == [call]


def test_the_same_number_ringing_again_settles_the_earlier_call_and_carries_it_on(world: World) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        first = _tell(phone, MISSED)
        second = phone.tell("c2", RING, _at(100), number="+4520000001")
        first.refresh_from_db()
        assert first.handling == CallHandling.RANG_AGAIN
        assert second.handling == CallHandling.OPEN


def test_an_earlier_call_whose_end_arrives_late_is_settled_by_the_later_call(world: World) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        phone.tell("c2", RING, _at(100))
        first = _tell(phone, MISSED)
        assert first.handling == CallHandling.RANG_AGAIN
        assert [row.external_id for row in queue.unsettled(world.here.service.pk, now=_at(200))] == ["c2"]


def test_hidden_numbers_never_settle_one_another(world: World) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        _tell(phone, MISSED, number="anonymous")
        _tell(phone, MISSED, call_id="c2", number="")
        unanswered = list(queue.unanswered(world.here.service.pk))
    assert [row.number for row in unanswered] == ["", ""]


def test_a_message_becomes_one_callback_with_one_acknowledgement(world: World) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        call = _tell(phone, LEFT_MESSAGE)
        _tell(phone, LEFT_MESSAGE)
        promise = promises.open_for_service(world.here.service.pk)
        assert [row.call_id for row in promise] == [call.pk]
        assert call.handling == CallHandling.CALLBACK
        assert promise[0].number == "+4520000001"
        assert len(outbox.of_service(world.here.service.pk)) == 1


def test_a_second_message_from_the_same_number_is_the_same_wish(world: World) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        _tell(phone, LEFT_MESSAGE)
        second = phone.tell("c2", MESSAGE, _at(400), now=_at(600))
        assert second.handling == CallHandling.CALLBACK
        assert len(promises.open_for_service(world.here.service.pk)) == 1


def test_a_message_from_a_hidden_number_waits_for_somebody_to_listen(world: World) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        call = _tell(phone, LEFT_MESSAGE, number="")
        assert call.handling == CallHandling.OPEN
        assert list(queue.unanswered(world.here.service.pk)) == [call]


def test_an_answer_by_a_known_user_opens_the_contact_for_that_user(world: World) -> None:
    phone = Phone(world.here)
    worker = world.here.users[Role.WORKER]
    with world.here.scope():
        call = _tell(phone, TALK[:2], by=worker)
        contact = contacts.contact(call.contact_id)
        assert (contact.owner_id, contact.channel, contact.started_at) == (worker.pk, Channel.PHONE, NOW)
        assert not list(queue.ringing(world.here.service.pk))


def test_a_hang_up_ends_the_line_and_leaves_the_contact_open(world: World) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        call = _tell(phone, TALK, by=world.here.users[Role.WORKER])
        contact = contacts.contact(call.contact_id)
        assert contact.ended_at == _at(300)
        assert contact in contacts.open_contacts(world.here.service.pk)


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.ADMINISTRATOR])
def test_an_answer_by_somebody_without_casework_opens_nothing(world: World, role: Role) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        call = _tell(phone, TALK[:2], by=world.here.users[role])
        assert call.contact_id is None
        assert queue.unsettled(world.here.service.pk, now=NOW) == [call]


def test_an_answer_by_a_user_of_another_municipality_opens_nothing(world: World) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        call = _tell(phone, TALK[:2], by=world.there.users[Role.WORKER])
        assert call.contact_id is None


def test_an_answered_call_without_contact_leaves_the_board_after_twelve_hours(world: World) -> None:
    phone = Phone(world.here)
    with world.here.scope():
        _tell(phone, TALK)
        assert len(queue.unsettled(world.here.service.pk, now=_at(3600))) == 1
        assert queue.unsettled(world.here.service.pk, now=NOW + timedelta(hours=13)) == []


def test_a_time_ahead_of_our_clock_counts_as_now(world: World) -> None:
    phone = Phone(world.here)
    call = phone.tell("c1", RING, _at(90), now=NOW)
    assert call.rang_at == NOW


def test_a_stranger_cannot_announce_calls(world: World) -> None:
    phone = Phone(world.here)
    phone.actor = Actor(ActorKind.WEBHOOK, world.there.municipality.pk)
    with pytest.raises(AccessDenied):
        phone.tell("c1", RING, NOW)
    phone.actor = world.here.actor(Role.EVALUATOR)
    with pytest.raises(AccessDenied):
        phone.tell("c1", RING, NOW)
    with world.here.scope():
        assert not queue.unsettled(world.here.service.pk, now=NOW)
