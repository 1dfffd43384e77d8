import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from lygte.apps.audit.models import AuditEvent
from lygte.apps.contacts import services
from lygte.apps.contacts.models import Contact
from lygte.apps.core.saving import FieldEdit
from lygte.apps.people import services as people
from lygte.domain.events import Verb
from lygte.domain.vocab import Channel, Direction, OutgoingKind
from tests.world import NOW, Place, World

# PostgreSQL is told the municipality, once on the way in and once on the way out.
SCOPE = 4 if connection.vendor == "postgresql" else 0


@pytest.fixture
def here(world: World) -> Iterator[Place]:
    with world.here.scope():
        yield world.here


def contact(here: Place, at: Any = NOW, *, closed: bool = True, level: str = "", **given: Any) -> Contact:
    values = {"actor": here.worker, "now": at, "service": here.service, "channel": Channel.PHONE} | given
    row = services.open_contact(**values)
    if level:
        services.save_fields(actor=here.worker, now=at, contact_id=row.pk, fields={"level": FieldEdit(level)})
    if closed:
        services.close(actor=here.worker, now=at, contact_id=row.pk)
    return row


def listing(here: Place, query: str = "") -> str:
    response = here.client().get(reverse("staff:contacts", args=[here.service.slug]) + query)
    assert response.status_code == 200
    page = response.content.decode()
    assert "MISSING[" not in page
    return page


def in_order(page: str) -> list[str]:
    return re.findall(r'class="rowlink" href="/henvendelse/([0-9a-f-]+)/"', page)


def ids(*rows: Contact) -> list[str]:
    return [str(row.pk) for row in rows]


def test_what_is_not_closed_comes_first_and_then_the_newest(here: Place) -> None:
    old = contact(here, NOW - timedelta(days=2))
    new = contact(here, NOW - timedelta(days=1))
    running = contact(here, NOW - timedelta(days=3), closed=False)
    assert in_order(listing(here)) == ids(running, new, old)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [("?tilstand=open", "running"), ("?kanal=walk_in", "walk_in"), ("?niveau=severe", "severe"),
     ("?retning=outgoing", "outgoing"), ("?niveau=severe&kanal=walk_in", ""), ("?kanal=dragon", "all")],
)  # fmt: skip
def test_the_list_can_be_narrowed(here: Place, query: str, wanted: str) -> None:
    rows = {
        "running": contact(here, closed=False),
        "walk_in": contact(here, channel=Channel.WALK_IN),
        "severe": contact(here, level="severe"),
        "outgoing": contact(here, direction=Direction.OUTGOING, outgoing_kind=OutgoingKind.OTHER),
    }
    expected = set(ids(*rows.values())) if wanted == "all" else {str(rows[wanted].pk)} if wanted else set()
    assert set(in_order(listing(here, query))) == expected


def test_older_contacts_are_reached_page_by_page_and_none_is_lost_or_shown_twice(here: Place) -> None:
    rows = [contact(here, NOW - timedelta(minutes=n // 3)) for n in range(103)]
    query, seen = "", []
    for _ in range(4):
        page = listing(here, query)
        seen += in_order(page)
        older = re.search(r'href="(\?foer=[^"]+)" rel="next"', page)
        if not older:
            break
        query = older[1]
    assert sorted(seen) == sorted(ids(*rows))


@pytest.mark.parametrize("query", ["?foer=x", "?foer=2026-01-01T00:00:00_x", "?foer=2026-01-01T00:00:00"])
def test_a_place_that_does_not_exist_in_the_list_is_refused(here: Place, query: str) -> None:
    response = here.client().get(reverse("staff:contacts", args=[here.service.slug]) + query)
    assert response.status_code == 400


def test_a_protected_person_shows_initials_only_and_nothing_is_said_in_the_address(here: Place) -> None:
    person = people.create_person(
        actor=here.worker, now=NOW, service=here.service, name="Opdigtet Ottosen", is_protected=True
    )
    contact(here, person_id=person.pk)
    page = listing(here)
    assert "Ottosen" not in page and "O.O." in page


def test_seeing_the_list_is_recorded_with_counts_only(here: Place) -> None:
    contact(here)
    listing(here, "?niveau=severe")
    event = AuditEvent.objects.get(verb=Verb.CONTACTS_LISTED)
    assert event.detail == {"count": 0, "filters": ["level"]}


def test_the_list_asks_the_database_the_same_number_of_times_for_few_and_many(
    here: Place, django_assert_max_num_queries: Any
) -> None:
    person, _words = people.new_thread(actor=here.worker, now=NOW, service=here.service)
    for n in range(12):
        contact(here, NOW - timedelta(hours=n), person_id=person.pk if n % 2 else None)
    contact(here, closed=False)
    client, url = here.client(), reverse("staff:contacts", args=[here.service.slug])
    client.get(url)
    with django_assert_max_num_queries(14 + SCOPE):
        client.get(url)
