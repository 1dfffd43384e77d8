from collections.abc import Sequence
from datetime import timedelta

import pytest

from lygte.apps.audit import selectors as audit
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.people import selectors, services
from lygte.apps.people.models import IdentityIndex, Person
from lygte.apps.people.selectors import Kind
from lygte.domain.events import Verb
from lygte.domain.ids import RETURN_WORDS
from lygte.domain.vocab import ConsentPurpose, IdentityLevel
from tests.world import NOW, Place, World

CPR = "011390-0001"  # month 13: cannot exist
OTHER_CPR = "021490-0003"
PHONE = "20 00 00 01"


def make(place: Place, **fields: object) -> Person:
    return services.create_person(
        actor=place.worker, now=NOW, service=place.service, **{"confirmed": True, **fields}
    )


def found(place: Place, term: str, service: object = None, now: object = NOW) -> list[tuple[object, str]]:
    actor = place.worker if service is None else place.actor_of(place.other_worker)
    hits = selectors.search(actor=actor, now=now, service=service or place.service, term=term)
    return [(hit.person.pk, hit.by) for hit in hits]


def chooser(*words: str) -> object:
    left = list(words)
    return lambda _options: left.pop(0)


def test_a_new_thread_is_found_again_by_its_three_words_however_they_are_spelled(world: World) -> None:
    with world.here.scope():
        thread, words = services.new_thread(
            actor=world.here.worker,
            now=NOW,
            service=world.here.service,
            choose=chooser("måge", "lanterne", "ni"),
        )
        assert words == "måge lanterne ni"
        assert thread.level == IdentityLevel.THREAD
        for spelling in ("måge lanterne ni", "Maage, LANTERNE og 9", "måge-lanterne-ni"):
            assert found(world.here, spelling) == [(thread.pk, Kind.RETURN_WORDS)]
        assert found(world.here, "lanterne måge ni") == []


def test_words_that_somebody_has_are_never_given_twice(world: World) -> None:
    with world.here.scope():
        choose = chooser("måge", "lanterne", "ni", "måge", "lanterne", "ni", "zebra", "zoo", "ni")
        kwargs = {"actor": world.here.worker, "now": NOW, "service": world.here.service, "choose": choose}
        services.new_thread(**kwargs)
        assert services.new_thread(**kwargs)[1] == "zebra zoo ni"


def test_running_out_of_words_is_said_and_not_looped(world: World) -> None:
    with world.here.scope():

        def stubborn(options: Sequence[str]) -> str:
            return next(word for word in ("måge", "lanterne", "ni") if word in options)

        kwargs = {"actor": world.here.worker, "now": NOW, "service": world.here.service, "choose": stubborn}
        services.new_thread(**kwargs)
        with pytest.raises(Refused, match="no_free_words"):
            services.new_thread(**kwargs)


def test_the_same_words_in_another_municipality_find_nobody(world: World) -> None:
    with world.here.scope():
        services.new_thread(
            actor=world.here.worker,
            now=NOW,
            service=world.here.service,
            choose=chooser("måge", "lanterne", "ni"),
        )
    with world.there.scope():
        assert found(world.there, "måge lanterne ni") == []


def test_a_word_heard_wrong_is_answered_by_words_that_exist_and_not_by_people(world: World) -> None:
    assert "måge lanterne ni" in selectors.word_suggestions("måge lanterner ni")
    assert selectors.word_suggestions("måge lanterne ni") == ()
    assert selectors.word_suggestions("Opdigtet Ottosen") == ()
    assert all(
        set(code.split()) <= set(RETURN_WORDS) for code in selectors.word_suggestions("mågge lanterne ni")
    )


def test_new_words_make_the_old_ones_lead_nowhere(world: World) -> None:
    with world.here.scope():
        thread, _ = services.new_thread(
            actor=world.here.worker,
            now=NOW,
            service=world.here.service,
            choose=chooser("måge", "lanterne", "ni"),
        )
        words = services.renew_words(
            actor=world.here.worker, now=NOW, person_id=thread.pk, choose=chooser("zebra", "zoo", "ni")
        )
        assert words == "zebra zoo ni"
        assert found(world.here, "måge lanterne ni") == []
        assert found(world.here, words) == [(thread.pk, Kind.RETURN_WORDS)]


def test_a_person_is_found_by_alias_name_number_and_phone(world: World) -> None:
    with world.here.scope():
        person = make(
            world.here, alias="Grå Gås", name="Opdigtet Ærlig Ottosen", cpr=CPR, phone=PHONE, keep_phone=True
        )
        assert found(world.here, "graa gås") == [(person.pk, Kind.ALIAS)]
        assert found(world.here, "ottosen opdigtet") == [(person.pk, Kind.NAME)]
        assert found(world.here, "0113900001") == [(person.pk, Kind.CPR)]
        assert found(world.here, "+45 20000001") == [(person.pk, Kind.PHONE)]


def test_a_name_matches_only_when_every_word_of_it_does(world: World) -> None:
    with world.here.scope():
        make(world.here, name="Opdigtet Ottosen")
        assert found(world.here, "Opdigtet Andersen") == []


