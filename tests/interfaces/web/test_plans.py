import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from lygte.apps.casework import services as casework
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services as contacts
from lygte.apps.core.saving import token
from lygte.apps.people import services as people
from lygte.apps.plans import selectors, services
from lygte.domain.events import Verb
from lygte.domain.vocab import Channel, Level, PlanSection, PlanState, Role, ShareAudience
from tests.apps.plans.drafts import WORDS, draft, events, finished, thread
from tests.interfaces.web.walls import assert_signed_out, assert_walled
from tests.world import NOW, World

QUERIES = {"plan": 20, "plan_edit": 19, "plan_compare": 19, "plan_print": 18, "plan_share": 20}
SCOPE_QUERIES = 4  # on PostgreSQL the scope is a transaction, and told to the database and taken back
LATER = NOW + timedelta(minutes=10)


def save(client: Client, person: Any, fields: dict[str, Any], window: str = "vindue") -> Any:
    body = json.dumps({"client": window, "seq": 1, "fields": fields})
    return client.patch(reverse("staff:plan_save", args=[person.pk]), body, content_type="application/json")


def test_a_person_without_a_plan_is_offered_to_begin_one(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
    client = world.here.client()
    page = client.get(reverse("staff:plan", args=[person.pk])).content.decode()
    assert f'action="{reverse("staff:plan_edit", args=[person.pk])}"' in page
    begun = client.post(reverse("staff:plan_edit", args=[person.pk]), follow=True)
    assert begun.status_code == 200
    with world.here.scope():
        assert selectors.plan_of(person.pk) is not None


def test_the_page_to_write_on_asks_the_seven_in_order_and_reads_out_the_three_words(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        draft(world.here, person)
        words = person.return_words
    page = world.here.client().get(reverse("staff:plan_edit", args=[person.pk])).content.decode()
    asked = re.findall(r'<textarea id="plan_(\w+)"', page)
    assert asked == [section.value for section in PlanSection]
    assert words in page
    assert f'data-base="{token(WORDS[PlanSection.HELPS])}"' in page


def test_in_a_severe_crisis_three_questions_come_first(world: World) -> None:
    here = world.here
    with here.scope():
        contact = contacts.open_contact(
            actor=here.worker, now=NOW, service=here.service, channel=Channel.WALK_IN
        )
        contacts.set_level(actor=here.worker, now=NOW, contact_id=contact.pk, level=Level.SEVERE)
        version = casework.start_plan(
            reason="for the crisis plan", actor=here.worker, now=NOW, contact_id=contact.pk
        )
        url = reverse("staff:plan_edit", args=[version.plan.person_id])
    client = here.client()
    short = client.get(url).content.decode()
    first, rest = short.split('<details class="card plan-rest">')
    assert re.findall(r'<textarea id="plan_(\w+)"', first) == ["helps", "whom_to_call", "next_step"]
    assert len(re.findall(r'<textarea id="plan_(\w+)"', rest)) == 4
    assert "plan-rest" not in client.get(url, {"form": "hel"}).content.decode()


def test_what_is_typed_is_kept_and_acknowledged_field_by_field(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        version = draft(here, person, {})
    response = save(
        here.client(),
        person,
        {
            "helps": {"value": "En tur.", "base": token("")},
            "share_helps": {"value": ["citizen", "relative"], "base": token(["citizen"])},
        },
    )
    assert response.json()["saved"] == {
        "helps": token("En tur."),
        "share_helps": token(["citizen", "relative"]),
    }
    with here.scope():
        assert selectors.sections(version.pk)[PlanSection.HELPS] == "En tur."


def test_a_conflict_is_answered_with_what_the_other_wrote(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        draft(here, person, {PlanSection.HELPS: "En tur."})
    answer = save(here.client(Role.LEADER), person, {"helps": {"value": "Musik.", "base": token("")}}).json()
    conflict = answer["conflicts"]["helps"]
    assert (conflict["theirs"], conflict["base"]) == ("En tur.", token("En tur."))
    assert conflict["by"] == here.users[Role.WORKER].name
    assert answer["saved"] == {}


@pytest.mark.parametrize("body", ["", "[]", '{"fields": 1}', '{"fields": {"helps": "x"}}', "{"])
def test_a_message_that_is_none_is_refused(world: World, body: str) -> None:
    with world.here.scope():
        person = thread(world.here)
        draft(world.here, person)
    url = reverse("staff:plan_save", args=[person.pk])
    assert world.here.client().patch(url, body, content_type="application/json").status_code == 400


def test_what_cannot_be_saved_is_said_at_its_field(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        draft(world.here, person)
    response = save(world.here.client(), person, {"helps": {"value": "x" * 7000, "base": None}})
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["helps"]


def test_typing_in_a_version_that_was_finished_meanwhile_is_refused_with_words(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        version = finished(world.here, person)
    response = save(world.here.client(), person, {"helps": {"value": "nyt", "base": None}})
    assert response.status_code == 409
    assert response.json()["errors"]["helps"]
    with world.here.scope():
        assert selectors.sections(version.pk)[PlanSection.HELPS] == WORDS[PlanSection.HELPS]


def test_without_script_the_form_saves_and_a_conflict_keeps_both_texts(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        version = draft(here, person, {PlanSection.HELPS: "En tur."})
    client, url = here.client(Role.LEADER), reverse("staff:plan_save", args=[person.pk])
    saved = client.post(url, {"worsens": "Larm.\r\nLys.", "base_worsens": token("")})
    assert saved.status_code == 302
    clash = client.post(url, {"helps": "Musik.", "base_helps": token("")})
    page = clash.content.decode()
    assert clash.status_code == 409
    assert "En tur." in page and ">Musik.</textarea>" in page
    with here.scope():
        assert selectors.sections(version.pk)[PlanSection.WORSENS] == "Larm.\nLys."
        assert selectors.sections(version.pk)[PlanSection.HELPS] == "En tur."


def test_a_plain_form_takes_a_mark_away(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        version = draft(here, person)
    form = {"base_share_helps": token(["citizen"])}
    here.client().post(reverse("staff:plan_save", args=[person.pk]), form)
    with here.scope():
        assert selectors.marks(version.plan_id)[PlanSection.HELPS] == ()


def test_finishing_keeps_the_form_closes_the_version_and_tells_the_contact(world: World) -> None:
    here = world.here
    with here.scope():
        contact = contacts.open_contact(
            actor=here.worker, now=NOW, service=here.service, channel=Channel.WALK_IN
        )
    client = here.client()
    begun = client.post(reverse("staff:plan_from_contact", args=[contact.pk]))
    with here.scope():
        person_id = contacts_read.contact(contact.pk).person_id
    assert begun.headers["Location"] == reverse("staff:plan_edit", args=[person_id])
    form = {"helps": "En tur.", "base_helps": token("")}
    done = client.post(reverse("staff:plan_finish", args=[person_id]), form)
    assert done.headers["Location"] == f"{reverse('staff:plan', args=[person_id])}?henvendelse={contact.pk}"
    with here.scope():
        newest = selectors.newest_finished(person_id)
        assert newest is not None
        assert selectors.sections(newest.pk)[PlanSection.HELPS] == "En tur."
        assert contacts_read.contact(contact.pk).plan_state == PlanState.WRITTEN


def test_from_a_contact_the_plan_is_begun_and_finished_on_that_contact(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        contact = contacts.open_contact(
            actor=here.worker, now=NOW, service=here.service, channel=Channel.WALK_IN, person_id=person.pk
        )
    client, edit = here.client(), reverse("staff:plan_edit", args=[person.pk])
    arrived = client.get(edit, {"henvendelse": str(contact.pk)}, follow=True).content.decode()
    assert f'name="henvendelse" value="{contact.pk}"' in arrived
    assert reverse("staff:contact", args=[contact.pk]) in arrived
    client.post(edit, {"henvendelse": str(contact.pk)})
    with here.scope():
        plan = selectors.plan_of(person.pk)
        assert plan is not None
        draft_row = selectors.draft(plan.pk)
        assert draft_row is not None and draft_row.contact_id == contact.pk


def test_a_draft_from_before_is_finished_on_the_contact_that_the_worker_came_from(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        draft(here, person)
        contact, foreign = (
            contacts.open_contact(
                actor=here.worker, now=NOW, service=here.service, channel=Channel.PHONE, person_id=whose
            )
            for whose in (person.pk, thread(here).pk)
        )
    client, url = here.client(), reverse("staff:plan_finish", args=[person.pk])
    page = client.get(reverse("staff:plan_edit", args=[person.pk]), {"henvendelse": str(foreign.pk)})
    assert str(foreign.pk) not in page.content.decode().split("<main")[1]
    client.post(url, {"henvendelse": str(contact.pk)})
    with here.scope():
        assert contacts_read.contact(contact.pk).plan_state == PlanState.WRITTEN
        assert contacts_read.contact(foreign.pk).plan_state == ""


def test_an_empty_plan_goes_back_to_writing_and_a_finished_one_to_reading(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        draft(here, person, {})
    client, url = here.client(), reverse("staff:plan_finish", args=[person.pk])
    assert client.post(url).headers["Location"] == reverse("staff:plan_edit", args=[person.pk])
    assert client.post(url, {"helps": "En tur."}).status_code == 302
    assert client.post(url, {"helps": "Mere."}).headers["Location"] == reverse("staff:plan", args=[person.pk])


def test_the_newest_finished_version_is_read_while_the_draft_waits(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        finished(here, person)
        draft(here, person, {PlanSection.HELPS: "At høre musik."}, now=LATER)
    page = here.client().get(reverse("staff:plan", args=[person.pk])).content.decode()
    assert WORDS[PlanSection.HELPS] in page
    assert "At høre musik." not in page
    assert 'href="tel:1813"' in page
    with here.scope():
        assert len(events(Verb.PLAN_READ)) == 1


def test_two_versions_are_compared_word_by_word_in_more_than_colour(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        finished(here, person, {PlanSection.HELPS: "At gå en tur."})
        finished(here, person, {PlanSection.HELPS: "At gå en lang tur."}, now=LATER)
    client, url = here.client(), reverse("staff:plan_compare", args=[person.pk])
    page = client.get(url, {"fra": "1", "til": "2"}).content.decode()
    inserted = re.findall(r"<ins>(.*?)</ins>", page)
    assert len(inserted) == 1
    assert "lang" in inserted[0] and "visually-hidden" in inserted[0]
    assert "<del>" not in page
    assert "<del>" in client.get(url, {"fra": "2", "til": "1"}).content.decode()
    for wrong in ({"fra": "1", "til": "9"}, {"fra": "x"}):
        assert client.get(url, wrong).status_code == 404


def test_a_person_without_a_draft_is_sent_from_writing_to_reading(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
    response = world.here.client().get(reverse("staff:plan_edit", args=[person.pk]))
    assert response.headers["Location"] == reverse("staff:plan", args=[person.pk])
    assert world.here.client().get(reverse("staff:plan_compare", args=[person.pk])).status_code == 404


@pytest.mark.parametrize(
    ("method", "name", "data"),
    [
        ("get", "plan", None),
        ("get", "plan_edit", None),
        ("post", "plan_edit", {}),
        ("post", "plan_save", {"helps": "nyt"}),
        ("post", "plan_finish", {"helps": "nyt"}),
        ("get", "plan_compare", None),
        ("get", "plan_print", None),
        ("get", "plan_share", None),
        ("post", "plan_share", {"audience": "citizen", "sections": ["helps"], "days": "7"}),
    ],
)
def test_a_plan_is_closed_to_strangers_other_services_and_other_municipalities(
    world: World, method: str, name: str, data: dict[str, Any] | None
) -> None:
    with world.here.scope():
        person = thread(world.here)
        finished(world.here, person)
        version = draft(world.here, person, now=LATER)
    assert_walled(world, method, reverse(f"staff:{name}", args=[person.pk]), data)
    with world.here.scope():
        assert selectors.sections(version.pk)[PlanSection.HELPS] == WORDS[PlanSection.HELPS]
        assert selectors.shares(version.plan_id) == []


def test_the_saving_script_is_refused_like_everybody_else(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        draft(world.here, person)
    body = json.dumps({"client": "x", "seq": 1, "fields": {"helps": {"value": "nyt", "base": None}}})
    url = reverse("staff:plan_save", args=[person.pk])
    assert_walled(world, "patch", url, body, content_type="application/json")


def test_the_plan_of_a_contact_is_closed_to_strangers(world: World) -> None:
    with world.here.scope():
        contact = contacts.open_contact(
            actor=world.here.worker, now=NOW, service=world.here.service, channel=Channel.PHONE
        )
    assert_walled(world, "post", reverse("staff:plan_from_contact", args=[contact.pk]))
    with world.here.scope():
        assert contacts_read.contact(contact.pk).person_id is None


def test_an_unsigned_visitor_sees_nothing_of_a_plan_that_does_not_exist(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
    assert_signed_out(world, "get", reverse("staff:plan", args=[person.pk]))


@pytest.mark.parametrize("name", ["plan", "plan_edit", "plan_compare", "plan_print", "plan_share"])
def test_the_number_of_queries_does_not_grow_with_the_versions(
    world: World, name: str, django_assert_max_num_queries: Any
) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        for step in range(4):
            finished(here, person, now=NOW + timedelta(minutes=step))
        version = draft(here, person)
        for step in range(3):
            services.share(
                actor=here.worker,
                now=NOW,
                plan_id=version.plan_id,
                audience=list(ShareAudience)[step],
                label="",
                sections=list(PlanSection),
                days=30,
            )
    client = here.client()
    client.get(reverse(f"staff:{name}", args=[person.pk]))
    extra = SCOPE_QUERIES if connection.vendor == "postgresql" else 0
    with django_assert_max_num_queries(QUERIES[name] + extra):
        assert client.get(reverse(f"staff:{name}", args=[person.pk])).status_code == 200


def test_names_are_not_shown_in_titles(world: World) -> None:
    here = world.here
    with here.scope():
        person = people.create_person(actor=here.worker, now=NOW, service=here.service, alias="Opdigtet Ugle")
        finished(here, person)
    page = here.client().get(reverse("staff:plan", args=[person.pk])).content.decode()
    assert "Ugle" in page
    assert "Ugle" not in re.findall(r"<title>(.*?)</title>", page, re.DOTALL)[0]
