import logging
from datetime import timedelta

import pytest
from django.db import connection

from lygte.apps.audit import selectors as audit
from lygte.apps.core.refusals import InvalidField
from lygte.apps.jobs.duties import run_due
from lygte.apps.outbox import selectors, services, tasks
from lygte.apps.outbox.gateway import SmsFailed
from lygte.apps.outbox.models import OutboxMessage
from lygte.domain.access import AccessDenied
from lygte.domain.vocab import Role
from tests.world import NOW, World

NUMBER = "+4520000017"


class Gateway:
    """A gateway in memory that fails as it is told, and otherwise takes a message once per reference."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.taken: dict[str, tuple[str, str]] = {}

    def send(self, *, to: str, text: str, reference: str) -> str:
        if self.failures:
            raise self.failures.pop(0)
        self.taken[reference] = (to, text)
        return f"ref-{len(self.taken)}"


def _queue(world: World, **given):
    with world.here.scope():
        return services.queue_sms(
            **{
                "actor": world.here.worker,
                "now": NOW,
                "service": world.here.service,
                "recipient": NUMBER,
                "body": "Vi ringer inden kl. 20.30.",
                **given,
            }
        )


def _deliver(world: World, gateway, now=NOW) -> int:
    return services.deliver_due(municipality_id=world.here.municipality.pk, now=now, gateway=gateway)


def _stored(world: World, message) -> OutboxMessage:
    with world.here.scope():
        return OutboxMessage.objects.get(pk=message.pk)


def test_a_queued_message_is_handed_over_once(world: World) -> None:
    message, gateway = _queue(world), Gateway()
    assert _deliver(world, gateway) == 1
    assert _deliver(world, gateway) == 0
    assert gateway.taken == {str(message.pk): (NUMBER, "Vi ringer inden kl. 20.30.")}
    stored = _stored(world, message)
    assert (stored.state, stored.gateway_reference, stored.sent_at) == ("sent", "ref-1", NOW)


def test_a_weak_gateway_is_asked_again_with_growing_pauses_and_given_up_after_five(world: World) -> None:
    message = _queue(world)
    gateway = Gateway(*[SmsFailed("timeout", final=False)] * 5)
    now, pauses = NOW, []
    for _ in range(5):
        _deliver(world, gateway, now)
        stored = _stored(world, message)
        pauses.append(stored.next_try_at - now)
        assert _deliver(world, gateway, now) == 0
        now = stored.next_try_at
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=30)
    assert (stored.state, stored.tries, stored.problem) == ("failed", 5, "timeout")
    assert _deliver(world, Gateway(), now + timedelta(days=1)) == 0


def test_a_message_goes_through_after_a_weakness(world: World) -> None:
    message = _queue(world)
    gateway = Gateway(SmsFailed("status_503", final=False))
    assert _deliver(world, gateway) == 0
    assert _deliver(world, gateway, NOW + timedelta(seconds=30)) == 1
    assert _stored(world, message).problem == ""


def test_a_final_refusal_is_not_tried_again(world: World) -> None:
    message = _queue(world)
    _deliver(world, Gateway(SmsFailed("status_422", final=True)))
    assert (_stored(world, message).state, _stored(world, message).tries) == ("failed", 1)
    with world.here.scope():
        assert [event.verb for event in audit.events_of_subject(message.pk)] == [
            "message.queued",
            "message.failed",
        ]


def test_a_message_that_cannot_be_opened_does_not_stop_those_behind_it(world: World) -> None:
    poisoned, healthy = _queue(world), _queue(world)
    with world.here.scope(), connection.cursor() as cursor:
        table = OutboxMessage._meta.db_table
        other = "00" * 60
        pk = poisoned.pk if connection.vendor == "postgresql" else poisoned.pk.hex
        value = bytes.fromhex(other)
        cursor.execute(f"UPDATE {table} SET recipient = %s WHERE id = %s", [value, pk])  # noqa: S608
    gateway = Gateway()
    assert _deliver(world, gateway) == 1
    assert list(gateway.taken) == [str(healthy.pk)]
    with world.here.scope():
        row = OutboxMessage.objects.filter(pk=poisoned.pk).values("state", "tries", "next_try_at").get()
        assert row == {"state": "queued", "tries": 1, "next_try_at": NOW + timedelta(seconds=30)}
        assert {state.number_end for state in selectors.of_service(world.here.service.pk)} == {"", "17"}


def test_a_message_whose_sender_dies_each_time_is_given_up_too(world: World) -> None:
    message = _queue(world)

    class Death(BaseException):
        pass

    class Deadly:
        def send(self, *, to: str, text: str, reference: str) -> str:
            raise Death

    now = NOW
    for _ in range(5):
        with pytest.raises(Death):
            _deliver(world, Deadly(), now)
        now = _stored(world, message).next_try_at
    _deliver(world, Deadly(), now)
    assert _stored(world, message).state == "failed"


def test_an_unexpected_fault_of_a_gateway_counts_as_a_try(world: World) -> None:
    message = _queue(world)
    _deliver(world, Gateway(RuntimeError("boom 20000017")))
    stored = _stored(world, message)
    assert (stored.state, stored.problem) == ("queued", "RuntimeError")


def test_neither_number_nor_text_is_logged(world: World, caplog) -> None:
    _queue(world)
    with caplog.at_level(logging.DEBUG):
        _deliver(world, Gateway(RuntimeError(NUMBER)))
        _deliver(world, Gateway(SmsFailed("timeout", final=False)), NOW + timedelta(minutes=1))
    assert "20000017" not in caplog.text
    assert "ringer" not in caplog.text
    assert "timeout" in caplog.text


@pytest.mark.parametrize(
    ("given", "field"),
    [({"recipient": "112"}, "recipient"), ({"body": ""}, "body"), ({"body": "x" * 460}, "body")],
)
def test_what_no_gateway_can_take_is_refused_before_it_is_queued(world: World, given, field) -> None:
    with pytest.raises(InvalidField) as refused:
        _queue(world, **given)
    assert refused.value.field == field


def test_an_evaluator_sends_nothing(world: World) -> None:
    with pytest.raises(AccessDenied):
        _queue(world, actor=world.here.actor(Role.EVALUATOR))


def test_the_duty_serves_every_municipality(world: World) -> None:
    here = _queue(world)
    with world.there.scope():
        there = services.queue_sms(
            actor=world.there.worker,
            now=NOW,
            service=world.there.service,
            recipient=NUMBER,
            body="Vi ringer.",
        )
    gateway = Gateway()
    assert run_due(tasks.duties(gateway), now=NOW) == ["outbox.deliver"]
    assert set(gateway.taken) == {str(here.pk), str(there.pk)}


def test_what_was_given_up_stands_first(world: World) -> None:
    failed = _queue(world)
    _deliver(world, Gateway(SmsFailed("status_400", final=True)))
    _queue(world, now=NOW + timedelta(hours=1))
    with world.here.scope():
        assert [row.state for row in selectors.of_service(world.here.service.pk)] == ["failed", "queued"]
        assert selectors.counts(world.here.service.pk) == {"queued": 1, "sent": 0, "failed": 1}
        assert selectors.given_up([failed.pk]) == set()
