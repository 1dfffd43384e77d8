from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from lygte.apps.audit.models import AuditEvent
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.tenancy import codes, dated, opening, profile, rules, settings
from lygte.apps.tenancy.dated import Adoption, Held, Kind
from lygte.apps.tenancy.models import LevelSetting, LocalCode, OpeningHours, Service, ServiceTarget
from lygte.domain.access import AccessDenied
from lygte.domain.events import Verb
from lygte.domain.time import access_at, at_local
from lygte.domain.vocab import AbandonRule, Access, Channel, CodeList, Level, PromiseKind, Role
from tests.world import NOW, World

TODAY = date(2026, 11, 20)
TARGET = {"seconds": 45, "share_percent": 95, "abandon_rule": AbandonRule.ALL_COUNT_AGAINST.value}
LEVEL = {
    "callback_minutes": 20,
    "plan_days": 4,
    "plan_earliest_day": 3,
    "plan_latest_day": 6,
    "colleague": True,
}
FOLLOW_UP = {
    "days": 6,
    "earliest_day": 5,
    "latest_day": 8,
    "ring_from": time(9),
    "ring_to": time(19),
    "on_free_days": "next_working_day",
    "max_attempts": 2,
    "spacing_hours": 4,
    "quiet_hours_after_contact": 12,
}


def _with(world: World, **more: Any) -> dict[str, Any]:
    return {
        "actor": world.here.actor(Role.ADMINISTRATOR),
        "now": NOW,
        "service_id": world.here.service.pk,
    } | more


def _target(world: World, **more: Any) -> ServiceTarget:
    given = {"channel": Channel.PHONE, "values": TARGET, "starts": date(2026, 12, 1), "adoption": None} | more
    return settings.set_target(**_with(world, **given))


def _phone(world: World) -> list[tuple[int, date, date | None]]:
    rows = dated.rows_of(Kind.TARGET, world.here.service.pk)
    return [(row.seconds, row.valid_from, row.valid_to) for row in rows if row.channel == "phone"]


def test_a_change_ends_the_old_rule_the_day_before_and_leaves_the_past_as_it_was(world: World) -> None:
    with world.here.scope():
        _target(world)
        assert _phone(world) == [
            (45, date(2026, 12, 1), None),
            (60, date(2026, 1, 1), date(2026, 11, 30)),
        ]
        for day, seconds in ((date(2026, 11, 30), 60), (date(2026, 12, 1), 45)):
            target = rules.target(world.here.service, Channel.PHONE, day=day)
            assert target is not None
            assert target.seconds == seconds


def test_a_rule_for_a_day_that_has_been_is_refused(world: World) -> None:
    with world.here.scope():
        with pytest.raises(InvalidField, match="valid_from: past"):
            _target(world, starts=date(2026, 11, 19))
        assert len(_phone(world)) == 1


def test_a_new_change_withdraws_what_was_planned_and_never_leaves_two_rules_for_a_day(world: World) -> None:
    with world.here.scope():
        _target(world, starts=date(2026, 12, 24))
        _target(world, values=TARGET | {"seconds": 30}, starts=date(2026, 12, 1))
        stands = [
            dated.held(row, day=TODAY)
            for row in dated.rows_of(Kind.TARGET, world.here.service.pk)
            if row.channel == "phone"
        ]
        assert stands == [Held.WITHDRAWN, Held.PLANNED, Held.NOW]
        for number in range(60):
            found = rules.target(world.here.service, Channel.PHONE, day=TODAY + timedelta(days=number))
            assert found is not None
            assert found.seconds == (60 if number < 11 else 30)


def test_two_changes_on_one_day_leave_the_last(world: World) -> None:
    with world.here.scope():
        _target(world, starts=TODAY)
        _target(world, values=TARGET | {"seconds": 30}, starts=TODAY)
        found = rules.target(world.here.service, Channel.PHONE, day=TODAY)
        assert found is not None
        assert found.seconds == 30


