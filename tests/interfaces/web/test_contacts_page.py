import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lygte.apps.audit.models import AuditEvent
from lygte.apps.contacts import selectors, services
from lygte.apps.contacts.models import Contact
from lygte.apps.core.saving import FieldEdit, token
from lygte.apps.people import services as people
from lygte.apps.promises import services as promises
from lygte.apps.workforce import services as workforce
from lygte.domain.events import Verb
from lygte.domain.vocab import Channel, DutyKind, NoteField, NotificationChoice, Role
from tests.interfaces.web.walls import assert_walled
from tests.world import NOW, Place, World, client_of

SCRIPTED = {"content_type": "application/json"}

# PostgreSQL is told the municipality, once on the way in and once on the way out.
SCOPE = 4 if connection.vendor == "postgresql" else 0


@pytest.fixture
def here(world: World) -> Iterator[Place]:
    with world.here.scope():
        yield world.here


@pytest.fixture
def worker(here: Place) -> Client:
    return here.client()


def opened(here: Place, **given: Any) -> Contact:
    values = {"actor": here.worker, "now": NOW, "service": here.service, "channel": Channel.PHONE} | given
    return services.open_contact(**values)


def address(name: str, row: Any) -> str:
    return reverse(f"staff:{name}", args=[row.pk])


def html(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def patch(client: Client, contact: Contact, query: str = "", **fields: Any) -> dict[str, Any]:
    sent = {"client": "page-1", "seq": patch.seq, "fields": {n: {"value": v} for n, v in fields.items()}}
    patch.seq += 1
    response = client.patch(address("contact_save", contact) + query, json.dumps(sent), **SCRIPTED)
    assert response.status_code == 200, response.content
    return response.json()


patch.seq = 1


def bases(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(base_\w+)" value="(\w*)">', page))


def test_the_contact_page_opens(here: Place, worker: Client) -> None:
    page = html(worker, address("contact", opened(here)))
    assert "MISSING[" not in page


def test_a_fresh_contact_shows_a_clock_no_answer_and_that_it_is_anonymous(
    here: Place, worker: Client
) -> None:
    page = html(worker, address("contact", opened(here)))
    assert "data-since=" in page
    assert re.search(r'data-effect="severe"[^>]*>\s*</div>', page)
    assert re.findall(r'value="([^"]*)"[^>]* checked', page) == ["phone"]
    assert re.search(r"<title>[^<]*</title>", page)[0].count("Opdigtet") == 0


def test_every_group_can_be_not_stated_and_the_definitions_stand_at_the_choice(
    here: Place, worker: Client
) -> None:
    page = html(worker, address("contact", opened(here)))
    for name in (
        "caller",
        "about",
        "level",
        "causes",
        "children",
        "under_18",
        "first_time",
        "sex",
        "felt_acute",
    ):
        assert f'id="id_{name}_not_stated" data-choice-key="0"' in page
    assert page.count('class="opt-def"') == 4


def test_a_phone_contact_is_registered_within_twelve_keystrokes(here: Place, worker: Client) -> None:
    """N, caller 1, about 1, level 3, cause 2, Ctrl+Enter, outcome 1, Ctrl+Enter: ten with Ctrl counted."""
    listing = html(worker, reverse("staff:contacts", args=[here.service.slug]))
    assert 'data-key="n"' in listing
    new = worker.post(reverse("staff:contact_new", args=[here.service.slug]), {"channel": "phone"})
    page = html(worker, new.headers["Location"])
    in_order = re.findall(r'<fieldset class="choice[^>]* id="id_(\w+)" data-choice-keys', page)
    assert in_order[:5] == ["channel", "caller", "about", "level", "causes"]
    for control, key in (
        ("caller_citizen", 1),
        ("about_self", 1),
        ("level_moderate", 3),
        ("causes_anxiety", 2),
    ):
        assert f'id="id_{control}" data-choice-key="{key}"' in page
    assert re.search(r'<button[^>]* name="next" value="close" data-key="ctrl\+enter"', page)
    closing = html(worker, new.headers["Location"] + "afslut/")
    first = re.search(r'<fieldset class="choice[^>]* id="id_(\w+)" data-choice-keys', closing)
    assert first and first[1] == "outcome"
    assert 'id="id_outcome_stabilised" data-choice-key="1"' in closing
    assert re.search(r'<button[^>]* name="next" value="close" data-key="ctrl\+enter"', closing)
    strokes = ["n", "1", "1", "3", "2", "ctrl", "enter", "1", "ctrl", "enter"]
    assert len(strokes) <= 12


def test_a_typed_field_is_saved_and_acknowledged_with_a_base(here: Place, worker: Client) -> None:
    contact = opened(here)
    answer = patch(worker, contact, own_words="Kan ikke sove", causes=["anxiety", "loneliness"], sex="female")
    assert answer["saved"] == {
        "own_words": token("Kan ikke sove"), "causes": token(["anxiety", "loneliness"]),
        "sex": token("female"),
    }  # fmt: skip
    assert selectors.notes(contact.pk) == {NoteField.OWN_WORDS: "Kan ikke sove"}


def test_one_bad_field_does_not_cost_the_others(here: Place, worker: Client) -> None:
    contact = opened(here)
    answer = patch(worker, contact, minutes="længe", level="mild", wrong="x")
    assert answer["saved"].keys() == {"level"}
    assert answer["errors"].keys() == {"minutes", "wrong"}
    assert Contact.objects.get(pk=contact.pk).level == "mild"


def test_a_closed_contact_answers_a_late_save_with_a_sentence(here: Place, worker: Client) -> None:
    contact = opened(here)
    services.close(actor=here.worker, now=NOW, contact_id=contact.pk)
    answer = patch(worker, contact, sex="male")
    assert (answer["saved"], answer["errors"].keys()) == ({}, {"sex"})


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"fields": 7}',
        '{"fields": {"a": 1}}',
        '{"fields": {"a": {}}}',
        '{"client": "æ", "fields": {}}',
    ],
)
def test_a_save_that_is_not_one_is_refused(here: Place, worker: Client, body: str) -> None:
    response = worker.patch(address("contact_save", opened(here)), body, **SCRIPTED)
    assert response.status_code == 400


