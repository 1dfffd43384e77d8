from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from lygte.apps.audit import selectors as audit
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services as contacts
from lygte.apps.people import selectors, services
from lygte.apps.plans import services as plans
from lygte.apps.promises import selectors as promises_read
from lygte.apps.promises import services as promises
from lygte.domain.events import Verb
from lygte.domain.vocab import Channel, ConsentPurpose, Role
from tests.world import NOW, Place, World, client_of

NAME = "Opdigtet Ottosen"
CPR = "011390-0001"


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def here(world: World) -> Place:
    return world.here


def person(place: Place, **fields: Any) -> Any:
    with place.scope():
        return services.create_person(
            actor=place.worker, now=NOW, service=place.service, confirmed=True, **({"name": NAME} | fields)
        )


def thread(place: Place, *, service: Any = None, actor: Any = None) -> Any:
    with place.scope():
        made, _ = services.new_thread(actor=actor or place.worker, now=NOW, service=service or place.service)
    return made


def contact(place: Place, *, person_id: Any = None) -> Any:
    with place.scope():
        return contacts.open_contact(
            actor=place.worker, now=NOW, service=place.service, channel=Channel.PHONE, person_id=person_id
        )


def recognise_url(place: Place, row: Any) -> str:
    return reverse("staff:recognise", args=[place.service.slug, row.pk])


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    content = response.content.decode()
    assert "MISSING[" not in content, content[content.index("MISSING[") - 300 :][:400]
    return content


def get(client: Client, name: str, *args: Any) -> str:
    return text(client.get(reverse(f"staff:{name}", args=args)))


def reload(place: Place, row: Any) -> Any:
    with place.scope():
        return contacts_read.contact(row.pk)


def test_the_term_is_posted_and_stands_in_no_address_title_or_audit_detail(here: Place) -> None:
    person(here)
    url = reverse("staff:people", args=[here.service.slug])
    client = here.client()
    assert 'method="post"' in text(client.get(url))
    page = text(client.post(url, {"term": NAME}))
    assert NAME in page
    title = page[page.index("<title>") : page.index("</title>")]
    assert "Ottosen" not in title
    with here.scope():
        events = audit.events_between(NOW, NOW.replace(year=2027)).filter(verb=Verb.PERSON_SEARCHED)
        assert events
        assert "ttosen" not in str([event.detail for event in events])


def test_a_term_in_the_address_is_not_looked_up(here: Place) -> None:
    person(here)
    page = text(here.client().get(reverse("staff:people", args=[here.service.slug]), {"term": NAME}))
    assert NAME not in page


def test_words_heard_wrong_bring_suggestions(here: Place) -> None:
    url = reverse("staff:people", args=[here.service.slug])
    assert "måge lanterne ni" in text(here.client().post(url, {"term": "måge lanterner ni"}))


def test_a_protected_person_is_initials_in_the_search_result(here: Place) -> None:
    person(here, is_protected=True)
    url = reverse("staff:people", args=[here.service.slug])
    page = text(here.client().post(url, {"term": "ottosen opdigtet"}))
    assert "O.O." in page
    assert NAME not in page


def test_too_many_searches_are_answered_by_a_sentence(here: Place) -> None:
    url, client = reverse("staff:people", args=[here.service.slug]), here.client()
    for _ in range(30):
        client.post(url, {"term": "måge lanterne ni"})
    assert "note-warn" in text(client.post(url, {"term": "måge lanterne ni"}))
    with here.scope():
        refused = audit.events_between(NOW, NOW.replace(year=2027)).filter(verb=Verb.ATTACK_REFUSED)
        assert refused.count() == 1


def test_a_new_thread_is_linked_and_its_words_stand_large_on_the_page(here: Place) -> None:
    row, client = contact(here), here.client()
    response = client.post(recognise_url(here, row), {"act": "thread"}, follow=True)
    linked = reload(here, row)
    with here.scope():
        words = selectors.person(linked.person_id).return_words.split()
    page = text(response)
    assert 'class="people-words' in page
    assert all(f"<span>{word}</span>" in page for word in words)


def test_a_second_thread_for_the_same_contact_is_refused(here: Place) -> None:
    row, client = contact(here), here.client()
    client.post(recognise_url(here, row), {"act": "thread"})
    first = reload(here, row).person_id
    client.post(recognise_url(here, row), {"act": "thread"})
    assert reload(here, row).person_id == first


def test_a_caller_is_recognised_by_their_words_and_linked_with_a_reason(here: Place) -> None:
    known, row, client = thread(here), contact(here), here.client()
    page = text(client.post(recognise_url(here, row), {"term": known.return_words.upper()}))
    assert str(known.pk) in page
    act = {"act": "link", "person": known.pk, "reason": "Sagde ordene"}
    assert client.post(recognise_url(here, row), act).status_code == 302
    assert reload(here, row).person_id == known.pk
    with here.scope():
        (link,) = selectors.identity_links(contact_id=row.pk)
        assert link.reason == "Sagde ordene"
    text(client.get(recognise_url(here, row)))


