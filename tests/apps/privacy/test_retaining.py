from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from lygte.apps.casework import services as casework
from lygte.apps.contacts import services as contacts
from lygte.apps.contacts.models import ContactNote
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.saving import FieldEdit
from lygte.apps.insight import selectors as insight
from lygte.apps.people.models import Person
from lygte.apps.privacy import selectors, services, tasks
from lygte.apps.privacy.models import Receipt
from lygte.apps.promises import selectors as promises
from lygte.apps.promises import services as promise_services
from lygte.apps.promises.models import Promise
from lygte.apps.queue import services as queue
from lygte.apps.queue.models import Call
from lygte.domain.access import AccessDenied, system
from lygte.domain.retention import Ground
from lygte.domain.time import local
from lygte.domain.vocab import CallEvent, Channel, ConsentPurpose, Decision, Role
from tests.apps.privacy.records import NAME, PHONE, SECRET, full_record, left_behind
from tests.world import NOW, Place, World

YEARS_LATER = NOW + timedelta(days=6 * 366)


def everywhere(place: Place) -> Any:
    """Return the right of an administrator of the whole municipality: the system of it."""
    return system(place.municipality.pk)


def counts(now: datetime) -> dict[Ground, int]:
    return {one.rule.ground: one.count for one in selectors.preview(now=now) if one.count}


def run_to_the_end(place: Place, now: datetime) -> None:
    services.start(actor=everywhere(place), now=now)
    for _turn in range(40):
        if not services.go_on(now, batch=1) and selectors.running() is None:
            return
    raise AssertionError("the run has no end")


def closed_record(place: Place) -> Any:
    record = full_record(place)
    for promise in promises.open_for_service(place.service.pk):
        promise_services.decide(
            actor=place.worker,
            now=NOW + timedelta(hours=2),
            promise_id=promise.pk,
            decision=Decision.LET_GO,
            reason="aftalt",
        )
    return record


def anonymous_contact(place: Place) -> Any:
    act: dict[str, Any] = {"actor": place.worker, "now": NOW}
    contact = contacts.open_contact(**act, service=place.service, channel=Channel.PHONE)
    fields = {"own_words": FieldEdit(SECRET), "level": FieldEdit("not_crisis")}
    contacts.save_fields(**act, contact_id=contact.pk, fields=fields)
    casework.close_contact(**act, contact_id=contact.pk)
    return contact


def test_nothing_is_due_before_its_term(world: World) -> None:
    with world.here.scope():
        closed_record(world.here)
        assert counts(NOW + timedelta(days=20)) == {}


def test_what_is_previewed_is_what_goes_and_nothing_of_a_person_is_left(world: World) -> None:
    place = world.here
    with place.scope():
        record = closed_record(place)
        anonymous_contact(place)
        seen = counts(YEARS_LATER)
        day = local(NOW)
        before = insight.month(place.service, day.year, day.month, as_of=YEARS_LATER).sheet()
        run_to_the_end(place, YEARS_LATER)
        after = insight.month(place.service, day.year, day.month, as_of=YEARS_LATER).sheet()
        assert counts(YEARS_LATER) == {}
        words = [SECRET, NAME, PHONE.replace(" ", "")]
        assert left_behind(words, {record.person_id, record.thread_id}) == []
    assert seen[Ground.PERSON_RECORD] == 1
    assert seen[Ground.CONTACT_WITHOUT_PERSON] == 1
    assert before == after


def test_receipts_are_signed_name_the_ground_and_only_grow(world: World) -> None:
    place = world.here
    with place.scope():
        anonymous_contact(place)
        run_to_the_end(place, YEARS_LATER)
        rows = selectors.receipts()
        assert [(row.ground, row.act, row.counts) for row in rows] == [
            ("contact_without_person", "anonymise", {"contact_without_person": 1})
        ]
        assert services.is_genuine(rows[0])
        with pytest.raises(DatabaseError), transaction.atomic():
            Receipt.objects.filter(pk=rows[0].pk).update(counts={})


