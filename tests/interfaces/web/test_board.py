import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.middleware.csrf import _does_token_match
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services as contacts
from lygte.apps.people import services as people
from lygte.apps.promises import selectors as promises_read
from lygte.apps.promises import services as promises
from lygte.apps.queue import selectors as queue_read
from lygte.apps.workforce import selectors as workforce_read
from lygte.apps.workforce import services as workforce
from lygte.domain.time import shift_end
from lygte.domain.vocab import AttemptOutcome, CallEvent, CallHandling, Channel, Role
from lygte.interfaces.web.staff.views import board
from tests.apps.queue.told import NUMBER, Phone
from tests.interfaces.web.busy_shift import fill
from tests.interfaces.web.walls import assert_walled
from tests.world import World

# Session, user, rights and service; the live version; then one for each source.
QUERIES = {"sqlite": 22, "postgresql": 26}
KEPT_QUERIES = {"sqlite": 5, "postgresql": 9}  # of those, when a colleague has just read the rest
LONGEST = 40_000


def _client(world: World, role: Role = Role.WORKER) -> Client:
    client = world.here.client(role)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def _url(world: World, name: str = "board", *args: Any) -> str:
    return reverse(f"staff:{name}", args=[world.here.service.slug, *args])


def _board(world: World, role: Role = Role.WORKER) -> str:
    response = _client(world, role).get(_url(world))
    assert response.status_code == 200
    return str(response.content.decode())


def _part(html: str, name: str) -> str:
    found = re.search(rf'data-live-part="{name}".*?</section>', html, re.DOTALL)
    assert found is not None
    return found[0]


def _hashes(html: str) -> dict[str, str]:
    return dict(re.findall(r'data-live-part="(\w+)" data-hash="(\w+)"', html))


def _ringing(world: World, *, seconds: int = 38, number: str = NUMBER, call_id: str = "c1") -> Any:
    now = timezone.now()
    return Phone(world.here).tell(
        call_id, CallEvent.RINGING, now - timedelta(seconds=seconds), number=number, now=now
    )


def _missed(world: World, *, number: str = NUMBER) -> Any:
    now = timezone.now()
    phone = Phone(world.here)
    phone.tell("c1", CallEvent.RINGING, now - timedelta(minutes=5), number=number, now=now)
    return phone.tell("c1", CallEvent.HUNG_UP, now - timedelta(minutes=4), number=number, now=now)


def _own(world: World) -> dict[str, Any]:
    return {"actor": world.here.worker, "now": timezone.now(), "service": world.here.service}


def test_an_empty_board_says_so_in_every_part(world: World) -> None:
    html = _board(world)
    assert "Nobody is waiting." in html
    assert "Nothing is open. Have a quiet shift." in html
    assert set(_hashes(html)) == {"waiting", "today", "contacts", "house", "duty", "handover"}


def test_a_ringing_call_has_a_running_clock_its_target_and_the_lamp(world: World) -> None:
    _ringing(world)
    waiting = _part(_board(world), "waiting")
    assert "is-now" in waiting
    assert 'data-over="60"' in waiting
    assert "target: answer within 60 seconds" in waiting
    assert 'data-key="1"' in waiting
    assert "20 00 00 01" in waiting


def test_a_call_past_its_target_says_so_in_words(world: World) -> None:
    _ringing(world, seconds=75)
    assert "over the target" in _part(_board(world), "waiting")


def test_a_hidden_number_is_called_hidden(world: World) -> None:
    _ringing(world, number="anonymous")
    assert "hidden number" in _part(_board(world), "waiting")


def test_somebody_who_came_in_waits_with_a_clock_to_the_target(world: World) -> None:
    with world.here.scope():
        contacts.open_contact(**_own(world), channel=Channel.WALK_IN, waiting=True)
    waiting = _part(_board(world), "waiting")
    assert "Came in" in waiting
    assert "target: talk within 15 minutes" in waiting
    assert "Receive" in waiting


def test_a_callback_counts_down_to_the_promise_and_says_what_to_mind(world: World) -> None:
    now = timezone.now()
    with world.here.scope():
        promises.make_callback(
            **_own(world),
            number=NUMBER,
            may_ring="yes_no_message",
            opens=now - timedelta(minutes=10),
            closes=now + timedelta(minutes=6),
            owner_id=world.here.leader.id,
        )
    waiting = _part(_board(world), "waiting")
    for words in ("Ring back", "promised", "leave no message", "owner: Opdigtet Leader", "in 5 min"):
        assert words in waiting


