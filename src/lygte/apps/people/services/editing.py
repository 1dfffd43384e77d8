"""What is known about a person changes: identity, wishes for contact, consents, admission."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import InvalidField
from lygte.apps.core.services import bump
from lygte.apps.people.models import Consent, Person
from lygte.apps.people.refusals import LikelyDuplicates
from lygte.apps.people.selectors.cards import person as person_row
from lygte.apps.people.selectors.finding import Kind, blinded, find
from lygte.apps.people.selectors.reading import consent_given, require_tie, tied_services
from lygte.apps.people.services import identity
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Action, Actor
from lygte.domain.events import Verb
from lygte.domain.vocab import ConsentPurpose, DayBand, MayRing, Medium

WEEKDAYS = re.compile(r"[0-6]")


def update_person(
    *, actor: Actor, now: datetime, person_id: UUID, keep_phone: bool | None = None, **fields: Any
) -> Person:
    """Change identity fields; an empty value removes what was known, a field left out stays.

    A phone number is stored only with consent, given now (`keep_phone`) or before. Raises `InvalidField`, and
    `LikelyDuplicates` when the civil registration number belongs to somebody else.
    """
    row = person_row(person_id)
    members = require_tie(actor, person_id, action=Action.PERSON_EDIT)
    if unknown := fields.keys() - identity.EDITABLE:
        raise InvalidField(min(unknown), "unknown")
    _look_for_number(row, fields.get("cpr"), members=members, actor=actor, now=now)
    with transaction.atomic():
        _settle_phone(row, fields, keep_phone, actor=actor, now=now)
        changed = identity.write(row, fields, now=now)
        row.save()
        identity.index(row)
        if changed:
            _changed(row, members, actor=actor, now=now, detail={"fields": sorted(changed)})
    return row


def _look_for_number(row: Person, cpr: Any, *, members: set[UUID], actor: Actor, now: datetime) -> None:
    """Raise `LikelyDuplicates` when a typed number is another person's."""
    digits = list(identity.typed_values({"cpr": cpr}, now=now)[Kind.CPR])
    if not digits or digits == [row.cpr]:
        return
    service_id = min(tied_services(members), key=str, default=None)
    if service_id is None:
        return
    service = tenancy.service(service_id)
    hits = find(blinded({Kind.CPR: digits}), actor=actor, now=now, service=service)
    if others := [hit for hit in hits if hit.found_id != row.pk]:
        raise LikelyDuplicates(others, certain=True)


def _settle_phone(
    row: Person, fields: dict[str, Any], keep_phone: bool | None, *, actor: Actor, now: datetime
) -> None:
    """Record a yes or no that is new, and drop a number that may not be kept."""
    said = consent_given(row.pk, ConsentPurpose.KEEP_PHONE)
    if keep_phone is False or (keep_phone and fields.get("phone")):
        if keep_phone != said:
            note_consent(row, ConsentPurpose.KEEP_PHONE, given=keep_phone, actor=actor, now=now)
        said = keep_phone
    if keep_phone is False or (fields.get("phone") and not said):
        fields["phone"] = ""


@transaction.atomic
def set_wishes(
    *,
    actor: Actor,
    now: datetime,
    person_id: UUID,
    may_ring: str | None = "",
    band: str | None = "",
    medium: str | None = "",
    do_not_remind: bool = False,
    avoid_weekdays: Iterable[int | str] = (),
) -> Person:
    """Record how the person wishes to be contacted; an empty code is "not recorded"."""
    row = person_row(person_id)
    members = require_tie(actor, person_id, action=Action.PERSON_EDIT)
    row.may_ring = _code("may_ring", may_ring, MayRing)
    row.band = _code("band", band, DayBand)
    row.medium = _code("medium", medium, Medium)
    row.do_not_remind = bool(do_not_remind)
    row.avoid_weekdays = _weekdays(avoid_weekdays)
    row.save(update_fields=["may_ring", "band", "medium", "do_not_remind", "avoid_weekdays"])
    _changed(row, members, actor=actor, now=now, detail={"fields": ["wishes"]})
    return row


def _code(field: str, value: str | None, codes: type[StrEnum]) -> str:
    if value and value not in set(codes):
        raise InvalidField(field, "unknown")
    return str(value or "")


def _weekdays(days: Iterable[int | str]) -> str:
    texts = {str(day) for day in days}
    if any(not WEEKDAYS.fullmatch(text) for text in texts):
        raise InvalidField("avoid_weekdays", "unknown")
    return "".join(sorted(texts))


@transaction.atomic
def record_consent(
    *, actor: Actor, now: datetime, person_id: UUID, purpose: ConsentPurpose, given: bool = True
) -> Consent:
    """Record a yes or a no; it replaces what was said before. A no to keeping the phone number removes it."""
    row = person_row(person_id)
    require_tie(actor, person_id, action=Action.PERSON_EDIT)
    consent = note_consent(row, purpose, given=given, actor=actor, now=now)
    if not given:
        _forget_phone(row, purpose)
    return consent


@transaction.atomic
def withdraw_consent(*, actor: Actor, now: datetime, person_id: UUID, purpose: ConsentPurpose) -> bool:
    """Take back what was said, yes or no: nothing is recorded after that. Return whether anything was."""
    row = person_row(person_id)
    require_tie(actor, person_id, action=Action.PERSON_EDIT)
    withdrawn = _end_running(row, purpose, now=now)
    if withdrawn:
        _forget_phone(row, purpose)
        _consent_event(Verb.CONSENT_WITHDRAWN, row, {"purpose": purpose.value}, actor=actor, now=now)
    return bool(withdrawn)


def note_consent(
    row: Person, purpose: ConsentPurpose, *, given: bool, actor: Actor, now: datetime
) -> Consent:
    """Store a yes or a no in the running transaction."""
    _end_running(row, purpose, now=now)
    consent: Consent = Consent.objects.create(
        person=row, purpose=purpose, given=given, at=now, by_id=actor.id
    )
    _consent_event(Verb.CONSENT_GIVEN, row, {"purpose": purpose.value, "given": given}, actor=actor, now=now)
    return consent


def _end_running(row: Person, purpose: ConsentPurpose, *, now: datetime) -> int:
    running = Consent.objects.filter(person=row, purpose=purpose, withdrawn_at__isnull=True)
    return int(running.update(withdrawn_at=now))


def _consent_event(verb: Verb, row: Person, detail: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    audit.record(verb, actor=actor, now=now, subject=row, person_id=row.pk, detail=detail)


def _forget_phone(row: Person, purpose: ConsentPurpose) -> None:
    if purpose is ConsentPurpose.KEEP_PHONE and row.phone:
        row.phone = ""
        row.level = identity.level_of(row)
        row.save(update_fields=["phone", "level"])
        identity.index(row)


@transaction.atomic
def set_admitted(*, actor: Actor, now: datetime, person_id: UUID, admitted_on: date | None) -> Person:
    """Note that the person is admitted since a day, or no longer (None). Promises are moved by casework."""
    row = person_row(person_id)
    members = require_tie(actor, person_id, action=Action.PERSON_EDIT)
    row.admitted_on = admitted_on
    row.save(update_fields=["admitted_on"])
    _changed(row, members, actor=actor, now=now, detail={"admitted": admitted_on is not None})
    return row


def _changed(row: Person, members: set[UUID], *, actor: Actor, now: datetime, detail: dict[str, Any]) -> None:
    audit.record(Verb.PERSON_CHANGED, actor=actor, now=now, subject=row, person_id=row.pk, detail=detail)
    for service_id in tied_services(members):
        bump(service_id)