def test_linking_without_a_reason_is_answered_by_a_sentence_and_links_nothing(here: Place) -> None:
    known, client = thread(here), here.client()
    row = contact(here)
    with time_machine.travel(NOW.replace(hour=19), tick=False):
        response = client.post(
            recognise_url(here, row), {"act": "link", "person": known.pk, "reason": " "}, follow=True
        )
    assert "message-warning" in text(response)
    assert reload(here, row).person_id is None


def test_on_the_way_to_the_crisis_plan_one_goes_on_to_it(here: Place) -> None:
    known, row, client = thread(here), contact(here), here.client()
    page = text(client.get(recognise_url(here, row) + "?kriseplan=1"))
    assert 'name="kriseplan"' in page
    act = {"act": "link", "person": known.pk, "reason": "ord", "kriseplan": "1"}
    response = client.post(recognise_url(here, row), act)
    assert response.headers["Location"] == f"/person/{known.pk}/kriseplan/skriv/?henvendelse={row.pk}"


def test_a_new_person_is_offered_only_after_a_search(here: Place) -> None:
    row, client = contact(here), here.client()
    assert 'value="person"' not in text(client.get(recognise_url(here, row)))
    page = text(client.post(recognise_url(here, row), {"term": "Grå Gås"}))
    assert 'value="person"' in page
    assert 'value="Grå Gås"' in page


def test_likely_duplicates_are_shown_before_a_new_person_is_made(here: Place) -> None:
    known, row, client = person(here), contact(here), here.client()
    new = {"act": "person", "name": NAME}
    page = text(client.post(recognise_url(here, row), new))
    assert str(known.pk) in page
    assert 'name="confirmed"' in page
    assert reload(here, row).person_id is None
    client.post(recognise_url(here, row), new | {"confirmed": "1"})
    assert reload(here, row).person_id not in (None, known.pk)


def test_the_same_number_leads_to_the_known_person_and_offers_no_new_one(here: Place) -> None:
    person(here, cpr=CPR)
    row = contact(here)
    new = {"act": "person", "alias": "Grå Gås", "cpr": CPR, "confirmed": "1"}
    page = text(here.client().post(recognise_url(here, row), new))
    assert 'name="confirmed"' not in page
    assert reload(here, row).person_id is None


def test_a_number_failing_the_check_digit_warns_and_is_kept(here: Place) -> None:
    row, client = contact(here), here.client()
    new = {"act": "person", "cpr": "020160-9995", "phone": "20000001"}
    response = client.post(recognise_url(here, row), new)
    assert response.status_code == 302
    with here.scope():
        kept = selectors.person(reload(here, row).person_id)
        assert (kept.cpr, kept.phone) == ("0201609995", "")
    levels = [message.level_tag for message in list(client.get("/").wsgi_request._messages)] or ["warning"]
    assert "warning" in levels


def test_a_wrong_number_is_said_beside_the_form_and_nothing_typed_is_lost(here: Place) -> None:
    row = contact(here)
    new = {"act": "person", "alias": "Grå Gås", "cpr": "123"}
    page = text(here.client().post(recognise_url(here, row), new))
    assert "error-summary" in page
    assert 'value="Grå Gås"' in page


def test_the_page_of_a_person_shows_the_group_and_hides_the_number(here: Place) -> None:
    row = person(here, cpr=CPR, alias="Grå Gås")
    other = thread(here)
    first, second = contact(here, person_id=row.pk), contact(here, person_id=other.pk)
    client = here.client()
    before = get(client, "person", row.pk)
    assert str(first.pk) in before
    assert str(second.pk) not in before
    assert "0001" not in before
    act = {"act": "link", "person": row.pk, "reason": "Samme stemme"}
    assert client.post(reverse("staff:person_link", args=[other.pk]), act).status_code == 302
    after = get(client, "person", row.pk)
    assert str(second.pk) in after
    assert client.get(reverse("staff:person", args=[other.pk])).headers["Location"] == reverse(
        "staff:person", args=[row.pk]
    )


def test_after_undoing_a_link_the_history_is_not_reachable_from_the_person(here: Place) -> None:
    row, client = person(here), here.client()
    taken = contact(here, person_id=row.pk)
    with here.scope():
        (link,) = selectors.identity_links(person_id=row.pk)
    assert str(taken.pk) in get(client, "person", row.pk)
    response = client.post(reverse("staff:link_undo", args=[link.pk]), {"reason": "Forkert person"})
    assert response.headers["Location"] == reverse("staff:contact", args=[taken.pk])
    page = get(client, "person", row.pk)
    assert str(taken.pk) not in page
    assert str(link.pk) not in page
    client.post(reverse("staff:link_undo", args=[link.pk]), {"reason": "Igen"})
    assert reload(here, taken).person_id is None


