from datetime import timedelta
from typing import Any

import pytest

from lygte.apps.audit import selectors as audit
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.selectors import live_version
from lygte.apps.people import selectors, services
from lygte.apps.people.models import Person
from lygte.domain.access import AccessDenied, system
from lygte.domain.events import Verb
from lygte.domain.vocab import ConsentPurpose, DayBand, MayRing, Medium, Role
from tests.world import NOW, Place, World

HOUR = timedelta(hours=1)


def person(place: Place, **fields: Any) -> Any:
    return services.create_person(
        actor=place.worker, now=NOW, service=place.service, **({"name": "Opdigtet Ottosen"} | fields)
    )


def elsewhere(place: Place) -> Any:
    return place.actor_of(place.other_worker)


def glass(place: Place, row: Any, *, now: Any = NOW, reason: str = "stands at the door") -> Any:
    return services.break_glass(
        actor=elsewhere(place), now=now, service=place.other_service, person_id=row.pk, reason=reason
    )


def verbs(place: Place, row: Any) -> list[str]:
    return [event.verb for event in audit.events_of_person(row.pk)]


def test_reading_a_record_is_allowed_to_the_service_that_knows_the_person_and_is_written_down(
    world: World,
) -> None:
    place = world.here
    with place.scope():
        row = person(place)
        assert selectors.read_person(actor=place.leader, now=NOW, person_id=row.pk).name == "Opdigtet Ottosen"
        event = audit.events_of_person(row.pk).first()
        assert event is not None
        assert (event.verb, event.actor_id, event.detail) == (Verb.PERSON_READ, place.leader.id, {})


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.ADMINISTRATOR])
def test_evaluator_and_administrator_open_no_record(world: World, role: Role) -> None:
    place = world.here
    with place.scope():
        row = person(place)
        for act in (selectors.read_person, services.reveal):
            with pytest.raises(AccessDenied):
                act(actor=place.actor(role), now=NOW, person_id=row.pk)
        with pytest.raises(AccessDenied):
            services.break_glass(
                actor=place.actor(role), now=NOW, service=place.service, person_id=row.pk, reason="curious"
            )


def test_another_service_and_another_municipality_are_kept_out(world: World) -> None:
    place = world.here
    with place.scope():
        row = person(place)
        with pytest.raises(AccessDenied):
            selectors.read_person(actor=elsewhere(place), now=NOW, person_id=row.pk)
        assert not selectors.may_read(elsewhere(place), row.pk, NOW)
    with world.there.scope():
        with pytest.raises(Person.DoesNotExist):
            selectors.read_person(actor=world.there.worker, now=NOW, person_id=row.pk)
        assert not selectors.may_read(world.there.worker, row.pk, NOW)


def test_the_system_reads_for_its_own_municipality(world: World) -> None:
    with world.here.scope():
        row = person(world.here)
        assert selectors.may_read(system(world.here.municipality.pk), row.pk, NOW)


def test_a_broken_glass_opens_one_record_for_one_person_for_one_hour(world: World) -> None:
    place = world.here
    with place.scope():
        row, other = person(place), person(place, name="", alias="Grå Gås")
        before = live_version(place.service.pk), live_version(place.other_service.pk)
        glass(place, row)
        reader = elsewhere(place)
        assert selectors.may_read(reader, row.pk, NOW + HOUR - timedelta(seconds=1))
        assert not selectors.may_read(reader, row.pk, NOW + HOUR)
        assert not selectors.may_read(reader, other.pk, NOW)
        selectors.read_person(actor=reader, now=NOW, person_id=row.pk)
        event = audit.events_of_person(row.pk).first()
        assert event is not None
        assert event.detail == {"broken_glass": True}
        assert services.reveal(actor=reader, now=NOW, person_id=row.pk).name == "Opdigtet Ottosen"
        assert before < (live_version(place.service.pk), live_version(place.other_service.pk))


def test_a_broken_glass_lets_nobody_change_the_record(world: World) -> None:
    place = world.here
    with place.scope():
        row = person(place)
        glass(place, row)
        with pytest.raises(AccessDenied):
            services.update_person(actor=elsewhere(place), now=NOW, person_id=row.pk, alias="Grå Gås")
        assert selectors.person(row.pk).alias == ""


def test_a_glass_needs_a_reason_and_is_not_broken_where_none_is_in_the_way(world: World) -> None:
    place = world.here
    with place.scope():
        row = person(place)
        with pytest.raises(InvalidField):
            glass(place, row, reason=" ")
        with pytest.raises(Refused, match="already_known"):
            services.break_glass(
                actor=place.worker, now=NOW, service=place.service, person_id=row.pk, reason="x"
            )
        with pytest.raises(AccessDenied):
            services.break_glass(
                actor=elsewhere(place), now=NOW, service=place.service, person_id=row.pk, reason="x"
            )


def test_the_leaders_concerned_see_a_broken_glass_until_one_has_reviewed_it(world: World) -> None:
    place = world.here
    with place.scope():
        row = person(place)
        broken = glass(place, row)
        for service in (place.service, place.other_service):
            assert selectors.unreviewed_break_glasses(service.pk) == 1
            assert [seen.pk for seen in selectors.break_glasses(service.pk)] == [broken.pk]
        with pytest.raises(AccessDenied):
            services.review_break_glass(actor=place.worker, now=NOW, break_glass_id=broken.pk)
        reviewed = services.review_break_glass(actor=place.leader, now=NOW, break_glass_id=broken.pk)
        assert (reviewed.reviewed_at, reviewed.reviewed_by_id) == (NOW, place.leader.id)
        assert selectors.unreviewed_break_glasses(place.service.pk) == 0
        with pytest.raises(Refused, match="already_reviewed"):
            services.review_break_glass(actor=place.leader, now=NOW, break_glass_id=broken.pk)


