"""Rows with a history: follow-ups, receipts, guests who stay, attempts under way, calls without an end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from lygte.apps.contacts import services as contacts
from lygte.apps.contacts.models import ChildNotification, Contact
from lygte.apps.promises import services as promises
from lygte.apps.promises.models import Promise
from lygte.apps.tenancy.models import ServiceTarget
from lygte.domain.time import day_of
from lygte.domain.vocab import CallEvent, Channel, Medium, Role
from lygte.interfaces.web.staff.views import board_rows as rows
from lygte.interfaces.web.staff.views import board_words as words
from lygte.interfaces.web.staff.views.board_data import gather, handover_lines
from tests.apps.queue.told import NUMBER, Phone
from tests.world import NOW, World

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def _follow_up(world: World, kind: str = "plan_follow_up", **fields: Any) -> Promise:
    plain = {
        **{
            "service": world.here.service,
            "kind": kind,
            "state": "promised",
            "number": NUMBER,
            "medium": Medium.PHONE,
        },
        **{"made_at": NOW - 5 * DAY, "anchor_at": NOW - 5 * DAY, "may_ring": "yes", "band": "evening"},
        **{
            "opens": NOW - DAY,
            "due": NOW + HOUR,
            "closes": NOW + DAY,
            "max_attempts": 3,
            "spacing_minutes": 60,
        },
    }
    promise: Promise = Promise.objects.create(**(plain | fields))
    return promise


def _today(world: World, now: datetime = NOW) -> list[dict[str, Any]]:
    return rows.today(gather(world.here.service, now=now))


def _waiting(world: World, now: datetime = NOW) -> list[dict[str, Any]]:
    return rows.waiting(gather(world.here.service, now=now))


def test_a_follow_up_due_today_says_how_long_ago_and_what_the_person_wishes(world: World) -> None:
    with world.here.scope():
        _follow_up(world, do_not_remind=True, may_ring="yes_no_message")
        (row,) = _today(world)
    assert (row["what"], row["time"], row["number"]) == ("Follow-up on crisis plan", "now", "20 00 00 01")
    assert row["note"] == (
        "5 days ago · would rather be rung in the evening · "
        "would rather not be reminded of the crisis · leave no message"
    )


def test_a_follow_up_of_another_day_is_not_on_the_board_before_its_day(world: World) -> None:
    with world.here.scope():
        _follow_up(world, due=NOW + 2 * DAY, closes=NOW + 3 * DAY)
        assert _today(world) == []
        assert len(_today(world, NOW + 2 * DAY)) == 1


def test_a_follow_up_later_today_shows_its_hour(world: World) -> None:
    with world.here.scope():
        _follow_up(world, kind="wellbeing", opens=NOW + HOUR, due=NOW + 2 * HOUR)
        (row,) = _today(world)
    assert (row["what"], row["time"]) == ("Wellbeing measurement", "20.00")


def test_a_follow_up_past_its_time_says_so_and_stays(world: World) -> None:
    with world.here.scope():
        _follow_up(world)
        (row,) = _today(world, NOW + 2 * DAY)
    assert row["pill"] == {"tone": "alarm", "text": "past its time"}


def test_a_promise_that_rests_while_the_person_is_admitted_is_not_on_the_board(world: World) -> None:
    with world.here.scope():
        _follow_up(world, state="on_hold", hold_since=NOW - DAY)
        assert _today(world) == []


def test_a_callback_being_rung_now_names_the_colleague_and_leads_to_the_contact(world: World) -> None:
    actor = world.here.leader
    with world.here.scope():
        promise = promises.make_callback(actor=actor, now=NOW, service=world.here.service, number=NUMBER)
        contact = promises.start_attempt(actor=actor, now=NOW, promise_id=promise.pk)
        (row,) = _waiting(world)
    assert row["pill"] == {"tone": "info", "text": "Opdigtet Leader is ringing"}
    assert str(contact.pk) in row["verb"]["url"]


def test_a_callback_promised_for_tonight_shows_when_it_begins_and_one_for_tomorrow_does_not(
    world: World,
) -> None:
    common = {"actor": world.here.worker, "now": NOW, "service": world.here.service, "number": NUMBER}
    with world.here.scope():
        promises.make_callback(**common, opens=NOW + HOUR, closes=NOW + 2 * HOUR)
        promises.make_callback(**common, opens=NOW + 20 * HOUR, closes=NOW + 21 * HOUR)
        (row,) = _waiting(world)
    assert (row["clock"], row["time"]) == (None, "20.00")


def test_a_callback_past_its_time_counts_how_long(world: World) -> None:
    with world.here.scope():
        promises.make_callback(
            actor=world.here.worker, now=NOW, service=world.here.service, number=NUMBER, closes=NOW + HOUR
        )
        (row,) = _waiting(world, NOW + HOUR + timedelta(minutes=4))
    assert (row["clock"]["state"], row["clock"]["text"]) == ("over", "4 min over")


def test_a_call_that_lost_its_end_can_be_let_go_after_ten_minutes(world: World) -> None:
    Phone(world.here).tell("c1", CallEvent.RINGING, NOW)
    with world.here.scope():
        assert _waiting(world)[0]["other"] is None
        assert _waiting(world, NOW + timedelta(minutes=10))[0]["other"]["label"] == "Let go"


def test_a_missed_call_of_another_day_carries_its_day(world: World) -> None:
    phone = Phone(world.here)
    phone.tell("c1", CallEvent.RINGING, NOW)
    phone.tell("c1", CallEvent.HUNG_UP, NOW)
    with world.here.scope():
        (row,) = _waiting(world, NOW + DAY)
    assert row["note"] == "Friday 20/11 · nobody has rung back yet"


def test_a_service_without_a_target_says_so_and_its_clock_never_turns(world: World) -> None:
    Phone(world.here).tell("c1", CallEvent.RINGING, NOW)
    with world.here.scope():
        ServiceTarget.objects.filter(service=world.here.service).delete()
        (row,) = _waiting(world, NOW + HOUR)
    assert row["note"] == "no target set"
    assert row["clock"]["state"] == "calm"


def test_those_who_wait_stand_in_the_order_in_which_they_are_served(world: World) -> None:
    phone = Phone(world.here)
    common = {"actor": world.here.worker, "now": NOW, "service": world.here.service}
    phone.tell("missed", CallEvent.RINGING, NOW - HOUR)
    phone.tell("missed", CallEvent.HUNG_UP, NOW - HOUR)
    with world.here.scope():
        promises.make_callback(**common, number=NUMBER, closes=NOW + HOUR)
        contacts.open_contact(**common, channel=Channel.WALK_IN, waiting=True)
    phone.tell("ringing", CallEvent.RINGING, NOW, number="")
    with world.here.scope():
        order = [row["what"] for row in _waiting(world)]
    assert order == ["Call", "Came in", "Ring back", "Missed call"]


def _notified(world: World, **fields: Any) -> ChildNotification:
    contact = contacts.open_contact(
        actor=world.here.worker, now=NOW, service=world.here.service, channel=Channel.PHONE
    )
    plain = {"choice": "notify", "decided_at": NOW, "decided_by": world.here.users[Role.WORKER]}
    row: ChildNotification = ChildNotification.objects.create(
        contact=contact, service=world.here.service, **(plain | fields)
    )
    return row


def test_receipts_are_chased_from_the_day_they_are_due(world: World) -> None:
    today = day_of(NOW)
    with world.here.scope():
        _notified(world, sent_on=today - 8 * DAY, receipt_due=today)
        _notified(world, sent_on=today - 9 * DAY, receipt_due=today - DAY)
        _notified(world, sent_on=today, receipt_due=today + 8 * DAY)
        _notified(world, choice="do_not_notify")
        shown = {row["pill"]["text"]: row["note"] for row in _today(world)}
    assert shown == {
        "late": "sent Wednesday 11/11 · the receipt was due Thursday 19/11",
        "today": "sent Thursday 12/11 · the receipt is due today",
    }


def test_a_notification_that_was_decided_and_not_sent_asks_to_be_sent(world: World) -> None:
    with world.here.scope():
        _notified(world)
        (row,) = _today(world)
    assert (row["pill"]["text"], row["note"]) == ("send", "not sent yet")


def test_a_guest_who_stays_the_night_is_in_the_house_until_gone(world: World) -> None:
    with world.here.scope():
        contact = contacts.open_contact(
            actor=world.here.worker, now=NOW, service=world.here.service, channel=Channel.WALK_IN
        )
        Contact.objects.filter(pk=contact.pk).update(
            measures=["overnight"], stay_from=NOW, stay_until=datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
        )
        (row,) = rows.house(gather(world.here.service, now=NOW))
        note = [words.handover(line) for line in handover_lines(gather(world.here.service, now=NOW))]
    assert (row["what"], row["note"]) == (
        "Stays the night",
        "since 19.00 · goes home Saturday 21/11 at 10.00",
    )
    assert "1 guest is in the house." in note


def test_the_hand_over_counts_what_the_board_shows(world: World) -> None:
    phone = Phone(world.here)
    phone.tell("missed", CallEvent.RINGING, NOW - HOUR)
    phone.tell("missed", CallEvent.HUNG_UP, NOW - HOUR)
    common = {"actor": world.here.worker, "now": NOW, "service": world.here.service}
    with world.here.scope():
        _follow_up(world)
        _follow_up(world, closes=NOW - HOUR, due=NOW - HOUR)
        promises.make_callback(**common, number=NUMBER, closes=NOW + HOUR)
        contact = contacts.open_contact(**common, channel=Channel.PHONE, started_at=NOW - HOUR)
        Contact.objects.filter(pk=contact.pk).update(level="severe")
        told = [words.handover(line) for line in handover_lines(gather(world.here.service, now=NOW))]
    assert told == [
        "1 missed call has no answer yet.",
        "1 severe crisis in the last 24 hours.",
        "1 follow-up is past its time.",
        "1 contact is open, since 1 hour.",
        "1 callback is promised by 20.00.",
        "1 follow-up is due in the coming shift.",
    ]
