import csv
import io
from typing import Any

import pytest

from lygte.apps.audit.models import AuditEvent
from lygte.apps.contacts.models import Contact
from lygte.apps.insight import selectors, services
from lygte.apps.insight.contacts_file.columns import COLUMNS
from lygte.apps.people import services as people
from lygte.domain.access import AccessDenied
from lygte.domain.events import Verb
from lygte.domain.time import month_bounds
from lygte.domain.vocab import Direction, Role
from tests.apps.insight.cases import at, contact
from tests.world import NOW, Place, World

CPR = "0113601234"
NAME = "Opdigtet Fyrbøder"
START, END = month_bounds(2026, 11)


@pytest.fixture
def filled(world: World) -> Place:
    place = world.here
    with place.scope():
        person = people.create_person(
            actor=place.worker, now=NOW, service=place.service, name=NAME, cpr=CPR, sex="male", confirmed=True
        )
        thread, _words = people.new_thread(actor=place.worker, now=NOW, service=place.service)
        who = [person.pk, thread.pk, person.pk, None]
        for number in range(16):
            contact(
                place,
                at(1 + number, 6 + number, 7),
                counted_as=who[number % 4],
                minutes=number or None,
                channel=("phone", "walk_in")[number % 2],
                caller=("citizen", "", "not_stated")[number % 3],
                level=("mild", "moderate", "severe", "not_stated", "")[number % 5],
                sex=("female", "", "male")[number % 3],
                causes=(["anxiety", "conflict"], ["not_stated"], [])[number % 3],
                counted_first_time=("first", "repeat", "not_stated", "")[number % 4],
                first_time="",
                outcome=("stabilised", "partly", "not_stated", "")[number % 4],
                measures=(["overnight"], ["none"], [], ["new_conversation"])[number % 4],
                nights=9 if number == 8 else None,
                conversation_held=("yes", "no", "")[number % 3],
                plan_state=("written", "oral", "not_relevant", "")[number % 4],
                may_ring="yes_no_message",
                children=("yes", "no", "not_stated")[number % 3],
                under_18=("no", "")[number % 2],
                about="self",
                felt_acute="yes",
                cpr_answer="declined",
            )
        contact(place, at(9, 12), direction=Direction.OUTGOING, outgoing_kind="wellbeing")
        contact(place, at(18, 12), state="open", closed_at=None, ended_at=None, level="mild")
    return place


def exported(
    place: Place, *, role: Role = Role.LEADER, pseudonymous: bool = False, service: Any = None
) -> str:
    with place.scope():
        return services.export_contacts(
            actor=place.actor(role),
            now=NOW,
            service=service or place.service,
            start=START,
            end=END,
            pseudonymous=pseudonymous,
        )


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_every_contact_of_the_period_is_a_line_in_the_columns_that_are_read(filled: Place) -> None:
    rows = lines(exported(filled))
    assert len(rows) == 18
    assert list(rows[0]) == [column.name for column in COLUMNS]
    assert rows[0]["date"] == "2026-11-01" and rows[0]["time"] == "06:07" and rows[0]["cpr"] == CPR


def test_what_is_taken_out_and_brought_into_an_empty_service_gives_the_same_month(
    world: World, filled: Place
) -> None:
    text = exported(filled).replace(filled.service.slug, world.there.service.slug)
    there = world.there
    with there.scope():
        found = services.import_contacts(
            actor=there.leader, now=NOW, service=there.service, file=io.BytesIO(text.encode())
        )
        assert (found.stored, found.problems) == (18, ())
        again = selectors.month(there.service, 2026, 11, as_of=NOW).sheet()
    with filled.scope():
        before = selectors.month(filled.service, 2026, 11, as_of=NOW).sheet()
    assert again == before
    assert before["persons"] == 2


def test_a_second_round_gives_the_same_month_too(world: World, filled: Place) -> None:
    text = exported(filled).replace(filled.service.slug, world.there.service.slug)
    with world.there.scope():
        services.import_contacts(
            actor=world.there.leader, now=NOW, service=world.there.service, file=io.BytesIO(text.encode())
        )
    second = exported(world.there)
    unlike = {"person": "", "end": "", "service": "", "contact": ""}
    first = [row | unlike for row in lines(text)]
    assert [row | unlike for row in lines(second)] == first


