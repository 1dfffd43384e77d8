from datetime import UTC, datetime, time, timedelta

import pytest

from lygte.apps.audit import selectors as audit
from lygte.apps.contacts import selectors as contacts
from lygte.apps.core import selectors as core
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.outbox import selectors as outbox
from lygte.apps.people import services as people
from lygte.apps.promises import selectors, services
from lygte.apps.promises.acknowledgement import text
from lygte.apps.promises.models import Promise
from lygte.apps.tenancy.models import OpeningHours
from lygte.domain.access import AccessDenied, system
from lygte.domain.transitions import TransitionRefused
from lygte.domain.vocab import (
    AttemptOutcome,
    Decision,
    Direction,
    Level,
    MayRing,
    OutgoingKind,
    PromiseState,
    Role,
    Standing,
)
from tests.apps.promises.cases import E164, NUMBER, attempt, callback, make_person
from tests.world import NOW, World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def here(world: World):
    with world.here.scope():
        yield world.here


@pytest.mark.parametrize(
    ("level", "minutes"),
    [(None, 30), (Level.NOT_CRISIS, 120), (Level.MILD, 60), (Level.MODERATE, 30), (Level.SEVERE, 15)],
)
def test_a_callback_is_promised_within_the_time_of_the_level(here, level, minutes) -> None:
    promise = callback(here, level=level)
    assert promise.opens == NOW
    assert promise.closes == promise.due == NOW + minutes * MINUTE
    assert promise.number == E164


def test_an_agreed_window_is_kept_as_agreed(here) -> None:
    promise = callback(here, opens=NOW + 60 * MINUTE, closes=NOW + 90 * MINUTE, level=Level.SEVERE)
    assert (promise.opens, promise.closes) == (NOW + 60 * MINUTE, NOW + 90 * MINUTE)
    assert selectors.standing(promise, NOW) is Standing.UPCOMING


def test_a_callback_while_the_telephone_is_closed_waits_for_its_opening(here) -> None:
    OpeningHours.objects.create(
        service=here.service,
        valid_from=here.service.opened_on,
        channel="phone",
        access="closed",
        starts=time(18),
        ends=time(7),
        position=9,
    )
    promise = callback(here)
    assert promise.opens == datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
    assert promise.closes == datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


def test_a_number_that_is_none_is_refused_without_being_repeated(here) -> None:
    with pytest.raises(InvalidField) as refused:
        callback(here, number="ring til Lone")
    assert (refused.value.field, refused.value.code) == ("number", "not_a_number")
    assert "Lone" not in str(refused.value)


def test_a_callback_that_nobody_could_keep_is_refused(here) -> None:
    with pytest.raises(InvalidField):
        callback(here, number="")
    assert not Promise.objects.exists()


@pytest.mark.parametrize("closes", [NOW - MINUTE, NOW + 30 * MINUTE])
def test_a_window_in_the_past_or_out_of_order_is_refused(here, closes) -> None:
    with pytest.raises(InvalidField):
        callback(here, opens=NOW + 60 * MINUTE, closes=closes)


def test_the_caller_is_told_by_sms_at_which_clock_time_we_ring(here) -> None:
    promise = callback(here, acknowledge=True)
    [message] = outbox.of_promises([promise.pk])[promise.pk]
    assert message.state == "queued"
    assert message.number_end == "17"
    assert "19.30" in text(here.service, closes=promise.closes, now=NOW)


def test_an_sms_goes_to_the_number_that_the_person_has_let_us_keep_or_is_refused(here) -> None:
    person = make_person(here)
    promise = callback(here, number="", person_id=person.pk, acknowledge=True)
    assert outbox.of_promises([promise.pk])[promise.pk][0].number_end == "17"
    thread, _ = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    with pytest.raises(InvalidField):
        callback(here, number="", person_id=thread.pk, acknowledge=True)


def test_the_services_own_words_are_used_and_the_clock_time_added(here) -> None:
    here.service.received_text_da = "Vi har hørt dig."
    assert text(here.service, closes=NOW, now=NOW).startswith("Vi har hørt dig. ")
    here.service.received_text_da = "Vi ringer senest {kl}."
    written = text(here.service, closes=NOW, now=NOW)
    assert written.startswith("Vi ringer senest ")
    assert written.endswith("19.00.")