def test_a_phone_number_without_consent_is_neither_stored_nor_indexed(world: World) -> None:
    with world.here.scope():
        person = make(world.here, alias="Grå Gås", phone=PHONE)
        assert Person.objects.get(pk=person.pk).phone == ""
        assert not IdentityIndex.objects.filter(kind=Kind.PHONE).exists()
        assert found(world.here, PHONE) == []


def test_a_phone_number_goes_when_consent_is_withdrawn_or_refused(world: World) -> None:
    actor = world.here.worker
    with world.here.scope():
        for end in ("withdraw", "refuse"):
            person = make(world.here, alias=f"Gås {end}", phone=PHONE, keep_phone=True)
            act = {"actor": actor, "now": NOW, "person_id": person.pk, "purpose": ConsentPurpose.KEEP_PHONE}
            if end == "withdraw":
                assert services.withdraw_consent(**act)
            else:
                services.record_consent(**act, given=False)
            assert selectors.person(person.pk).phone == ""
            assert found(world.here, PHONE) == []


def test_consent_given_later_lets_the_number_be_kept(world: World) -> None:
    with world.here.scope():
        person = make(world.here, alias="Grå Gås")
        act = {"actor": world.here.worker, "now": NOW, "person_id": person.pk}
        services.update_person(**act, phone=PHONE)
        assert selectors.person(person.pk).phone == ""
        services.update_person(**act, phone=PHONE, keep_phone=True)
        assert selectors.person(person.pk).phone == "+4520000001"
        assert selectors.consent_given(person.pk, ConsentPurpose.KEEP_PHONE) is True
        digest = selectors.phone_digest(PHONE)
        assert digest is not None
        assert selectors.by_phone_index(digest) == [person.pk]


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"cpr": "12345"}, "cpr", "length"),
        ({"cpr": "990190-0001"}, "cpr", "date"),
        ({"phone": "112"}, "phone", "not_a_number"),
        ({"alias": "g" * 61}, "alias", "too_long"),
        ({}, "alias", "empty"),
        ({"alias": "g", "sex": "unheard"}, "sex", "unknown"),
        ({"alias": "g", "birth_year": "1700"}, "birth_year", "not_a_year"),
        ({"alias": "g", "home_municipality_code": "Lysborg"}, "home_municipality_code", "not_a_code"),
    ],
)
def test_what_cannot_be_stored_is_named_by_field_and_never_by_value(
    world: World, fields: dict[str, str], field: str, code: str
) -> None:
    with world.here.scope(), pytest.raises(InvalidField) as problem:
        make(world.here, **({"keep_phone": True} | fields))
    assert (problem.value.field, problem.value.code) == (field, code)
    assert all(len(value) < 3 or value not in str(problem.value) for value in fields.values())


def test_a_number_failing_modulus_11_is_stored_and_invented_ones_only_where_all_is_invented(
    world: World,
) -> None:
    with world.here.scope():
        assert make(world.here, cpr="020160-9995").level == IdentityLevel.IDENTIFIED
        assert make(world.here, cpr=CPR).cpr_kind == "invented"
        municipality = world.here.municipality
        municipality.is_invented = False
        municipality.save()
        with pytest.raises(InvalidField):
            make(world.here, cpr=OTHER_CPR)


def test_a_replacement_number_is_accepted_as_what_it_is(world: World) -> None:
    with world.here.scope():
        person = make(world.here, cpr="010190-1AB2")
        assert person.cpr_kind == "replacement_x"
        assert found(world.here, "0101901ab2") == [(person.pk, Kind.CPR)]


def test_the_same_number_is_certainly_the_same_person_and_cannot_be_confirmed_away(world: World) -> None:
    with world.here.scope():
        known = make(world.here, cpr=CPR, alias="Grå Gås")
        with pytest.raises(services.LikelyDuplicates) as problem:
            make(world.here, cpr=CPR, alias="Hvid Gås")
        assert problem.value.certain
        assert [hit.person.pk for hit in problem.value.hits] == [known.pk]
        assert Person.objects.count() == 1


@pytest.mark.parametrize("same", [{"alias": "grå GÅS"}, {"name": "Ottosen Opdigtet"}, {"phone": PHONE}])
def test_the_same_phone_alias_or_name_is_shown_before_a_new_person_is_made(
    world: World, same: dict[str, str]
) -> None:
    with world.here.scope():
        make(world.here, alias="Grå Gås", name="Opdigtet Ottosen", phone=PHONE, keep_phone=True)
        with pytest.raises(services.LikelyDuplicates) as problem:
            make(world.here, **{"alias": "Ny Ven", **same}, confirmed=False)
        assert not problem.value.certain
        assert make(world.here, **{"alias": "Ny Ven", **same}).pk


