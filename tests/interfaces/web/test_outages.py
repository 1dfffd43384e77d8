"""Catching up after an outage: silent hours, times that were true, contacts that count."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lygte.apps.audit import selectors as audit
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services as contacts
from lygte.apps.contacts.models import Contact
from lygte.apps.core.refusals import InvalidField
from lygte.apps.outages import selectors, services
from lygte.domain.events import Verb
from lygte.domain.outages import Gap, gaps, true_time
from lygte.domain.time import local
from lygte.domain.vocab import Channel, ContactState, LateKind
from tests.world import Place, World

EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.fixture
def here(world: World) -> Any:
    with world.here.scope():
        yield world.here


@pytest.fixture
def outage(here: Place) -> Any:
    now = timezone.now()
    return services.note_outage(
        actor=here.worker,
        now=now,
        service=here.service,
        began_at=now - timedelta(hours=5),
        ended_at=now - timedelta(hours=2),
    )


def typed(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%dT%H:%M}"


def register(client: Client, outage: Any, **sent: str) -> Any:
    began = typed(timezone.now() - timedelta(hours=4))
    body = {"contact": str(uuid4()), "began_at": began, "channel": "phone", "level": "mild", "minutes": "25"}
    return client.post(reverse("staff:outage", args=[outage.pk]), body | sent)


def test_a_stretch_without_a_moment_is_found_and_a_short_one_is_not() -> None:
    hour = timedelta(hours=1)
    moments = [EVENING + hour, EVENING + 4 * hour, EVENING + 4.5 * hour, EVENING - hour]
    assert gaps(moments, start=EVENING, end=EVENING + 8 * hour) == [
        Gap(EVENING + hour, EVENING + 4 * hour),
        Gap(EVENING + 4.5 * hour, EVENING + 8 * hour),
    ]


def test_a_wrong_clock_tells_the_right_time_and_never_the_future() -> None:
    year = timedelta(days=400)
    told = EVENING - year
    assert true_time(told, told_now=told + timedelta(minutes=9), now=EVENING) == EVENING - timedelta(
        minutes=9
    )
    assert true_time(EVENING + year, told_now=EVENING, now=EVENING) == EVENING
    assert true_time(told, told_now=EVENING, now=EVENING) == EVENING - timedelta(days=31)


def test_silent_hours_are_listed_until_they_are_noted(here: Place) -> None:
    now = timezone.now()
    for hours in (9, 3):
        at = now - timedelta(hours=hours)
        contacts.open_contact(actor=here.worker, now=at, service=here.service, channel=Channel.PHONE)
    found = selectors.silent(here.service.pk, start=now - timedelta(hours=10), end=now)
    assert [round((gap.end - gap.start).total_seconds() / 3600) for gap in found] == [3, 6]
    page = here.client().get(reverse("staff:outages", args=[here.service.slug]))
    assert page.status_code == 200
    services.note_outage(
        actor=here.worker, now=now, service=here.service, began_at=found[1].start, ended_at=found[1].end
    )
    assert len(selectors.silent(here.service.pk, start=now - timedelta(hours=10), end=now)) == 1


def test_a_contact_from_paper_is_closed_with_the_time_at_which_it_happened(here: Place, outage: Any) -> None:
    assert register(here.client(), outage).status_code == 302
    row = Contact.objects.get()
    assert row.state == ContactState.CLOSED
    assert timedelta(hours=4) <= timezone.now() - row.started_at < timedelta(hours=4, minutes=2)
    assert row.ended_at == row.started_at + timedelta(minutes=25)
    assert (row.minutes, row.level) == (25, "mild")
    assert contacts_read.late_kind(row) is LateKind.AFTERWARDS
    assert [one.contact_id for one in selectors.registered_in(outage.pk)] == [row.pk]
    verbs = set(audit.events_of_subject(row.pk).values_list("verb", flat=True))
    assert Verb.CONTACT_REGISTERED_LATE in verbs


def test_a_form_that_is_sent_twice_is_one_contact(here: Place, outage: Any) -> None:
    contact_id = str(uuid4())
    for _time in range(2):
        assert register(here.client(), outage, contact=contact_id).status_code == 302
    assert Contact.objects.count() == 1


def test_a_contact_with_children_stays_open_until_somebody_decides(here: Place, outage: Any) -> None:
    answer = register(here.client(), outage, children="yes")
    row = Contact.objects.get()
    assert row.state == ContactState.OPEN
    assert answer["Location"] == reverse("staff:contact_close", args=[row.pk])


def test_the_whole_form_is_one_press_away(here: Place, outage: Any) -> None:
    answer = register(here.client(), outage, next="whole")
    assert answer["Location"] == reverse("staff:contact", args=[Contact.objects.get().pk])


@pytest.mark.parametrize("field", ["began_at", "minutes", "channel"])
def test_what_cannot_be_is_said_and_what_was_typed_stays(here: Place, outage: Any, field: str) -> None:
    answer = register(here.client(), outage, **{field: "torsdag", "own_words": "Ville bare tale"})
    assert answer.status_code == 200
    assert "Ville bare tale" in answer.content.decode()
    assert Contact.objects.count() == 0


def test_a_finished_outage_takes_no_more(here: Place, outage: Any) -> None:
    client = here.client()
    assert client.post(reverse("staff:outage_finish", args=[outage.pk])).status_code == 302
    assert client.post(reverse("staff:outage_finish", args=[outage.pk])).status_code == 302
    assert selectors.outage(outage.pk).finished_at is not None
    assert register(client, outage).status_code == 200
    assert Contact.objects.count() == 0


@pytest.mark.parametrize(
    ("began", "ended", "code"), [(-800, -1, "too_old"), (-2, 1, "in_the_future"), (-1, -2, "before_start")]
)
def test_an_outage_that_cannot_be_is_refused(here: Place, began: int, ended: int, code: str) -> None:
    now = timezone.now()
    with pytest.raises(InvalidField, match=code):
        services.note_outage(
            actor=here.worker,
            now=now,
            service=here.service,
            began_at=now + timedelta(hours=began),
            ended_at=now + timedelta(hours=ended),
        )
