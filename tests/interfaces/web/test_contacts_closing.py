import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lygte.apps.audit.models import AuditEvent
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services
from lygte.apps.contacts.models import ChildNotification, Contact
from lygte.apps.core.saving import FieldEdit
from lygte.apps.people import selectors as people_read
from lygte.apps.people import services as people
from lygte.apps.promises import selectors as promises
from lygte.apps.tenancy.models import LocalCode
from lygte.domain.events import Verb
from lygte.domain.vocab import Channel, DayBand, Medium, Role
from tests.world import NOW, Place, World

# PostgreSQL is told the municipality, once on the way in and once on the way out.
SCOPE = 4 if connection.vendor == "postgresql" else 0


@pytest.fixture
def here(world: World) -> Iterator[Place]:
    with world.here.scope():
        yield world.here


@pytest.fixture
def worker(here: Place) -> Client:
    return here.client()


def opened(here: Place, *, person_id: Any = None, **fields: Any) -> Contact:
    contact = services.open_contact(
        actor=here.worker,
        now=timezone.now(),
        service=here.service,
        channel=Channel.PHONE,
        person_id=person_id,
    )
    if fields:
        edits = {name: FieldEdit(value) for name, value in fields.items()}
        services.save_fields(actor=here.worker, now=NOW, contact_id=contact.pk, fields=edits)
    return contact


def address(name: str, row: Any) -> str:
    return reverse(f"staff:{name}", args=[row.pk])


def closing_page(client: Client, contact: Contact) -> str:
    response = client.get(address("contact_close", contact))
    assert response.status_code == 200
    return response.content.decode()


def filled(page: str, **given: Any) -> dict[str, Any]:
    """What a browser would post from the page, with some answers given."""
    hidden = dict(re.findall(r'<input type="hidden" name="(base_\w+)" value="(\w*)">', page))
    minutes = re.search(r'name="minutes" id="id_minutes" value="(\d*)"', page)
    assert minutes
    return hidden | {"minutes": minutes[1], "next": "close"} | given


def close(client: Client, contact: Contact, **given: Any) -> Any:
    return client.post(address("contact_close", contact), filled(closing_page(client, contact), **given))


def test_closing_saves_the_answers_and_leads_back_to_the_board(here: Place, worker: Client) -> None:
    contact = opened(here, level="moderate", caller="citizen")
    response = close(
        worker, contact, outcome="partly", measures=["new_conversation", "helped_on"],
        conversation_held="yes",
        plan_state="oral", may_ring="yes", closing="Ringer selv i morgen",
    )  # fmt: skip
    assert response.headers["Location"] == reverse("staff:board", args=[here.service.slug])
    row = Contact.objects.get(pk=contact.pk)
    assert (row.state, row.outcome, row.measures) == ("closed", "partly", ["new_conversation", "helped_on"])
    assert (row.conversation_held, row.plan_state, row.may_ring) == ("yes", "oral", "yes")


def test_minutes_are_filled_in_from_the_clock_and_can_be_corrected_or_emptied(
    here: Place, worker: Client
) -> None:
    by_clock, corrected, emptied, forgotten = opened(here), opened(here), opened(here), opened(here)
    Contact.objects.update(started_at=NOW, received_at=NOW, ended_at=NOW + timedelta(minutes=17))
    Contact.objects.filter(pk=forgotten.pk).update(ended_at=NOW + timedelta(hours=30))
    close(worker, forgotten)
    close(worker, by_clock)
    close(worker, corrected, minutes="25")
    close(worker, emptied, minutes="")
    minutes = [Contact.objects.get(pk=row.pk).minutes for row in (by_clock, corrected, emptied, forgotten)]
    assert minutes == [17, 25, None, None]


def test_the_page_says_what_will_be_counted_as_not_stated_and_does_not_block(
    here: Place, worker: Client
) -> None:
    contact = opened(here, level="mild")
    page = closing_page(worker, contact)
    assert 'data-effect="missing"' in page and "MISSING[" not in page
    assert close(worker, contact).status_code == 302
    assert Contact.objects.get(pk=contact.pk).state == "closed"


def test_closing_is_refused_with_a_sentence_and_the_field_until_a_notification_is_decided(
    here: Place, worker: Client
) -> None:
    contact = opened(here, children="yes")
    refused = close(worker, contact, outcome="stabilised")
    page = refused.content.decode()
    assert refused.status_code == 200
    assert '<a href="#id_notification_choice">' in page
    assert 'id="id_notification_choice"' in page and 'id="id_notification_choice_error"' in page
    row = Contact.objects.get(pk=contact.pk)
    assert (row.state, row.outcome) == ("open", "stabilised")


def test_a_decision_without_a_reason_is_refused_and_what_was_typed_stays(here: Place, worker: Client) -> None:
    contact = opened(here, under_18="yes")
    refused = close(worker, contact, notification_choice="notify", notification_sent_to="Børn og Unge")
    page = refused.content.decode()
    assert refused.status_code == 200
    assert '<a href="#id_notification_reason">' in page
    assert 'value="Børn og Unge"' in page
    assert ChildNotification.objects.count() == 0