def test_a_channel_without_a_target_gets_its_first(world: World) -> None:
    with world.here.scope():
        assert rules.target(world.here.service, Channel.SMS, day=TODAY) is None
        _target(world, channel=Channel.SMS, starts=TODAY)
        assert rules.target(world.here.service, Channel.SMS, day=TODAY) is not None


@pytest.mark.parametrize("role", [Role.WORKER, Role.LEADER, Role.EVALUATOR])
def test_only_an_administrator_of_the_service_changes_its_rules(world: World, role: Role) -> None:
    with world.here.scope():
        with pytest.raises(AccessDenied):
            _target(world, actor=world.here.actor(role))
        with pytest.raises(AccessDenied):
            _target(world, service_id=world.here.other_service.pk)
        with pytest.raises(Service.DoesNotExist):
            _target(world, service_id=world.there.service.pk)
        assert len(_phone(world)) == 1


def test_the_audit_event_tells_old_and_new(world: World) -> None:
    with world.here.scope():
        _target(world, adoption=Adoption("Byrådet", TODAY))
        event = AuditEvent.objects.get(verb=Verb.SETTINGS_CHANGED)
        assert event.service_id == world.here.service.pk
        assert event.detail == {
            "what": "target",
            "channel": "phone",
            "from": "2026-12-01",
            "adopted": True,
            "old": {"seconds": 60, "share_percent": 90, "abandon_rule": "late_count_against"},
            "new": {"seconds": 45, "share_percent": 95, "abandon_rule": "all_count_against"},
        }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"plan_earliest_day": 5}, "plan_earliest_day"),
        ({"plan_latest_day": 3}, "plan_latest_day"),
        ({"callback_minutes": 0}, "callback_minutes"),
        ({"plan_days": 400}, "plan_days"),
    ],
)
def test_level_days_out_of_order_name_their_field(world: World, change: dict[str, int], field: str) -> None:
    with world.here.scope(), pytest.raises(InvalidField) as problem:
        settings.set_level(
            **_with(world, level=Level.SEVERE, values=LEVEL | change, starts=TODAY, adoption=None)
        )
    assert problem.value.field == field


def test_a_level_rule_reaches_the_domain_from_its_first_day(world: World) -> None:
    with world.here.scope():
        given = _with(world, level=Level.MILD, values=LEVEL, starts=date(2026, 11, 21), adoption=None)
        settings.set_level(**given)
        before, after = (
            rules.level_rules(world.here.service.pk, day=TODAY + timedelta(days=number)) for number in (0, 1)
        )
        assert (before[Level.MILD].callback_minutes, after[Level.MILD].callback_minutes) == (60, 20)
        assert after[Level.SEVERE].callback_minutes == 15
        with pytest.raises(InvalidField):
            settings.set_level(**(given | {"level": Level.NOT_STATED}))


def test_a_follow_up_rule_reaches_the_domain_and_its_hours_must_be_in_order(world: World) -> None:
    given = {"kind": PromiseKind.PLAN_FOLLOW_UP, "values": FOLLOW_UP, "starts": TODAY, "adoption": None}
    with world.here.scope():
        settings.set_follow_up(**_with(world, **given))
        rule = rules.follow_up_rule(world.here.service.pk, PromiseKind.PLAN_FOLLOW_UP, day=TODAY)
        assert (rule.days, rule.max_attempts, rule.ring_to) == (6, 2, time(19))
        with pytest.raises(InvalidField, match="ring_to"):
            wrong = FOLLOW_UP | {"ring_to": time(9)}
            settings.set_follow_up(**_with(world, **(given | {"values": wrong})))
        with pytest.raises(InvalidField, match="kind"):
            settings.set_follow_up(**_with(world, **(given | {"kind": PromiseKind.CALLBACK})))


def test_an_adoption_needs_both_a_name_and_a_day_that_has_come() -> None:
    assert dated.checked_adoption(" ", None, now=NOW) is None
    assert dated.checked_adoption("Byrådet", TODAY, now=NOW) == Adoption("Byrådet", TODAY)
    for by, on, field in (
        ("Byrådet", None, "adopted_on"),
        ("", TODAY, "adopted_by"),
        ("Byrådet", date(2026, 11, 21), "adopted_on"),
        ("x" * 121, TODAY, "adopted_by"),
    ):
        with pytest.raises(InvalidField, match=field):
            dated.checked_adoption(by, on, now=NOW)


