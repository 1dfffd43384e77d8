"""A shift with as many rows of every kind as a test asks for."""

from datetime import datetime, timedelta
from typing import Any

from lygte.adapters.telephony.mapping import standard
from lygte.apps.contacts import services as contacts
from lygte.apps.core.saving import FieldEdit
from lygte.apps.people import services as people
from lygte.apps.promises import services as promises
from lygte.apps.queue import services as queue
from lygte.apps.workforce import services as workforce
from lygte.domain.access import system
from lygte.domain.vocab import CallEvent, Channel, DutyKind, Level, Role
from tests.world import Place


def fill(place: Place, *, now: datetime, rows: int) -> None:
    """Make `rows` of every kind of row in the first service of a place."""
    with place.scope():
        phone = _endpoint(place, now)
        for number in range(rows):
            _calls(place, phone, number, now)
            _contacts(place, number, now)
        _on_duty(place, now)


def _endpoint(place: Place, now: datetime) -> Any:
    endpoint, _secret = queue.create_endpoint(
        actor=system(place.municipality.pk), now=now, service=place.service, name="x", mapping=standard()
    )
    return endpoint


def _calls(place: Place, endpoint: Any, number: int, now: datetime) -> None:
    def tell(name: str, event: CallEvent, seconds: int, caller: str) -> None:
        queue.announce(
            actor=system(place.municipality.pk),
            now=now,
            endpoint_id=endpoint.pk,
            service=place.service,
            external_id=f"{name}{number}",
            event=event,
            at=now - timedelta(seconds=seconds),
            number=caller,
        )

    tell("ringing", CallEvent.RINGING, 38 + number, f"2000{number:04}")
    for event, seconds in ((CallEvent.RINGING, 700), (CallEvent.HUNG_UP, 600)):
        tell("missed", event, seconds, f"2100{number:04}")
        tell("hidden", event, seconds, "")
    tell("message", CallEvent.RINGING, 400, f"2200{number:04}")
    tell("message", CallEvent.VOICEMAIL, 300, f"2200{number:04}")
    tell("talked", CallEvent.ANSWERED, 500, f"2300{number:04}")


def _contacts(place: Place, number: int, now: datetime) -> None:
    person, _words = people.new_thread(actor=place.worker, now=now, service=place.service)
    opened = {"actor": place.worker, "now": now, "service": place.service}
    contacts.open_contact(
        **opened, channel=Channel.WALK_IN, waiting=True, started_at=now - timedelta(minutes=12)
    )
    contacts.open_contact(**opened, channel=Channel.WALK_IN, person_id=person.pk)
    other = opened | {"actor": place.leader}
    contact = contacts.open_contact(**other, channel=Channel.PHONE, person_id=person.pk)
    contacts.set_level(actor=place.leader, now=now, contact_id=contact.pk, level=Level.SEVERE)
    promises.make_callback(
        **opened,
        number=f"2400{number:04}",
        person_id=person.pk,
        opens=now - timedelta(minutes=20),
        closes=now + timedelta(minutes=6),
        owner_id=place.leader.id,
    )


def _on_duty(place: Place, now: datetime) -> None:
    until = now + timedelta(hours=4)
    for role, kind in ((Role.WORKER, DutyKind.PRESENT), (Role.LEADER, DutyKind.ON_CALL)):
        workforce.go_on_duty(
            actor=place.actor(role), now=now, service=place.service, kind=kind, until=until, minutes_away=12
        )
    workforce.write_handover(
        actor=place.worker, now=now, service=place.service, text=FieldEdit("Te i termokanden")
    )