def test_a_promise_that_could_not_be_kept_asks_somebody_to_decide(world: World) -> None:
    now = timezone.now()
    with world.here.scope():
        promise = promises.make_callback(**_own(world), number=NUMBER, closes=now + timedelta(hours=2))
        while promise.next_attempt_at is not None:
            promise = promises.record_attempt(
                actor=world.here.worker,
                now=max(now, promise.next_attempt_at),
                promise_id=promise.pk,
                outcome=AttemptOutcome.NO_ANSWER,
            )
    html = _board(world)
    assert "somebody must decide: write, wait or let go" in _part(html, "today")
    assert "Nobody is waiting." in _part(html, "waiting")
    assert "Somebody must decide about 1 promise." in _part(html, "handover")


def test_a_call_that_was_answered_and_not_registered_asks_for_it(world: World) -> None:
    now = timezone.now()
    Phone(world.here).tell("c1", CallEvent.ANSWERED, now - timedelta(minutes=2), now=now)
    assert "not registered yet" in _part(_board(world), "waiting")


def test_people_are_shown_by_name_and_by_initials_and_numbers_can_be_hidden(world: World) -> None:
    with world.here.scope():
        person = people.create_person(**_own(world), alias="Opdigtet Havfrue")
        contacts.open_contact(**_own(world), channel=Channel.PHONE, person_id=person.pk)
    _ringing(world)
    html = _board(world)
    assert (
        '<span class="person-name">Opdigtet Havfrue</span><span class="person-initials">O.H.</span>' in html
    )
    assert (
        '<span class="private nowrap">20 00 00 01</span><span class="private-alt">number ending in 01</span>'
        in html
    )


def test_a_protected_person_is_shown_by_initials_alone(world: World) -> None:
    with world.here.scope():
        person = people.create_person(**_own(world), alias="Opdigtet Havfrue")
        people.update_person(
            actor=world.here.worker, now=timezone.now(), person_id=person.pk, is_protected=True
        )
        contacts.open_contact(**_own(world), channel=Channel.PHONE, person_id=person.pk)
    html = _board(world)
    assert "Havfrue" not in html
    assert '<span class="person-name">O.H.</span>' in html


def test_an_open_contact_without_a_level_says_that_it_is_not_recorded(world: World) -> None:
    with world.here.scope():
        contacts.open_contact(**_own(world), channel=Channel.PHONE)
    html = _part(_board(world), "contacts")
    assert '<span class="not-recorded">level not recorded</span>' in html
    assert "yours" in html
    assert "Opdigtet Worker" in _part(_board(world, Role.LEADER), "contacts")


def test_the_first_nine_verbs_carry_the_keys_one_to_nine_once_each(world: World) -> None:
    fill(world.here, now=timezone.now(), rows=3)
    keys = re.findall(r'id="verb-[^"]+"[^>]* data-key="(\d)"', _board(world))
    assert keys == list("123456789")


def test_every_row_that_waits_has_exactly_one_verb(world: World) -> None:
    fill(world.here, now=timezone.now(), rows=2)
    waiting = _part(_board(world), "waiting")
    assert waiting.count("data-live-row") == waiting.count('id="verb-') == 14


def test_a_board_reads_as_often_for_five_rows_as_for_fifty(world: World) -> None:
    client = _client(world)
    counts = []
    for rows in (1, 9):
        fill(world.here, now=timezone.now(), rows=rows)
        client.get(_url(world))
        board.SHIFTS.clear()
        with CaptureQueriesContext(connection) as asked:
            response = client.get(_url(world))
        assert response.content.count(b"data-live-row") >= 5 * rows
        counts.append(len(asked))
    assert counts == [QUERIES[connection.vendor]] * 2


def test_colleagues_at_the_same_board_share_what_was_read(world: World) -> None:
    fill(world.here, now=timezone.now(), rows=3)
    first, second = _client(world), _client(world)
    first.get(_url(world))
    second.get(_url(world))
    with time_machine.travel(timezone.now(), tick=False):
        first.get(_url(world, "board_part"))
        with CaptureQueriesContext(connection) as asked:
            second.get(_url(world, "board_part"))
    assert len(asked) == KEPT_QUERIES[connection.vendor]


