"""Laws that hold for every history of attempts, holds, moves, levels and decisions."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.promises import selectors, services
from lygte.apps.promises.models import Promise
from lygte.domain.transitions import TransitionRefused
from lygte.domain.vocab import FAILED_ATTEMPTS, AttemptOutcome, Decision, Level, PromiseState, Standing
from tests.apps.promises.cases import callback, make_person, talk
from tests.world import NOW, Place, World

CLOSED = {PromiseState.KEPT, PromiseState.DECLINED, PromiseState.DECIDED}
Step = tuple[str, int, Any]

steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "start",
                "start",
                "record",
                "record",
                "fail",
                "fail",
                "decide",
                "extend",
                "hold",
                "resume",
                "move",
                "level",
                "talk",
                "own",
            ]
        ),
        st.integers(min_value=0, max_value=60 * 60),
        st.integers(min_value=0, max_value=10),
    ),
    max_size=25,
)


class History:
    """Plays steps on a promise; what the service refuses simply does not happen."""

    def __init__(self, place: Place, kind: str) -> None:
        self.place, self.now = place, NOW
        self.person = make_person(place)
        self.contact, _ = talk(place, person=self.person, may_ring="yes")
        self.contact.refresh_from_db()
        rows = selectors.of_contact(self.contact.pk)
        self.pk = (
            callback(place, contact_id=self.contact.pk, person_id=self.person.pk, number="").pk
            if kind == "callback"
            else next(row.pk for row in rows if row.kind == kind)
        )
        self.decided: list[Decision] = []

    def play(self, step: Step) -> None:
        name, minutes, choice = step
        self.now += timedelta(minutes=minutes)
        try:
            getattr(self, name)(choice)
        except (Refused, InvalidField, TransitionRefused):
            return

    @property
    def common(self) -> dict[str, Any]:
        return {"actor": self.place.worker, "now": self.now}

    def start(self, choice: int) -> None:
        services.start_attempt(**self.common, promise_id=self.pk)

    def record(self, choice: int) -> None:
        outcome = list(AttemptOutcome)[choice % len(AttemptOutcome)]
        services.record_attempt(**self.common, promise_id=self.pk, outcome=outcome)

    def fail(self, choice: int) -> None:
        outcome = sorted(FAILED_ATTEMPTS)[choice % len(FAILED_ATTEMPTS)]
        services.record_attempt(**self.common, promise_id=self.pk, outcome=outcome)

    def decide(self, choice: int) -> None:
        ending = [code for code in Decision if code is not Decision.EXTEND]
        decision = ending[choice % len(ending)]
        reason = "fordi" if choice else ""
        services.decide(**self.common, promise_id=self.pk, decision=decision, reason=reason)
        self.decided.append(decision)

    def extend(self, choice: int) -> None:
        due = self.now + timedelta(hours=choice)
        services.decide(
            **self.common, promise_id=self.pk, decision=Decision.EXTEND, reason="senere", new_due=due
        )

    def hold(self, choice: int) -> None:
        services.hold_for(**self.common, person_id=self.person.pk)

    def resume(self, choice: int) -> None:
        services.resume_for(**self.common, person_id=self.person.pk, discharged_at=self.now)

    def move(self, choice: int) -> None:
        opens = self.now + timedelta(hours=choice - 3)
        closes = opens + timedelta(hours=choice - 1)
        services.move(**self.common, promise_id=self.pk, opens=opens, due=opens, closes=closes)

    def level(self, choice: int) -> None:
        codes = [Level.MILD, Level.MODERATE, Level.SEVERE]
        previous, level = codes[choice % 3], codes[(choice + 1) % 3]
        services.level_changed(**self.common, contact=self.contact, previous=previous, level=level)

    def talk(self, choice: int) -> None:
        caller = "citizen" if choice % 2 else "professional"
        talk(self.place, person=self.person, at=self.now, caller=caller)

    def own(self, choice: int) -> None:
        user = self.place.worker.id if choice % 2 else None
        services.take_ownership(**self.common, promise_id=self.pk, user_id=user)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(kind=st.sampled_from(["callback", "plan_follow_up", "wellbeing"]), history=steps)
def test_no_history_ends_a_promise_in_silence(world: World, kind: str, history: list[Step]) -> None:
    with world.here.scope(), transaction.atomic():
        played = History(world.here, kind)
        for step in history:
            played.play(step)
            promise = selectors.promise(played.pk)
            attempts = selectors.attempts(played.pk)
            assert_closed_by_the_person_or_by_name(promise, attempts)
            assert_window_in_order(promise)
            assert_seen_while_open(promise, played)
        assert_spaced(promise_of(played), selectors.attempts(played.pk))
        assert_every_move_is_kept(played)
        transaction.set_rollback(True)


def promise_of(played: History) -> Promise:
    return selectors.promise(played.pk)


def assert_closed_by_the_person_or_by_name(promise: Promise, attempts: list[Any]) -> None:
    if promise.state not in CLOSED:
        assert promise.closed_at is None
        return
    last = attempts[-1].outcome if attempts else ""
    if promise.state == PromiseState.KEPT:
        assert last == AttemptOutcome.REACHED
        assert promise.kept_by_contact_id is not None
    elif promise.state == PromiseState.DECLINED:
        assert last == AttemptOutcome.DECLINED
    else:
        assert promise.decided_by_id is not None
        assert promise.decision_reason
        assert promise.decision != Decision.EXTEND


def assert_window_in_order(promise: Promise) -> None:
    assert promise.opens <= promise.due <= promise.closes


def assert_seen_while_open(promise: Promise, played: History) -> None:
    listed = {row.pk for row in selectors.open_for_service(played.place.service.pk)}
    assert (promise.pk in listed) == (promise.state not in CLOSED)
    if promise.state == PromiseState.NEEDS_DECISION:
        assert selectors.standing(promise, played.now) is Standing.NEEDS_DECISION


def assert_spaced(promise: Promise, attempts: list[Any]) -> None:
    """Two failed attempts of one round lie the spacing apart; a round begins by name or at a discharge."""
    spacing = timedelta(minutes=promise.spacing_minutes)
    rounds = sorted(row.at for row in selectors.moves(promise.pk) if row.cause in ("extended", "discharged"))
    failed = [row.at for row in attempts if row.outcome in FAILED_ATTEMPTS]
    for earlier, later in pairwise(failed):
        new_round = any(earlier <= begun <= later for begun in rounds)
        assert new_round or later - earlier >= spacing


def assert_every_move_is_kept(played: History) -> None:
    moves = selectors.moves(played.pk)
    for earlier, later in pairwise(moves):
        assert later.due_before == earlier.due_after
    if moves:
        assert promise_of(played).due == moves[-1].due_after