def test_own_words_that_do_not_fit_give_way_to_the_standard_text(here) -> None:
    here.service.received_text_da = "x" * 160
    assert "112" in text(here.service, closes=NOW, now=NOW)


def test_a_ring_tomorrow_names_the_day(here) -> None:
    assert "07.15" in text(here.service, closes=NOW + timedelta(hours=12, minutes=15), now=NOW)
    assert "ørdag" in text(here.service, closes=NOW + timedelta(hours=12, minutes=15), now=NOW)


def test_an_attempt_opens_an_outgoing_contact_of_its_own_kind(here) -> None:
    promise = callback(here)
    contact = services.start_attempt(actor=here.worker, now=NOW, promise_id=promise.pk)
    assert contact.direction == Direction.OUTGOING
    assert contact.outgoing_kind == OutgoingKind.CALLBACK
    found = selectors.being_kept_by(contact.pk)
    assert found is not None
    assert found.pk == promise.pk


def test_a_second_start_of_the_same_attempt_is_refused_with_the_name_of_the_first(here) -> None:
    promise = callback(here)
    services.start_attempt(actor=here.worker, now=NOW, promise_id=promise.pk)
    with pytest.raises(Refused) as refused:
        services.start_attempt(actor=here.leader, now=NOW, promise_id=promise.pk)
    assert refused.value.code == "being_attempted"
    assert refused.value.facts == {"by": "Opdigtet Worker"}


def test_a_person_who_was_reached_has_been_rung_back(here) -> None:
    promise = attempt(here, callback(here), AttemptOutcome.REACHED, at=NOW)
    assert promise.state == PromiseState.KEPT
    assert promise.kept_by_contact_id is not None
    assert contacts.contact(promise.kept_by_contact_id).state == "open"


def test_a_call_that_nobody_answered_is_closed_as_an_outgoing_contact(here) -> None:
    promise = attempt(here, callback(here), AttemptOutcome.NO_ANSWER, at=NOW)
    [row] = selectors.attempts(promise.pk)
    assert contacts.contact(row.contact_id).state == "closed"
    assert row.at == NOW
    assert promise.state == PromiseState.PROMISED


def test_the_next_attempt_waits_for_the_spacing(here) -> None:
    promise = attempt(here, callback(here), AttemptOutcome.BUSY, at=NOW)
    with pytest.raises(Refused) as refused:
        services.start_attempt(actor=here.worker, now=NOW + 9 * MINUTE, promise_id=promise.pk)
    assert refused.value.code == "too_early"
    assert refused.value.facts["at"] == NOW + 10 * MINUTE
    assert services.start_attempt(actor=here.worker, now=NOW + 10 * MINUTE, promise_id=promise.pk)


def test_a_failed_attempt_out_of_turn_is_not_written(here) -> None:
    promise = attempt(here, callback(here), AttemptOutcome.BUSY, at=NOW)
    with pytest.raises(Refused):
        services.record_attempt(
            actor=here.worker, now=NOW + 4 * MINUTE, promise_id=promise.pk, outcome=AttemptOutcome.NO_ANSWER
        )
    assert len(selectors.attempts(promise.pk)) == 1


def _used_up(here):
    promise = callback(here)
    for round_ in range(3):
        promise = attempt(here, promise, AttemptOutcome.NO_ANSWER, at=NOW + round_ * 15 * MINUTE)
    return promise


def test_after_the_last_failed_attempt_somebody_named_must_decide(here) -> None:
    promise = _used_up(here)
    assert promise.state == PromiseState.NEEDS_DECISION
    assert promise.owner_id == here.worker.id
    assert selectors.standing(promise, NOW + timedelta(days=400)) is Standing.NEEDS_DECISION
    assert promise in selectors.due_until(here.service.pk, NOW)
    with pytest.raises(Refused) as refused:
        services.start_attempt(actor=here.worker, now=NOW + timedelta(days=1), promise_id=promise.pk)
    assert refused.value.code == "needs_decision"