def test_each_gets_the_token_of_their_own_session_on_a_shared_board(world: World) -> None:
    _ringing(world)
    pages = [client.get(_url(world)) for client in (_client(world), _client(world))]
    for page in pages:
        html = page.content.decode()
        tokens = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html))
        assert board.FORM_TOKEN not in html
        assert len(tokens) >= 1
        secret = page.cookies["csrftoken"].value
        assert all(_does_token_match(token, secret) for token in tokens)
    assert pages[0].cookies["csrftoken"].value != pages[1].cookies["csrftoken"].value


def test_a_change_is_on_every_board_at_once_although_boards_are_kept(world: World) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        before = _board(world)
        call = _ringing(world)
        after = _board(world)
    assert str(call.pk) not in before
    assert str(call.pk) in after


def test_what_is_mine_is_mine_alone_on_a_shared_board(world: World) -> None:
    place = world.here
    with place.scope():
        contacts.open_contact(
            actor=place.worker, now=timezone.now(), service=place.service, channel=Channel.PHONE
        )
    with time_machine.travel(timezone.now(), tick=False):
        mine, leaders = _board(world), _board(world, Role.LEADER)
    assert "yours" in _part(mine, "contacts")
    assert "yours" not in _part(leaders, "contacts")


def test_a_busy_board_weighs_less_than_forty_kilobytes(world: World) -> None:
    fill(world.here, now=timezone.now(), rows=3)
    assert len(_board(world).encode()) < LONGEST


