"""Acts that touch several apps at once, each in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services as contacts
from lygte.apps.core.refusals import InvalidField
from lygte.apps.core.saving import FieldEdit, Ledger, SaveResult, Verdict, token
from lygte.apps.people import selectors as people_read
from lygte.apps.people import services as people
from lygte.apps.plans import services as plans
from lygte.apps.promises import services as promises
from lygte.domain.access import Actor
from lygte.domain.ids import normalise_phone
from lygte.domain.vocab import (
    NOT_STATED,
    ConsentPurpose,
    CprAnswer,
    DayBand,
    Level,
    MayRing,
    Medium,
    NotificationChoice,
    PlanState,
)

if TYPE_CHECKING:
    from lygte.apps.contacts.models import Contact
    from lygte.apps.people.models import IdentityLink, Person
    from lygte.apps.plans.models import PlanVersion

# Typed on the contact, kept with the person.
WISHES = ("band", "medium", "do_not_remind")
# Typed at closing, kept apart from the contact.
NOTIFICATION = "notification_"


@dataclass(frozen=True, slots=True)
class NotificationDecision:
    """What was decided about notifying, at closing. `sent_on` and `sent_to` when it has been sent."""

    choice: NotificationChoice
    reason: str
    sent_on: date | None = None
    sent_to: str = ""


@transaction.atomic
def save_contact(
    *,
    actor: Actor,
    now: datetime,
    contact_id: UUID,
    fields: Mapping[str, FieldEdit],
    client: str = "",
    seq: int = 0,
) -> contacts.ContactSave:
    """Save typed values; a level that moved moves the promises of the contact, wishes go to the person."""
    typed = {
        field: edit
        for field, edit in fields.items()
        if field not in WISHES and not field.startswith(NOTIFICATION)
    }
    result = contacts.save_fields(
        actor=actor, now=now, contact_id=contact_id, fields=typed, client=client, seq=seq
    )
    if change := result.level_change:
        promises.level_changed(
            actor=actor,
            now=now,
            contact=result.contact,
            previous=_level(change.previous),
            level=_level(change.level),
        )
    beside = _save_wishes(result, fields, actor=actor, now=now)
    drafted = _draft_notification(result, fields, actor=actor, now=now)
    for one in (beside, drafted):
        contacts.name_the_others(one)
        result.saved |= one.saved
        result.conflicts |= one.conflicts
    contacts.keep_ledger(result)
    return result


def _draft_notification(
    result: contacts.ContactSave, fields: Mapping[str, FieldEdit], *, actor: Actor, now: datetime
) -> SaveResult:
    """Keep a decision that is being typed with the notification, apart from the contact."""
    cut = len(NOTIFICATION)
    drafted = {field[cut:]: edit for field, edit in fields.items() if field.startswith(NOTIFICATION)}
    if not drafted:
        return SaveResult()
    try:
        kept = contacts.draft_notification(
            actor=actor, now=now, contact_id=result.contact.pk, fields=drafted, ledger=result.ledger
        )
    except InvalidField as problem:
        raise InvalidField(NOTIFICATION + problem.field, problem.code) from None
    return SaveResult(
        saved={NOTIFICATION + field: base for field, base in kept.saved.items()},
        conflicts={NOTIFICATION + field: one for field, one in kept.conflicts.items()},
    )


def _level(code: str) -> Level | None:
    return Level(code) if code else None


def _save_wishes(
    result: contacts.ContactSave, fields: Mapping[str, FieldEdit], *, actor: Actor, now: datetime
) -> SaveResult:
    saved = SaveResult()
    typed = {field: fields[field] for field in WISHES if field in fields}
    person_id = result.contact.person_id
    if person_id is None:
        if typed:
            raise InvalidField(next(iter(typed)), "needs_a_person")
        return saved
    if not typed and "may_ring" not in result.saved:
        return saved
    row = people_read.person(people_read.root_of(person_id))
    wished = {
        field: edit.value
        for field, edit in typed.items()
        if _is_wished(result.ledger, saved, field, edit, row)
    }
    if "may_ring" in result.saved:
        wished["may_ring"] = result.contact.may_ring
    changed = _wishes(row, wished)
    if wished and changed != _wishes(row, {}):
        people.set_wishes(actor=actor, now=now, person_id=row.pk, **changed)
        promises.wishes_changed(actor=actor, now=now, person_id=row.pk)
    return saved


def _is_wished(ledger: Ledger, saved: SaveResult, field: str, edit: FieldEdit, row: "Person") -> bool:
    """Tell whether a wish is to be stored; one that somebody else has changed is a conflict."""
    held = ("yes" if row.do_not_remind else "") if field == "do_not_remind" else getattr(row, field)
    verdict = ledger.judge(field, edit, held)
    if verdict is Verdict.CONFLICT:
        saved.conflicts[field] = ledger.conflict(field, held)
        return False
    saved.saved[field] = token(edit.value if verdict is Verdict.WRITE else held)
    if verdict is Verdict.WRITE:
        ledger.write(field, edit.value)
    return verdict is Verdict.WRITE


@transaction.atomic
def set_wishes(*, actor: Actor, now: datetime, person_id: UUID, **wishes: Any) -> None:
    """Record how a person wishes to be contacted, and let the promises that are open follow."""
    people.set_wishes(actor=actor, now=now, person_id=person_id, **wishes)
    promises.wishes_changed(actor=actor, now=now, person_id=person_id)


@transaction.atomic
def record_consent(
    *, actor: Actor, now: datetime, person_id: UUID, purpose: ConsentPurpose, given: bool = True
) -> None:
    """Record a yes or a no. A no to keeping the phone number takes it off the promises too."""
    people.record_consent(actor=actor, now=now, person_id=person_id, purpose=purpose, given=given)
    if not given:
        _forget_number(actor=actor, now=now, person_id=person_id, purpose=purpose)


@transaction.atomic
def withdraw_consent(*, actor: Actor, now: datetime, person_id: UUID, purpose: ConsentPurpose) -> None:
    """Take back what was said. Where that was keeping the phone number, it goes off the promises too."""
    if people.withdraw_consent(actor=actor, now=now, person_id=person_id, purpose=purpose):
        _forget_number(actor=actor, now=now, person_id=person_id, purpose=purpose)


@transaction.atomic
def update_person(
    *, actor: Actor, now: datetime, person_id: UUID, keep_phone: bool | None = None, **fields: Any
) -> "Person":
    """Change identity fields, as `people.update_person`. A no to keeping the number is a no everywhere."""
    row = people.update_person(actor=actor, now=now, person_id=person_id, keep_phone=keep_phone, **fields)
    if keep_phone is False:
        promises.forget_number(actor=actor, now=now, person_id=person_id)
    return row


def _forget_number(*, actor: Actor, now: datetime, person_id: UUID, purpose: ConsentPurpose) -> None:
    if purpose is ConsentPurpose.KEEP_PHONE:
        promises.forget_number(actor=actor, now=now, person_id=person_id)


def _wishes(row: "Person", wished: Mapping[str, Any]) -> dict[str, Any]:
    """Return every wish of the person with those just told laid over them."""
    now_held = people_read.wish_of(row)
    may_ring = wished.get("may_ring", row.may_ring)
    return {
        "may_ring": MayRing(may_ring) if may_ring else None,
        "band": _wish(DayBand, "band", wished, row.band),
        "medium": _wish(Medium, "medium", wished, row.medium),
        "do_not_remind": wished.get("do_not_remind", row.do_not_remind) in (True, "yes"),
        "avoid_weekdays": now_held.avoid_weekdays,
    }


def _wish(codes: type[StrEnum], field: str, wished: Mapping[str, Any], held: str) -> Any:
    code = wished.get(field, held)
    if code in (None, "", NOT_STATED):
        return None
    if code not in set(codes):
        raise InvalidField(field, "unknown_code")
    return codes(code)


@transaction.atomic
def close_contact(
    *,
    actor: Actor,
    now: datetime,
    contact_id: UUID,
    decision: NotificationDecision | None = None,
    number: str = "",
) -> "Contact":
    """Close a contact, with the decision on a child notification where one is given, and start its
    follow-ups.

    `number` is one that an anonymous caller may be rung on. Raises `contacts.CannotClose` while a decision is
    missing and `InvalidField` for a number that is none; nothing is changed then.
    """
    if decision:
        contacts.decide_notification(
            actor=actor,
            now=now,
            contact_id=contact_id,
            choice=decision.choice,
            reason=decision.reason,
            sent_on=decision.sent_on,
            sent_to=decision.sent_to,
        )
    phone = normalise_phone(number) if number.strip() else ""
    if phone is None:
        raise InvalidField("number", "not_a_number")
    contact = contacts.close(actor=actor, now=now, contact_id=contact_id)
    promises.contact_closed(actor=actor, now=now, contact=contact, number=phone)
    return contact


@transaction.atomic
def attach(*, actor: Actor, now: datetime, contact_id: UUID, person_id: UUID, reason: str) -> "IdentityLink":
    """Say that a contact is with a person. What was promised in the contact is promised to the person."""
    link = contacts.attach(actor=actor, now=now, contact_id=contact_id, person_id=person_id, reason=reason)
    promises.contact_linked(actor=actor, now=now, contact=contacts_read.contact(contact_id))
    return link


@transaction.atomic
def start_thread(*, actor: Actor, now: datetime, contact_id: UUID, reason: str) -> "Person":
    """Give an anonymous contact a thread with return words, and return the thread."""
    contact = contacts_read.contact(contact_id)
    thread, _words = people.new_thread(actor=actor, now=now, service=contact.service)
    attach(actor=actor, now=now, contact_id=contact_id, person_id=thread.pk, reason=reason)
    return thread


@transaction.atomic
def tell_who(
    *, actor: Actor, now: datetime, contact_id: UUID, person_id: UUID, reason: str, cpr_given: bool
) -> None:
    """Say that a contact is with somebody who has just told who they are."""
    attach(actor=actor, now=now, contact_id=contact_id, person_id=person_id, reason=reason)
    if cpr_given:
        answer = {"cpr_answer": FieldEdit(CprAnswer.GIVEN.value)}
        contacts.save_fields(actor=actor, now=now, contact_id=contact_id, fields=answer)


@transaction.atomic
def start_plan(*, actor: Actor, now: datetime, contact_id: UUID, reason: str) -> "PlanVersion":
    """Return a draft that hangs on a contact. An anonymous contact gets a thread with return words first."""
    contact = contacts_read.contact(contact_id)
    person_id = contact.person_id
    if person_id is None:
        person_id = start_thread(actor=actor, now=now, contact_id=contact_id, reason=reason).pk
    return plans.start_version(
        actor=actor, now=now, person_id=person_id, service=contact.service, contact_id=contact_id
    )


@transaction.atomic
def detach(*, actor: Actor, now: datetime, link_id: UUID, reason: str) -> "IdentityLink":
    """Say that a contact was not with that person after all. Its promises are no longer to the person."""
    link = contacts.detach(actor=actor, now=now, link_id=link_id, reason=reason)
    if link.contact_id:
        promises.contact_linked(actor=actor, now=now, contact=contacts_read.contact(link.contact_id))
    return link


@transaction.atomic
def set_admitted(*, actor: Actor, now: datetime, person_id: UUID, admitted_on: date | None) -> None:
    """Note that a person is admitted, or no longer is: promises wait meanwhile, and are counted from the
    discharge.
    """
    people.set_admitted(actor=actor, now=now, person_id=person_id, admitted_on=admitted_on)
    if admitted_on:
        promises.hold_for(actor=actor, now=now, person_id=person_id)
    else:
        promises.resume_for(actor=actor, now=now, person_id=person_id, discharged_at=now)


@transaction.atomic
def finish_plan(*, actor: Actor, now: datetime, version_id: UUID) -> "PlanVersion":
    """Finish a plan version; the contact on which it was written says so."""
    version = plans.finish(actor=actor, now=now, version_id=version_id)
    if version.contact_id:
        contacts.set_plan_state(actor=actor, now=now, contact_id=version.contact_id, state=PlanState.WRITTEN)
    return version
