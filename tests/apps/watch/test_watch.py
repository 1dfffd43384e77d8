"""What operations are told of, once for all hosts, in counts and codes alone."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import override_settings

from lygte.apps.jobs.duties import Duty, run_due
from lygte.apps.watch import selectors, services
from lygte.apps.watch.outlet import OutletFailed
from lygte.domain.alerts import Alert, Trouble
from lygte.interfaces.cli import work
from tests.apps.promises.cases import callback
from tests.world import NOW, World

HOUR = timedelta(hours=1)


class Told:
    """A verified fake of an outlet: keeps what it is told, or refuses."""

    def __init__(self, *, refusing: bool = False) -> None:
        self.refusing = refusing
        self.lines: list[tuple[Trouble, str, bool]] = []

    def tell(self, alert: Alert, *, over: bool) -> None:
        if self.refusing:
            raise OutletFailed("status_500")
        self.lines.append((alert.trouble, alert.subject, over))


@pytest.fixture(autouse=True)
def _quiet_cache(db: None) -> None:
    cache.clear()


def run_everything(now: datetime) -> None:
    run_due([duty for duty in work.all_duties() if duty.name != "watch.alerts"], now=now)


@override_settings(LYGTE_DEMO=True)
def test_an_overdue_callback_of_any_municipality_is_counted(world: World) -> None:
    for place in (world.here, world.there):
        with place.scope():
            callback(place)
    later = NOW + 8 * HOUR
    run_everything(later)
    facts, alerts = selectors.current(now=later)
    assert facts.callbacks_overdue == 2
    assert [alert.trouble for alert in alerts] == [Trouble.CALLBACK_OVERDUE]
    assert alerts[0].count == 2


@override_settings(LYGTE_DEMO=True)
def test_duties_that_never_ran_are_told_and_are_over_when_they_run(world: World) -> None:
    outlet = Told()
    services.tell(outlet, now=NOW)
    stalled = {subject for trouble, subject, over in outlet.lines if trouble is Trouble.DUTY_STALLED}
    assert {"audit.seal", "promises.turning"} <= stalled
    before = len(outlet.lines)
    services.tell(outlet, now=NOW + timedelta(minutes=1))
    assert len(outlet.lines) == before
    run_everything(NOW + timedelta(minutes=2))
    assert services.tell(outlet, now=NOW + timedelta(minutes=2)) == ()
    after = outlet.lines[before:]
    assert {subject for trouble, subject, over in after if trouble is Trouble.DUTY_STALLED} == stalled
    assert all(over for _, _, over in after)


@override_settings(LYGTE_DEMO=True)
def test_what_could_not_be_told_is_told_at_the_next_turn(world: World) -> None:
    refusing, taking = Told(refusing=True), Told()
    services.tell(refusing, now=NOW)
    services.tell(taking, now=NOW)
    assert (Trouble.DUTY_STALLED, "audit.seal", False) in taking.lines


@override_settings(LYGTE_DEMO=True)
def test_a_duty_of_an_older_version_is_forgotten_after_a_week(world: World) -> None:
    run_due([Duty("old.duty", 10, lambda now: None, scoped=False)], now=NOW)

    def names(after: timedelta) -> set[str]:
        return {duty.name for duty in selectors.current(now=NOW + after)[0].duties}

    assert "old.duty" in names(timedelta(days=6))
    assert "old.duty" not in names(timedelta(days=8))


@override_settings(LYGTE_DEMO=False)
def test_an_installation_for_real_people_is_told_when_it_has_no_backup(world: World) -> None:
    run_everything(NOW)
    assert [alert.trouble for alert in selectors.current(now=NOW)[1]] == [Trouble.BACKUP_OLD]