def test_a_rule_is_adopted_once(world: World) -> None:
    with world.here.scope():
        row = dated.rows_of(Kind.LEVEL, world.here.service.pk)[0]
        given = _with(world, kind=Kind.LEVEL, row_id=row.pk, adoption=Adoption("Byrådet", TODAY))
        settings.adopt(**given)
        with pytest.raises(Refused, match="already_adopted"):
            settings.adopt(**given)
        assert LevelSetting.objects.get(pk=row.pk).adopted_by == "Byrådet"
        with pytest.raises(LevelSetting.DoesNotExist):
            foreign = dated.rows_of(Kind.LEVEL, world.here.other_service.pk)[0]
            settings.adopt(**(given | {"row_id": foreign.pk}))


NIGHT = {
    "channel": "walk_in",
    "access": "call_first",
    "weekdays": "0123456",
    "starts": time(23),
    "ends": time(7),
    "on_holidays": None,
}


def _access(world: World, day: date, clock: time) -> Access:
    compiled = rules.opening_rules(world.here.service.pk, day=day)
    return access_at(compiled, channel=Channel.WALK_IN, moment=at_local(day, clock))


def test_a_later_opening_rule_wins_from_its_first_night(world: World) -> None:
    with world.here.scope():
        opening.add(**_with(world, values=NIGHT, starts=date(2026, 11, 21), adoption=None))
        assert _access(world, date(2026, 11, 21), time(2)) is Access.OPEN
        assert _access(world, date(2026, 11, 21), time(23, 30)) is Access.CALL_FIRST
        assert _access(world, date(2026, 11, 22), time(2)) is Access.CALL_FIRST
        assert _access(world, date(2026, 11, 22), time(12)) is Access.OPEN


def test_a_night_that_began_under_an_ended_rule_is_kept_until_its_morning(world: World) -> None:
    with world.here.scope():
        rule = opening.add(**_with(world, values=NIGHT, starts=TODAY, adoption=None))
        opening.end(**_with(world, rule_id=rule.pk, last_day=date(2026, 11, 25)))
        assert _access(world, date(2026, 11, 26), time(2)) is Access.CALL_FIRST
        assert _access(world, date(2026, 11, 26), time(23, 30)) is Access.OPEN


def test_a_changed_opening_rule_keeps_its_place_and_an_ended_one_is_not_changed(world: World) -> None:
    with world.here.scope():
        rule = opening.add(**_with(world, values=NIGHT, starts=TODAY, adoption=None))
        given = _with(
            world,
            rule_id=rule.pk,
            values=NIGHT | {"starts": time(22)},
            starts=date(2026, 12, 1),
            adoption=None,
        )
        changed = opening.change(**given)
        assert changed.position == rule.position
        assert OpeningHours.objects.get(pk=rule.pk).valid_to == date(2026, 11, 30)
        opening.end(**_with(world, rule_id=changed.pk, last_day=date(2026, 12, 5)))
        later = given | {"rule_id": changed.pk, "now": NOW + timedelta(days=40), "starts": date(2027, 1, 5)}
        with pytest.raises(Refused, match="ended"):
            opening.change(**later)
        with pytest.raises(InvalidField, match="last_day"):
            opening.end(**_with(world, rule_id=rule.pk, last_day=date(2026, 11, 1)))
        with pytest.raises(InvalidField, match="weekdays"):
            opening.add(**_with(world, values=NIGHT | {"weekdays": ""}, starts=TODAY, adoption=None))


