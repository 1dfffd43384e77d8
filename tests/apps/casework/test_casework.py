from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from lygte.apps.casework import services as casework
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services as contacts
from lygte.apps.core.refusals import InvalidField
from lygte.apps.core.saving import FieldEdit, token
from lygte.apps.people import selectors as people_read
from lygte.apps.people import services as people
from lygte.apps.plans import services as plans
from lygte.apps.promises import selectors as promises_read
from lygte.apps.promises import services as promises
from lygte.domain.vocab import Channel, Level, NotificationChoice, PromiseState
from tests.world import NOW, Place, World


@pytest.fixture
def here(world: World) -> Iterator[Place]:
    with world.here.scope():
        yield world.here


def thread(here: Place) -> Any:
    return people.new_thread(actor=here.worker, now=NOW, service=here.service)[0]


def opened(here: Place, person: Any = None, **fields: str) -> Any:
    contact = contacts.open_contact(
        actor=here.worker, now=NOW, service=here.service, channel=Channel.PHONE,
        person_id=person.pk if person else None,
    )  # fmt: skip
    if fields:
        save(here, contact, **fields)
    return contact


def save(here: Place, contact: Any, *, at: Any = NOW, **fields: Any) -> Any:
    edits = {name: FieldEdit(value) for name, value in fields.items()}
    return casework.save_contact(actor=here.worker, now=at, contact_id=contact.pk, fields=edits)


def close(here: Place, contact: Any, **given: Any) -> Any:
    return casework.close_contact(
        actor=here.worker, now=NOW + timedelta(minutes=20), contact_id=contact.pk, **given
    )


def test_raising_the_level_brings_a_promised_callback_forward(here: Place) -> None:
    contact = opened(here, level="mild")
    promise = promises.make_callback(
        actor=here.worker, now=NOW, service=here.service, number="20304050", contact_id=contact.pk,
        level=Level.MILD,
    )  # fmt: skip
    save(here, contact, level="severe")
    moved = promises_read.promise(promise.pk)
    assert moved.due < promise.due
    assert len(promises_read.moves(promise.pk)) == 1


def test_closing_a_crisis_contact_with_a_known_person_promises_the_follow_ups(here: Place) -> None:
    contact = opened(here, thread(here), level="moderate", caller="citizen", may_ring="yes")
    close(here, contact)
    kinds = {row.kind for row in promises_read.of_contact(contact.pk)}
    assert kinds == {"plan_follow_up", "wellbeing"}


def test_a_refused_close_decides_and_promises_nothing(here: Place) -> None:
    contact = opened(here, thread(here), level="moderate", children="yes")
    with pytest.raises(contacts.CannotClose):
        close(here, contact)
    decision = casework.NotificationDecision(NotificationChoice.NOTIFY, "Bekymring")
    with pytest.raises(InvalidField):
        close(here, contact, decision=decision, number="12")
    assert contacts_read.notification(contact.pk) is None
    assert promises_read.of_contact(contact.pk) == []
    assert close(here, contact, decision=decision).state == "closed"


def test_a_wish_without_a_person_is_refused_and_nothing_is_saved(here: Place) -> None:
    contact = opened(here)
    with pytest.raises(InvalidField, match="band"):
        save(here, contact, band="evening", sex="male")
    assert contacts_read.contact(contact.pk).sex == ""


def test_wishes_go_to_the_person_and_the_rest_stays_as_it_was(here: Place) -> None:
    person = thread(here)
    people.set_wishes(
        actor=here.worker, now=NOW, person_id=person.pk, band="morning", medium="sms", avoid_weekdays="5"
    )
    contact = opened(here, person)
    result = save(here, contact, do_not_remind="yes", may_ring="no")
    assert result.saved == {"do_not_remind": token("yes"), "may_ring": token("no")}
    wish = people_read.wish_of(people_read.person(person.pk))
    assert (wish.band, wish.medium, wish.may_ring, wish.do_not_remind) == ("morning", "sms", "no", True)
    assert wish.avoid_weekdays == frozenset({5})


def test_an_unknown_wish_is_refused(here: Place) -> None:
    contact = opened(here, thread(here))
    with pytest.raises(InvalidField, match="medium"):
        save(here, contact, medium="pigeon")
    assert contacts_read.contact(contact.pk).marks == {}


def test_an_admission_holds_the_promises_and_the_discharge_counts_them_anew(here: Place) -> None:
    person = thread(here)
    contact = opened(here, person, level="moderate", caller="citizen", may_ring="yes")
    close(here, contact)
    casework.set_admitted(actor=here.worker, now=NOW, person_id=person.pk, admitted_on=date(2026, 11, 20))
    assert {row.state for row in promises_read.of_contact(contact.pk)} == {PromiseState.ON_HOLD}
    later = NOW + timedelta(days=10)
    casework.set_admitted(actor=here.worker, now=later, person_id=person.pk, admitted_on=None)
    rows = promises_read.of_contact(contact.pk)
    assert {row.state for row in rows} == {PromiseState.PROMISED}
    assert min(row.due for row in rows) > later


def test_a_plan_finished_in_a_contact_shows_on_the_contact(here: Place) -> None:
    person = thread(here)
    contact = opened(here, person)
    version = plans.start_version(
        actor=here.worker, now=NOW, person_id=person.pk, service=here.service, contact_id=contact.pk
    )
    plans.save_sections(
        actor=here.worker, now=NOW, version_id=version.pk, fields={"helps": FieldEdit("At gå en tur")}
    )
    casework.finish_plan(actor=here.worker, now=NOW, version_id=version.pk)
    assert contacts_read.contact(contact.pk).plan_state == "written"


def test_what_was_promised_in_a_contact_follows_it_to_the_person_and_back(here: Place) -> None:
    person, contact = thread(here), opened(here)
    promise = promises.make_callback(
        actor=here.worker, now=NOW, service=here.service, number="20304050", contact_id=contact.pk
    )
    link = casework.attach(
        actor=here.worker, now=NOW, contact_id=contact.pk, person_id=person.pk, reason="Tre ord"
    )
    assert promises_read.promise(promise.pk).person_id == person.pk
    casework.detach(actor=here.worker, now=NOW, link_id=link.pk, reason="Forkert")
    assert promises_read.promise(promise.pk).person_id is None