def test_a_leader_does_not_review_what_they_opened_themself(world: World) -> None:
    place = world.here
    with place.scope():
        theirs, _ = services.new_thread(actor=elsewhere(place), now=NOW, service=place.other_service)
        broken = services.break_glass(
            actor=place.leader, now=NOW, service=place.service, person_id=theirs.pk, reason="rings every hour"
        )
        with pytest.raises(Refused, match="own_break_glass"):
            services.review_break_glass(actor=place.leader, now=NOW, break_glass_id=broken.pk)
        assert selectors.unreviewed_break_glasses(place.service.pk) == 1


def test_revealing_is_written_down_and_an_identity_never_prints_itself(world: World) -> None:
    place = world.here
    with place.scope():
        row = person(place, cpr="0113900001", is_protected=True)
        shown = services.reveal(actor=place.worker, now=NOW, person_id=row.pk)
        assert shown.cpr == "0113900001"
        assert "0113900001" not in repr(shown)
        assert "Ottosen" not in repr(shown)
        assert verbs(place, row)[0] == Verb.PERSON_REVEALED


def test_wishes_are_kept_and_read_as_the_follow_up_rules_take_them(world: World) -> None:
    place = world.here
    with place.scope():
        row = person(place)
        before = selectors.wish_of(row)
        assert (before.may_ring, before.band) == (MayRing.NOT_STATED, None)
        act = {"actor": place.worker, "now": NOW, "person_id": row.pk}
        services.set_wishes(
            **act,
            may_ring="yes_no_message",
            band="evening",
            medium="sms",
            do_not_remind=True,
            avoid_weekdays=[2, 0],
        )
        wish = selectors.cards([row.pk])[row.pk].wish
        assert (wish.may_ring, wish.band, wish.medium) == (
            MayRing.YES_NO_MESSAGE,
            DayBand.EVENING,
            Medium.SMS,
        )
        assert (wish.do_not_remind, wish.avoid_weekdays) == (True, frozenset({0, 2}))
        for wrong in ({"may_ring": "maybe"}, {"avoid_weekdays": [7]}):
            with pytest.raises(InvalidField):
                services.set_wishes(**act, **wrong)


def test_a_consent_replaces_the_one_before_and_withdrawing_leaves_nothing_recorded(world: World) -> None:
    place = world.here
    with place.scope():
        row = person(place)
        act = {"actor": place.worker, "now": NOW, "person_id": row.pk, "purpose": ConsentPurpose.FOLLOW_UP}
        assert selectors.consent_given(row.pk, ConsentPurpose.FOLLOW_UP) is None
        services.record_consent(**act, given=True)
        services.record_consent(**act, given=False)
        assert selectors.consent_given(row.pk, ConsentPurpose.FOLLOW_UP) is False
        assert len(selectors.consents(row.pk)) == 1
        assert services.withdraw_consent(**act)
        assert not services.withdraw_consent(**act)
        assert selectors.consent_given(row.pk, ConsentPurpose.FOLLOW_UP) is None


def test_admission_is_noted_and_ended(world: World) -> None:
    place = world.here
    with place.scope():
        row = person(place)
        act = {"actor": place.worker, "now": NOW, "person_id": row.pk}
        services.set_admitted(**act, admitted_on=NOW.date())
        assert selectors.person(row.pk).admitted_on == NOW.date()
        services.set_admitted(**act, admitted_on=None)
        assert selectors.person(row.pk).admitted_on is None


def test_every_change_of_a_record_is_kept_to_the_services_that_know_it(world: World) -> None:
    place = world.here
    with place.scope():
        row = person(place)
        act = {"actor": elsewhere(place), "now": NOW, "person_id": row.pk}
        for change, given in (
            (services.update_person, {"alias": "Grå Gås"}),
            (services.set_wishes, {}),
            (services.record_consent, {"purpose": ConsentPurpose.INTERVIEW}),
            (services.withdraw_consent, {"purpose": ConsentPurpose.INTERVIEW}),
            (services.set_admitted, {"admitted_on": None}),
            (services.renew_words, {}),
            (services.reveal, {}),
        ):
            with pytest.raises(AccessDenied):
                change(**act, **given)  # type: ignore[operator]


def test_no_audit_event_holds_anything_that_identifies(world: World) -> None:
    place = world.here
    with place.scope():
        row = person(place, alias="Grå Gås", cpr="0113900001", phone="20000001", keep_phone=True)
        act = {"actor": place.worker, "now": NOW, "person_id": row.pk}
        services.update_person(**act, name="Opdigtet Andersen", address="Opdigtet Allé 1")
        services.renew_words(**act)
        services.reveal(**act)
        glass(place, row)
        selectors.search(actor=place.worker, now=NOW, service=place.service, term="Opdigtet Andersen")
        words = selectors.person(row.pk).return_words.split()
        told = str([event.detail for event in audit.events_between(NOW, NOW + HOUR)])
        for secret in ("Opdigtet", "Gås", "0113900001", "20000001", "Allé", "door", *words):
            assert secret not in told
