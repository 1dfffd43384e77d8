from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from lygte.apps.audit.models import AuditEvent
from lygte.apps.contacts import selectors, services
from lygte.apps.contacts.models import ChildNotification, Contact
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.saving import FieldEdit, token
from lygte.apps.core.selectors import live_version
from lygte.apps.people import services as people
from lygte.apps.tenancy.models import LocalCode
from lygte.domain.access import AccessDenied
from lygte.domain.closing import Blocker
from lygte.domain.events import Verb
from lygte.domain.transitions import TransitionRefused
from lygte.domain.vocab import (
    Channel,
    ContactState,
    Direction,
    Level,
    NoteField,
    NotificationChoice,
    OutgoingKind,
    PlanState,
    Role,
)
from tests.world import NOW, Place, World


@pytest.fixture
def here(world: World) -> Iterator[Place]:
    with world.here.scope():
        yield world.here


def opened(here: Place, **given: Any) -> Contact:
    values = {"actor": here.worker, "now": NOW, "service": here.service, "channel": Channel.PHONE} | given
    return services.open_contact(**values)


def save(here: Place, contact: Contact, *, at: datetime = NOW, actor: Any = None, **fields: Any) -> Any:
    client, seq = fields.pop("client", ""), fields.pop("seq", 0)
    edits = {
        name: value if isinstance(value, FieldEdit) else FieldEdit(value) for name, value in fields.items()
    }
    return services.save_fields(
        actor=actor or here.worker, now=at, contact_id=contact.pk, fields=edits, client=client, seq=seq
    )


def verbs(contact: Contact) -> list[str]:
    return list(
        AuditEvent.objects.filter(subject_id=contact.pk).order_by("at", "id").values_list("verb", flat=True)
    )


def test_a_contact_opens_at_once_and_anonymous(here: Place) -> None:
    contact = opened(here)
    assert (contact.state, contact.person_id, contact.owner_id) == ("open", None, here.users[Role.WORKER].pk)
    assert contact.started_at == contact.received_at == NOW
    assert verbs(contact) == [Verb.CONTACT_OPENED]


def test_opening_with_the_same_identifier_again_gives_the_same_contact(here: Place) -> None:
    wanted = uuid4()
    first, second = opened(here, contact_id=wanted), opened(here, contact_id=wanted)
    assert first.pk == second.pk == wanted
    assert Contact.objects.count() == 1


def test_an_outgoing_contact_needs_a_kind_and_is_marked_as_one(here: Place) -> None:
    with pytest.raises(ValueError, match="kind"):
        opened(here, direction=Direction.OUTGOING)
    contact = opened(here, direction=Direction.OUTGOING, outgoing_kind=OutgoingKind.SECURITY_CALL)
    assert (contact.direction, contact.outgoing_kind) == ("outgoing", "security_call")


def test_the_database_refuses_an_outgoing_contact_without_a_kind(here: Place) -> None:
    contact = opened(here)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(direction="outgoing")


def test_the_second_to_receive_a_guest_is_refused_with_the_name_of_the_first(here: Place) -> None:
    contact = opened(here, channel=Channel.WALK_IN, waiting=True)
    assert (contact.owner_id, contact.received_at) == (None, None)
    services.receive(actor=here.worker, now=NOW, contact=contact)
    with pytest.raises(Refused) as refused:
        services.receive(actor=here.leader, now=NOW, contact=contact)
    assert (refused.value.code, refused.value.facts) == ("contact_taken", {"by": "Opdigtet Worker"})


def test_taking_over_moves_the_contact_and_is_recorded_once(here: Place) -> None:
    contact = opened(here)
    for _ in range(2):
        contact = services.take_over(actor=here.leader, now=NOW, contact=contact)
    assert contact.owner_id == here.leader.id
    assert verbs(contact).count(Verb.CONTACT_TAKEN_OVER) == 1


def test_an_evaluator_can_neither_open_nor_read_a_contact(here: Place) -> None:
    contact = opened(here)
    evaluator = here.actor(Role.EVALUATOR)
    with pytest.raises(AccessDenied):
        opened(here, actor=evaluator)
    with pytest.raises(AccessDenied):
        services.read_contact(actor=evaluator, now=NOW, contact_id=contact.pk)


