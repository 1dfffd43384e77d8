from datetime import timedelta

from lygte.apps.core import selectors as core
from lygte.apps.core.scope import current_municipality_id, scope_or_none
from lygte.apps.jobs import selectors
from lygte.apps.jobs.duties import Duty, run_due
from lygte.apps.promises import tasks as promises
from lygte.interfaces.cli import work
from tests.apps.promises.cases import callback
from tests.world import NOW, World

SECOND = timedelta(seconds=1)


def test_a_duty_runs_once_in_the_rooms_of_each_municipality(world: World) -> None:
    seen = []
    duty = Duty("test.look", 30, lambda now: seen.append(current_municipality_id()))
    assert run_due([duty], now=NOW) == ["test.look"]
    assert set(seen) == {world.here.municipality.pk, world.there.municipality.pk}


def test_a_duty_waits_for_its_turn(world: World) -> None:
    runs = []
    duty = Duty("test.wait", 30, runs.append, scoped=False)
    for seconds in (0, 1, 29, 30, 31):
        run_due([duty], now=NOW + seconds * SECOND)
    assert runs == [NOW, NOW + 30 * SECOND]


def test_a_duty_that_is_not_scoped_opens_its_own_rooms(world: World) -> None:
    scopes = []
    run_due([Duty("test.whole", 5, lambda now: scopes.append(scope_or_none()), scoped=False)], now=NOW)
    assert scopes == [None]


def test_a_failing_duty_stops_neither_the_others_nor_itself_elsewhere(world: World, caplog) -> None:
    served = []

    def sweep(now) -> None:
        if current_municipality_id() == world.here.municipality.pk:
            raise ValueError("20000017")
        served.append(current_municipality_id())

    after = Duty("test.after", 5, lambda now: served.append("after"), scoped=False)
    run_due([Duty("test.fails", 5, sweep), after], now=NOW)
    assert served == [world.there.municipality.pk, "after"]
    assert selectors.failing() == [("test.fails", "ValueError", 1)]
    assert selectors.last_success("test.fails") is None
    assert selectors.last_success("test.after") == NOW
    assert "20000017" not in caplog.text


def test_a_duty_that_recovers_is_no_longer_failing(world: World) -> None:
    problems = [RuntimeError()]

    def sweep(now) -> None:
        if problems:
            raise problems.pop()

    duty = Duty("test.recovers", 5, sweep, scoped=False)
    run_due([duty], now=NOW)
    assert len(selectors.failing()) == 1
    run_due([duty], now=NOW + 5 * SECOND)
    assert selectors.failing() == []


def test_boards_are_told_when_a_promise_runs_out_even_after_a_standstill(world: World) -> None:
    with world.here.scope():
        callback(world.here)
    run_due(promises.DUTIES, now=NOW + SECOND)
    before = core.live_version(world.here.service.pk)
    elsewhere = core.live_version(world.there.service.pk)
    run_due(promises.DUTIES, now=NOW + 20 * SECOND)
    assert core.live_version(world.here.service.pk) == before
    run_due(promises.DUTIES, now=NOW + timedelta(hours=3))
    assert core.live_version(world.here.service.pk) == before + 1
    assert core.live_version(world.there.service.pk) == elsewhere
    run_due(promises.DUTIES, now=NOW + timedelta(hours=4))
    assert core.live_version(world.here.service.pk) == before + 1


NAMES = [
    "promises.turning",
    "outbox.deliver",
    "privacy.retention",
    "audit.seal",
    "jobs.statistics",
    "jobs.ended_sessions",
    "watch.alerts",
]


def test_the_work_command_knows_every_duty_by_a_name_of_its_own() -> None:
    assert [duty.name for duty in work.all_duties()] == NAMES


def test_one_turn_of_the_work_command_runs_what_is_due(world: World) -> None:
    assert work.turn(work.all_duties(), now=NOW) == NAMES
    assert work.turn(work.all_duties(), now=NOW + SECOND) == []