def test_a_file_that_comes_back_to_its_own_service_stores_nothing_twice(filled: Place) -> None:
    file = io.BytesIO(exported(filled).encode())
    with filled.scope():
        found = services.import_contacts(actor=filled.leader, now=NOW, service=filled.service, file=file)
    assert (found.stored, found.known, found.problems) == (0, 18, ())


def test_no_reference_can_be_taken_for_a_registration_number(filled: Place) -> None:
    references = [row[name] for row in lines(exported(filled)) for name in ("person", "contact") if row[name]]
    assert references and all(reference.isalpha() for reference in references)


def test_the_pseudonymous_file_holds_no_number_no_name_no_clock_and_no_identifier(filled: Place) -> None:
    text = exported(filled, role=Role.EVALUATOR, pseudonymous=True)
    with filled.scope():
        rows = list(Contact.objects.all())
    secrets = {
        CPR,
        NAME,
        *(str(row.pk) for row in rows),
        *(str(row.counted_as) for row in rows if row.counted_as),
    }
    assert [secret for secret in secrets if secret in text or secret.replace("-", "") in text] == []
    assert {"time", "end", "cpr", "contact"}.isdisjoint(lines(text)[0])
    assert "06:07" not in text and len(lines(text)) == 18


def test_a_pseudonym_follows_a_person_and_differs_from_that_of_the_other_file(filled: Place) -> None:
    pseudonymous, full = lines(exported(filled, pseudonymous=True)), lines(exported(filled))
    of_person = {row["person"] for row in pseudonymous if row["person"]}
    assert len(of_person) == 2
    assert of_person.isdisjoint(row["person"] for row in full)
    assert of_person == {row["person"] for row in lines(exported(filled, pseudonymous=True)) if row["person"]}


def test_a_pseudonymous_file_cannot_be_brought_in_by_mistake(world: World, filled: Place) -> None:
    from lygte.apps.insight.contacts_file.problems import FileProblem, FileWrong

    text = exported(filled, pseudonymous=True)
    with world.there.scope(), pytest.raises(FileProblem) as found:
        services.import_contacts(
            actor=world.there.leader, now=NOW, service=world.there.service, file=io.BytesIO(text.encode())
        )
    assert (found.value.wrong, found.value.column) == (FileWrong.HEAD_MISSING, "time")


@pytest.mark.parametrize("role", [Role.WORKER, Role.ADMINISTRATOR])
@pytest.mark.parametrize("pseudonymous", [True, False])
def test_workers_and_administrators_take_no_contacts_out(
    filled: Place, role: Role, pseudonymous: bool
) -> None:
    with pytest.raises(AccessDenied):
        exported(filled, role=role, pseudonymous=pseudonymous)


def test_an_evaluator_takes_out_the_pseudonymous_file_of_the_own_service_alone(filled: Place) -> None:
    with pytest.raises(AccessDenied):
        exported(filled, role=Role.EVALUATOR)
    with pytest.raises(AccessDenied):
        exported(filled, role=Role.EVALUATOR, pseudonymous=True, service=filled.other_service)
    assert lines(exported(filled, role=Role.EVALUATOR, pseudonymous=True))


def test_every_file_that_leaves_is_written_down_and_so_is_every_number_in_it(filled: Place) -> None:
    exported(filled)
    exported(filled, pseudonymous=True)
    with filled.scope():
        events = list(AuditEvent.objects.filter(verb=Verb.CONTACTS_EXPORTED).order_by("at", "id"))
    whole = [event.detail for event in events if event.person_id is None]
    assert {"count": 18, "numbers": 1, "pseudonymous": False} in whole
    assert {"count": 18, "numbers": 0, "pseudonymous": True} in whole
    assert [event.detail for event in events if event.person_id] == [{"number": True}]


def test_no_cell_runs_as_a_formula(filled: Place) -> None:
    with filled.scope():
        contact(filled, at(19, 12), causes=["=cmd"])
    assert "'=cmd" in exported(filled)
