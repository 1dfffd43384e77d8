from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from lygte.apps.accounts import services as accounts
from lygte.apps.tenancy import codes, dated, rules
from lygte.apps.tenancy.dated import Kind
from lygte.domain.access import system
from lygte.domain.vocab import CodeList, Role
from tests.interfaces.web.walls import assert_walled
from tests.world import NOW, World, client_of

SEE = (Role.WORKER, Role.EVALUATOR)
EDIT = (Role.WORKER, Role.EVALUATOR, Role.LEADER)
READ_PAGES = (
    *("settings", "settings_facts", "settings_opening", "settings_targets", "settings_levels"),
    *("settings_follow_ups", "settings_codes", "settings_practice", "settings_users", "settings_telephony"),
)
EDIT_PAGES = (
    *("settings_facts_edit", "settings_texts_edit", "settings_opening_new", "settings_code_new"),
    *("settings_practice_new", "settings_user_new", "settings_endpoint_new"),
)


def _url(world: World, name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=[world.here.service.slug, *args])


def _rows(world: World, kind: Kind) -> list[Any]:
    with world.here.scope():
        return dated.rows_of(kind, world.here.service.pk)


@pytest.mark.parametrize("name", READ_PAGES)
def test_a_settings_page_is_for_leader_and_administrator(world: World, name: str) -> None:
    assert_walled(world, "get", _url(world, name), refused=SEE)
    for role in (Role.LEADER, Role.ADMINISTRATOR):
        answer = world.here.client(role).get(_url(world, name))
        assert answer.status_code == 200
        assert "MISSING[" not in answer.content.decode()


@pytest.mark.parametrize("name", EDIT_PAGES)
def test_a_form_is_for_the_administrator_alone(world: World, name: str) -> None:
    assert_walled(world, "get", _url(world, name), refused=EDIT)
    assert_walled(world, "post", _url(world, name), refused=EDIT)
    answer = world.here.client(Role.ADMINISTRATOR).get(_url(world, name))
    assert answer.status_code == 200
    assert "MISSING[" not in answer.content.decode()


def test_the_overview_says_which_rules_nobody_has_adopted(world: World) -> None:
    text = world.here.client(Role.LEADER).get(_url(world, "settings")).content.decode()
    assert text[text.index("<main") :].count("pill-warn") == len(
        [row for kind in Kind for row in _rows(world, kind) if row.adopted_on is None]
    )


def test_a_leader_sees_no_way_to_change_anything(world: World) -> None:
    for name in READ_PAGES:
        text = world.here.client(Role.LEADER).get(_url(world, name)).content.decode()
        main = text[text.index("<main") : text.index("</main>")]
        assert 'method="post"' not in main
        assert "/ret/" not in main
        assert "/ny/" not in main


TARGET = {
    "seconds": "45",
    "share_percent": "95",
    "abandon_rule": "all_count_against",
    "valid_from": "2099-01-01",
    "adopted_by": "",
    "adopted_on": "",
}


def test_a_planned_target_stands_beside_the_one_that_holds(world: World) -> None:
    client = world.here.client(Role.ADMINISTRATOR)
    answer = client.post(_url(world, "settings_target_edit", "phone"), TARGET, follow=True)
    assert answer.status_code == 200
    phone = [row for row in _rows(world, Kind.TARGET) if row.channel == "phone"]
    assert [(row.seconds, row.valid_from, row.valid_to) for row in phone] == [
        (45, date(2099, 1, 1), None),
        (60, date(2026, 1, 1), date(2098, 12, 31)),
    ]
    assert "note-info" in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seconds", "0"),
        ("share_percent", "101"),
        ("valid_from", "2020-01-01"),
        ("adopted_by", "Byrådet"),
        ("adopted_on", "2026-01-01"),
    ],
)
def test_what_was_typed_stays_when_it_does_not_hold_and_the_error_names_its_field(
    world: World, field: str, value: str
) -> None:
    client = world.here.client(Role.ADMINISTRATOR)
    answer = client.post(_url(world, "settings_target_edit", "phone"), TARGET | {field: value})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="45"' in text or field == "seconds"
    assert f'value="{value}"' in text
    assert "error-summary" in text
    assert len([row for row in _rows(world, Kind.TARGET) if row.channel == "phone"]) == 1