def test_an_open_board_fetches_nothing_while_nothing_has_changed(world: World) -> None:
    client = _client(world)
    first = client.get(_url(world, "board_part"))
    again = client.get(_url(world, "board_part"), headers={"If-None-Match": first.headers["ETag"]})
    if again.status_code == 200:  # a minute ended between the two
        again = client.get(_url(world, "board_part"), headers={"If-None-Match": again.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    _ringing(world)
    changed = client.get(_url(world, "board_part"), headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_the_fragment_holds_the_same_parts_as_the_page_and_nothing_around_them(world: World) -> None:
    fill(world.here, now=timezone.now(), rows=1)
    client = _client(world)
    page, part = (client.get(_url(world, name)).content.decode() for name in ("board", "board_part"))
    assert list(_hashes(part)) == list(_hashes(page))
    assert "<html" not in part


def test_only_the_parts_that_changed_have_another_hash(world: World) -> None:
    before = _hashes(_board(world))
    with world.here.scope():
        workforce.write_handover(**_own(world), text="Te i termokanden")
    after = _hashes(_board(world))
    assert {name for name in before if before[name] != after[name]} == {"handover"}


def test_a_clock_that_only_ticks_on_changes_no_hash(world: World) -> None:
    _ringing(world, seconds=20)
    before = _hashes(_board(world))["waiting"]
    assert _hashes(_board(world))["waiting"] == before


def test_taking_a_call_leads_to_its_contact(world: World) -> None:
    call = _ringing(world)
    response = _client(world).post(_url(world, "call_take", call.pk))
    with world.here.scope():
        (contact,) = contacts_read.open_contacts(world.here.service.pk)
    assert response.headers["Location"] == reverse("staff:contact", args=[contact.pk])


def test_the_second_to_take_a_call_reads_who_was_faster(world: World) -> None:
    call = _ringing(world)
    _client(world).post(_url(world, "call_take", call.pk))
    response = _client(world, Role.LEADER).post(_url(world, "call_take", call.pk), follow=True)
    assert "Opdigtet Worker was faster and has the call." in response.content.decode()


def test_a_missed_call_is_rung_back_with_one_press(world: World) -> None:
    call = _missed(world)
    response = _client(world).post(_url(world, "call_callback", call.pk), {"now": "1"})
    with world.here.scope():
        (contact,) = contacts_read.open_contacts(world.here.service.pk)
        call.refresh_from_db()
    assert response.headers["Location"] == reverse("staff:contact", args=[contact.pk])
    assert (contact.direction, call.handling) == ("outgoing", CallHandling.CALLBACK)
    assert "See" in _part(_board(world), "waiting")


def test_a_hidden_caller_is_promised_a_callback_only_with_a_number(world: World) -> None:
    call = _missed(world, number="")
    client = _client(world)
    page = client.get(_url(world, "call_let_go", call.pk)).content.decode()
    refused = client.post(_url(world, "call_callback", call.pk), follow=True).content.decode()
    wrong = client.post(_url(world, "call_callback", call.pk), {"number": "12"}, follow=True).content.decode()
    kept = client.post(
        _url(world, "call_callback", call.pk), {"number": NUMBER}, follow=True
    ).content.decode()
    assert 'name="number"' in page
    assert "The number is hidden. Write the number to ring." in refused
    assert "That is not a telephone number." in wrong
    assert "The callback is promised." in kept
    with world.here.scope():
        assert len(promises_read.open_for_service(world.here.service.pk)) == 1


def test_a_missed_call_is_let_go_with_a_reason_and_not_without(world: World) -> None:
    call = _missed(world)
    client = _client(world)
    url = _url(world, "call_let_go", call.pk)
    assert "A missed call" in client.get(url).content.decode()
    assert "Write why." in client.post(url, {"reason": " "}).content.decode()
    assert client.post(url, {"reason": "forkert nummer"}).headers["Location"] == _url(world)
    again = client.post(url, {"reason": "forkert nummer"}, follow=True)
    assert "A colleague has already seen to that call." in again.content.decode()
    with world.here.scope():
        assert not list(queue_read.unanswered(world.here.service.pk))


def test_a_ringing_call_is_not_let_go_by_mistake(world: World) -> None:
    call = _ringing(world)
    response = _client(world).post(_url(world, "call_let_go", call.pk), {"reason": "x"}, follow=True)
    assert "The call is ringing now. Take it instead." in response.content.decode()


def test_a_guest_who_has_left_is_no_longer_in_the_house(world: World) -> None:
    with world.here.scope():
        contact = contacts.open_contact(**_own(world), channel=Channel.WALK_IN)
    client = _client(world)
    assert "Here to talk" in _part(_board(world), "house")
    client.post(_url(world, "left", contact.pk))
    again = client.post(_url(world, "left", contact.pk), follow=True).content.decode()
    assert "That guest has already left." in again
    assert "Nobody is in the house." in _part(again, "house")


def test_a_colleague_goes_on_duty_on_call_and_home(world: World) -> None:
    client = _client(world)
    url = _url(world, "duty")
    assert 'name="until"' in client.get(url).content.decode()
    client.post(url, {"act": "on", "kind": "on_call", "until": "", "minutes_away": "12"})
    with world.here.scope():
        (period,) = workforce_read.on_duty(world.here.service.pk, timezone.now())
    assert (period.kind, period.minutes_away, period.until) == ("on_call", 12, shift_end(timezone.now()))
    assert "12 min away" in _part(_board(world), "duty")
    assert "I am off duty" in client.get(url).content.decode()
    client.post(url, {"act": "off"})
    assert "Nobody has said that they are on duty." in _part(_board(world), "duty")


@pytest.mark.parametrize("typed", ["soon", "25.00", "12.75", "-1"])
def test_a_time_that_no_clock_shows_is_refused_in_words(world: World, typed: str) -> None:
    response = _client(world).post(_url(world, "duty"), {"act": "on", "kind": "present", "until": typed})
    assert "That is not a clock time." in response.content.decode()


@pytest.mark.parametrize("typed", ["7", "07.00", "7.00", "07:00", "0700"])
def test_a_clock_time_is_read_as_people_write_it(world: World, typed: str) -> None:
    _client(world).post(_url(world, "duty"), {"act": "on", "kind": "present", "until": typed})
    with world.here.scope():
        (period,) = workforce_read.on_duty(world.here.service.pk, timezone.now())
    assert f"{timezone.localtime(period.until):%H.%M}" == "07.00"


def test_duty_until_an_hour_that_has_passed_is_until_tomorrow(world: World) -> None:
    clock = timezone.localtime() - timedelta(hours=1)
    _client(world).post(_url(world, "duty"), {"act": "on", "kind": "present", "until": f"{clock:%H.%M}"})
    with world.here.scope():
        (period,) = workforce_read.on_duty(world.here.service.pk, timezone.now())
    assert timedelta(hours=21) < period.until - timezone.now() < timedelta(hours=25)


def test_what_a_colleague_adds_to_the_hand_over_is_on_every_board(world: World) -> None:
    client = _client(world)
    page = client.get(_url(world, "handover")).content.decode()
    base = re.search(r'name="base" value="(\w+)"', page)
    assert base is not None
    response = client.post(_url(world, "handover"), {"text": "Te i termokanden", "base": base[1]})
    assert response.headers["Location"] == _url(world)
    assert "Te i termokanden" in _part(_board(world, Role.LEADER), "handover")


def test_two_hand_overs_written_at_once_are_both_shown_to_the_later_writer(world: World) -> None:
    client = _client(world)
    base = re.search(r'name="base" value="(\w+)"', client.get(_url(world, "handover")).content.decode())
    assert base is not None
    with world.here.scope():
        workforce.write_handover(**(_own(world) | {"actor": world.here.leader}), text="Fra den anden")
    page = client.post(_url(world, "handover"), {"text": "Fra mig", "base": base[1]}).content.decode()
    assert "Opdigtet Leader wrote here while you were writing." in page
    assert "Fra den anden" in page
    assert "Fra mig</textarea>" in page
    with world.here.scope():
        note = workforce_read.handover_text(world.here.service.pk, shift_end(timezone.now()))
    assert note == "Fra den anden"


def test_a_hand_over_that_is_far_too_long_is_kept_in_the_form(world: World) -> None:
    page = _client(world).post(_url(world, "handover"), {"text": "x" * 4001}).content.decode()
    assert "The text is too long." in page
    assert "x" * 4001 in page


def test_the_board_names_the_stream_on_its_own_port_when_there_is_one(world: World) -> None:
    path = f"/haendelser/{world.here.service.pk}"
    assert f'data-events-url="{path}"' in _board(world)
    with override_settings(LYGTE_EVENTS_PORT=8001):
        assert f'data-events-url="http://testserver:8001{path}"' in _board(world)


def test_no_inline_script_or_style_is_on_the_board(world: World) -> None:
    fill(world.here, now=timezone.now(), rows=1)
    html = _board(world)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", html)


ACTS: dict[str, Callable[[World], tuple[str, list[Any], dict[str, str]]]] = {
    "call_take": lambda world: ("call_take", [_ringing(world).pk], {}),
    "call_callback": lambda world: ("call_callback", [_missed(world).pk], {"now": "1"}),
    "call_let_go": lambda world: ("call_let_go", [_missed(world).pk], {"reason": "x"}),
    "duty": lambda _world: ("duty", [], {"act": "on", "kind": "present", "until": ""}),
    "handover": lambda _world: ("handover", [], {"text": "x"}),
    "left": lambda world: ("left", [_guest(world).pk], {}),
}


def _guest(world: World) -> Any:
    with world.here.scope():
        return contacts.open_contact(**_own(world), channel=Channel.WALK_IN)


@pytest.mark.parametrize("act", ACTS)
def test_nobody_without_the_right_does_an_act_of_the_board(world: World, act: str) -> None:
    name, args, data = ACTS[act](world)
    assert_walled(world, "post", _url(world, name, *args), data)


@pytest.mark.parametrize("name", ["board", "board_part", "duty", "handover", "call_let_go"])
def test_nobody_without_the_right_reads_a_page_of_the_board(world: World, name: str) -> None:
    args = [_missed(world).pk] if name == "call_let_go" else []
    assert_walled(world, "get", _url(world, name, *args))


@pytest.mark.parametrize("name", ["call_take", "call_callback", "left"])
def test_an_act_is_never_done_by_following_a_link(world: World, name: str) -> None:
    call = _missed(world)
    assert _client(world).get(_url(world, name, call.pk)).status_code == 405


@pytest.mark.parametrize("name", ["call_take", "call_callback", "call_let_go"])
def test_a_call_of_another_service_is_not_reached_through_ones_own(world: World, name: str) -> None:
    from tests.world import client_of

    call = _missed(world)
    url = reverse(f"staff:{name}", args=[world.here.other_service.slug, call.pk])
    assert client_of(world.here.other_worker).post(url, {"reason": "x"}).status_code == 403
    with world.here.scope():
        assert list(queue_read.unanswered(world.here.service.pk)) == [call]


def test_a_call_of_another_municipality_is_not_found(world: World) -> None:
    now = timezone.now()
    call = Phone(world.there).tell("c1", CallEvent.RINGING, now, now=now)
    assert _client(world).post(_url(world, "call_take", call.pk)).status_code == 404
    assert call.rang_at <= datetime.now(UTC)


def test_a_leader_sees_that_a_glass_was_broken_and_a_worker_does_not(world: World) -> None:
    here, now = world.here, timezone.now()
    with here.scope():
        other = here.actor_of(here.other_worker)
        person = people.create_person(actor=other, now=now, service=here.other_service, alias="Bogormen")
        people.break_glass(
            actor=here.worker, now=now, service=here.service, person_id=person.pk, reason="Ringer nu"
        )
    address = f"/tilbud/{here.service.slug}/brudt-glas/"
    assert address in _board(world, Role.LEADER)
    assert address not in _board(world, Role.WORKER)