def test_reading_a_contact_is_recorded(here: Place) -> None:
    contact = opened(here)
    services.read_contact(actor=here.leader, now=NOW, contact_id=contact.pk)
    assert verbs(contact)[-1] == Verb.CONTACT_READ


def test_every_field_keeps_the_three_states_of_knowing(here: Place) -> None:
    contact = opened(here)
    assert contact.sex == ""
    save(here, contact, sex="not_stated")
    assert Contact.objects.get(pk=contact.pk).sex == "not_stated"
    save(here, contact, sex=None)
    assert Contact.objects.get(pk=contact.pk).sex == ""


def test_words_are_encrypted_and_come_back_as_typed(here: Place) -> None:
    contact = opened(here)
    words = "Kan ikke sove.\n\nEr bange for natten."
    result = save(here, contact, own_words=words, problem="Brud")
    assert result.saved == {"own_words": token(words), "problem": token("Brud")}
    assert selectors.notes(contact.pk) == {NoteField.OWN_WORDS: words, NoteField.PROBLEM: "Brud"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("caller", "dragon", "unknown_code"),
        ("channel", "", "required"),
        ("causes", ["unheard_of"], "unknown_code"),
        ("causes", "anxiety", "unknown_code"),
        ("minutes", "a while", "number"),
        ("minutes", "1441", "number"),
        ("stay_from", "yesterday", "time"),
        ("owner", "x", "unknown_field"),
        ("own_words", "x" * 20_001, "too_long"),
        ("own_words", 7, "too_long"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_nothing_else_of_it_is_saved(
    here: Place, field: str, value: Any, code: str
) -> None:
    contact = opened(here)
    with pytest.raises(InvalidField) as refused:
        save(here, contact, sex="female", **{field: value})
    assert (refused.value.field, refused.value.code) == (field, code)
    assert Contact.objects.get(pk=contact.pk).sex == ""


def test_a_choice_that_stands_alone_gives_way_to_real_ones(here: Place) -> None:
    contact = opened(here)
    save(here, contact, causes=["not_stated", "anxiety"], measures=["none", "not_stated"])
    kept = Contact.objects.get(pk=contact.pk)
    assert (kept.causes, kept.measures) == (["anxiety"], ["not_stated"])


def test_a_local_code_counts_while_valid_and_stays_on_old_contacts(here: Place) -> None:
    code = LocalCode.objects.create(
        service=here.service, code_list="cause", code="gaeld", label_da="Gæld", label_en="Debt",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    old, new = opened(here), opened(here)
    save(here, old, causes=["gaeld"])
    code.valid_to = date(2026, 11, 19)
    code.save()
    assert save(here, old, causes=["gaeld", "anxiety"]).saved
    with pytest.raises(InvalidField):
        save(here, new, causes=["gaeld"])


def test_two_who_write_in_one_field_both_keep_their_words(here: Place) -> None:
    contact = opened(here)
    save(here, contact, own_words="Hendes", client="a", seq=1)
    late = FieldEdit("Mine", token(""))
    result = save(
        here, contact, actor=here.leader, own_words=late, sex=FieldEdit("male", token("")), client="b"
    )
    conflict = result.conflicts["own_words"]
    assert (conflict.theirs, conflict.by, conflict.at) == ("Hendes", "Opdigtet Worker", NOW)
    assert result.saved.keys() == {"sex"}
    assert selectors.notes(contact.pk)[NoteField.OWN_WORDS] == "Hendes"


def test_two_who_write_the_same_do_not_disagree(here: Place) -> None:
    contact = opened(here)
    save(here, contact, level="mild")
    result = save(here, contact, actor=here.leader, level=FieldEdit("mild", token("")))
    assert (result.conflicts, result.level_change) == ({}, None)


def test_what_arrives_late_or_twice_from_the_same_page_changes_nothing(here: Place) -> None:
    contact = opened(here)
    save(here, contact, own_words=FieldEdit("nyt og længere", token("")), client="a", seq=5)
    late = save(here, contact, own_words=FieldEdit("nyt", token("")), client="a", seq=4)
    assert late.saved == {"own_words": token("nyt og længere")}
    assert selectors.notes(contact.pk)[NoteField.OWN_WORDS] == "nyt og længere"


def test_a_page_never_stands_in_its_own_way(here: Place) -> None:
    contact = opened(here)
    save(here, contact, own_words=FieldEdit("nyt", token("")), client="a", seq=1)
    again = save(here, contact, own_words=FieldEdit("nyt og mere", token("")), client="a", seq=2)
    assert (again.conflicts, selectors.notes(contact.pk)[NoteField.OWN_WORDS]) == ({}, "nyt og mere")


def test_one_audit_event_is_written_for_a_burst_of_typing(here: Place) -> None:
    contact = opened(here)
    for second in range(30):
        save(here, contact, at=NOW + timedelta(seconds=second), own_words="x" * (second + 1))
    assert verbs(contact).count(Verb.CONTACT_SAVED) == 1
    save(here, contact, at=NOW + timedelta(minutes=2), own_words="andet")
    save(here, contact, at=NOW + timedelta(minutes=2), actor=here.leader, own_words="tredje")
    events = AuditEvent.objects.filter(verb=Verb.CONTACT_SAVED)
    assert events.count() == 3
    assert all(event.detail == {"fields": ["own_words"]} for event in events)


def test_typing_does_not_wake_the_board_but_a_level_does(here: Place) -> None:
    contact = opened(here)
    before = live_version(here.service.pk)
    save(here, contact, own_words="x")
    assert live_version(here.service.pk) == before
    save(here, contact, level="severe")
    assert live_version(here.service.pk) == before + 1


def test_raising_and_lowering_the_level_keeps_every_value(here: Place) -> None:
    contact = opened(here)
    for level in ("mild", "severe", "moderate"):
        save(here, contact, level=level)
    services.set_level(
        actor=here.leader, now=NOW, contact_id=contact.pk, level=Level.MILD, reason="Faldt til ro"
    )
    steps = [(row.previous, row.level, row.reason) for row in selectors.level_history(contact.pk)]
    assert steps == [
        ("", "mild", ""), ("mild", "severe", ""), ("severe", "moderate", ""),
        ("moderate", "mild", "Faldt til ro"),
    ]  # fmt: skip
    assert verbs(contact).count(Verb.CONTACT_LEVEL_SET) == 4
    assert services.set_level(actor=here.worker, now=NOW, contact_id=contact.pk, level=Level.MILD) is None


def test_a_hung_up_line_leaves_the_contact_open_and_counts_once(here: Place) -> None:
    contact = opened(here)
    services.end_call(now=NOW + timedelta(minutes=8), contact_id=contact.pk)
    services.end_call(now=NOW + timedelta(minutes=9), contact_id=contact.pk)
    row = Contact.objects.get(pk=contact.pk)
    assert (row.state, row.ended_at) == ("open", NOW + timedelta(minutes=8))


def test_closing_is_refused_until_a_child_notification_is_decided(here: Place) -> None:
    contact = opened(here)
    save(here, contact, children="yes")
    with pytest.raises(services.CannotClose) as refused:
        services.close(actor=here.worker, now=NOW, contact_id=contact.pk)
    assert refused.value.blockers == (Blocker.CHILD_NOTIFICATION,)
    services.decide_notification(
        actor=here.worker,
        now=NOW,
        contact_id=contact.pk,
        choice=NotificationChoice.DO_NOT_NOTIFY,
        reason="Trygge",
    )
    assert services.close(actor=here.worker, now=NOW, contact_id=contact.pk).state == ContactState.CLOSED


def test_a_contact_without_any_answer_can_close_and_says_what_is_missing(here: Place) -> None:
    contact = opened(here)
    services.close(actor=here.worker, now=NOW, contact_id=contact.pk)
    event = AuditEvent.objects.get(verb=Verb.CONTACT_CLOSED)
    assert "level" in event.detail["missing"]
    with pytest.raises(TransitionRefused):
        services.close(actor=here.worker, now=NOW, contact_id=contact.pk)


def test_a_closed_contact_cannot_be_typed_in_until_it_is_opened_again_with_a_reason(here: Place) -> None:
    contact = opened(here)
    services.close(actor=here.worker, now=NOW, contact_id=contact.pk)
    with pytest.raises(Refused, match="contact_closed"):
        save(here, contact, sex="male")
    with pytest.raises(InvalidField):
        services.reopen(actor=here.worker, now=NOW, contact_id=contact.pk, reason=" ")
    services.reopen(actor=here.worker, now=NOW, contact_id=contact.pk, reason="Glemte niveauet")
    assert save(here, contact, sex="male").saved
    assert [row.reason for row in selectors.reopenings(contact.pk)] == ["Glemte niveauet"]


def test_a_decision_needs_a_reason_and_what_is_sent_stays_sent(here: Place) -> None:
    contact = opened(here)

    def decide(**given: Any) -> ChildNotification:
        values = {"choice": NotificationChoice.NOTIFY, "reason": "Bekymring"} | given
        return services.decide_notification(actor=here.worker, now=NOW, contact_id=contact.pk, **values)

    with pytest.raises(InvalidField, match="reason"):
        decide(reason="  ")
    with pytest.raises(InvalidField, match="sent_to"):
        decide(sent_on=date(2026, 11, 20))
    with pytest.raises(InvalidField, match="sent_on"):
        decide(sent_on=date(2026, 11, 21), sent_to="Børn og Unge")
    row = decide(sent_on=date(2026, 11, 20), sent_to="Børn og Unge")
    assert row.receipt_due == date(2026, 11, 30)
    with pytest.raises(Refused, match="notification_sent"):
        decide(choice=NotificationChoice.DO_NOT_NOTIFY)


def test_a_receipt_ends_the_waiting_and_leaves_its_own_trace(here: Place) -> None:
    contact = opened(here)
    row = services.decide_notification(
        actor=here.worker, now=NOW, contact_id=contact.pk, choice=NotificationChoice.NOTIFY, reason="Uro",
        sent_on=date(2026, 11, 10), sent_to="Børn og Unge",
    )  # fmt: skip
    waiting = selectors.notifications_without_receipt(here.service.pk, date(2026, 11, 20))
    assert [one.pk for one in waiting] == [row.pk]
    with pytest.raises(InvalidField):
        services.record_receipt(
            actor=here.worker, now=NOW, notification_id=row.pk, receipt_on=date(2026, 11, 9)
        )
    services.record_receipt(
        actor=here.worker, now=NOW, notification_id=row.pk, receipt_on=date(2026, 11, 19), outcome="Modtaget"
    )
    assert selectors.notifications_without_receipt(here.service.pk, date(2026, 11, 20)) == []
    services.read_notification(actor=here.worker, now=NOW, contact_id=contact.pk)
    assert verbs(row)[-2:] == [Verb.NOTIFICATION_RECEIPT, Verb.NOTIFICATION_READ]
    assert set(verbs(contact)) == {Verb.CONTACT_OPENED}


def test_a_guest_for_the_night_is_in_the_house_until_leaving_and_nights_follow_local_days(
    here: Place,
) -> None:
    contact = opened(here, channel=Channel.WALK_IN)
    save(here, contact, measures=["overnight"])
    services.close(actor=here.worker, now=NOW + timedelta(hours=1), contact_id=contact.pk)
    assert [row.pk for row in selectors.in_house(here.service.pk)] == [contact.pk]
    # 23.30 UTC on the 21st is the 22nd in Denmark.
    left = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert services.left_house(actor=here.worker, now=left, contact_id=contact.pk).nights == 2
    assert selectors.in_house(here.service.pk) == []
    with pytest.raises(Refused, match="already_left"):
        services.left_house(actor=here.worker, now=left, contact_id=contact.pk)


def test_a_guest_by_day_leaves_the_house_and_the_contact_stays_open(here: Place) -> None:
    contact = opened(here, channel=Channel.WALK_IN)
    services.left_house(actor=here.worker, now=NOW + timedelta(hours=2), contact_id=contact.pk)
    row = Contact.objects.get(pk=contact.pk)
    assert (row.state, row.nights, selectors.in_house(here.service.pk)) == ("open", None, [])


def test_an_overnight_measure_taken_back_leaves_no_guest_behind(here: Place) -> None:
    contact = opened(here)
    save(here, contact, measures=["overnight"])
    save(here, contact, measures=["none"])
    assert selectors.in_house(here.service.pk) == []


def test_a_stay_cannot_end_before_it_begins(here: Place) -> None:
    contact = opened(here)
    with pytest.raises(InvalidField, match="before_arrival"):
        save(here, contact, stay_from="2026-11-20T20:00", stay_until="2026-11-20T19:00")


def test_counting_is_frozen_at_the_first_close(here: Place) -> None:
    person, _words = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    contact = opened(here)
    save(here, contact, first_time="first")
    services.close(actor=here.worker, now=NOW, contact_id=contact.pk)
    services.attach(
        actor=here.worker, now=NOW, contact_id=contact.pk, person_id=person.pk, reason="Samme stemme"
    )
    services.reopen(actor=here.worker, now=NOW, contact_id=contact.pk, reason="Rettelse")
    row = services.close(actor=here.worker, now=NOW, contact_id=contact.pk)
    assert (row.person_id, row.counted_as, row.counted_first_time) == (person.pk, None, "first")


def test_a_known_person_is_counted_by_identity_and_seen_again_as_repeat(here: Place) -> None:
    person, _words = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    rows = []
    for day in range(2):
        at = NOW + timedelta(days=day)
        contact = opened(here, now=at, person_id=person.pk)
        rows.append(services.close(actor=here.worker, now=at, contact_id=contact.pk))
    assert [row.counted_as for row in rows] == [person.pk, person.pk]
    assert [row.counted_first_time for row in rows] == ["first", "repeat"]


def test_an_employee_who_knows_of_an_anonymous_earlier_time_is_believed(here: Place) -> None:
    person, _words = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    contact = opened(here, person_id=person.pk)
    save(here, contact, first_time="repeat")
    assert services.close(actor=here.worker, now=NOW, contact_id=contact.pk).counted_first_time == "repeat"


def test_attaching_twice_is_refused_and_detaching_makes_the_contact_anonymous_again(here: Place) -> None:
    person, _words = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    contact = opened(here)
    link = services.attach(
        actor=here.worker, now=NOW, contact_id=contact.pk, person_id=person.pk, reason="Ord"
    )
    with pytest.raises(Refused, match="already_linked"):
        services.attach(actor=here.worker, now=NOW, contact_id=contact.pk, person_id=person.pk, reason="Ord")
    services.detach(actor=here.worker, now=NOW, link_id=link.pk, reason="Forkert")
    assert Contact.objects.get(pk=contact.pk).person_id is None


def test_the_plan_state_can_be_set_after_the_contact_is_closed(here: Place) -> None:
    contact = opened(here)
    services.close(actor=here.worker, now=NOW, contact_id=contact.pk)
    services.set_plan_state(actor=here.worker, now=NOW, contact_id=contact.pk, state=PlanState.WRITTEN)
    assert Contact.objects.get(pk=contact.pk).plan_state == "written"


def test_the_list_is_newest_first_and_goes_on_where_it_stopped(here: Place) -> None:
    rows = [opened(here, now=NOW + timedelta(minutes=n // 2)) for n in range(7)]
    first = selectors.listed(here.service.pk, limit=3)
    last = first[-1]
    rest = selectors.listed(here.service.pk, limit=10, before=(last.started_at, last.pk))
    assert {row.pk for row in (*first, *rest)} == {row.pk for row in rows}
    assert not {row.pk for row in first} & {row.pk for row in rest}
    assert [row.started_at for row in first] == sorted((row.started_at for row in rows), reverse=True)[:3]


def test_contacts_of_another_municipality_do_not_exist(world: World) -> None:
    with world.there.scope():
        foreign = opened(world.there)
    with world.here.scope(), pytest.raises(Contact.DoesNotExist):
        services.read_contact(actor=world.here.worker, now=NOW, contact_id=foreign.pk)
