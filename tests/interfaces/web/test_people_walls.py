from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.urls import reverse

from lygte.apps.contacts import services as contacts
from lygte.apps.people import selectors, services
from lygte.domain.vocab import Channel, Role
from tests.interfaces.web.walls import assert_walled
from tests.world import NOW, Place, World, client_of

LEADERS_ONLY = (Role.WORKER, Role.EVALUATOR, Role.ADMINISTRATOR)
NOBODY = UUID(int=7)


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def known(place: Place) -> Any:
    with place.scope():
        return services.create_person(
            actor=place.worker, now=NOW, service=place.service, alias="Grå Gås", confirmed=True
        )


def linked(place: Place, person: Any) -> Any:
    with place.scope():
        row = contacts.open_contact(
            actor=place.worker, now=NOW, service=place.service, channel=Channel.PHONE, person_id=person.pk
        )
        (link,) = selectors.identity_links(contact_id=row.pk)
    return row, link


def test_the_search_is_for_workers_and_leaders_of_the_service(world: World) -> None:
    url = reverse("staff:people", args=[world.here.service.slug])
    assert_walled(world, "get", url)
    assert_walled(world, "post", url, {"term": "Grå Gås"})


@pytest.mark.parametrize("act", ["search", "thread", "person", "link"])
def test_only_the_contacts_own_service_says_who_it_is(world: World, act: str) -> None:
    row, _ = linked(world.here, known(world.here))
    url = reverse("staff:recognise", args=[world.here.service.slug, row.pk])
    assert_walled(world, "get", url)
    assert_walled(world, "post", url, {"act": act, "alias": "Hvid And", "person": str(NOBODY)})


def test_a_contact_of_one_service_is_not_found_under_another(world: World) -> None:
    row, _ = linked(world.here, known(world.here))
    url = reverse("staff:recognise", args=[world.here.other_service.slug, row.pk])
    assert client_of(world.here.other_worker).get(url).status_code == 404


@pytest.mark.parametrize(
    ("method", "name", "data"),
    [
        ("get", "person", {}),
        ("post", "person_reveal", {}),
        ("get", "person_edit", {}),
        ("post", "person_edit", {"alias": "Hvid And"}),
        ("post", "person_wishes", {"band": "evening"}),
        ("post", "person_words", {}),
        ("post", "consent", {"purpose": "follow_up", "said": "yes"}),
        ("get", "person_link", {}),
        ("post", "person_link", {"act": "link", "reason": "x", "person": str(NOBODY)}),
    ],
)
def test_a_record_is_for_the_service_that_knows_the_person(
    world: World, method: str, name: str, data: dict[str, str]
) -> None:
    person = known(world.here)
    assert_walled(world, method, reverse(f"staff:{name}", args=[person.pk]), data)
    with world.here.scope():
        assert selectors.person(person.pk).alias == "Grå Gås"


def test_a_link_is_undone_by_the_service_that_knows_the_person(world: World) -> None:
    _, link = linked(world.here, known(world.here))
    assert_walled(world, "post", reverse("staff:link_undo", args=[link.pk]), {"reason": "x"})
    with world.here.scope():
        assert selectors.identity_link(link.pk).undone_at is None


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_glass_is_there_for_those_who_help_and_nobody_else(world: World, method: str) -> None:
    url = reverse("staff:break_glass", args=[known(world.here).pk])
    assert_walled(world, method, url, {"reason": "curious"}, own_service=False)


def test_broken_glass_and_the_trail_are_for_the_leader(world: World) -> None:
    person = known(world.here)
    listed = reverse("staff:break_glass_list", args=[world.here.service.slug])
    assert_walled(world, "get", listed, refused=LEADERS_ONLY)
    assert_walled(world, "get", reverse("staff:person_audit", args=[person.pk]), refused=LEADERS_ONLY)
    with world.here.scope():
        broken = services.break_glass(
            actor=world.here.actor_of(world.here.other_worker),
            now=NOW,
            service=world.here.other_service,
            person_id=person.pk,
            reason="x",
        )
    review = reverse("staff:break_glass_review", args=[broken.pk])
    assert_walled(world, "post", review, refused=LEADERS_ONLY)


@pytest.mark.parametrize(
    "name", ["person", "person_edit", "person_link", "break_glass", "person_reveal", "link_undo"]
)
def test_a_foreign_identifier_and_one_that_never_was_are_answered_alike(world: World, name: str) -> None:
    person = known(world.there)
    _, link = linked(world.there, person)
    foreign = link.pk if name == "link_undo" else person.pk
    client = world.here.client()
    ask = client.post if name in ("person_reveal", "link_undo") else client.get
    lengths = []
    for pk in (foreign, uuid4()):
        answer = ask(reverse(f"staff:{name}", args=[pk]))
        assert answer.status_code == 404
        lengths.append(len(answer.content.replace(str(pk).encode(), b"")))
    assert lengths[0] == lengths[1]
