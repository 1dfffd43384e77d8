from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lygte.apps.contacts import selectors as contacts
from lygte.apps.contacts import services as contact_acts
from lygte.apps.core.saving import FieldEdit
from lygte.apps.outbox import selectors as outbox
from lygte.apps.promises import selectors, services
from lygte.domain.vocab import AttemptOutcome, Channel, Level, Role
from tests.apps.promises.cases import NUMBER, make_person
from tests.interfaces.web.walls import assert_walled
from tests.world import World

MINUTE = timedelta(minutes=1)


def _callback(world: World, **given):
    with world.here.scope():
        given.setdefault("number", NUMBER)
        return services.make_callback(
            actor=world.here.worker, now=timezone.now(), service=world.here.service, **given
        )


def _contact(world: World, *, close: bool = False, **fields):
    with world.here.scope():
        now = timezone.now()
        person = make_person(world.here)
        contact = contact_acts.open_contact(
            actor=world.here.worker,
            now=now,
            service=world.here.service,
            channel=Channel.PHONE,
            person_id=person.pk,
        )
        edits = {name: FieldEdit(value) for name, value in fields.items()}
        contact_acts.save_fields(actor=world.here.worker, now=now, contact_id=contact.pk, fields=edits)
        if close:
            contact = contact_acts.close(actor=world.here.worker, now=now, contact_id=contact.pk)
            services.contact_closed(actor=world.here.worker, now=now, contact=contact)
        return contact


def _stored(world: World, promise):
    with world.here.scope():
        return selectors.promise(promise.pk)


def _post(world: World, name: str, promise, data=None, role: Role = Role.WORKER):
    return world.here.client(role).post(reverse(f"staff:{name}", args=[promise.pk]), data or {})


def _used_up(world: World):
    promise = _callback(world)
    with world.here.scope():
        now = timezone.now()
        for round_ in range(3):
            at = now + 11 * round_ * MINUTE
            services.start_attempt(actor=world.here.worker, now=at, promise_id=promise.pk)
            services.record_attempt(
                actor=world.here.worker, now=at, promise_id=promise.pk, outcome=AttemptOutcome.NO_ANSWER
            )
        return selectors.promise(promise.pk)


@pytest.mark.parametrize("name", ["promises", "promise_new"])
def test_the_list_and_a_new_promise_are_for_those_who_work_here(world: World, name) -> None:
    assert_walled(world, "get", reverse(f"staff:{name}", args=[world.here.service.slug]))


def test_nobody_else_makes_a_promise_here(world: World) -> None:
    url = reverse("staff:promise_new", args=[world.here.service.slug])
    assert_walled(world, "post", url, {"number": NUMBER})


def test_a_promise_is_read_by_those_who_work_here_only(world: World) -> None:
    promise = _callback(world)
    assert_walled(world, "get", reverse("staff:promise", args=[promise.pk]))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("promise_ring", {}),
        ("promise_attempt", {"outcome": "reached"}),
        ("promise_decide", {"decision": "let_go", "reason": "x"}),
        ("promise_own", {"owner": ""}),
        (
            "promise_move",
            {
                "opens_day": "2036-01-01",
                "opens_time": "10:00",
                "closes_day": "2036-01-01",
                "closes_time": "11:00",
            },
        ),
    ],
)
def test_nobody_else_does_anything_with_a_promise(world: World, name, data) -> None:
    promise = _callback(world)
    assert_walled(world, "post", reverse(f"staff:{name}", args=[promise.pk]), data)
    assert _stored(world, promise).state == "promised"


def test_nobody_else_notes_an_admission(world: World) -> None:
    contact = _contact(world)
    assert_walled(world, "post", reverse("staff:admitted", args=[contact.person_id]))


def test_the_outbox_is_for_leader_and_administrator(world: World) -> None:
    url = reverse("staff:outbox", args=[world.here.service.slug])
    assert_walled(world, "get", url, refused=[Role.WORKER, Role.EVALUATOR])
    for role in (Role.LEADER, Role.ADMINISTRATOR):
        assert world.here.client(role).get(url).status_code == 200


def test_the_outbox_shows_state_and_the_end_of_the_number_only(world: World) -> None:
    _callback(world, acknowledge=True)
    page = world.here.client(Role.LEADER).get(reverse("staff:outbox", args=[world.here.service.slug]))
    text = page.content.decode()
    assert "•• 17" in text
    assert "20000017" not in text
    assert "112" not in text


def test_the_list_says_what_is_promised_and_offers_to_ring(world: World) -> None:
    promise = _callback(world)
    client = world.here.client()
    text = client.get(reverse("staff:promises", args=[world.here.service.slug])).content.decode()
    assert reverse("staff:promise_ring", args=[promise.pk]) in text
    assert "0017" in text
    assert "20000017" not in text.replace(" ", "")


