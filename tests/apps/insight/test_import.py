import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lygte.apps.audit.models import AuditEvent
from lygte.apps.contacts.models import Contact
from lygte.apps.insight import selectors, services
from lygte.apps.insight.contacts_file import problems
from lygte.apps.insight.contacts_file.columns import COLUMNS, DANISH, Kind, accepted, code_of
from lygte.apps.insight.contacts_file.problems import FileProblem, FileWrong, Problem, Wrong
from lygte.apps.insight.contacts_file.reading import Limits
from lygte.apps.people import selectors as people_read
from lygte.apps.people import services as people
from lygte.apps.people.models import Person, ServiceTie
from lygte.apps.tenancy.models import LocalCode
from lygte.domain.access import AccessDenied
from lygte.domain.events import Verb
from lygte.domain.vocab import Role
from tests.apps.insight.cases import at
from tests.world import NOW, Place, World

CPR = "011360-1234"
HEAD = "dato;klokken;henvendelsesmåde;krisegrad;minutter;cpr"
ROW = "02-11-2026;20.30;telefon;let;20;"


def stored(place: Place, text: str | bytes, **more: Any) -> services.FileStored:
    data = text if isinstance(text, bytes) else text.encode()
    with place.scope():
        return services.import_contacts(
            actor=place.leader, now=NOW, service=place.service, file=io.BytesIO(data), **more
        )


def contacts(place: Place) -> list[Contact]:
    with place.scope():
        return list(Contact.objects.order_by("started_at", "id"))


def wrong_in(place: Place, head: str, row: str) -> list[tuple[str, Wrong]]:
    found = stored(place, f"{head}\n{row}\n")
    assert contacts(place) == []
    return [(one.column, one.wrong) for one in found.problems]


def test_a_row_becomes_a_closed_contact(world: World) -> None:
    head = (
        "akuttilbud;dato;klokken;slut;henvendelsesmåde;minutter;førstegang;henvender;krisegrad;årsager;køn;"
        "krisesamtale;"
        "kriseplan;situation_ved_afslutning;tiltag;nætter"
    )
    row = (
        "lysborg-havnegade;28/10-2026;23:50;29-10-2026 00.20;Personlig henvendelse;30;flergangsbruger;Borger;"
        "Middelsvær;"
        "Ensomhed|Angst/nervøsitet;kvinde;ja;ja;delvis stabiliseret;overnatning, aftale om ny samtale;2"
    )
    assert stored(world.here, f"{head}\n{row}\n").stored == 1
    (made,) = contacts(world.here)
    assert made.started_at == at(28, 23, 50, month=10) and made.ended_at == at(29, 0, 20, month=10)
    assert (made.state, made.direction, made.channel, made.level) == (
        "closed",
        "incoming",
        "walk_in",
        "moderate",
    )
    assert sorted(made.causes) == ["anxiety", "loneliness"]
    assert sorted(made.measures) == ["new_conversation", "overnight"]
    assert (made.plan_state, made.outcome, made.nights, made.counted_first_time) == (
        "written",
        "partly",
        2,
        "repeat",
    )
    assert made.import_batch is not None and made.person_id is None and made.counted_as is None


def test_an_empty_cell_is_not_recorded_and_not_stated_is_its_own_value(world: World) -> None:
    head = "date,time,channel,level,outcome,causes"
    assert stored(world.here, f"{head}\n2026-11-02,20:30,phone,not stated,,ikke oplyst\n").stored == 1
    (made,) = contacts(world.here)
    assert (made.level, made.outcome, made.causes) == ("not_stated", "", ["not_stated"])
    assert made.minutes is None


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_coding_and_the_separator_are_found_out(world: World, coding: str, delimiter: str) -> None:
    text = f"{HEAD};køn\n{ROW};kvinde\n".replace(";", delimiter)
    assert stored(world.here, text.encode(coding)).stored == 1
    assert contacts(world.here)[0].sex == "female"


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", FileWrong.EMPTY),
        (b"PK\x03\x04 something", FileWrong.SPREADSHEET),
        (b"\x00\x01\x02\x03" * 10, FileWrong.NOT_TEXT),
        (b"dato;klokken;henvendelsesm\x81de\n", FileWrong.NOT_TEXT),
        (b"02-11-2026;20.30;telefon\n", FileWrong.NO_HEAD),
        (b"hello\n", FileWrong.NO_HEAD),
        (f"{HEAD};navn\n{ROW};x\n".encode(), FileWrong.HEAD_UNKNOWN),
        (f"{HEAD};dato\n".encode(), FileWrong.HEAD_TWICE),
        (b"dato;klokken;krisegrad\n", FileWrong.HEAD_MISSING),
        (f'{HEAD}\n"02-11-2026;20.30;telefon\n'.encode(), FileWrong.BROKEN),
    ],
)
def test_a_file_that_cannot_be_read_says_why(world: World, data: bytes, wrong: FileWrong) -> None:
    with pytest.raises(FileProblem) as found:
        stored(world.here, data)
    assert found.value.wrong is wrong
    assert "{" not in problems.file_words(found.value)