def test_a_number_that_belongs_to_somebody_else_cannot_be_typed_into_a_record(world: World) -> None:
    with world.here.scope():
        known = make(world.here, cpr=CPR)
        person = make(world.here, alias="Grå Gås")
        act = {"actor": world.here.worker, "now": NOW, "person_id": person.pk}
        with pytest.raises(services.LikelyDuplicates) as problem:
            services.update_person(**act, cpr=CPR)
        assert [hit.found_id for hit in problem.value.hits] == [known.pk]
        services.update_person(**act, cpr=OTHER_CPR)
        services.update_person(**act, cpr=OTHER_CPR, alias="Hvid Gås")
        assert selectors.person(person.pk).level == IdentityLevel.IDENTIFIED


def test_what_is_removed_from_a_record_is_no_longer_found(world: World) -> None:
    with world.here.scope():
        person = make(world.here, alias="Grå Gås", name="Opdigtet Ottosen")
        services.update_person(actor=world.here.worker, now=NOW, person_id=person.pk, name="")
        assert found(world.here, "Opdigtet Ottosen") == []
        assert selectors.person(person.pk).level == IdentityLevel.ALIAS


def test_a_record_cannot_lose_the_last_thing_by_which_it_is_found(world: World) -> None:
    with world.here.scope():
        person = make(world.here, alias="Grå Gås")
        with pytest.raises(InvalidField):
            services.update_person(actor=world.here.worker, now=NOW, person_id=person.pk, alias="")
        assert selectors.person(person.pk).alias == "Grå Gås"


def test_another_service_finds_by_what_only_the_person_can_tell_and_sees_no_name(world: World) -> None:
    place = world.here
    with place.scope():
        person = make(place, alias="Grå Gås", name="Opdigtet Ottosen", cpr=CPR, phone=PHONE, keep_phone=True)
        elsewhere = place.other_service
        assert found(place, "grå gås", elsewhere) == []
        assert found(place, "Opdigtet Ottosen", elsewhere) == []
        assert found(place, CPR, elsewhere) == [(person.pk, Kind.CPR)]
        (hit,) = selectors.search(
            actor=place.actor_of(place.other_worker), now=NOW, service=elsewhere, term=PHONE
        )
        assert not hit.in_own_service
        assert "Ottosen" not in hit.card.shown_name
        assert hit.card.initials == ""


def test_a_protected_person_is_initials_on_every_card(world: World) -> None:
    with world.here.scope():
        person = make(world.here, name="Opdigtet Ottosen", is_protected=True)
        (hit,) = selectors.search(
            actor=world.here.worker, now=NOW, service=world.here.service, term="Opdigtet Ottosen"
        )
        assert hit.card.shown_name == "O.O."
        assert selectors.cards([person.pk])[person.pk].shown_name == "O.O."


def test_searching_faster_than_anyone_listens_is_refused_and_written_down(world: World) -> None:
    with world.here.scope():
        for _ in range(30):
            found(world.here, "måge lanterne ni")
        with pytest.raises(Refused, match="too_many_searches"):
            found(world.here, "måge lanterne ni")
        events = audit.events_between(NOW - timedelta(minutes=1), NOW + timedelta(minutes=1))
        assert events.filter(verb=Verb.PERSON_SEARCHED).count() == 30
        assert events.filter(verb=Verb.ATTACK_REFUSED).count() == 1
        assert found(world.here, "måge lanterne ni", now=NOW + timedelta(minutes=1)) == []


def test_looking_for_duplicates_counts_as_searching(world: World) -> None:
    with world.here.scope():
        make(world.here, cpr=CPR)
        for _ in range(29):
            with pytest.raises(services.LikelyDuplicates):
                make(world.here, cpr=CPR)
        with pytest.raises(Refused, match="too_many_searches"):
            make(world.here, cpr=CPR)


def test_the_pace_is_held_over_an_hour_too(world: World) -> None:
    with world.here.scope():
        for minute in range(8):
            for _ in range(30):
                found(world.here, "måge lanterne ni", now=NOW + timedelta(minutes=minute))
        with pytest.raises(Refused, match="too_many_searches"):
            found(world.here, "måge lanterne ni", now=NOW + timedelta(minutes=10))


def test_a_search_event_holds_kinds_and_a_count_and_nothing_that_was_typed(world: World) -> None:
    with world.here.scope():
        make(world.here, name="Opdigtet Ottosen")
        found(world.here, "Opdigtet Ottosen")
        event = audit.events_between(NOW, NOW + timedelta(seconds=1)).filter(verb=Verb.PERSON_SEARCHED).last()
        assert event is not None
        assert event.detail == {"kinds": ["alias", "name"], "hits": 1}
        assert event.person_id is None


def test_a_search_takes_few_queries(world: World, django_assert_max_num_queries: object) -> None:
    actor, service = world.here.worker, world.here.service
    with world.here.scope():
        for number in range(8):
            make(world.here, alias="Grå Gås", name=f"Opdigtet {'abcdefgh'[number]}")
        with django_assert_max_num_queries(8):  # type: ignore[operator]
            hits = selectors.search(actor=actor, now=NOW, service=service, term="grå gås")
        assert len(hits) == 8