def test_the_list_is_narrowed_to_a_kind_and_to_ones_own(world: World) -> None:
    mine = _callback(world, owner_id=world.here.users[Role.WORKER].pk)
    other = _callback(world, number="20 00 00 18")
    url = reverse("staff:promises", args=[world.here.service.slug])
    client = world.here.client()
    text = client.get(url, {"ejer": "mine"}).content.decode()
    assert str(mine.pk) in text
    assert str(other.pk) not in text
    assert str(mine.pk) not in client.get(url, {"slags": "plan"}).content.decode()


def test_an_empty_list_says_so(world: World) -> None:
    page = world.here.client().get(reverse("staff:promises", args=[world.here.service.slug]))
    assert page.status_code == 200
    assert 'class="empty"' in page.content.decode()


def test_ringing_shows_the_number_and_asks_what_came_of_it(world: World) -> None:
    promise = _callback(world)
    response = _post(world, "promise_ring", promise)
    assert response.headers["Location"] == reverse("staff:promise", args=[promise.pk])
    text = world.here.client().get(response.headers["Location"]).content.decode()
    assert "20 00 00 17" in text
    assert 'name="outcome"' in text


def test_a_second_colleague_who_rings_is_told_who_is_at_it(world: World) -> None:
    promise = _callback(world)
    _post(world, "promise_ring", promise)
    client = world.here.client(Role.LEADER)
    response = client.post(reverse("staff:promise_ring", args=[promise.pk]), follow=True)
    assert "Opdigtet Worker" in response.content.decode()


def test_whoever_was_reached_is_registered_on_the_outgoing_contact(world: World) -> None:
    promise = _callback(world)
    _post(world, "promise_ring", promise)
    response = _post(world, "promise_attempt", promise, {"outcome": "reached"})
    stored = _stored(world, promise)
    assert stored.state == "kept"
    assert response.headers["Location"] == reverse("staff:contact", args=[stored.kept_by_contact_id])


def test_a_try_without_answer_goes_back_to_the_list(world: World) -> None:
    promise = _callback(world)
    _post(world, "promise_ring", promise)
    response = _post(world, "promise_attempt", promise, {"outcome": "no_answer", "note": "optaget"})
    assert response.headers["Location"] == reverse("staff:promises", args=[world.here.service.slug])
    with world.here.scope():
        [attempt] = selectors.attempts(promise.pk)
        assert attempt.note == "optaget"
        assert contacts.contact(attempt.contact_id).direction == "outgoing"


def test_a_missing_outcome_is_asked_for_again_with_the_note_kept(world: World) -> None:
    promise = _callback(world)
    _post(world, "promise_ring", promise)
    response = _post(world, "promise_attempt", promise, {"note": "lang tone"})
    assert response.status_code == 422
    assert "lang tone" in response.content.decode()


def test_a_decision_without_a_reason_is_not_taken(world: World) -> None:
    promise = _used_up(world)
    response = _post(world, "promise_decide", promise, {"decision": "write", "reason": ""})
    assert response.status_code == 422
    assert _stored(world, promise).state == "needs_decision"


def test_a_decision_shows_who_took_it_and_why(world: World) -> None:
    promise = _used_up(world)
    _post(world, "promise_decide", promise, {"decision": "write", "reason": "Sender et brev"})
    text = world.here.client().get(reverse("staff:promise", args=[promise.pk])).content.decode()
    assert "Sender et brev" in text
    assert "Opdigtet Worker" in text


def test_to_wait_asks_when_we_try_again(world: World) -> None:
    promise = _used_up(world)
    response = _post(world, "promise_decide", promise, {"decision": "extend", "reason": "senere"})
    assert response.status_code == 422
    data = {"decision": "extend", "reason": "senere", "again_day": "2036-01-01", "again_time": "18.30"}
    assert _post(world, "promise_decide", promise, data).status_code == 302
    assert _stored(world, promise).state == "promised"


def test_a_promise_is_taken_and_given_back(world: World) -> None:
    promise = _callback(world)
    worker = world.here.users[Role.WORKER].pk
    _post(world, "promise_own", promise, {"owner": str(worker)})
    assert _stored(world, promise).owner_id == worker
    _post(world, "promise_own", promise, {"owner": ""})
    assert _stored(world, promise).owner_id is None


def test_a_promise_is_moved_by_hand_in_danish_time(world: World) -> None:
    promise = _callback(world)
    data = {
        "opens_day": "2036-01-01",
        "opens_time": "18:00",
        "closes_day": "2036-01-01",
        "closes_time": "18:30",
    }
    _post(world, "promise_move", promise, data)
    assert f"{_stored(world, promise).opens:%H:%M}" == "17:00"
    bad = data | {"closes_time": "17:30"}
    assert _post(world, "promise_move", promise, bad).status_code == 422


def test_follow_ups_rest_and_resume_from_the_page(world: World) -> None:
    contact = _contact(world, close=True, level=Level.MODERATE, may_ring="yes")
    with world.here.scope():
        plan = next(row for row in selectors.of_contact(contact.pk) if row.kind == "plan_follow_up")
    url = reverse("staff:admitted", args=[contact.person_id])
    client = world.here.client()
    response = client.post(url, {"loefte": str(plan.pk), "dag": "2026-11-20"})
    assert response.headers["Location"] == reverse("staff:promise", args=[plan.pk])
    assert _stored(world, plan).state == "on_hold"
    client.post(url, {"loefte": str(plan.pk), "udskrevet": "1"})
    assert _stored(world, plan).state == "promised"