def test_a_run_that_is_cut_off_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    place = world.here
    with place.scope():
        for _one in range(3):
            anonymous_contact(place)
        services.start(actor=everywhere(place), now=YEARS_LATER)
        assert services.go_on(YEARS_LATER, batch=1) == 1
        with monkeypatch.context() as patched:
            patched.setattr("lygte.apps.privacy.services.receipts.write", _die)
            with pytest.raises(KeyboardInterrupt):
                services.go_on(YEARS_LATER, batch=1)
        assert ContactNote.objects.count() == 2
        assert len(selectors.receipts()) == 1
    tasks.let_go(YEARS_LATER)
    with place.scope():
        assert ContactNote.objects.count() == 0
        assert sum(row.counts["contact_without_person"] for row in selectors.receipts()) == 3
        assert selectors.running() is None


def _die(**_: Any) -> None:
    raise KeyboardInterrupt


def test_a_person_under_a_hold_is_kept_with_every_piece(world: World) -> None:
    with world.here.scope():
        record = closed_record(world.here)
        services.hold(actor=world.here.leader, now=NOW, person_id=record.person_id, reason="klagesag")
        assert counts(YEARS_LATER) == {}
        services.lift(actor=world.here.leader, now=NOW, person_id=record.person_id)
        assert counts(YEARS_LATER)[Ground.PERSON_RECORD] == 1


def test_a_person_to_whom_something_is_promised_is_not_past_any_term(world: World) -> None:
    with world.here.scope():
        full_record(world.here)
        assert Ground.PERSON_RECORD not in counts(YEARS_LATER)


def test_a_word_with_a_linked_thread_keeps_the_whole_person(world: World) -> None:
    with world.here.scope():
        record = closed_record(world.here)
        contacts.open_contact(
            actor=world.here.worker,
            now=YEARS_LATER - timedelta(days=30),
            service=world.here.service,
            channel=Channel.PHONE,
            person_id=record.thread_id,
        )
        assert Ground.PERSON_RECORD not in counts(YEARS_LATER)


def test_a_municipality_chooses_its_own_term_with_a_reason_and_only_within_bounds(world: World) -> None:
    place = world.here
    act: dict[str, Any] = {"actor": everywhere(place), "now": NOW}
    with place.scope():
        services.choose(**act, ground=Ground.CALL_NUMBER, months=2, reason="besluttet i udvalget")
        chosen = {one.rule.ground: one for one in selectors.preview(now=NOW)}[Ground.CALL_NUMBER]
        assert (chosen.months, chosen.is_chosen, chosen.reason) == (2, True, "besluttet i udvalget")
        with pytest.raises(InvalidField):
            services.choose(**act, ground=Ground.CHILD_NOTIFICATION, months=1, reason="kort")
        with pytest.raises(InvalidField):
            services.choose(**act, ground=Ground.AUDIT_EVENT, months=80, reason="kort")
        with pytest.raises(InvalidField):
            services.choose(**act, ground=Ground.CALL_NUMBER, months=3, reason="")


def test_one_service_cannot_let_go_of_what_the_whole_municipality_holds(world: World) -> None:
    with world.here.scope():
        for role in (Role.ADMINISTRATOR, Role.LEADER, Role.WORKER):
            with pytest.raises(AccessDenied):
                services.start(actor=world.here.actor(role), now=NOW)


def test_one_run_at_a_time(world: World) -> None:
    with world.here.scope():
        services.start(actor=everywhere(world.here), now=NOW)
        with pytest.raises(Refused, match="already_running"):
            services.start(actor=everywhere(world.here), now=NOW)


def test_the_number_of_a_call_goes_and_the_call_stays_a_figure(world: World) -> None:
    place = world.here
    with place.scope():
        queue.announce(
            actor=place.worker,
            now=NOW,
            endpoint_id=None,
            service=place.service,
            external_id="a-call",
            event=CallEvent.RINGING,
            at=NOW,
            number=PHONE,
        )
        run_to_the_end(place, NOW + timedelta(days=200))
        call = Call.objects.get()
    assert (call.number, call.number_index, call.rang_at) == ("", None, NOW)
    assert call.external_id.startswith("gone-")


def test_taking_back_the_yes_to_keep_the_number_takes_it_off_the_open_promises(world: World) -> None:
    place = world.here
    with place.scope():
        record = full_record(place)
        assert Promise.objects.filter(number__isnull=False).exists()
        casework.withdraw_consent(
            actor=place.worker, now=NOW, person_id=record.person_id, purpose=ConsentPurpose.KEEP_PHONE
        )
        assert not Promise.objects.filter(number__isnull=False).exists()
        assert promises.open_for_service(place.service.pk)
        assert Person.objects.get(pk=record.person_id).phone == ""
