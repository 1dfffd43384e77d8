"""What arrives late, twice or from two people writes over nobody."""

from typing import Any

import pytest

from lygte.apps.casework import services as casework
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services as contacts
from lygte.apps.core.saving import MOST_PAGES, SEEN, FieldEdit, token
from lygte.apps.people import selectors as people_read
from lygte.apps.people import services as people
from lygte.apps.plans import selectors as plans_read
from lygte.apps.plans import services as plans
from lygte.domain.vocab import Channel, NoteField, PlanSection, Role
from tests.world import NOW, Place, World


@pytest.fixture
def here(world: World) -> Any:
    with world.here.scope():
        yield world.here


@pytest.fixture
def contact(here: Place) -> Any:
    return contacts.open_contact(actor=here.worker, now=NOW, service=here.service, channel=Channel.PHONE)


def save(here: Place, contact: Any, client: str, seq: int, role: Role = Role.WORKER, **typed: Any) -> Any:
    edits = {name: FieldEdit(value, token(base)) for name, (value, base) in typed.items()}
    return casework.save_contact(
        actor=here.actor(role), now=NOW, contact_id=contact.pk, fields=edits, client=client, seq=seq
    )


def words(contact: Any) -> str:
    return contacts_read.notes(contact.pk).get(NoteField.OWN_WORDS, "")


def test_a_repeat_does_not_undo_what_a_colleague_has_put_back(here: Place, contact: Any) -> None:
    save(here, contact, "mine", 1, own_words=("Til ekskone", ""))
    save(here, contact, "hers", 1, Role.LEADER, own_words=("", "Til ekskone"))
    again = save(here, contact, "mine", 1, own_words=("Til ekskone", ""))
    assert words(contact) == ""
    assert again.conflicts["own_words"].theirs == ""


def test_an_older_message_of_the_same_page_changes_nothing(here: Place, contact: Any) -> None:
    save(here, contact, "mine", 2, own_words=("Det hele", ""))
    late = save(here, contact, "mine", 1, own_words=("Det", ""))
    assert late.conflicts == {}
    assert words(contact) == "Det hele"


def test_the_same_page_name_used_by_somebody_else_opens_nothing(here: Place, contact: Any) -> None:
    save(here, contact, "page", 1, own_words=("Mine", ""))
    other = save(here, contact, "page", 2, Role.LEADER, own_words=("Hendes", ""))
    assert other.conflicts["own_words"].theirs == "Mine"
    assert words(contact) == "Mine"


def test_the_pages_remembered_are_few_and_the_newest(here: Place, contact: Any) -> None:
    for number in range(MOST_PAGES + 6):
        save(here, contact, f"page-{number}", 1, own_words=(f"{number}", f"{number - 1}" if number else ""))
    contact.refresh_from_db()
    assert len(contact.marks[SEEN]) == MOST_PAGES
    assert contact.marks[SEEN][-1] == [f"page-{MOST_PAGES + 5}", 1]


def test_two_who_set_a_wish_see_each_other(here: Place, contact: Any) -> None:
    person, _words = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    casework.attach(
        actor=here.worker, now=NOW, contact_id=contact.pk, person_id=person.pk, reason="sagde ordene"
    )
    save(here, contact, "mine", 1, band=("morning", ""))
    other = save(here, contact, "hers", 1, Role.LEADER, band=("evening", ""))
    assert other.conflicts["band"].theirs == "morning"
    assert other.conflicts["band"].by == here.users[Role.WORKER].name
    assert people_read.person(person.pk).band == "morning"
    save(here, contact, "mine", 2, band=("afternoon", ""))
    assert people_read.person(person.pk).band == "afternoon"


def test_an_older_message_about_a_plan_changes_nothing(here: Place) -> None:
    person, _words = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    draft = plans.start_version(actor=here.worker, now=NOW, person_id=person.pk, service=here.service)

    def write(text: str, seq: int, window: str = "mine") -> Any:
        fields = {PlanSection.HELPS.value: FieldEdit(text, token(""))}
        return plans.save_sections(
            actor=here.worker, now=NOW, version_id=draft.pk, fields=fields, saved_from=window, seq=seq
        )

    write("En tur ved havnen", 2)
    assert write("En tur", 1).conflicts == {}
    assert plans_read.sections(draft.pk)[PlanSection.HELPS] == "En tur ved havnen"
    assert write("Noget andet", 1, "hers").conflicts[PlanSection.HELPS].theirs == "En tur ved havnen"