def test_a_severe_level_brings_up_what_to_do_and_where_to_ring(here: Place, worker: Client) -> None:
    here.service.on_call_phone, here.service.emergency_room_phone = "70123456", "78901234"
    here.service.save()
    contact = opened(here)
    severe = patch(worker, contact, level="severe")["effects"]
    for wanted in ("tel:70123456", "tel:78901234", "tel:112"):
        assert wanted in severe["severe"]
    assert "<form" not in severe["severe"]
    assert patch(worker, contact, level="mild")["effects"]["severe"] == ""


def test_a_severe_level_names_the_colleague_on_duty_and_how_far_away_the_backup_is(
    here: Place, worker: Client
) -> None:
    now = timezone.now()
    until = now + timedelta(hours=4)
    for role, kind, away in ((Role.WORKER, "present", None), (Role.LEADER, "on_call", 20)):
        workforce.go_on_duty(
            actor=here.actor(role), now=now, service=here.service, kind=DutyKind(kind), until=until,
            minutes_away=away,
        )  # fmt: skip
    severe = patch(here.client(Role.LEADER), opened(here), level="severe")["effects"]["severe"]
    assert "Opdigtet Leader" in severe and "20" in severe
    assert "Opdigtet Worker" not in severe, "whoever has the contact is not told to get themself"


