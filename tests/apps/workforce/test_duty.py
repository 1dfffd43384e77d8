from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from lygte.apps.audit import selectors as audit
from lygte.apps.core import selectors as core
from lygte.apps.core.refusals import InvalidField
from lygte.apps.workforce import selectors as read
from lygte.apps.workforce import services as workforce
from lygte.domain.access import AccessDenied
from lygte.domain.vocab import DutyKind, Role
from tests.own_database import own_database, own_world  # noqa: F401 - fixtures
from tests.world import NOW, World

LATER = NOW + timedelta(hours=4)


def _on(world: World, role: Role = Role.WORKER, kind: DutyKind = DutyKind.PRESENT, **more: object) -> None:
    settings = {"now": NOW, "service": world.here.service, "kind": kind, "until": LATER} | more
    workforce.go_on_duty(actor=world.here.actor(role), **settings)  # type: ignore[arg-type]


def _names(world: World, now: object = NOW) -> list[tuple[str, str]]:
    rows = read.on_duty(world.here.service.pk, now)  # type: ignore[arg-type]
    return [(row.user.username, row.kind) for row in rows]


def test_those_present_are_named_before_those_on_call(world: World) -> None:
    with world.here.scope():
        _on(world, Role.LEADER, DutyKind.ON_CALL, minutes_away=12)
        _on(world)
        assert _names(world) == [("lysborg-worker", "present"), ("lysborg-leader", "on_call")]
        assert read.on_duty(world.here.service.pk, NOW)[1].minutes_away == 12


def test_duty_ends_by_itself_when_its_time_is_up(world: World) -> None:
    with world.here.scope():
        _on(world)
        assert _names(world, LATER) == []


def test_going_on_duty_again_replaces_what_was_said_before(world: World) -> None:
    with world.here.scope():
        _on(world)
        _on(world, kind=DutyKind.ON_CALL, now=NOW + timedelta(minutes=5))
        assert _names(world) == [("lysborg-worker", "on_call")]


def test_leaving_duty_takes_the_name_off_the_board_and_wakes_it(world: World) -> None:
    with world.here.scope():
        _on(world)
        version = core.live_version(world.here.service.pk)
        workforce.go_off_duty(actor=world.here.worker, now=LATER, service=world.here.service)
        assert _names(world) == []
        assert core.live_version(world.here.service.pk) > version


def test_leaving_duty_without_being_on_it_changes_nothing(world: World) -> None:
    with world.here.scope():
        version = core.live_version(world.here.service.pk)
        workforce.go_off_duty(actor=world.here.worker, now=NOW, service=world.here.service)
        assert core.live_version(world.here.service.pk) == version


def test_a_duty_that_is_already_over_is_refused(world: World) -> None:
    with world.here.scope(), pytest.raises(InvalidField):
        _on(world, until=NOW)


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.ADMINISTRATOR])
def test_only_those_who_work_in_the_service_go_on_duty(world: World, role: Role) -> None:
    with world.here.scope(), pytest.raises(AccessDenied):
        _on(world, role)


def test_nobody_goes_on_duty_in_a_service_without_a_role_there(world: World) -> None:
    with world.here.scope(), pytest.raises(AccessDenied):
        _on(world, service=world.here.other_service)


def test_going_on_and_off_duty_is_recorded(world: World) -> None:
    with world.here.scope():
        _on(world)
        workforce.go_off_duty(actor=world.here.worker, now=LATER, service=world.here.service)
        verbs = [event.verb for event in audit.events_between(NOW, LATER + timedelta(minutes=1))]
    assert [verb for verb in verbs if verb.startswith("duty")] == ["duty.started", "duty.ended"]


def test_two_presses_at_once_put_a_colleague_on_duty_once(own_world: World) -> None:  # noqa: F811
    place = own_world.here
    barrier = Barrier(2)

    def press(kind: DutyKind) -> None:
        barrier.wait()
        try:
            with place.scope():
                workforce.go_on_duty(
                    actor=place.worker, now=NOW, service=place.service, kind=kind, until=LATER
                )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, DutyKind))
    with place.scope():
        assert len(read.on_duty(place.service.pk, NOW)) == 1
