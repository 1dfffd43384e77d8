import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lygte.apps.contacts.models import Contact
from lygte.domain.vocab import Role
from lygte.interfaces.web.staff.views import month_import
from tests.apps.insight.cases import at, contact
from tests.interfaces.web.walls import assert_walled
from tests.world import NOW, Place, World

HEAD = "dato;klokken;henvendelsesmåde;krisegrad;minutter;cpr"
ROW = "02-11-2026;20.30;telefon;let;20;"
CPR = "011360-1234"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def at_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def address(place: Place) -> str:
    return reverse("staff:contacts_import", args=[place.service.slug])


def sent(client: Client, place: Place, *rows: str) -> tuple[int, str]:
    file = SimpleUploadedFile("gamle.csv", "\n".join([HEAD, *rows]).encode(), content_type="text/csv")
    response = client.post(address(place), {"file": file}, headers=ENGLISH)
    return response.status_code, response.content.decode()


def sealed_in(text: str) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', text)
    assert found is not None
    return found[1]


def stored(place: Place) -> int:
    with place.scope():
        return Contact.objects.count()


def test_only_a_leader_gets_to_bring_contacts_in(world: World) -> None:
    refused = (Role.WORKER, Role.EVALUATOR, Role.ADMINISTRATOR)
    assert_walled(world, "get", address(world.here), refused=refused)
    assert_walled(world, "post", address(world.here), {"sealed": "x"}, refused=refused)
    assert stored(world.here) == 0


def test_a_file_is_looked_at_first_and_stored_when_the_leader_says_so(world: World) -> None:
    client = world.here.client(Role.LEADER)
    status, text = sent(client, world.here, ROW + CPR, ROW)
    assert status == 200 and "<b>2 contacts</b> are new" in text and "1 person has" in text
    assert stored(world.here) == 0
    assert CPR not in text and CPR.replace("-", "") not in text
    response = client.post(address(world.here), {"sealed": sealed_in(text)}, headers=ENGLISH)
    assert response.status_code == 302 and stored(world.here) == 2
    again = sent(client, world.here, ROW + CPR, ROW)[1]
    assert "2 are here already" in again and 'name="sealed"' not in again


def test_everything_that_is_wrong_is_shown_and_nothing_is_stored(world: World) -> None:
    status, text = sent(world.here.client(Role.LEADER), world.here, ROW, f"x;20.30;{CPR};let;20;")
    assert status == 422 and "Nothing is stored: 2 things are wrong" in text
    assert "Row 3, date" in text and "Row 3, channel" in text and CPR not in text
    assert stored(world.here) == 0


def test_very_many_mistakes_are_not_all_listed(world: World) -> None:
    text = sent(world.here.client(Role.LEADER), world.here, *["x;20.30;telefon;let;20;"] * 60)[1]
    assert "60 things are wrong" in text and "and 10 more" in text


def test_a_file_that_cannot_be_read_is_answered_with_the_remedy(world: World) -> None:
    client = world.here.client(Role.LEADER)
    for data, said in ((b"PK\x03\x04", "Save it as CSV"), (b"x" * 3_000_000, "larger than 2 MB")):
        response = client.post(
            address(world.here), {"file": SimpleUploadedFile("x.csv", data)}, headers=ENGLISH
        )
        assert response.status_code == 422 and said in response.content.decode()
    empty = client.post(address(world.here), {}, headers=ENGLISH)
    assert empty.status_code == 422 and "The file is empty" in empty.content.decode()


@pytest.mark.parametrize("sealed", ["x", "AAAA", "ø", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"])
def test_what_was_not_looked_at_here_is_not_stored(world: World, sealed: str) -> None:
    response = world.here.client(Role.LEADER).post(address(world.here), {"sealed": sealed})
    assert response.status_code == 400 and stored(world.here) == 0


def test_a_file_looked_at_by_one_is_not_stored_by_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = sent(world.here.client(Role.LEADER), world.here, ROW)[1]
    monkeypatch.setattr(month_import, "_bound_to", lambda request, service: "somebody else")
    response = world.here.client(Role.LEADER).post(address(world.here), {"sealed": sealed_in(text)})
    assert response.status_code == 400 and stored(world.here) == 0


def test_the_page_lists_the_columns_and_their_words(world: World) -> None:
    text = world.here.client(Role.LEADER).get(address(world.here)).content.decode()
    for said in ("henvendelsesmåde", "telefon · fremmøde", "middelsvær", "MISSING["):
        assert (said in text) is (said != "MISSING["), said


def export_of(place: Place, client: Client, **query: str) -> str:
    url = reverse("staff:contacts_export", args=[place.service.slug, 2026, 11])
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode("utf-8-sig")


def test_contacts_are_taken_out_by_leader_and_evaluator_alone(world: World) -> None:
    url = reverse("staff:contacts_export", args=[world.here.service.slug, 2026, 11])
    assert_walled(world, "get", url, refused=(Role.WORKER, Role.ADMINISTRATOR))


def test_an_evaluator_gets_the_pseudonymous_file_whatever_is_asked_for(world: World) -> None:
    place = world.here
    with place.scope():
        contact(place, at(2, 20, 17), level="severe")
    evaluator, leader = place.client(Role.EVALUATOR), place.client(Role.LEADER)
    assert "20:17" in export_of(place, leader)
    assert "20:17" not in export_of(place, leader, pseudonym="1")
    for asked in ({}, {"pseudonym": "0"}):
        text = export_of(place, evaluator, **asked)
        assert "20:17" not in text and "cpr;" not in text and "severe" in text
