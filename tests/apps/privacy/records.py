"""A person about whom everything is known that can be known, and what must be gone afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection

from lygte.apps.accounts import services as accounts
from lygte.apps.casework import services as casework
from lygte.apps.contacts import services as contacts
from lygte.apps.contacts.fields import NOTES
from lygte.apps.core.saving import FieldEdit
from lygte.apps.people import services as people
from lygte.apps.plans import services as plans
from lygte.apps.promises import services as promises
from lygte.apps.queue import services as queue
from lygte.domain.access import system
from lygte.domain.plan import SECTIONS
from lygte.domain.time import day_of
from lygte.domain.vocab import (
    CallEvent,
    ConsentPurpose,
    NotificationChoice,
    PlanSection,
    Role,
    ShareAudience,
)
from tests.world import NOW, PASSWORD, Place

SECRET = "hemmelig-tekst"
NAME = "Opdigtet Ordbogsen"
PHONE = "20 00 00 31"


@dataclass
class Record:
    """One person, a thread of theirs, and a contact that must stay a figure."""

    person_id: UUID
    thread_id: UUID
    contact_id: UUID
    token: str


def leaders(place: Place) -> tuple[Any, Any]:
    """Return two leaders of the first service."""
    by = system(place.municipality.pk)
    user = accounts.create_user(
        actor=by, now=NOW, username="leder-to", password=PASSWORD, name="Opdigtet Leder"
    )
    accounts.give_role(actor=by, now=NOW, user=user, role=Role.LEADER, service_id=place.service.pk)
    return place.leader, place.actor_of(user)


def full_record(place: Place, *, now: datetime = NOW) -> Record:
    """Make a person with a row in every table that can hold one. Runs inside the scope."""
    worker, service = place.worker, place.service
    act = {"actor": worker, "now": now}
    person = people.create_person(
        **act, service=service, name=NAME, phone=PHONE, address=f"{SECRET} vej", keep_phone=True
    )
    thread, _words = people.new_thread(**act, service=service)
    people.link_thread(**act, thread_id=thread.pk, person_id=person.pk, reason=SECRET)
    people.record_consent(**act, person_id=person.pk, purpose=ConsentPurpose.FOLLOW_UP)
    contact = _contact(place, person.pk, now)
    promises.make_callback(
        **act, service=service, number=PHONE, person_id=person.pk, note=SECRET, acknowledge=True
    )
    token = _plan(place, person.pk, now)
    glass = people.break_glass(
        actor=place.actor_of(place.other_worker),
        now=now,
        service=place.other_service,
        person_id=person.pk,
        reason=SECRET,
    )
    people.review_break_glass(actor=place.leader, now=now, break_glass_id=glass.pk)
    return Record(person.pk, thread.pk, contact.pk, token)


def _contact(place: Place, person_id: UUID, now: datetime) -> Any:
    """A call from the person's number that became a closed contact with every text."""
    act: dict[str, Any] = {"actor": place.worker, "now": now}
    call = queue.announce(
        **act,
        endpoint_id=None,
        service=place.service,
        external_id=f"{SECRET}-call",
        event=CallEvent.RINGING,
        at=now,
        number=PHONE,
    )
    contact = queue.take_call(**act, call_id=call.pk)
    casework.attach(**act, contact_id=contact.pk, person_id=person_id, reason=SECRET)
    fields = {name: FieldEdit(SECRET) for name in NOTES} | {
        "level": FieldEdit("severe"),
        "children": FieldEdit("yes"),
        "outcome": FieldEdit("stabilised"),
        "caller": FieldEdit("citizen"),
        "measures": FieldEdit(["none"]),
    }
    contacts.save_fields(**act, contact_id=contact.pk, fields=fields)
    casework.close_contact(
        actor=place.worker,
        now=now + timedelta(minutes=30),
        contact_id=contact.pk,
        decision=casework.NotificationDecision(
            NotificationChoice.NOTIFY, SECRET, sent_on=day_of(now), sent_to=SECRET
        ),
    )
    contacts.reopen(actor=place.leader, now=now + timedelta(minutes=40), contact_id=contact.pk, reason=SECRET)
    casework.close_contact(actor=place.worker, now=now + timedelta(minutes=50), contact_id=contact.pk)
    return contact


def _plan(place: Place, person_id: UUID, now: datetime) -> str:
    act: dict[str, Any] = {"actor": place.worker, "now": now}
    version = plans.start_version(**act, person_id=person_id, service=place.service)
    fields = {PlanSection.HELPS.value: FieldEdit(SECRET)}
    plans.save_sections(**act, version_id=version.pk, fields=fields)
    version = plans.finish(**act, version_id=version.pk)
    _share, token = plans.share(
        **act,
        plan_id=version.plan_id,
        audience=ShareAudience.CITIZEN,
        label=SECRET,
        sections=SECTIONS,
        days=30,
    )
    return token


TRAIL = {"audit.AuditEvent", "audit.UnsealedEvent", "audit.Seal"}


def left_behind(words: list[str], ids: set[UUID]) -> list[str]:
    """Return every column of every table of ours that holds a word, or an identifier, of somebody.

    Sealed columns are opened, and the identifiers are also looked for in text. The trail is left out: it
    holds no words, and its identifiers lead nowhere.
    """
    found = []
    for model in apps.get_models():
        if not model.__module__.startswith("lygte.") or model._meta.label in TRAIL:
            continue
        for row in model._base_manager.all():
            for field in model._meta.fields:
                text = _as_text(getattr(row, field.attname))
                signs = [*words, *(str(one) for one in ids), *(one.hex for one in ids)]
                if any(sign in text for sign in signs):
                    found.append(f"{model._meta.label}.{field.name}")
    return sorted(set(found))


def _as_text(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, (bytes, memoryview)) else str(value)


def raw_text() -> str:
    """Return every stored value of every table of ours as the database holds it, the trail left out."""
    parts = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model.__module__.startswith("lygte.") and model._meta.label not in TRAIL:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608 - names of our own
                parts += [_as_text(value) for row in cursor.fetchall() for value in row]
    return "\n".join(parts)