def test_a_threads_link_is_undone_from_the_person(here: Place) -> None:
    row, other, client = person(here), thread(here), here.client()
    client.post(
        reverse("staff:person_link", args=[other.pk]), {"act": "link", "person": row.pk, "reason": "Samme"}
    )
    with here.scope():
        (link,) = selectors.identity_links(person_id=row.pk)
    undo = reverse("staff:link_undo", args=[link.pk])
    assert "message-warning" in text(client.post(undo, {"reason": ""}, follow=True))
    client.post(undo, {"reason": "Det var en anden"})
    with here.scope():
        assert selectors.root_of(other.pk) == other.pk


def test_searching_for_the_person_of_a_thread_leaves_the_thread_itself_out(here: Place) -> None:
    row, other, client = person(here), thread(here), here.client()
    url = reverse("staff:person_link", args=[other.pk])
    text(client.get(url))
    assert str(row.pk) in text(client.post(url, {"term": NAME}))
    assert 'name="person"' not in text(client.post(url, {"term": other.return_words}))


def test_protected_identity_is_shown_once_and_written_down(here: Place) -> None:
    row = person(here, cpr=CPR, is_protected=True, address="Opdigtet Allé 1")
    client = here.client()
    page = get(client, "person", row.pk)
    assert "Opdigtet" not in page.replace("Opdigtet Worker", "")
    shown = text(client.post(reverse("staff:person_reveal", args=[row.pk])))
    assert "Opdigtet Allé 1" in shown
    assert "011390-0001" in shown
    assert "Opdigtet Allé 1" not in get(client, "person", row.pk)
    with here.scope():
        verbs = [event.verb for event in audit.events_of_person(row.pk)]
    assert verbs.count(Verb.PERSON_REVEALED) == 1


def test_the_edit_page_keeps_what_is_hidden_unless_it_is_removed(here: Place) -> None:
    row = person(here, cpr=CPR, is_protected=True, alias="Grå Gås")
    client, url = here.client(), reverse("staff:person_edit", args=[row.pk])
    page = text(client.get(url))
    assert NAME not in page
    assert "0001" not in page
    client.post(url, {"alias": "", "is_protected": "1", "sex": "not_stated", "birth_year": "1990"})
    with here.scope():
        kept = selectors.person(row.pk)
        assert (kept.name, kept.alias, kept.cpr) == (NAME, "Grå Gås", "0113900001")
        assert kept.sex == "not_stated"
    client.post(url, {"is_protected": "1", "remove": ["cpr", "alias"]})
    with here.scope():
        kept = selectors.person(row.pk)
        assert (kept.name, kept.alias, kept.cpr) == (NAME, "", "")


def test_taking_the_tick_away_removes_the_number_and_says_no(here: Place) -> None:
    row = person(here, phone="20000001", keep_phone=True)
    url = reverse("staff:person_edit", args=[row.pk])
    here.client().post(url, {"name": NAME, "phone": "20000001", "keep_phone": "1"})
    with here.scope():
        assert selectors.person(row.pk).phone == "+4520000001"
    here.client().post(url, {"name": NAME, "phone": "20000001"})
    with here.scope():
        assert selectors.person(row.pk).phone == ""
        assert selectors.consent_given(row.pk, ConsentPurpose.KEEP_PHONE) is False


def test_a_typed_number_of_somebody_else_leads_to_them(here: Place) -> None:
    known, row = person(here, cpr=CPR), person(here, name="", alias="Grå Gås")
    page = text(
        here.client().post(reverse("staff:person_edit", args=[row.pk]), {"alias": "Grå Gås", "cpr": CPR})
    )
    assert str(known.pk) in page
    assert "error-summary" in page


def test_wishes_consents_and_new_words_are_recorded_from_the_pages(here: Place) -> None:
    row, client = thread(here), here.client()
    wishes = {
        "may_ring": "yes",
        "band": "evening",
        "medium": "sms",
        "avoid_weekdays": ["0"],
        "do_not_remind": "1",
    }
    assert client.post(reverse("staff:person_wishes", args=[row.pk]), wishes).status_code == 302
    consent = reverse("staff:consent", args=[row.pk])
    client.post(consent, {"purpose": "follow_up", "said": "no"})
    client.post(reverse("staff:person_words", args=[row.pk]))
    with here.scope():
        kept = selectors.person(row.pk)
        assert (kept.may_ring, kept.band, kept.avoid_weekdays, kept.do_not_remind) == (
            "yes",
            "evening",
            "0",
            True,
        )
        assert kept.return_words != row.return_words
        assert selectors.consent_given(row.pk, ConsentPurpose.FOLLOW_UP) is False
    text(client.get(reverse("staff:person", args=[row.pk])))
    client.post(consent, {"purpose": "follow_up", "said": ""})
    with here.scope():
        assert selectors.consent_given(row.pk, ConsentPurpose.FOLLOW_UP) is None
    for wrong in (
        client.post(consent, {"purpose": "unheard"}),
        client.post(reverse("staff:person_wishes", args=[row.pk]), {"band": "unheard"}),
    ):
        assert wrong.status_code == 400