def test_a_decision_carries_a_name_and_a_reason(here) -> None:
    promise = _used_up(here)
    with pytest.raises(InvalidField):
        services.decide(
            actor=here.worker, now=NOW, promise_id=promise.pk, decision=Decision.LET_GO, reason="  "
        )
    decided = services.decide(
        actor=here.worker, now=NOW, promise_id=promise.pk, decision=Decision.WRITE, reason="Sender et brev"
    )
    assert decided.state == PromiseState.DECIDED
    stored = selectors.promise(promise.pk)
    assert (stored.decided_by_id, stored.decision_reason) == (here.worker.id, "Sender et brev")
    with pytest.raises(TransitionRefused):
        services.decide(
            actor=here.leader, now=NOW, promise_id=promise.pk, decision=Decision.LET_GO, reason="igen"
        )


def test_the_system_cannot_decide(here) -> None:
    promise = _used_up(here)
    with pytest.raises(AccessDenied):
        services.decide(
            actor=system(here.municipality.pk),
            now=NOW,
            promise_id=promise.pk,
            decision=Decision.LET_GO,
            reason="ingen",
        )


def test_a_decision_to_try_again_gives_a_new_round_of_attempts(here) -> None:
    promise = _used_up(here)
    later = NOW + timedelta(hours=5)
    with pytest.raises(InvalidField):
        services.decide(
            actor=here.worker, now=NOW, promise_id=promise.pk, decision=Decision.EXTEND, reason="i aften"
        )
    promise = services.decide(
        actor=here.worker,
        now=NOW + timedelta(hours=1),
        promise_id=promise.pk,
        decision=Decision.EXTEND,
        reason="prøver i aften",
        new_due=later,
    )
    promise = selectors.promise(promise.pk)
    assert (promise.state, promise.opens, promise.closes) == ("promised", later, later + 30 * MINUTE)
    promise = attempt(here, promise, AttemptOutcome.NO_ANSWER, at=later)
    assert promise.state == PromiseState.PROMISED
    [moved] = selectors.moves(promise.pk)
    assert moved.cause == "extended"


def test_a_promise_cannot_be_decided_while_a_colleague_rings(here) -> None:
    promise = callback(here)
    services.start_attempt(actor=here.worker, now=NOW, promise_id=promise.pk)
    with pytest.raises(Refused):
        services.decide(
            actor=here.leader, now=NOW, promise_id=promise.pk, decision=Decision.LET_GO, reason="nej"
        )


def test_a_promise_is_put_on_the_name_of_a_colleague_of_the_service_only(here) -> None:
    promise = callback(here)
    leader = here.users[Role.LEADER].pk
    owned = services.take_ownership(actor=here.worker, now=NOW, promise_id=promise.pk, user_id=leader)
    assert owned.owner_id == leader
    with pytest.raises(InvalidField):
        services.take_ownership(
            actor=here.worker, now=NOW, promise_id=promise.pk, user_id=here.other_worker.pk
        )


def test_a_move_keeps_both_moments(here) -> None:
    promise = callback(here)
    to = NOW + timedelta(hours=2)
    services.move(
        actor=here.worker, now=NOW, promise_id=promise.pk, opens=to, due=to + MINUTE, closes=to + MINUTE
    )
    [moved] = selectors.moves(promise.pk)
    assert (moved.due_before, moved.due_after) == (NOW + 30 * MINUTE, to + MINUTE)
    assert selectors.promise(promise.pk).next_attempt_at == to


def test_a_move_out_of_order_is_refused(here) -> None:
    promise = callback(here)
    with pytest.raises(InvalidField):
        services.move(
            actor=here.worker,
            now=NOW,
            promise_id=promise.pk,
            opens=NOW + 3 * MINUTE,
            due=NOW + 2 * MINUTE,
            closes=NOW + 9 * MINUTE,
        )


@pytest.mark.parametrize(
    ("level", "minutes"), [(Level.SEVERE, 15), (Level.NOT_CRISIS, 120), (Level.MODERATE, 30)]
)
def test_a_new_level_moves_the_deadline_that_came_from_the_old_one(here, level, minutes) -> None:
    from tests.apps.promises.cases import talk

    contact, _ = talk(here, level="", close=False)
    promise = callback(here, contact_id=contact.pk)
    services.level_changed(actor=here.worker, now=NOW, contact=contact, previous=None, level=level)
    stored = selectors.promise(promise.pk)
    assert stored.closes == NOW + minutes * MINUTE
    assert len(selectors.moves(promise.pk)) == (0 if minutes == 30 else 1)


