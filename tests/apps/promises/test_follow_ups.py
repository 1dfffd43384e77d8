from datetime import UTC, datetime, timedelta

import pytest

from lygte.apps.core.refusals import Refused
from lygte.apps.people import services as people
from lygte.apps.promises import selectors, services
from lygte.apps.promises.codes import NoFollowUp
from lygte.domain.time import at_local, day_of, local
from lygte.domain.vocab import (
    AttemptOutcome,
    Caller,
    Decision,
    Level,
    MayRing,
    PromiseKind,
    PromiseState,
    Standing,
)
from tests.apps.promises.cases import E164, attempt, callback, make_person, talk
from tests.world import NOW, World

DAY = timedelta(days=1)
PLAN, WELLBEING = PromiseKind.PLAN_FOLLOW_UP, PromiseKind.WELLBEING


@pytest.fixture
def here(world: World):
    with world.here.scope():
        yield world.here


def _of_kind(person, kind):
    return [row for row in selectors.of_person([person.pk]) if row.kind == kind]


def _days(promise):
    anchor = day_of(promise.anchor_at)
    return tuple((day_of(moment) - anchor).days for moment in (promise.opens, promise.due, promise.closes))


def test_a_crisis_contact_is_followed_up_after_five_days_and_wellbeing_after_fourteen(here) -> None:
    person = make_person(here)
    _, found = talk(here, person=person, may_ring="yes")
    [plan], [wellbeing] = _of_kind(person, PLAN), _of_kind(person, WELLBEING)
    assert set(found.made) == {plan.pk, wellbeing.pk}
    assert found.reason is None
    assert _days(plan) == (4, 5, 7)
    assert _days(wellbeing) == (12, 14, 21)
    assert local(plan.due).hour == 10
    assert selectors.standing(plan, NOW) is Standing.UPCOMING


def test_a_severe_level_brings_the_plan_follow_up_forward(here) -> None:
    person = make_person(here)
    talk(here, person=person, level=Level.SEVERE, may_ring="yes")
    assert _days(_of_kind(person, PLAN)[0]) == (2, 3, 4)


def test_a_second_crisis_contact_counts_the_plan_follow_up_anew_and_keeps_both_moments(here) -> None:
    person = make_person(here)
    talk(here, person=person, may_ring="yes")
    second, found = talk(here, person=person, at=NOW + 2 * DAY)
    [plan] = _of_kind(person, PLAN)
    assert found.moved == (plan.pk,)
    assert plan.contact_id == second.pk
    assert _days(plan) == (4, 5, 7)
    assert day_of(plan.due) == day_of(NOW + 7 * DAY)
    [moved] = selectors.moves(plan.pk)
    assert (moved.cause, moved.due_after - moved.due_before) == ("in_touch", 2 * DAY)
    assert len(_of_kind(person, WELLBEING)) == 1


def test_any_talk_with_the_person_moves_the_follow_up_but_keeps_the_days_of_the_crisis(here) -> None:
    person = make_person(here)
    first, _ = talk(here, person=person, level=Level.SEVERE, may_ring="yes")
    talk(here, person=person, at=NOW + DAY, level=Level.NOT_CRISIS)
    [plan] = _of_kind(person, PLAN)
    assert _days(plan) == (2, 3, 4)
    assert plan.contact_id == first.pk


def test_a_professional_who_rings_about_the_person_moves_nothing(here) -> None:
    person = make_person(here)
    talk(here, person=person, may_ring="yes")
    _, found = talk(here, person=person, at=NOW + DAY, caller=Caller.PROFESSIONAL)
    assert found.moved == ()


def test_the_talk_of_a_thread_that_belongs_to_the_person_moves_the_persons_follow_up(here) -> None:
    person = make_person(here)
    talk(here, person=person, may_ring="yes")
    thread, _ = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    people.link_thread(
        actor=here.worker, now=NOW, thread_id=thread.pk, person_id=person.pk, reason="genkendt"
    )
    _, found = talk(here, person=thread, at=NOW + DAY)
    assert found.moved == (_of_kind(person, PLAN)[0].pk,)


def test_closing_an_older_contact_late_does_not_move_the_follow_up_back(here) -> None:
    person = make_person(here)
    talk(here, person=person, may_ring="yes")
    _, found = talk(here, person=person, at=NOW - 2 * DAY)
    assert found.moved == ()
    assert day_of(_of_kind(person, PLAN)[0].due) == day_of(NOW + 5 * DAY)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"level": Level.MODERATE}, NoFollowUp.NO_WAY_TO_REACH),
        ({"level": ""}, NoFollowUp.NO_WAY_TO_REACH),
        ({"level": Level.NOT_CRISIS}, NoFollowUp.NOT_A_CRISIS),
        ({"level": Level.MILD, "caller": Caller.RELATIVE}, NoFollowUp.NOT_WITH_THE_PERSON),
    ],
)
def test_a_contact_without_follow_up_says_why(here, fields, reason) -> None:
    _, found = talk(here, **fields)
    assert found.reason is reason
    assert found.made == ()