def test_moving_the_level_moves_the_deadline_and_shows_both_values(here: Place, worker: Client) -> None:
    contact = opened(here)
    first = patch(worker, contact, level="moderate")["effects"]
    second = patch(worker, contact, level="severe")["effects"]
    days = [re.search(r"(\d+/\d+)</span>", effect["deadline"]) for effect in (first, second)]
    assert days[0] and days[1] and days[0][1] != days[1][1]
    assert (first["history"], second["history"].count("<li>")) == ("", 2)


def test_no_follow_up_is_announced_to_somebody_who_must_not_be_rung(here: Place, worker: Client) -> None:
    contact = opened(here)
    patch(worker, contact, level="moderate")
    assert "pill-quiet" in patch(worker, contact, may_ring="no")["effects"]["deadline"]
    assert patch(worker, contact, caller="professional")["effects"]["deadline"] == ""


def test_mentioned_children_call_for_a_decision_at_once(here: Place, worker: Client) -> None:
    contact = opened(here)
    effect = patch(worker, contact, children="yes")["effects"]["notification"]
    assert address("notification", contact) in effect
    assert patch(worker, contact, children="no")["effects"]["notification"] == ""


def test_a_second_worker_sees_what_is_half_filled_and_can_take_it_over(here: Place, worker: Client) -> None:
    contact = opened(here)
    patch(worker, contact, own_words="Halvvejs", level="mild")
    leader = here.client(Role.LEADER)
    page = html(leader, address("contact", contact))
    assert "Halvvejs" in page and "Opdigtet Worker" in page
    leader.post(address("contact_take_over", contact))
    assert Contact.objects.get(pk=contact.pk).owner_id == here.users[Role.LEADER].pk
    assert AuditEvent.objects.filter(verb=Verb.CONTACT_TAKEN_OVER, subject_id=contact.pk).count() == 1


def test_a_field_that_a_colleague_wrote_meanwhile_is_answered_as_a_conflict(
    here: Place, worker: Client
) -> None:
    contact = opened(here)
    patch(worker, contact, own_words="Hendes")
    sent = {"client": "page-2", "seq": 1, "fields": {"own_words": {"value": "Mine", "base": ""}}}
    answer = (
        here.client(Role.LEADER).patch(address("contact_save", contact), json.dumps(sent), **SCRIPTED).json()
    )
    assert answer["conflicts"]["own_words"]["theirs"] == "Hendes"
    assert answer["conflicts"]["own_words"]["by"] == "Opdigtet Worker"
    again = {"value": "Mine", "base": answer["conflicts"]["own_words"]["base"]}
    sent |= {"seq": 2, "fields": {"own_words": again}}
    kept = (
        here.client(Role.LEADER).patch(address("contact_save", contact), json.dumps(sent), **SCRIPTED).json()
    )
    assert kept["saved"].keys() == {"own_words"}


def test_the_page_saves_every_field_without_script(here: Place, worker: Client) -> None:
    contact = opened(here)
    page = html(worker, address("contact", contact))
    form = bases(page) | {
        "channel": "phone", "caller": "relative", "causes": ["anxiety", "conflict"], "own_words": "En\r\nto",
        "danger": "Nej", "next": "close",
    }  # fmt: skip
    response = worker.post(address("contact", contact), form)
    assert response.headers["Location"] == address("contact_close", contact)
    row = Contact.objects.get(pk=contact.pk)
    assert (row.caller, row.causes, row.sex) == ("relative", ["anxiety", "conflict"], "")
    assert selectors.notes(contact.pk) == {NoteField.OWN_WORDS: "En\nto", NoteField.DANGER: "Nej"}