def test_a_night_rule_shows_in_the_week_and_in_what_comes_next(world: World) -> None:
    client = world.here.client(Role.ADMINISTRATOR)
    typed = {
        "channel": "walk_in",
        "access": "call_first",
        "weekdays": list("0123456"),
        "starts": "23:00",
        "ends": "07:00",
        "on_holidays": "",
        "valid_from": "2026-11-22",
    }
    typed["valid_from"] = timezone.localdate().isoformat()
    text = client.post(_url(world, "settings_opening_new"), typed, follow=True).content.decode()
    assert "23.00-07.00" in text
    assert "○" in text


def test_a_rule_of_the_other_service_cannot_be_reached_through_this_one(world: World) -> None:
    with world.here.scope():
        foreign = dated.rows_of(Kind.OPENING, world.here.other_service.pk)[0]
    client = world.here.client(Role.ADMINISTRATOR)
    for name in ("settings_opening_edit", "settings_opening_end"):
        assert client.get(_url(world, name, foreign.pk)).status_code == 404
        assert client.post(_url(world, name, foreign.pk), {"last_day": "2099-01-01"}).status_code == 404
    assert client.get(_url(world, "settings_adopt", "opening", foreign.pk)).status_code == 404


def test_an_adoption_is_recorded_once_with_name_and_day(world: World) -> None:
    client = world.here.client(Role.ADMINISTRATOR)
    row = next(row for row in _rows(world, Kind.LEVEL) if row.level == "severe")
    url = _url(world, "settings_adopt", "level", row.pk)
    typed = {"adopted_by": "Socialudvalget", "adopted_on": "2026-01-15"}
    assert client.get(url).status_code == 200
    assert "Socialudvalget" in client.post(url, typed, follow=True).content.decode()
    assert client.post(url, typed | {"adopted_by": "En anden"}).status_code == 400
    adopted = next(one for one in _rows(world, Kind.LEVEL) if one.pk == row.pk)
    assert (adopted.adopted_by, adopted.adopted_on) == ("Socialudvalget", date(2026, 1, 15))


def test_an_ended_code_stays_on_the_page_marked_as_ended(world: World) -> None:
    client = world.here.client(Role.ADMINISTRATOR)
    typed = {"code_list": "cause", "label_da": "Nabostøj", "label_en": "Noise", "valid_from": "2099-01-01"}
    assert "Nabostøj" in client.post(_url(world, "settings_code_new"), typed, follow=True).content.decode()
    code = _rows(world, Kind.CODE)[0]
    answer = client.post(_url(world, "settings_code_end", code.pk), {"last_day": "2099-05-01"}, follow=True)
    assert "1/5 2099" in answer.content.decode()


def test_a_practice_change_can_be_marked_and_the_mark_taken_away(world: World) -> None:
    client = world.here.client(Role.ADMINISTRATOR)
    typed = {"on": "2026-03-01", "note_da": "Årsag kan nu vælges flere gange", "note_en": ""}
    assert (
        "Årsag kan nu"
        in client.post(_url(world, "settings_practice_new"), typed, follow=True).content.decode()
    )
    with world.here.scope():
        change = codes.practice_changes(world.here.service.pk)[0]
    assert (
        world.here.client(Role.LEADER).post(_url(world, "settings_practice_remove", change.pk)).status_code
        == 403
    )
    client.post(_url(world, "settings_practice_remove", change.pk))
    with world.here.scope():
        assert codes.practice_changes(world.here.service.pk) == []


def test_the_text_to_a_caller_must_fit_into_one_message(world: World) -> None:
    client = world.here.client(Role.ADMINISTRATOR)
    typed = {"received_text_da": "Vi har hørt dig. " * 9, "received_text_en": ""}
    answer = client.post(_url(world, "settings_texts_edit"), typed)
    assert answer.status_code == 400
    assert "Vi har hørt dig." in answer.content.decode()
    fine = client.post(
        _url(world, "settings_texts_edit"), {"received_text_da": "Vi ringer {kl}."}, follow=True
    )
    assert "Vi ringer {kl}." in fine.content.decode()


def test_facts_are_kept_and_a_wrong_number_is_named(world: World) -> None:
    client = world.here.client(Role.ADMINISTRATOR)
    typed = {
        "name": "Akuttilbuddet Havnegade",
        "organisation_model": "integrated",
        "phone": "20 00 00 00",
        "address": "Havnegade 1",
        "on_call_phone": "ring til Bo",
        "emergency_room_phone": "",
        "lock_after_seconds": "300",
        "short_ring_seconds": "5",
    }
    wrong = client.post(_url(world, "settings_facts_edit"), typed)
    assert wrong.status_code == 400
    assert "id_on_call_phone_error" in wrong.content.decode()
    right = client.post(
        _url(world, "settings_facts_edit"), typed | {"on_call_phone": "20 00 00 07"}, follow=True
    )
    assert "20 00 00 07" in right.content.decode()