def test_an_unknown_caller_with_a_number_is_followed_up_on_that_number(here) -> None:
    _, found = talk(here, number=E164, may_ring="yes")
    rows = [selectors.promise(pk) for pk in found.made]
    assert {row.kind for row in rows} == {PLAN, WELLBEING}
    assert {row.number for row in rows} == {E164}


def test_an_unknown_caller_who_has_been_in_touch_before_is_not_measured_from_today(here) -> None:
    _, found = talk(here, number=E164, may_ring="yes", first_time="repeat")
    assert [selectors.promise(pk).kind for pk in found.made] == [PLAN]


def test_closing_the_same_contact_again_makes_nothing_more(here) -> None:
    person = make_person(here)
    contact, _ = talk(here, person=person, may_ring="yes")
    again = services.contact_closed(actor=here.worker, now=NOW + DAY, contact=contact)
    assert (again.made, again.moved) == ((), ())
    assert len(selectors.of_person([person.pk])) == 2


def test_whoever_may_not_be_rung_waits_for_a_decision_and_is_never_dropped(here) -> None:
    person = make_person(here)
    _, found = talk(here, person=person, may_ring="no")
    assert len(found.to_decide) == 2
    assert all(selectors.promise(pk).state == PromiseState.NEEDS_DECISION for pk in found.made)


def test_whoever_may_not_be_rung_but_wants_to_be_written_to_is_written_to(here) -> None:
    person = make_person(here, medium="sms", may_ring="no")
    _, found = talk(here, person=person, may_ring="no")
    plan = _of_kind(person, PLAN)[0]
    assert found.to_decide == ()
    assert (plan.state, plan.medium) == ("promised", "sms")
    contact = services.start_attempt(actor=here.worker, now=plan.due, promise_id=plan.pk)
    assert contact.channel == "sms"


def test_wishes_shape_the_window_and_the_way(here) -> None:
    wednesday = 2
    person = make_person(here, band="evening", may_ring="yes", do_not_remind=True, avoid_weekdays=[wednesday])
    talk(here, person=person)
    plan = _of_kind(person, PLAN)[0]
    assert local(plan.due).hour == 17
    assert local(plan.due).weekday() != wednesday
    assert plan.do_not_remind


def test_follow_ups_rest_while_the_person_is_admitted_and_are_counted_from_the_discharge(here) -> None:
    person = make_person(here)
    talk(here, person=person, may_ring="yes")
    held = services.hold_for(actor=here.worker, now=NOW + DAY, person_id=person.pk)
    assert len(held) == 2
    assert services.hold_for(actor=here.worker, now=NOW + DAY, person_id=person.pk) == []
    plan = _of_kind(person, PLAN)[0]
    assert selectors.standing(plan, NOW + 60 * DAY) is Standing.ON_HOLD
    with pytest.raises(Refused) as refused:
        services.start_attempt(actor=here.worker, now=NOW + 6 * DAY, promise_id=plan.pk)
    assert refused.value.code == "on_hold"
    home = NOW + 10 * DAY
    services.resume_for(actor=here.worker, now=home, person_id=person.pk, discharged_at=home)
    plan, wellbeing = _of_kind(person, PLAN)[0], _of_kind(person, WELLBEING)[0]
    assert day_of(plan.due) == day_of(home + 5 * DAY)
    assert day_of(wellbeing.due) == day_of(home + 14 * DAY)
    assert selectors.moves(plan.pk)[-1].cause == "discharged"


def test_a_follow_up_made_for_an_admitted_person_rests_from_the_start(here) -> None:
    person = make_person(here)
    people.set_admitted(actor=here.worker, now=NOW, person_id=person.pk, admitted_on=day_of(NOW))
    talk(here, person=person, may_ring="yes")
    assert {row.state for row in selectors.of_person([person.pk])} == {"on_hold"}


def test_a_callback_does_not_rest_with_the_follow_ups(here) -> None:
    person = make_person(here)
    promise = callback(here, number="", person_id=person.pk)
    assert services.hold_for(actor=here.worker, now=NOW, person_id=person.pk) == []
    assert selectors.promise(promise.pk).state == PromiseState.PROMISED