def test_a_plain_post_overwrites_nobody_and_shows_both_texts(here: Place, worker: Client) -> None:
    contact = opened(here)
    form = bases(html(worker, address("contact", contact))) | {
        "channel": "phone",
        "own_words": "Mine",
        "sex": "male",
    }
    patch(here.client(Role.LEADER), contact, own_words="Hendes", about="self")
    response = worker.post(address("contact", contact), form)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Hendes" in page and "Mine" in page
    row = Contact.objects.get(pk=contact.pk)
    assert (row.sex, row.about, selectors.notes(contact.pk)[NoteField.OWN_WORDS]) == (
        "male",
        "self",
        "Hendes",
    )
    again = bases(page) | {"channel": "phone", "own_words": "Mine", "sex": "male", "about": "self"}
    assert worker.post(address("contact", contact), again).status_code == 302
    assert selectors.notes(contact.pk)[NoteField.OWN_WORDS] == "Mine"


def test_a_page_with_script_posts_nothing_old(here: Place, worker: Client) -> None:
    contact = opened(here)
    form = bases(html(worker, address("contact", contact))) | {
        "channel": "sms",
        "autosaved": "1",
        "next": "recognise",
    }
    response = worker.post(address("contact", contact), form)
    assert response.headers["Location"] == reverse("staff:recognise", args=[here.service.slug, contact.pk])
    assert Contact.objects.get(pk=contact.pk).channel == "phone"


def test_a_known_person_need_not_repeat_what_was_said(here: Place, worker: Client) -> None:
    person, words = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    earlier = opened(here, person_id=person.pk)
    services.save_fields(
        actor=here.worker, now=NOW, contact_id=earlier.pk, fields={"own_words": FieldEdit("Hjertet hamrer")}
    )
    people.set_wishes(actor=here.worker, now=NOW, person_id=person.pk, may_ring="yes", do_not_remind=True)
    contact = opened(here, person_id=person.pk)
    page = html(worker, address("contact", contact))
    assert "Hjertet hamrer" in page and words in page
    assert '<details class="private"><summary>' in page
    assert AuditEvent.objects.filter(verb=Verb.PERSON_READ, person_id=person.pk).exists()


def test_words_from_a_service_that_is_not_ones_own_stay_there(here: Place) -> None:
    person, _words = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    first = opened(here, person_id=person.pk)
    services.save_fields(
        actor=here.worker, now=NOW, contact_id=first.pk, fields={"own_words": FieldEdit("Fortroligt")}
    )
    leader = here.actor_of(here.other_worker)
    people.break_glass(
        actor=leader, now=NOW, service=here.other_service, person_id=person.pk, reason="Ringer nu"
    )
    second = opened(here, actor=leader, service=here.other_service, person_id=person.pk)
    page = html(client_of(here.other_worker), address("contact", second))
    assert "Fortroligt" not in page
    assert here.service.name in page


def test_a_closed_contact_shows_value_not_stated_and_not_recorded_apart(here: Place, worker: Client) -> None:
    contact = opened(here)
    patch(worker, contact, level="mild", sex="not_stated")
    services.close(actor=here.worker, now=NOW, contact_id=contact.pk)
    page = html(worker, address("contact", contact))
    assert '<span class="not-stated">' in page and '<span class="not-recorded">' in page
    assert "MISSING[" not in page
    assert address("contact_reopen", contact) in page


def test_a_guest_is_received_once_and_the_second_is_told_by_whom(here: Place, worker: Client) -> None:
    contact = opened(here, channel=Channel.WALK_IN, waiting=True)
    assert address("contact_receive", contact) in html(worker, address("contact", contact))
    worker.post(address("contact_receive", contact))
    second = here.client(Role.LEADER).post(address("contact_receive", contact), follow=True)
    assert "Opdigtet Worker" in second.content.decode()


def test_opening_again_needs_a_reason(here: Place, worker: Client) -> None:
    contact = opened(here)
    services.close(actor=here.worker, now=NOW, contact_id=contact.pk)
    worker.post(address("contact_reopen", contact), {"reason": ""})
    assert Contact.objects.get(pk=contact.pk).state == "closed"
    worker.post(address("contact_reopen", contact), {"reason": "Glemte niveauet"})
    assert Contact.objects.get(pk=contact.pk).state == "open"


