"""Contacts and people that promises are made to."""

from datetime import datetime, timedelta
from typing import Any

from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services as contacts
from lygte.apps.core.saving import FieldEdit
from lygte.apps.people import services as people
from lygte.apps.promises import services as promises
from lygte.apps.promises.codes import FollowUps
from lygte.domain.vocab import AttemptOutcome, Channel, Level
from tests.world import NOW, Place

NUMBER = "20 00 00 17"
E164 = "+4520000017"


def make_person(place: Place, *, phone: str = NUMBER, **wishes: Any) -> Any:
    person = people.create_person(
        actor=place.worker,
        now=NOW,
        service=place.service,
        alias="Solsort",
        phone=phone,
        keep_phone=True,
        confirmed=True,
    )
    if wishes:
        people.set_wishes(actor=place.worker, now=NOW, person_id=person.pk, **wishes)
    return person


def talk(
    place: Place,
    *,
    person: Any = None,
    at: datetime = NOW,
    number: str = "",
    channel: Channel = Channel.PHONE,
    level: str = Level.MODERATE,
    close: bool = True,
    **fields: Any,
) -> tuple[Any, FollowUps | None]:
    """Open a contact at a moment, fill it in, and close it after half an hour."""
    contact = contacts.open_contact(
        actor=place.worker,
        now=at,
        service=place.service,
        channel=channel,
        person_id=person.pk if person else None,
    )
    typed = {"level": level, **fields} if level else fields
    edits = {name: FieldEdit(value) for name, value in typed.items()}
    if edits:
        contacts.save_fields(actor=place.worker, now=at, contact_id=contact.pk, fields=edits)
    if not close:
        return contacts_read.contact(contact.pk), None
    end = at + timedelta(minutes=30)
    contact = contacts.close(actor=place.worker, now=end, contact_id=contact.pk)
    found = promises.contact_closed(actor=place.worker, now=end, contact=contact, number=number)
    return contact, found


def callback(place: Place, *, now: datetime = NOW, **given: Any) -> Any:
    given.setdefault("number", NUMBER)
    return promises.make_callback(actor=place.worker, now=now, service=place.service, **given)


def attempt(place: Place, promise: Any, outcome: AttemptOutcome, *, at: datetime) -> Any:
    """Ring at a moment and record what came of it three minutes later."""
    promises.start_attempt(actor=place.worker, now=at, promise_id=promise.pk)
    later = at + timedelta(minutes=3)
    return promises.record_attempt(actor=place.worker, now=later, promise_id=promise.pk, outcome=outcome)