def test_attempts_lie_inside_the_ring_hours_and_twenty_hours_apart(here) -> None:
    person = make_person(here)
    talk(here, person=person, may_ring="yes")
    plan = _of_kind(person, PLAN)[0]
    plan = attempt(here, plan, AttemptOutcome.NO_ANSWER, at=plan.due)
    assert plan.next_attempt_at == at_local(day_of(plan.due + DAY), local(plan.due).time())
    assert selectors.standing(plan, plan.due + timedelta(hours=3)) is Standing.WAITING


def test_an_outgoing_contact_that_is_closed_with_a_level_keeps_its_promise(here) -> None:
    from lygte.apps.contacts import services as contacts

    person = make_person(here)
    talk(here, person=person, may_ring="yes")
    plan = _of_kind(person, PLAN)[0]
    contact = services.start_attempt(actor=here.worker, now=plan.due, promise_id=plan.pk)
    contacts.set_level(actor=here.worker, now=plan.due, contact_id=contact.pk, level=Level.MILD)
    closed = contacts.close(actor=here.worker, now=plan.due, contact_id=contact.pk)
    found = services.contact_closed(actor=here.worker, now=plan.due, contact=closed)
    assert found.kept == (plan.pk,)
    kept = selectors.promise(plan.pk)
    assert (kept.state, kept.kept_by_contact_id) == ("kept", contact.pk)
    assert [row.outcome for row in selectors.attempts(plan.pk)] == ["reached"]


def test_an_outgoing_contact_closed_empty_keeps_nothing_and_the_outcome_is_still_asked_for(here) -> None:
    from lygte.apps.contacts import services as contacts

    promise = callback(here)
    contact = services.start_attempt(actor=here.worker, now=NOW, promise_id=promise.pk)
    closed = contacts.close(actor=here.worker, now=NOW, contact_id=contact.pk)
    found = services.contact_closed(actor=here.worker, now=NOW, contact=closed)
    assert (found.kept, found.reason) == ((), NoFollowUp.NOT_REACHED)
    waiting = selectors.promise(promise.pk)
    assert waiting.state == PromiseState.PROMISED
    assert waiting.attempt_started_at == NOW


def test_a_follow_up_talk_without_crisis_is_not_followed_up_for_ever(here) -> None:
    from lygte.apps.contacts import services as contacts

    person = make_person(here)
    talk(here, person=person, may_ring="yes")
    plan = _of_kind(person, PLAN)[0]
    contact = services.start_attempt(actor=here.worker, now=plan.due, promise_id=plan.pk)
    contacts.set_level(actor=here.worker, now=plan.due, contact_id=contact.pk, level=Level.NOT_CRISIS)
    closed = contacts.close(actor=here.worker, now=plan.due, contact_id=contact.pk)
    found = services.contact_closed(actor=here.worker, now=plan.due, contact=closed)
    assert found.reason is NoFollowUp.ALREADY_FOLLOWED_UP
    assert len(_of_kind(person, PLAN)) == 1


def test_a_person_who_rings_by_themselves_has_been_rung_back(here) -> None:
    person = make_person(here)
    promise = callback(here, number="", person_id=person.pk)
    contact, found = talk(here, person=person, at=NOW + timedelta(minutes=20))
    assert promise.pk in found.kept
    assert selectors.promise(promise.pk).kept_by_contact_id == contact.pk


def test_the_contact_in_which_a_callback_was_promised_does_not_keep_it(here) -> None:
    person = make_person(here)
    contact, _ = talk(here, person=person, close=False)
    promise = callback(
        here, number="", person_id=person.pk, contact_id=contact.pk, now=NOW + timedelta(minutes=5)
    )
    services.contact_closed(actor=here.worker, now=NOW + timedelta(minutes=9), contact=contact)
    assert selectors.promise(promise.pk).state == PromiseState.PROMISED


def test_a_person_who_would_rather_not_ends_the_promise(here) -> None:
    person = make_person(here)
    talk(here, person=person, may_ring="yes")
    plan = attempt(here, _of_kind(person, PLAN)[0], AttemptOutcome.DECLINED, at=_of_kind(person, PLAN)[0].due)
    assert plan.state == PromiseState.DECLINED


def test_the_person_is_measured_once_even_after_declining(here) -> None:
    person = make_person(here)
    talk(here, person=person, may_ring="yes")
    wellbeing = _of_kind(person, WELLBEING)[0]
    attempt(here, wellbeing, AttemptOutcome.DECLINED, at=wellbeing.due)
    talk(here, person=person, at=NOW + 30 * DAY)
    assert len(_of_kind(person, WELLBEING)) == 1


