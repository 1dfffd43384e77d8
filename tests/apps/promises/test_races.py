"""Two workers at the same promise at the same moment: exactly one of them does it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import close_old_connections, connection

from lygte.apps.core.refusals import Refused
from lygte.apps.promises import selectors, services
from lygte.apps.promises.services.rows import claim
from lygte.domain.transitions import TransitionRefused
from lygte.domain.vocab import AttemptOutcome, Decision, Role
from tests.apps.promises.cases import callback
from tests.world import NOW, Place, World, make_place


def test_a_change_of_a_promise_that_has_moved_on_hits_no_row(world: World) -> None:
    with world.here.scope():
        promise = callback(world.here)
        stale = selectors.promise(promise.pk)
        services.start_attempt(actor=world.here.worker, now=NOW, promise_id=promise.pk)
        with pytest.raises(Refused) as refused:
            claim(stale, attempt_started_at=NOW)
    assert refused.value.code == "promise_changed"


def test_a_promise_that_a_colleague_has_ended_cannot_be_changed_from_an_old_page(world: World) -> None:
    with world.here.scope():
        promise = callback(world.here)
        stale = selectors.promise(promise.pk)
        services.decide(
            actor=world.here.leader,
            now=NOW,
            promise_id=promise.pk,
            decision=Decision.LET_GO,
            reason="aftalt",
        )
        with pytest.raises(Refused):
            claim(stale, owner_id=world.here.worker.id)
        with pytest.raises(TransitionRefused):
            services.record_attempt(
                actor=world.here.worker, now=NOW, promise_id=promise.pk, outcome=AttemptOutcome.REACHED
            )


@pytest.fixture
def place(transactional_db: None) -> Iterator[Place]:
    yield make_place("lysborg")


def _at_once(place: Place, acts: list[Callable[[], Any]]) -> list[str]:
    """Run acts at the same moment, each with a connection of its own; return what became of them."""
    gate, told = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout=10)
            with place.scope():
                act()
            told.append("done")
        except (Refused, TransitionRefused):
            told.append("refused")
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(told)


def _one_after_the_other(place: Place, acts: list[Callable[[], Any]]) -> list[str]:
    told = []
    for act in acts:
        try:
            with place.scope():
                act()
            told.append("done")
        except (Refused, TransitionRefused):
            told.append("refused")
    return sorted(told)


def _race(place: Place, acts: list[Callable[[], Any]]) -> list[str]:
    # The test database of SQLite lives in memory, where two connections cannot wait for one another.
    together = connection.vendor == "postgresql"
    return (_at_once if together else _one_after_the_other)(place, acts)


def test_of_two_who_ring_at_once_one_rings(place: Place) -> None:
    with place.scope():
        promise = callback(place)
    actors = [place.actor(Role.WORKER), place.actor(Role.LEADER)]
    acts = [
        lambda actor=actor: services.start_attempt(actor=actor, now=NOW, promise_id=promise.pk)
        for actor in actors
    ]
    assert _race(place, acts) == ["done", "refused"]


def test_of_two_who_decide_at_once_one_decides(place: Place) -> None:
    with place.scope():
        promise = callback(place)
    actors = [place.actor(Role.WORKER), place.actor(Role.LEADER)]
    acts = [
        lambda actor=actor: services.decide(
            actor=actor, now=NOW, promise_id=promise.pk, decision=Decision.LET_GO, reason="slipper"
        )
        for actor in actors
    ]
    assert _race(place, acts) == ["done", "refused"]
    with place.scope():
        assert selectors.promise(promise.pk).decided_by_id in {actor.id for actor in actors}


def test_of_two_who_write_the_outcome_at_once_one_does(place: Place) -> None:
    with place.scope():
        promise = callback(place)
        services.start_attempt(actor=place.worker, now=NOW, promise_id=promise.pk)
    acts = [
        lambda outcome=outcome: services.record_attempt(
            actor=place.worker, now=NOW, promise_id=promise.pk, outcome=outcome
        )
        for outcome in (AttemptOutcome.REACHED, AttemptOutcome.DECLINED)
    ]
    assert _race(place, acts) == ["done", "refused"]
    with place.scope():
        assert len(selectors.attempts(promise.pk)) == 1