def test_a_callback_is_promised_by_hand_with_its_sms(world: World) -> None:
    url = reverse("staff:promise_new", args=[world.here.service.slug])
    data = {"number": NUMBER, "may_ring": "yes", "note": "spørg efter Kim", "acknowledge": "on", "mine": "on"}
    response = world.here.client().post(url, data)
    assert response.status_code == 302
    with world.here.scope():
        [promise] = selectors.open_for_service(world.here.service.pk)
        assert (promise.may_ring, promise.note) == ("yes", "spørg efter Kim")
        assert promise.owner_id == world.here.users[Role.WORKER].pk
        assert len(outbox.of_promises([promise.pk])[promise.pk]) == 1


def test_a_callback_from_a_contact_follows_its_level_and_leads_back_to_it(world: World) -> None:
    contact = _contact(world, level=Level.SEVERE)
    url = reverse("staff:promise_new", args=[world.here.service.slug]) + f"?henvendelse={contact.pk}"
    client = world.here.client()
    assert "15" in client.get(url).content.decode()
    response = client.post(url, {"number": ""})
    assert response.headers["Location"] == reverse("staff:contact", args=[contact.pk])
    with world.here.scope():
        [promise] = selectors.of_contact(contact.pk)
        assert promise.closes - promise.opens == 15 * MINUTE
        assert promise.person_id == contact.person_id


def test_a_number_that_is_none_is_said_at_its_field(world: World) -> None:
    url = reverse("staff:promise_new", args=[world.here.service.slug])
    response = world.here.client().post(url, {"number": "ring bare"})
    assert response.status_code == 422
    assert 'id="id_number_error"' in response.content.decode()


def test_a_window_over_midnight_ends_on_the_next_day(world: World) -> None:
    url = reverse("staff:promise_new", args=[world.here.service.slug])
    data = {"number": NUMBER, "day": "2036-01-01", "opens": "23:30", "closes": "00:15"}
    world.here.client().post(url, data)
    with world.here.scope():
        [promise] = selectors.open_for_service(world.here.service.pk)
        assert promise.closes - promise.opens == 45 * MINUTE


def test_a_contact_of_another_service_is_not_promised_from_here(world: World) -> None:
    with world.here.scope():
        other = world.here.actor_of(world.here.other_worker)
        contact = contact_acts.open_contact(
            actor=other, now=timezone.now(), service=world.here.other_service, channel=Channel.PHONE
        )
    url = reverse("staff:promise_new", args=[world.here.service.slug]) + f"?henvendelse={contact.pk}"
    assert world.here.client().get(url).status_code == 403


def test_reading_a_promise_and_the_list_leaves_events(world: World) -> None:
    from lygte.apps.audit.models import AuditEvent

    promise = _callback(world)
    client = world.here.client()
    client.get(reverse("staff:promise", args=[promise.pk]))
    client.get(reverse("staff:promises", args=[world.here.service.slug]))
    with world.here.scope():
        events = AuditEvent.objects.filter(verb="promise.read").order_by("at", "id")
        assert [event.detail for event in events] == [{"kind": "callback"}, {"listed": 1}]


def test_the_list_asks_the_same_few_questions_however_long_it_is(
    world: World, django_assert_num_queries
) -> None:
    url = reverse("staff:promises", args=[world.here.service.slug])
    client = world.here.client()

    def fill(count: int) -> None:
        for place in range(count):
            _callback(world, number=f"20 00 01 {place:02d}", owner_id=world.here.users[Role.LEADER].pk)

    _contact(world, close=True, level=Level.MODERATE, may_ring="yes")
    fill(2)
    client.get(url)
    # On PostgreSQL the rooms of the municipality are a transaction that tells the database whose they are.
    expected = 14 if connection.vendor == "postgresql" else 10
    with django_assert_num_queries(expected):
        client.get(url)
    fill(20)
    with django_assert_num_queries(expected):
        assert client.get(url).content.decode().count("data-live-row") == 24


def test_closing_a_crisis_without_a_way_to_reach_the_person_says_so(world: World) -> None:
    with world.here.scope():
        now = timezone.now()
        contact = contact_acts.open_contact(
            actor=world.here.worker, now=now, service=world.here.service, channel=Channel.PHONE
        )
        contact_acts.set_level(actor=world.here.worker, now=now, contact_id=contact.pk, level=Level.MODERATE)
    client = world.here.client()
    client.post(reverse("staff:contact_close", args=[contact.pk]), {"next": "close"})
    with world.here.scope():
        assert contacts.contact(contact.pk).state == "closed"
    page = client.get(reverse("staff:promises", args=[world.here.service.slug])).content.decode()
    assert page.count("message-info") == 1