def test_an_ended_code_cannot_be_chosen_and_old_contacts_keep_its_word(world: World) -> None:
    given = {
        "code_list": CodeList.CAUSE,
        "label_da": "Støj fra naboer",
        "label_en": "Noise",
        "starts": TODAY,
        "adoption": None,
    }
    with world.here.scope():
        code = codes.add_code(**_with(world, **given))
        assert code.code == "stoej_fra_naboer"
        with pytest.raises(InvalidField, match="label_da: taken"):
            codes.add_code(**_with(world, **(given | {"label_da": "støj fra naboer"})))
        codes.end_code(**_with(world, code_id=code.pk, last_day=TODAY))
        service_id = world.here.service.pk
        assert [row.pk for row in rules.local_codes(service_id, CodeList.CAUSE, day=TODAY)] == [code.pk]
        assert rules.local_codes(service_id, CodeList.CAUSE, day=date(2026, 11, 21)) == []
        assert rules.local_words(service_id, CodeList.CAUSE)["stoej_fra_naboer"][0] == "Støj fra naboer"
        again = codes.add_code(**_with(world, **given))
        assert again.code == "stoej_fra_naboer_2"


def test_a_code_of_the_shared_list_is_not_taken_over(world: World) -> None:
    with world.here.scope():
        code = codes.add_code(
            **_with(
                world,
                code_list=CodeList.CAUSE,
                label_da="Anxiety",
                label_en="Anxiety",
                starts=TODAY,
                adoption=None,
            )
        )
        assert code.code == "anxiety_2"


@pytest.mark.parametrize("row", ["target", "code", "level"])
def test_the_database_refuses_two_rules_without_an_end_and_half_an_adoption(world: World, row: str) -> None:
    service = world.here.service
    with world.here.scope(), pytest.raises(IntegrityError), transaction.atomic():
        if row == "target":
            ServiceTarget.objects.create(service=service, valid_from=TODAY, channel="phone", **TARGET)
        elif row == "level":
            LevelSetting.objects.create(service=service, valid_from=TODAY, level="mild", **LEVEL)
        else:
            LocalCode.objects.create(
                service=service, valid_from=TODAY, code_list="cause", code="x", adopted_by="Byrådet"
            )


def test_plain_facts_are_changed_and_numbers_of_people_stay_out_of_the_trail(world: World) -> None:
    values = {"phone": "20 00 00 01", "lock_after_seconds": 300, "received_text_da": "Vi ringer {kl}."}
    with world.here.scope():
        changed = profile.change_service(**_with(world, values=values))
        assert changed.phone == "20 00 00 01"
        event = AuditEvent.objects.get(verb=Verb.SETTINGS_CHANGED)
        assert event.detail == {
            "what": "service",
            "fields": ["lock_after_seconds", "phone", "received_text_da"],
            "old": {"lock_after_seconds": 600},
            "new": {"lock_after_seconds": 300},
        }
        profile.change_service(**_with(world, values=values))
        assert AuditEvent.objects.filter(verb=Verb.SETTINGS_CHANGED).count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "ring til Bo"),
        ("lock_after_seconds", 59),
        ("name", " "),
        ("address", "x" * 201),
        ("received_text_da", "Hej {navn}"),
        ("slug", "ny"),
    ],
)
def test_a_fact_that_cannot_be_stored_names_its_field(world: World, field: str, value: Any) -> None:
    with world.here.scope(), pytest.raises(InvalidField) as problem:
        profile.change_service(**_with(world, values={field: value}))
    assert problem.value.field == field


def test_a_practice_change_is_marked_and_can_be_taken_back(world: World) -> None:
    with world.here.scope():
        row = codes.add_practice_change(**_with(world, on=TODAY, note_da="Årsag kan vælges flere gange"))
        assert codes.practice_changes(world.here.service.pk) == [row]
        with pytest.raises(InvalidField, match="note_da"):
            codes.add_practice_change(**_with(world, on=TODAY, note_da=" "))
        codes.remove_practice_change(**_with(world, change_id=row.pk))
        assert codes.practice_changes(world.here.service.pk) == []
        assert AuditEvent.objects.filter(verb=Verb.SETTINGS_CHANGED).count() == 2


def test_the_moment_of_the_test_is_the_evening_of_a_friday() -> None:
    assert datetime(2026, 11, 20, 18, tzinfo=NOW.tzinfo) == NOW