def test_a_new_level_moves_the_follow_up_of_the_contact(here) -> None:
    person = make_person(here)
    contact, _ = talk(here, person=person, level=Level.MILD, may_ring="yes")
    services.level_changed(
        actor=here.worker, now=NOW + DAY, contact=contact, previous=Level.MILD, level=Level.SEVERE
    )
    plan = _of_kind(person, PLAN)[0]
    assert _days(plan) == (2, 3, 4)
    [moved] = selectors.moves(plan.pk)
    assert moved.cause == "level"


def test_a_lower_level_does_not_push_back_what_somebody_moved_by_hand(here) -> None:
    person = make_person(here)
    contact, _ = talk(here, person=person, level=Level.SEVERE, may_ring="yes")
    plan = _of_kind(person, PLAN)[0]
    services.move(
        actor=here.worker,
        now=NOW,
        promise_id=plan.pk,
        opens=NOW + DAY,
        due=NOW + DAY,
        closes=NOW + 2 * DAY,
    )
    moved = services.level_changed(
        actor=here.worker, now=NOW, contact=contact, previous=Level.SEVERE, level=Level.MILD
    )
    assert moved == []


def test_a_decision_about_whoever_may_not_be_rung_cannot_be_to_ring_again(here) -> None:
    person = make_person(here)
    _, found = talk(here, person=person, may_ring="no")
    with pytest.raises(Refused):
        services.decide(
            actor=here.worker,
            now=NOW,
            promise_id=found.to_decide[0],
            decision=Decision.EXTEND,
            reason="igen",
            new_due=NOW + DAY,
        )
    decided = services.decide(
        actor=here.worker,
        now=NOW,
        promise_id=found.to_decide[0],
        decision=Decision.VISIT,
        reason="går forbi",
    )
    assert decided.state == PromiseState.DECIDED


def test_a_promise_follows_its_contact_to_the_person_and_back(here) -> None:
    from lygte.apps.contacts import services as contacts

    contact, _ = talk(here, close=False)
    promise = callback(here, contact_id=contact.pk)
    person = make_person(here)
    link = contacts.attach(
        actor=here.worker, now=NOW, contact_id=contact.pk, person_id=person.pk, reason="sagde navn"
    )
    contact.refresh_from_db()
    services.contact_linked(actor=here.worker, now=NOW, contact=contact)
    assert selectors.promise(promise.pk).person_id == person.pk
    contacts.detach(actor=here.worker, now=NOW, link_id=link.pk, reason="forkert")
    contact.refresh_from_db()
    services.contact_linked(actor=here.worker, now=NOW, contact=contact)
    assert selectors.of_person([person.pk]) == []


def test_promises_between_two_moments_are_found_by_when_they_are_due(here) -> None:
    person = make_person(here)
    talk(here, person=person, may_ring="yes")
    start = datetime(2026, 11, 1, tzinfo=UTC)
    found = selectors.between(here.service.pk, start, start + 29 * DAY)
    assert [row.kind for row in found] == [PLAN]


def test_may_ring_not_stated_is_kept_as_not_stated(here) -> None:
    person = make_person(here)
    talk(here, person=person)
    assert _of_kind(person, PLAN)[0].may_ring == MayRing.NOT_STATED


def test_a_caller_who_is_recognised_shortly_after_gets_the_follow_up_that_was_missing(here) -> None:
    contact, found = talk(here, may_ring="yes")
    assert found.reason is NoFollowUp.NO_WAY_TO_REACH
    assert services.why_no_follow_up(contact, now=NOW) is NoFollowUp.NO_WAY_TO_REACH
    person = make_person(here)
    _link(here, contact, person, at=NOW + DAY)
    [plan] = _of_kind(person, PLAN)
    assert day_of(plan.due) == day_of(NOW + 5 * DAY)
    assert services.why_no_follow_up(contact, now=NOW) is None


def test_a_caller_who_is_recognised_long_after_is_not_promised_what_is_past(here) -> None:
    contact, _ = talk(here, may_ring="yes")
    person = make_person(here)
    _link(here, contact, person, at=NOW + 60 * DAY)
    assert selectors.of_person([person.pk]) == []


def _link(here, contact, person, *, at):
    from lygte.apps.contacts import services as contacts

    contacts.attach(actor=here.worker, now=at, contact_id=contact.pk, person_id=person.pk, reason="genkendt")
    contact.refresh_from_db()
    services.contact_linked(actor=here.worker, now=at, contact=contact)