def test_a_file_that_is_too_large_is_refused_before_anything_is_stored(world: World) -> None:
    rows = "\n".join([HEAD, *[ROW] * 20])
    with pytest.raises(FileProblem) as found:
        stored(world.here, rows, limits=Limits(rows=10))
    assert found.value.wrong is FileWrong.TOO_MANY_ROWS
    with pytest.raises(FileProblem) as found:
        stored(world.here, rows, limits=Limits(megabytes=0))
    assert found.value.wrong is FileWrong.TOO_LARGE
    assert contacts(world.here) == []


@pytest.mark.parametrize(
    ("row", "column", "wrong"),
    [
        (";20.30;telefon;let;20;", "date", Wrong.REQUIRED),
        ("02-11-2026;;telefon;let;20;", "time", Wrong.REQUIRED),
        ("31-02-2026;20.30;telefon;let;20;", "date", Wrong.DATE),
        ("2/11-26;20.30;telefon;let;20;", "date", Wrong.DATE),
        ("02-11-2026;25.30;telefon;let;20;", "time", Wrong.CLOCK),
        ("21-11-2026;20.30;telefon;let;20;", "date", Wrong.FUTURE),
        ("02-11-2026;20.30;røgsignal;let;20;", "channel", Wrong.CODE),
        ("02-11-2026;20.30;telefon;slem;20;", "level", Wrong.CODE),
        ("02-11-2026;20.30;telefon;let;tyve;", "minutes", Wrong.NUMBER),
        ("02-11-2026;20.30;telefon;let;1441;", "minutes", Wrong.NUMBER),
        ("02-11-2026;20.30;telefon;let;²;", "minutes", Wrong.NUMBER),
        ("02-11-2026;20.30;telefon;let;-5;", "minutes", Wrong.NUMBER),
        ("02-11-2026;20.30;telefon;=1+1;20;", "level", Wrong.FORMULA),
        ("02-11-2026;20.30;@SUM(A1);let;20;", "channel", Wrong.FORMULA),
        ("02-11-2026;20.30;telefon;let;20;3213601234", "cpr", Wrong.CPR),
        ("02-11-2026;20.30;telefon;let;20;1234", "cpr", Wrong.CPR),
        ("02-11-2026;20.30;telefon;010190-1234;20;", "level", Wrong.CPR_HERE),
        ("02-11-2026;20.30;telefon;let;0101901234;", "minutes", Wrong.CPR_HERE),
        ("02-11-2026;20.30;telefon;" + "x" * 400 + ";20;", "level", Wrong.TOO_LONG),
        ("02-11-2026;20.30;telefon;let", "", Wrong.CELLS),
        ("02-11-2026;20.30;telefon;let;20;;", "", Wrong.CELLS),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(world: World, row: str, column: str, wrong: Wrong) -> None:
    assert (column, wrong) in wrong_in(world.here, HEAD, row)


@pytest.mark.parametrize(
    ("more", "cells", "column", "wrong"),
    [
        ("slut", "20.29", "end", Wrong.END_BEFORE_START),
        ("slut", "00.10", "end", Wrong.END_BEFORE_START),
        ("slut", "21-11-2026 20.00", "end", Wrong.FUTURE),
        ("slut", "senere", "end", Wrong.END),
        ("retning", "ud", "outgoing_kind", Wrong.KIND_MISSING),
        ("opkaldstype", "opfølgning", "outgoing_kind", Wrong.KIND_TOO_MANY),
        ("nætter", "2", "nights", Wrong.NIGHTS),
        ("akuttilbud", "lysborg-skovbryn", "service", Wrong.OTHER_SERVICE),
        ("person", "p010190-1234", "person", Wrong.CPR_HERE),
        ("årsager", "ensomhed|noget nyt", "causes", Wrong.CODE),
    ],
)
def test_cells_that_do_not_fit_together_are_named(
    world: World, more: str, cells: str, column: str, wrong: Wrong
) -> None:
    assert wrong_in(world.here, f"{HEAD};{more}", f"{ROW};{cells}") == [(column, wrong)]


def test_one_wrong_row_keeps_the_whole_file_out(world: World) -> None:
    text = "\n".join([HEAD, *[ROW] * 5, "x;20.30;telefon;y;20;", ROW])
    found = stored(world.here, text)
    assert found.stored == 0 and contacts(world.here) == []
    assert found.problems == (Problem(7, "date", Wrong.DATE), Problem(7, "level", Wrong.CODE))


def test_the_first_wrong_row_can_end_the_reading(world: World) -> None:
    text = "\n".join([HEAD, "x;20.30;telefon;let;20;", "y;20.30;telefon;let;20;"])
    assert [one.row for one in stored(world.here, text, stop_at_first=True).problems] == [2]
    assert [one.row for one in stored(world.here, text).problems] == [2, 3]


def test_what_is_wrong_is_said_without_repeating_the_cell(world: World) -> None:
    text = f"{HEAD}\n02-11-2026;20.30;{CPR};{CPR};20;99{CPR}\n"
    said = " ".join(problems.words(one) for one in stored(world.here, text).problems)
    assert "cpr" in said and CPR not in said and CPR.replace("-", "") not in said
    with pytest.raises(FileProblem) as found:
        stored(world.here, f"{HEAD};{CPR}\n{ROW};x\n")
    assert CPR not in problems.file_words(found.value)
    assert CPR not in repr(stored(world.here, text)) and CPR not in str(found.value)


def test_the_same_file_twice_stores_each_contact_once(world: World) -> None:
    text = "\n".join([HEAD, ROW, ROW, "03-11-2026;20.30;telefon;let;20;"])
    assert stored(world.here, text).stored == 3
    again = stored(world.here, text)
    assert (again.stored, again.known) == (0, 3)
    longer = stored(world.here, f"{text}\n04-11-2026;20.30;telefon;let;20;")
    assert (longer.stored, longer.known, len(contacts(world.here))) == (1, 3, 4)


def test_the_same_file_for_another_service_is_another_file(world: World) -> None:
    stored(world.here, f"{HEAD}\n{ROW}")
    with world.here.scope():
        text = io.BytesIO(f"{HEAD}\n{ROW}".encode())
        looked = services.look_at_file(
            actor=world.here.leader, now=NOW, service=world.here.service, file=text
        )
        with pytest.raises(AccessDenied):
            services.look_at_file(
                actor=world.here.leader, now=NOW, service=world.here.other_service, file=text
            )
    assert (looked.known, looked.fresh) == (1, ())


@pytest.mark.parametrize("role", [Role.WORKER, Role.EVALUATOR, Role.ADMINISTRATOR])
def test_only_a_leader_brings_contacts_in(world: World, role: Role) -> None:
    place = world.here
    with place.scope(), pytest.raises(AccessDenied):
        services.import_contacts(
            actor=place.actor(role),
            now=NOW,
            service=place.service,
            file=io.BytesIO(f"{HEAD}\n{ROW}".encode()),
        )
    assert contacts(place) == []


def test_a_number_makes_one_person_whom_all_its_contacts_belong_to(world: World) -> None:
    text = "\n".join([HEAD, ROW + CPR, ROW.replace("02-", "03-") + CPR.replace("-", ""), ROW])
    found = stored(world.here, text)
    assert (found.stored, found.persons_made) == (3, 1)
    first, nobody, second = _by_person(world.here)
    assert first.person_id == second.person_id == first.counted_as == second.counted_as
    assert nobody.person_id is None and nobody.counted_as is None
    with world.here.scope():
        assert people_read.seen_before(first.person_id, NOW)


def _by_person(place: Place) -> tuple[Contact, Contact, Contact]:
    rows = contacts(place)
    (nobody,) = [row for row in rows if row.person_id is None]
    first, second = [row for row in rows if row.person_id]
    return first, nobody, second


def test_a_number_that_the_service_knows_is_linked_to_that_person(world: World) -> None:
    place = world.here
    with place.scope():
        person = people.create_person(actor=place.worker, now=NOW, service=place.service, cpr=CPR)
    assert stored(place, f"{HEAD}\n{ROW}{CPR}").persons_made == 0
    (made,) = contacts(place)
    assert made.person_id == made.counted_as == person.pk


def test_a_file_does_not_open_the_record_of_a_person_whom_only_another_service_knows(world: World) -> None:
    place = world.here
    with place.scope():
        worker = place.actor_of(place.other_worker)
        person = people.create_person(actor=worker, now=NOW, service=place.other_service, cpr=CPR)
        stored(place, f"{HEAD}\n{ROW}{CPR}")
        assert not people_read.may_read(place.leader, person.pk, NOW)
        assert ServiceTie.objects.filter(service=place.service).count() == 0
    (made,) = contacts(place)
    assert made.person_id is None and made.counted_as == person.pk


def test_a_reference_counts_as_one_person_without_making_one(world: World) -> None:
    rows = [f"{ROW};nr-7", f"{ROW.replace('02-', '03-')};nr-7", f"{ROW.replace('02-', '04-')};nr-8"]
    stored(world.here, "\n".join([f"{HEAD};person", *rows]))
    counted = [row.counted_as for row in contacts(world.here)]
    assert counted[0] == counted[1] != counted[2] and isinstance(counted[0], UUID)
    with world.here.scope():
        assert Person.objects.count() == 0
        month = selectors.month(world.here.service, 2026, 11, as_of=NOW)
    assert (month.number("persons"), month.number("multi_time")) == (2, 1)


def test_codes_that_the_service_has_added_are_known(world: World) -> None:
    with world.here.scope():
        LocalCode.objects.create(
            service=world.here.service,
            code_list="cause",
            code="bolig-tabt",
            label_da="Tabt bolig",
            valid_from="2026-01-01",
            valid_to="2026-02-01",
        )
    assert stored(world.here, f"{HEAD};årsager\n{ROW};angst|bolig-tabt\n").stored == 1
    assert contacts(world.here)[0].causes == ["anxiety", "bolig-tabt"]


def test_what_was_brought_in_is_written_down_with_counts_only(world: World) -> None:
    stored(world.here, f"{HEAD}\n{ROW}{CPR}\n{ROW}")
    with world.here.scope():
        event = AuditEvent.objects.get(verb=Verb.CONTACTS_IMPORTED)
    assert event.detail["count"] == 2 and set(event.detail) == {"count", "batch"}
    assert event.actor_id == world.here.leader.id


def test_a_time_that_spring_skips_is_taken_an_hour_later(world: World) -> None:
    assert stored(world.here, f"{HEAD}\n29-03-2026;02.30;telefon;let;20;\n").stored == 1
    assert contacts(world.here)[0].started_at == at(29, 3, 30, month=3)


def test_every_word_of_the_file_format_stands_for_one_code_of_its_list() -> None:
    for codes in DANISH:
        for code, spoken in accepted(codes).items():
            assert code_of(codes, code) == code
            for word in spoken:
                assert code_of(codes, word.upper()) == code, (codes, word)


def test_a_contact_without_an_end_ends_after_its_minutes(world: World) -> None:
    stored(world.here, f"{HEAD}\n{ROW}\n")
    (made,) = contacts(world.here)
    assert made.ended_at - made.started_at == timedelta(minutes=20)


def test_every_column_of_codes_names_a_list_with_words() -> None:
    assert [
        one.name for one in COLUMNS if one.kind in (Kind.CODE, Kind.CODES) and one.codes not in DANISH
    ] == []


DOCUMENT = Path(__file__).resolve().parents[3] / "docs/reference/contacts-file.md"


def test_the_reference_names_every_column_in_both_languages_and_whether_it_must_be_there() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (yes)? ?\|", text, flags=re.MULTILINE)
    assert [(name, danish, must == "yes") for name, danish, must in rows] == [
        (one.name, one.danish, one.required) for one in COLUMNS
    ]


def test_the_reference_names_every_word_of_every_list() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for column in COLUMNS:
        if column.codes:
            part = text.partition(f"### {column.name}, {column.danish}\n")[2].partition("###")[0]
            for code, spoken in accepted(column.codes).items():
                assert f"| `{code}` | {' · '.join(spoken) or '–'} |" in part, (column.name, code)