@pytest.mark.parametrize("choice", ["notify", "do_not_notify", "already_notified"])
def test_a_decision_either_way_with_a_reason_lets_the_contact_close(
    here: Place, worker: Client, choice: str
) -> None:
    contact = opened(here, children="yes")
    response = close(worker, contact, notification_choice=choice, notification_reason="Talt igennem")
    assert response.status_code == 302
    assert Contact.objects.get(pk=contact.pk).state == "closed"
    assert ChildNotification.objects.get().choice == choice


def test_a_wrong_day_of_sending_is_told_and_closes_nothing(here: Place, worker: Client) -> None:
    contact = opened(here, children="yes")
    response = close(
        worker, contact, notification_choice="notify", notification_reason="x", notification_sent_on="i går"
    )
    assert response.status_code == 200
    assert Contact.objects.get(pk=contact.pk).state == "open"


def test_a_field_that_cannot_be_stored_keeps_the_contact_open_and_the_rest_saved(
    here: Place, worker: Client
) -> None:
    contact = opened(here)
    response = close(worker, contact, minutes="længe", outcome="partly")
    assert response.status_code == 200
    assert '<a href="#id_minutes">' in response.content.decode()
    row = Contact.objects.get(pk=contact.pk)
    assert (row.state, row.outcome, row.minutes) == ("open", "partly", None)


def test_somebody_else_closing_first_is_no_accident(here: Place, worker: Client) -> None:
    contact = opened(here)
    sent = filled(closing_page(worker, contact))
    services.close(actor=here.leader, now=NOW, contact_id=contact.pk)
    response = worker.post(address("contact_close", contact), sent)
    assert response.headers["Location"] == address("contact", contact)


def test_wishes_are_kept_with_the_person_and_start_a_follow_up(here: Place, worker: Client) -> None:
    person, _words = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    contact = opened(here, person_id=person.pk, level="moderate", caller="citizen")
    close(worker, contact, may_ring="yes_no_message", band="evening", medium="phone", do_not_remind="yes")
    wish = people_read.wish_of(people_read.person(person.pk))
    assert (wish.band, wish.medium, wish.may_ring, wish.do_not_remind) == (
        DayBand.EVENING, Medium.PHONE, "yes_no_message", True,
    )  # fmt: skip
    assert {row.kind for row in promises.of_contact(contact.pk)} == {"plan_follow_up", "wellbeing"}


def test_an_anonymous_caller_can_be_followed_up_on_a_number_alone(here: Place, worker: Client) -> None:
    contact = opened(here, level="severe", caller="citizen")
    refused = close(worker, contact, number="12")
    assert refused.status_code == 200
    assert '<a href="#id_number">' in refused.content.decode()
    close(worker, contact, may_ring="yes", number="20 30 40 50")
    assert promises.of_contact(contact.pk)[0].number == "+4520304050"