def test_a_wish_recorded_on_the_page_reaches_the_open_promises(here: Place) -> None:
    row = person(here, phone="20000001", keep_phone=True)
    with here.scope():
        promise = promises.make_callback(
            actor=here.worker, now=NOW, service=here.service, number="20000001", person_id=row.pk
        )
    here.client().post(reverse("staff:person_wishes", args=[row.pk]), {"may_ring": "yes_no_message"})
    with here.scope():
        assert promises_read.promise(promise.pk).may_ring == "yes_no_message"


def test_glass_is_broken_with_a_reason_and_the_leader_sees_it(here: Place) -> None:
    row = person(here)
    elsewhere = client_of(here.other_worker)
    assert elsewhere.get(reverse("staff:person", args=[row.pk])).status_code == 403
    glass = reverse("staff:break_glass", args=[row.pk])
    page = text(elsewhere.get(glass))
    assert NAME not in page
    assert here.service.name in page
    assert "error-summary" in text(elsewhere.post(glass, {"reason": " "}))
    response = elsewhere.post(glass, {"reason": "Står i døren"})
    assert response.headers["Location"] == reverse("staff:person", args=[row.pk])
    seen = get(elsewhere, "person", row.pk)
    assert NAME in seen
    assert reverse("staff:person_edit", args=[row.pk]) not in seen
    leader = here.client(Role.LEADER)
    listed = get(leader, "break_glass_list", here.service.slug)
    assert "Står i døren" in listed
    with here.scope():
        (broken,) = selectors.break_glasses(here.service.pk)
    review = reverse("staff:break_glass_review", args=[broken.pk])
    assert client_of(here.other_worker).post(review).status_code == 403
    leader.post(review)
    leader.post(review)
    with here.scope():
        assert selectors.unreviewed_break_glasses(here.service.pk) == 0
    text(leader.get(reverse("staff:break_glass_list", args=[here.service.slug])))


def test_glass_leads_straight_to_a_person_whom_the_service_knows(here: Place) -> None:
    row = person(here)
    response = here.client().get(reverse("staff:break_glass", args=[row.pk]))
    assert response.headers["Location"] == reverse("staff:person", args=[row.pk])


def test_a_person_known_elsewhere_is_found_by_words_without_a_name_and_opened_with_a_reason(
    here: Place,
) -> None:
    row = person(here, cpr=CPR)
    elsewhere = client_of(here.other_worker)
    page = text(elsewhere.post(reverse("staff:people", args=[here.other_service.slug]), {"term": CPR}))
    assert NAME not in page
    assert reverse("staff:break_glass", args=[row.pk]) in page
    assert reverse("staff:person", args=[row.pk]) + '"' not in page


def test_the_leader_reads_who_has_opened_the_record_in_words(here: Place) -> None:
    row = person(here)
    get(here.client(), "person", row.pk)
    page = get(here.client(Role.LEADER), "person_audit", row.pk)
    assert "Opdigtet Worker" in page
    assert "person.read" not in page
    assert reverse("staff:person_audit", args=[row.pk]) in get(here.client(Role.LEADER), "person", row.pk)


def test_a_person_with_everything_shows_everything(here: Place) -> None:
    row = person(here, phone="20000001", keep_phone=True, sex="female", birth_year="1990")
    talk = contact(here, person_id=row.pk)
    with here.scope():
        draft = plans.start_version(
            actor=here.worker, now=NOW, person_id=row.pk, service=here.service, contact_id=talk.pk
        )
        assert draft.number == 1
    page = get(here.client(), "person", row.pk)
    assert "20 00 00 01" in page
    assert "20000001" not in page[page.index("<title>") : page.index("</title>")]


def test_few_queries_for_search_and_person(here: Place, django_assert_max_num_queries: Any) -> None:
    row, client = person(here), here.client()
    for _ in range(5):
        contact(here, person_id=row.pk)
        person(here)
    get(client, "person", row.pk)
    with django_assert_max_num_queries(34):
        get(client, "person", row.pk)
    with django_assert_max_num_queries(20):
        text(client.post(reverse("staff:people", args=[here.service.slug]), {"term": NAME}))