def test_an_hour_agreed_with_the_person_stands_whatever_the_level(here) -> None:
    from tests.apps.promises.cases import talk

    contact, _ = talk(here, level="", close=False)
    callback(here, contact_id=contact.pk, opens=NOW + 60 * MINUTE, closes=NOW + 75 * MINUTE)
    moved = services.level_changed(
        actor=here.worker, now=NOW, contact=contact, previous=None, level=Level.SEVERE
    )
    assert moved == []


def test_whoever_may_not_be_rung_is_not_rung(here) -> None:
    promise = callback(here, may_ring=MayRing.NO)
    assert selectors.standing(promise, NOW) is Standing.NEEDS_DECISION
    with pytest.raises(Refused) as refused:
        services.start_attempt(actor=here.worker, now=NOW, promise_id=promise.pk)
    assert refused.value.code == "may_not_ring"


def test_a_no_said_after_the_promise_holds_too(here) -> None:
    person = make_person(here)
    promise = callback(here, number="", person_id=person.pk)
    people.set_wishes(actor=here.worker, now=NOW, person_id=person.pk, may_ring="no")
    with pytest.raises(Refused) as refused:
        services.start_attempt(actor=here.worker, now=NOW, promise_id=promise.pk)
    assert refused.value.code == "may_not_ring"
    [changed] = services.wishes_changed(actor=here.worker, now=NOW, person_id=person.pk)
    assert selectors.standing(changed, NOW) is Standing.NEEDS_DECISION


def test_without_a_number_nobody_is_rung_until_one_is_written(here) -> None:
    promise = callback(here)
    Promise.objects.filter(pk=promise.pk).update(number=None)
    with pytest.raises(Refused) as refused:
        services.start_attempt(actor=here.worker, now=NOW, promise_id=promise.pk)
    assert refused.value.code == "no_number"
    services.start_attempt(actor=here.worker, now=NOW, promise_id=promise.pk, number=NUMBER)
    assert selectors.promise(promise.pk).number == E164


def test_every_change_raises_the_live_version_and_leaves_an_event(here) -> None:
    before = core.live_version(here.service.pk)
    promise = attempt(here, callback(here), AttemptOutcome.REACHED, at=NOW)
    assert core.live_version(here.service.pk) > before
    verbs = [event.verb for event in audit.events_of_subject(promise.pk)]
    assert verbs == ["promise.made", "promise.attempted", "promise.attempted"]


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.ADMINISTRATOR])
def test_only_those_who_work_with_people_touch_promises(here, role) -> None:
    promise = callback(here)
    with pytest.raises(AccessDenied):
        services.start_attempt(actor=here.actor(role), now=NOW, promise_id=promise.pk)
    with pytest.raises(AccessDenied):
        selectors.read_promise(actor=here.actor(role), now=NOW, promise_id=promise.pk)


def test_a_promise_of_another_municipality_does_not_exist(world: World) -> None:
    with world.here.scope():
        promise = callback(world.here)
    with world.there.scope(), pytest.raises(Promise.DoesNotExist):
        services.start_attempt(actor=world.there.worker, now=NOW, promise_id=promise.pk)


def test_a_wish_changes_the_way_of_a_follow_up_but_a_promise_to_ring_stays_one(here) -> None:
    from tests.apps.promises.cases import talk

    person = make_person(here)
    contact, _ = talk(here, person=person, may_ring="yes")
    promise = callback(here, number="", person_id=person.pk, may_ring=MayRing.YES_NO_MESSAGE)
    people.set_wishes(actor=here.worker, now=NOW, person_id=person.pk, medium="sms", band="evening")
    services.wishes_changed(actor=here.worker, now=NOW, person_id=person.pk)
    stored = selectors.promise(promise.pk)
    assert (stored.medium, stored.may_ring) == ("phone", "yes_no_message")
    follow_ups = selectors.of_contact(contact.pk)
    assert {(row.medium, row.band, row.may_ring) for row in follow_ups} == {("sms", "evening", "yes")}


def test_the_standard_text_is_one_message_in_every_language_and_names_nobody(here) -> None:
    from django.utils import translation

    from lygte.apps.outbox.length import parts

    for language in ("da", "en"):
        with translation.override(language):
            written = text(here.service, closes=NOW + timedelta(days=5), now=NOW)
            assert parts(written) == 1
            assert here.service.name not in written