def test_a_local_measure_can_be_chosen_at_closing_in_the_language_of_the_reader(
    here: Place, worker: Client
) -> None:
    LocalCode.objects.create(
        service=here.service, code_list="measure", code="sauna", label_da="Sauna i aften",
        label_en="Sauna tonight",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    contact = opened(here)
    assert "Sauna i aften" in closing_page(worker, contact)
    close(worker, contact, measures=["sauna"])
    assert Contact.objects.get(pk=contact.pk).measures == ["sauna"]
    assert "Sauna i aften" in worker.get(address("contact", contact)).content.decode()


def test_staying_the_night_asks_for_the_stay_and_nothing_else_does(here: Place, worker: Client) -> None:
    stays, leaves = opened(here, measures=["overnight"]), opened(here, measures=["none"])
    assert 'name="stay_from"' in closing_page(worker, stays)
    assert 'name="stay_from"' not in closing_page(worker, leaves)


def test_saving_without_closing_stays_on_the_page(here: Place, worker: Client) -> None:
    contact = opened(here)
    response = close(worker, contact, next="stay", outcome="partly")
    assert response.headers["Location"] == address("contact_close", contact)
    row = Contact.objects.get(pk=contact.pk)
    assert (row.state, row.outcome) == ("open", "partly")


def test_the_closing_page_asks_the_database_a_fixed_number_of_times(
    here: Place, worker: Client, django_assert_max_num_queries: Any
) -> None:
    contact = opened(here, level="moderate", children="yes")
    closing_page(worker, contact)
    with django_assert_max_num_queries(18 + SCOPE):
        closing_page(worker, contact)


def test_the_decision_page_keeps_its_own_trace(here: Place, worker: Client) -> None:
    contact = opened(here, children="yes")
    url = address("notification", contact)
    sent = {"choice": "notify", "reason": "Bekymring", "sent_on": "", "sent_to": ""}
    assert worker.post(url, sent | {"reason": ""}).status_code == 200
    assert worker.post(url, sent | {"choice": ""}).status_code == 200
    assert worker.post(url, sent).status_code == 302
    page = worker.get(url).content.decode()
    assert "Bekymring" in page and "MISSING[" not in page
    row = ChildNotification.objects.get()
    verbs = list(AuditEvent.objects.filter(subject_id=row.pk).order_by("id").values_list("verb", flat=True))
    assert verbs[0] == Verb.NOTIFICATION_DECIDED and Verb.NOTIFICATION_READ in verbs
    assert "Bekymring" not in worker.get(address("contact", contact)).content.decode()


def test_a_sent_notification_waits_for_its_receipt_for_six_working_days(here: Place, worker: Client) -> None:
    contact = opened(here, children="yes")
    url = address("notification", contact)
    sent_on = date(2026, 11, 10)
    worker.post(
        url, {"choice": "notify", "reason": "x", "sent_on": sent_on.isoformat(), "sent_to": "Børn og Unge"}
    )
    row = ChildNotification.objects.get()
    assert row.receipt_due == date(2026, 11, 18)
    receipt = address("notification_receipt", row)
    assert "18/11" in worker.get(url).content.decode()
    assert worker.post(receipt, {"receipt_on": ""}).status_code == 200
    assert worker.post(receipt, {"receipt_on": "2026-11-09"}).status_code == 200
    assert worker.post(receipt, {"receipt_on": "2026-11-17", "outcome": "Modtaget"}).status_code == 302
    row.refresh_from_db()
    assert (row.receipt_on, row.outcome) == (date(2026, 11, 17), "Modtaget")
    verbs = AuditEvent.objects.filter(subject_id=row.pk).values_list("verb", flat=True)
    assert {Verb.NOTIFICATION_SENT, Verb.NOTIFICATION_RECEIPT} <= set(verbs)


def test_the_leader_decides_like_a_worker(here: Place) -> None:
    contact = opened(here, children="yes")
    sent = {"choice": "do_not_notify", "reason": "Barnet er hos sin far"}
    assert here.client(Role.LEADER).post(address("notification", contact), sent).status_code == 302
    assert ChildNotification.objects.get().decided_by_id == here.users[Role.LEADER].pk


def typed(client: Client, contact: Contact, **fields: Any) -> dict[str, Any]:
    sent = {"client": "p", "seq": 1, "fields": {n: {"value": v, "base": ""} for n, v in fields.items()}}
    url = address("contact_save", contact) + "?afslut=1"
    return client.patch(url, json.dumps(sent), content_type="application/json").json()


def test_a_decision_that_is_being_typed_is_kept_and_decides_nothing(here: Place, worker: Client) -> None:
    contact = opened(here, children="yes")
    answer = typed(worker, contact, notification_reason="Vi ved endnu ikke", notification_choice="notify")
    assert answer["saved"].keys() == {"notification_reason", "notification_choice"}
    assert "Vi ved endnu ikke" in closing_page(here.client(Role.LEADER), contact)
    assert contacts_read.notification(contact.pk) is None
    assert contacts_read.notifications_without_receipt(here.service.pk, date(2026, 11, 20)) == []
    assert close(worker, contact).status_code == 200
    assert close(worker, contact, notification_choice="notify", notification_reason="Nu").status_code == 302
    assert ChildNotification.objects.get().reason == "Nu"


def test_two_who_type_one_decision_both_keep_their_words(here: Place, worker: Client) -> None:
    contact = opened(here, children="yes")
    typed(worker, contact, notification_reason="Hendes")
    conflict = typed(here.client(Role.LEADER), contact, notification_reason="Mine")["conflicts"]
    assert conflict["notification_reason"]["theirs"] == "Hendes"
    assert conflict["notification_reason"]["by"] == "Opdigtet Worker"


@pytest.mark.parametrize(
    ("field", "value"),
    [("notification_choice", "maybe"), ("notification_sent_on", "i går"), ("notification_by", "x"),
     ("notification_reason", 7)],
)  # fmt: skip
def test_a_typed_decision_that_cannot_be_stored_is_told_at_its_field(
    here: Place, worker: Client, field: str, value: Any
) -> None:
    contact = opened(here, children="yes")
    assert typed(worker, contact, **{field: value})["errors"].keys() == {field}
    assert ChildNotification.objects.count() == 0


def test_a_decision_that_is_taken_is_not_typed_over(here: Place, worker: Client) -> None:
    contact = opened(here, children="yes")
    sent = {"choice": "do_not_notify", "reason": "Trygge"}
    worker.post(address("notification", contact), sent)
    answer = typed(worker, contact, notification_reason="Andet")
    assert answer["errors"].keys() == {"notification_reason"}
    assert ChildNotification.objects.get().reason == "Trygge"