@pytest.mark.parametrize(
    "sent", [{"channel": "smoke"}, {"contact": "x"}, {"direction": "outgoing", "kind": "y"}]
)
def test_a_contact_that_cannot_begin_is_refused(here: Place, worker: Client, sent: dict[str, str]) -> None:
    assert worker.post(reverse("staff:contact_new", args=[here.service.slug]), sent).status_code == 400
    assert Contact.objects.count() == 0


def test_an_outgoing_contact_opens_the_same_page_and_says_so(here: Place, worker: Client) -> None:
    sent = {"channel": "phone", "direction": "outgoing", "kind": "security_call"}
    opened_at = worker.post(reverse("staff:contact_new", args=[here.service.slug]), sent).headers["Location"]
    assert "tryghedsopkald" in html(worker, opened_at)
    assert Contact.objects.get().direction == "outgoing"


def test_a_call_that_keeps_a_promise_leads_to_where_no_answer_is_written(here: Place, worker: Client) -> None:
    promise = promises.make_callback(actor=here.worker, now=NOW, service=here.service, number="20304050")
    contact = promises.start_attempt(actor=here.worker, now=NOW, promise_id=promise.pk)
    assert f'href="{address("promise", promise)}"' in html(worker, address("contact", contact))


def test_the_contact_page_asks_the_database_a_fixed_number_of_times(
    here: Place, worker: Client, django_assert_max_num_queries: Any
) -> None:
    person, _words = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    for _ in range(3):
        opened(here, person_id=person.pk)
    known, anonymous = opened(here, person_id=person.pk), opened(here)
    worker.get(address("contact", anonymous))
    with django_assert_max_num_queries(12 + SCOPE):
        worker.get(address("contact", anonymous))
    with django_assert_max_num_queries(34 + SCOPE):
        worker.get(address("contact", known))


def test_a_save_asks_the_database_a_fixed_number_of_times(
    here: Place, worker: Client, django_assert_max_num_queries: Any
) -> None:
    contact = opened(here)
    patch(worker, contact, own_words="x")
    with django_assert_max_num_queries(12 + SCOPE):
        patch(worker, contact, own_words="xy")


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("get", "contact"), ("post", "contact"), ("patch", "contact_save"), ("post", "contact_receive"),
        ("post", "contact_take_over"), ("post", "contact_reopen"), ("get", "contact_close"),
        ("post", "contact_close"), ("get", "notification"), ("post", "notification"),
    ],
)  # fmt: skip
def test_nobody_gets_through_who_must_not(world: World, method: str, name: str) -> None:
    with world.here.scope():
        contact = opened(world.here)
    extra = SCRIPTED if method == "patch" else {}
    data = (
        json.dumps({"client": "x", "seq": 1, "fields": {"sex": {"value": "male"}}})
        if method == "patch"
        else None
    )
    assert_walled(world, method, address(name, contact), data, **extra)
    with world.here.scope():
        assert Contact.objects.get(pk=contact.pk).sex == ""


def test_nobody_lists_or_begins_contacts_of_another_service(world: World) -> None:
    slug = world.here.service.slug
    assert_walled(world, "get", reverse("staff:contacts", args=[slug]))
    assert_walled(world, "post", reverse("staff:contact_new", args=[slug]), {"channel": "phone"})
    with world.here.scope():
        assert Contact.objects.count() == 0


def test_nobody_writes_a_receipt_who_must_not(world: World) -> None:
    with world.here.scope():
        contact = opened(world.here)
        row = services.decide_notification(
            actor=world.here.worker, now=NOW, contact_id=contact.pk, choice=NotificationChoice.NOTIFY,
            reason="x", sent_on=NOW.date(), sent_to="x",
        )  # fmt: skip
    assert_walled(world, "post", address("notification_receipt", row), {"receipt_on": "2026-11-20"})
    with world.here.scope():
        row.refresh_from_db()
        assert row.receipt_on is None