@pytest.mark.parametrize("mapping", ['{"format": ', '["a"]', '{"format": "xml"}', '{"strange": 1}'])
def test_a_mapping_that_cannot_work_is_refused_and_kept_on_the_page(world: World, mapping: str) -> None:
    client = world.here.client(Role.ADMINISTRATOR)
    answer = client.post(_url(world, "settings_endpoint_new"), {"name": "Omstilling", "mapping": mapping})
    assert answer.status_code == 400
    assert "Omstilling" in answer.content.decode()


def test_the_secret_of_an_access_is_shown_once(world: World) -> None:
    client = world.here.client(Role.ADMINISTRATOR)
    made = client.post(_url(world, "settings_endpoint_new"), {"name": "Omstilling", "mapping": "{}"})
    text = made.content.decode()
    secret = text.split("<code>")[1].split("</code>")[0]
    assert len(secret) > 30
    later = client.get(_url(world, "settings_telephony")).content.decode()
    assert "Omstilling" in later
    assert secret not in later


def test_the_trail_names_users_and_verbs_and_no_citizen(world: World) -> None:
    admin = world.here.client(Role.ADMINISTRATOR)
    admin.post(_url(world, "settings_target_edit", "phone"), TARGET)
    world.here.client(Role.WORKER).get(_url(world, "settings"))
    text = world.here.client(Role.LEADER).get(_url(world, "settings_audit")).content.decode()
    assert "Opdigtet Administrator" in text
    assert "Opdigtet Worker" in text
    for role in (Role.WORKER, Role.EVALUATOR, Role.ADMINISTRATOR):
        assert world.here.client(role).get(_url(world, "settings_audit")).status_code == 403


def test_the_trail_can_be_narrowed_to_a_day_and_a_colleague(world: World) -> None:
    admin = world.here.users[Role.ADMINISTRATOR]
    world.here.client(Role.ADMINISTRATOR).post(_url(world, "settings_target_edit", "phone"), TARGET)
    leader = world.here.client(Role.LEADER)
    narrowed = leader.get(_url(world, "settings_audit"), {"kollega": str(admin.pk)}).content.decode()
    assert narrowed.count("<time") == 1
    assert "<time" not in leader.get(_url(world, "settings_audit"), {"dag": "2026-02-01"}).content.decode()
    assert leader.get(_url(world, "settings_audit"), {"dag": "i går", "side": "x"}).status_code == 200


def test_the_other_worker_sees_the_menu_of_the_other_service(world: World) -> None:
    text = client_of(world.here.other_worker).get("/", follow=True).content.decode()
    assert "Akuttilbuddet Skovbryn" in text


def test_somebody_who_works_in_two_services_goes_from_one_to_the_other_by_the_menu(world: World) -> None:
    place = world.here
    by_one_service = place.client().get(reverse("staff:board", args=[place.service.slug])).content.decode()
    assert place.other_service.name not in by_one_service
    with place.scope():
        accounts.give_role(
            actor=system(place.municipality.pk),
            now=timezone.now(),
            user=place.users[Role.WORKER],
            role=Role.WORKER,
            service_id=place.other_service.pk,
        )
    text = place.client().get(reverse("staff:board", args=[place.service.slug])).content.decode()
    there = reverse("staff:board", args=[place.other_service.slug])
    assert f'href="{there}"' in text
    assert place.other_service.name in text


def test_codes_added_today_can_be_chosen_tomorrow_and_not_before(world: World) -> None:
    with world.here.scope():
        added = codes.add_code(
            actor=world.here.actor(Role.ADMINISTRATOR),
            now=NOW,
            service_id=world.here.service.pk,
            code_list=CodeList.CAUSE,
            label_da="Nabostøj",
            label_en="Noise",
            starts=date(2026, 11, 21),
            adoption=None,
        )
        assert added.code == "nabostoej"
        assert rules.local_codes(world.here.service.pk, CodeList.CAUSE, day=date(2026, 11, 20)) == []
        assert rules.local_codes(world.here.service.pk, CodeList.CAUSE, day=date(2026, 11, 21)) == [added]
