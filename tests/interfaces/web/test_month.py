import csv
import io
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lygte.apps.audit.models import AuditEvent
from lygte.apps.people import services as people
from lygte.apps.tenancy.models import LocalCode, PracticeChange, ServiceTarget
from lygte.domain.events import Verb
from lygte.domain.time import local
from lygte.domain.vocab import Role
from tests.apps.insight.cases import at, call, contact, promise
from tests.interfaces.web.walls import assert_walled
from tests.world import NOW, Place, World

CPR = "0113601234"
NAME = "Opdigtet Fyrbøder"
NOVEMBER = {"year": 2026, "month": 11}
NOT_FOR = (Role.WORKER, Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def at_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def filled(world: World) -> Place:
    place = world.here
    with place.scope():
        person = people.create_person(
            actor=place.worker, now=NOW, service=place.service, name=NAME, cpr=CPR, confirmed=True
        )
        for day in range(1, 20):
            contact(
                place,
                at(day, 20, 17),
                level="severe" if day % 3 else "not_stated",
                causes=["anxiety"],
                minutes=day,
                counted_as=person.pk,
                counted_first_time="repeat",
                outcome="stabilised",
            )
        contact(
            place, at(12, 9), channel="walk_in", level="mild", plan_state="written", conversation_held="yes"
        )
        contact(place, at(5, 9, month=10), level="mild")
        call(place, at(2, 20), answered=20, ended=600)
        call(place, at(2, 22), ended=70)
        promise(place, at(4, 12), closed_after=10)
        promise(place, at(7, 12), kind="plan_follow_up")
    return place


def address(place: Place, name: str, **more: object) -> str:
    return reverse(f"staff:{name}", kwargs={"service": place.service.slug, **NOVEMBER, **more})


def page(client: Client, url: str) -> str:
    response = client.get(url, headers={"accept-language": "en"})
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.mark.parametrize("name", ["month_of", "month_csv", "month_print"])
def test_nobody_without_the_right_sees_the_month(world: World, filled: Place, name: str) -> None:
    assert_walled(world, "get", address(filled, name), refused=NOT_FOR)


def test_nobody_without_the_right_sees_the_rows_behind_a_number(world: World, filled: Place) -> None:
    assert_walled(world, "get", address(filled, "month_rows", indicator="by_level-severe"), refused=NOT_FOR)
    newest = reverse("staff:month", args=[filled.service.slug])
    assert_walled(world, "get", newest, refused=NOT_FOR)


@pytest.mark.parametrize("role", [Role.LEADER, Role.EVALUATOR])
def test_the_month_tells_its_key_figures_with_denominators(filled: Place, role: Role) -> None:
    text = page(filled.client(role), address(filled, "month_of"))
    for said in (
        "14 of 20",
        "1 of 1",
        "1 of 2",
        "proposed, not adopted",
        "90 % within 60 seconds",
        "MISSING[",
    ):
        assert (said in text) is (said != "MISSING["), said


def test_the_newest_month_is_the_one_that_runs(filled: Place) -> None:
    text = page(filled.client(Role.LEADER), reverse("staff:month", args=[filled.service.slug]))
    assert "November 2026" in text and "December 2026" not in text and "October 2026" in text
    assert "the month is not over" in text


def test_a_number_on_the_page_leads_to_as_many_rows(filled: Place) -> None:
    client = filled.client(Role.LEADER)
    url = address(filled, "month_rows", indicator="by_level-severe")
    assert url in page(client, address(filled, "month_of"))
    rows = page(client, url)
    assert "13 rows" in rows
    assert rows.count('<th scope="row"><a href="/henvendelse/') == 13


@pytest.mark.parametrize(
    "indicator",
    [
        "contacts_incoming",
        "persons",
        "by_weekday_hour-0_20",
        "service_level-abandoned_late",
        "callbacks-promised",
        "follow_up_rate-of",
        "missing_level-not_stated",
        "minutes-missing",
        "by_day-12",
        "crisis_contacts-of",
    ],
)
@pytest.mark.parametrize("role", [Role.LEADER, Role.EVALUATOR])
def test_rows_of_every_kind_can_be_read(filled: Place, role: Role, indicator: str) -> None:
    text = page(filled.client(role), address(filled, "month_rows", indicator=indicator))
    assert "MISSING[" not in text and '<th scope="row">' in text


def test_an_evaluator_sees_no_name_no_number_and_no_way_to_a_contact(filled: Place) -> None:
    client = filled.client(Role.EVALUATOR)
    with filled.scope():
        from lygte.apps.contacts.models import Contact
        from lygte.apps.people.models import Person
        from lygte.apps.promises.models import Promise
        from lygte.apps.queue.models import Call

        keys = [str(row.pk) for model in (Contact, Person, Promise, Call) for row in model.objects.all()]
    urls = [address(filled, name) for name in ("month_of", "month_csv", "month_print")]
    urls += [
        address(filled, "month_rows", indicator=code)
        for code in ("contacts_incoming", "persons", "service_level-offered", "callbacks-promised")
    ]
    for url in urls:
        text = client.get(url).content.decode()
        shown = [
            secret for secret in (*keys, NAME, CPR, "/henvendelse/", "/person/", "20.17") if secret in text
        ]
        assert shown == [], url


@pytest.mark.parametrize("path", ["2026-13/", "2026-0/", "0-1/", "2027-1/", "2026-12/", "1999-5/"])
def test_a_month_that_has_not_been_is_not_found(filled: Place, path: str) -> None:
    url = reverse("staff:month", args=[filled.service.slug]) + path
    assert filled.client(Role.LEADER).get(url).status_code == 404


@pytest.mark.parametrize(
    "indicator", ["nothing", "by_level-terrible", "by_hour-99", "missing_level", "by_cause-"]
)
def test_a_number_that_does_not_exist_is_not_found(filled: Place, indicator: str) -> None:
    url = address(filled, "month_rows", indicator=indicator)
    assert filled.client(Role.LEADER).get(url).status_code == 404


def test_looking_at_the_month_and_its_rows_is_written_down(filled: Place) -> None:
    client = filled.client(Role.EVALUATOR)
    client.get(address(filled, "month_of"))
    client.get(address(filled, "month_rows", indicator="by_level-severe"))
    with filled.scope():
        seen = AuditEvent.objects.get(verb=Verb.MONTH_SEEN)
        rows = AuditEvent.objects.get(verb=Verb.CONTACTS_LISTED)
    assert seen.detail == {"year": 2026, "month": 11, "as": "page"}
    assert (rows.detail["indicator"], rows.detail["count"], rows.detail["links"]) == (
        "by_level-severe",
        13,
        False,
    )


def test_the_file_is_one_tidy_table_that_a_danish_spreadsheet_opens(filled: Place) -> None:
    response = filled.client(Role.LEADER).get(address(filled, "month_csv"))
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response["Content-Disposition"] == f'attachment; filename="{filled.service.slug}-2026-11.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    found = {(row["indicator"], row["part"]): row for row in rows}
    assert len(found) == len(rows)
    assert found["by_level", "severe"]["value"] == "13"
    assert found["by_level", "severe"]["not_stated"] == "6"
    assert found["plan_rate", ""]["of"] == "1"
    assert found["minutes", "mean"]["value"] == "10" and found["minutes", "median"]["n"] == "19"
    assert {row["month"] for row in rows} == {"2026-11"}


def test_no_cell_of_the_file_runs_as_a_formula(filled: Place) -> None:
    with filled.scope():
        LocalCode.objects.create(
            service=filled.service,
            code_list="cause",
            code="eget",
            label_da="=HYPERLINK(1)",
            valid_from="2026-01-01",
        )
        contact(filled, at(13, 9), causes=["eget"])
    text = filled.client(Role.LEADER).get(address(filled, "month_csv")).content.decode()
    assert ";=" not in text and "HYPERLINK" in text
    rows = page(filled.client(Role.LEADER), address(filled, "month_rows", indicator="by_cause-eget"))
    assert "=HYPERLINK(1)" in rows


def test_a_change_of_practice_is_shown_as_a_break(filled: Place) -> None:
    with filled.scope():
        PracticeChange.objects.create(
            service=filled.service, on="2026-11-12", note_da="Ny vejledning", note_en="New guidance"
        )
    text = page(filled.client(Role.LEADER), address(filled, "month_of"))
    assert "New practice from 12/11" in text and "New guidance" in text and "chart-break" in text


def test_an_adopted_target_is_not_called_proposed(filled: Place) -> None:
    with filled.scope():
        ServiceTarget.objects.update(adopted_by="Opdigtet Leder", adopted_on="2026-06-01")
    text = page(filled.client(Role.LEADER), address(filled, "month_of"))
    assert "proposed, not adopted" not in text and "adopted by Opdigtet Leder on 1/6 2026" in text


def test_an_empty_month_says_so_without_dividing_by_nothing(world: World) -> None:
    text = page(world.here.client(Role.LEADER), address(world.here, "month_of", month=2))
    assert "MISSING[" not in text and "0 of 0" in text


def test_the_page_takes_the_same_queries_however_much_happened(filled: Place) -> None:
    client = filled.client(Role.LEADER)
    client.get(address(filled, "month_of"))
    counts = []
    for round_ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(filled, "month_of"))
        counts.append(len(queries))
        with filled.scope():
            for minute in range(20):
                contact(filled, at(11, 11, minute), counted_as=UUID(int=round_ + 1))
                call(filled, at(11, 11, minute), answered=5, ended=9)
    assert counts[0] == counts[1] <= 20, counts


def test_the_paper_of_the_month_says_when_it_was_printed(filled: Place) -> None:
    text = page(filled.client(Role.LEADER), address(filled, "month_print"))
    assert f"Printed {local(NOW).day}/11 2026 at 19.00" in text


def test_rows_are_shown_some_at_a_time(filled: Place) -> None:
    with filled.scope():
        for minute in range(250):
            contact(filled, at(11, 11) + timedelta(minutes=minute), counted_as=None)
    client, url = filled.client(Role.LEADER), address(filled, "month_rows", indicator="contacts_incoming")
    first, second = page(client, url), page(client, f"{url}?side=1")
    assert first.count('<th scope="row">') == 200 and second.count('<th scope="row">') == 70
    assert "270 rows" in first and 'href="?side=1"' in first and 'href="?side=0"' in second
