"""Field by field while somebody talks: nothing typed is lost, nobody is overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from lygte.apps.accounts import selectors as accounts
from lygte.apps.audit import services as audit
from lygte.apps.contacts import fields as spec
from lygte.apps.contacts.models import Contact, ContactNote, LevelChange
from lygte.apps.contacts.services.rows import allowed, require_open
from lygte.apps.core.refusals import InvalidField
from lygte.apps.core.saving import Conflict, FieldEdit, Ledger, SaveResult, Verdict, token
from lygte.apps.core.services import bump
from lygte.apps.tenancy import rules
from lygte.domain.access import Action, Actor
from lygte.domain.events import Verb
from lygte.domain.time import day_of
from lygte.domain.vocab import Level, Measure, PlanState

BURST = timedelta(minutes=1)
_BURST = "burst"


@dataclass(slots=True, kw_only=True)
class ContactSave(SaveResult):
    """What was saved and where somebody else was faster; the contact now, and how its level moved."""

    contact: Contact
    ledger: Ledger
    level_change: LevelChange | None = None


@transaction.atomic
def save_fields(
    *,
    actor: Actor,
    now: datetime,
    contact_id: UUID,
    fields: Mapping[str, FieldEdit],
    client: str = "",
    seq: int = 0,
) -> ContactSave:
    """Save typed values. Returns a token for each field that is now as typed, and every conflict.

    `client` is the open page and `seq` its running number: what arrives late or twice changes nothing, and a
    page never stands in its own way. Raises `InvalidField` for a value that cannot be stored; nothing is
    saved then.
    """
    contact = allowed(actor, Action.CONTACT_REGISTER, contact_id=contact_id)
    require_open(contact)
    values = _checked(contact, fields, now)
    writer = _Writer(actor, ledger_of(contact, actor=actor, now=now, client=client, seq=seq))
    notes = {row.field: row for row in ContactNote.objects.filter(contact=contact, field__in=list(fields))}
    result = ContactSave(contact=contact, ledger=writer.ledger)
    before = contact.level
    written = [
        field
        for field, edit in fields.items()
        if _save_one(result, field, edit, values[field], notes, writer)
    ]
    name_the_others(result)
    writer.ledger.note_page()
    if written:
        _finish(result, written, writer, before)
    keep_ledger(result)
    return result


def keep_ledger(result: ContactSave) -> None:
    """Store what the ledger has learnt since it was stored last."""
    if result.ledger.changed:
        result.contact.save(update_fields=["marks"])
        result.ledger.changed = False


def ledger_of(contact: Contact, *, actor: Actor, now: datetime, client: str = "", seq: int = 0) -> Ledger:
    """Return who wrote what in a contact, from the point of view of one page."""
    by = str(actor.id) if actor.id else ""
    return Ledger(marks=contact.marks, by=by, now=now, client=client, seq=seq)


@dataclass(frozen=True, slots=True)
class _Writer:
    actor: Actor
    ledger: Ledger

    @property
    def now(self) -> datetime:
        return self.ledger.now


def _checked(contact: Contact, fields: Mapping[str, FieldEdit], now: datetime) -> dict[str, Any]:
    values = {}
    for field, edit in fields.items():
        extra: set[str] = set()
        if field in spec.LISTS:
            rows = rules.local_codes(contact.service_id, spec.LISTS[field][1], day=day_of(now))
            extra = {row.code for row in rows} | set(getattr(contact, field))
        values[field] = spec.stored(field, edit.value, extra=extra)
    return values


def _save_one(
    result: ContactSave,
    field: str,
    edit: FieldEdit,
    value: Any,
    notes: dict[str, ContactNote],
    writer: _Writer,
) -> bool:
    """Write one field, or note the conflict. Return whether something changed."""
    contact, ledger = result.contact, writer.ledger
    current = _shown(contact, field, notes)
    verdict = ledger.judge(field, edit, current)
    if verdict is Verdict.CONFLICT:
        result.conflicts[field] = ledger.conflict(field, current)
        return False
    changed = verdict is Verdict.WRITE and _write(contact, field, value, notes, writer)
    shown = _shown(contact, field, notes)
    result.saved[field] = token(shown)
    if changed:
        ledger.write(field, shown)
    return changed


def _shown(contact: Contact, field: str, notes: Mapping[str, ContactNote]) -> Any:
    return spec.shown(contact, field, {name: note.text for name, note in notes.items()})


def _write(contact: Contact, field: str, value: Any, notes: dict[str, ContactNote], writer: _Writer) -> bool:
    if field not in spec.NOTES:
        changed = bool(getattr(contact, field) != value)
        setattr(contact, field, value)
        return changed
    note = notes.get(field) or ContactNote(contact=contact, field=field)
    if note.text == value:
        return False
    note.text, note.saved_at, note.saved_by_id = value, writer.now, writer.actor.id
    note.save()
    notes[field] = note
    return True


def name_the_others(result: SaveResult) -> None:
    """Put names instead of identifiers on the conflicts of a save."""
    if not result.conflicts:
        return
    names = accounts.user_names(UUID(one.by) for one in result.conflicts.values() if one.by)
    for field, one in result.conflicts.items():
        by = names.get(UUID(one.by), "") if one.by else ""
        result.conflicts[field] = Conflict(theirs=one.theirs, by=by, at=one.at)


def _finish(result: ContactSave, written: list[str], writer: _Writer, before: str) -> None:
    contact = result.contact
    columns = {field for field in written if field not in spec.NOTES} | {"marks"}
    if "measures" in written and Measure.OVERNIGHT in contact.measures and contact.stay_from is None:
        contact.stay_from = writer.now
        writer.ledger.write("stay_from", _shown(contact, "stay_from", {}))
        columns.add("stay_from")
    _require_order(contact, written)
    if contact.level != before:
        result.level_change = _keep_level(contact, before, writer)
    if _begins_burst(contact, written, writer):
        detail = {"fields": sorted(written)}
        audit.record(Verb.CONTACT_SAVED, actor=writer.actor, now=writer.now, subject=contact, detail=detail)
    contact.save(update_fields=sorted(columns))
    writer.ledger.changed = False
    if columns & spec.ON_THE_BOARD:
        bump(contact.service_id)


def _require_order(contact: Contact, written: list[str]) -> None:
    for field in ("stay_from", "stay_until"):
        out_of_order = contact.stay_from and contact.stay_until and contact.stay_until < contact.stay_from
        if field in written and out_of_order:
            raise InvalidField(field, "before_arrival")


def _begins_burst(contact: Contact, written: list[str], writer: _Writer) -> bool:
    """One audit event for the same person typing in the same fields within a minute."""
    last = contact.marks.get(_BURST, {})
    by = str(writer.actor.id or "")
    goes_on = (
        last.get("by") == by
        and set(written) <= set(last.get("fields", ()))
        and writer.now - datetime.fromisoformat(last["at"]) < BURST
    )
    if goes_on:
        return False
    contact.marks[_BURST] = {"by": by, "at": writer.now.isoformat(), "fields": sorted(written)}
    return True


def _keep_level(contact: Contact, before: str, writer: _Writer, reason: str = "") -> LevelChange:
    change = LevelChange.objects.create(
        contact=contact,
        previous=before,
        level=contact.level,
        at=writer.now,
        by_id=writer.actor.id,
        reason=reason,
    )
    audit.record(
        Verb.CONTACT_LEVEL_SET,
        actor=writer.actor,
        now=writer.now,
        subject=contact,
        detail={"previous": before, "level": contact.level},
    )
    return change


@transaction.atomic
def set_level(
    *, actor: Actor, now: datetime, contact_id: UUID, level: Level, reason: str = ""
) -> LevelChange | None:
    """Set, raise or lower the crisis level and keep both values; None when it already was that level."""
    contact = allowed(actor, Action.CONTACT_REGISTER, contact_id=contact_id)
    require_open(contact)
    if contact.level == level:
        return None
    writer = _Writer(actor, ledger_of(contact, actor=actor, now=now))
    before, contact.level = contact.level, level.value
    writer.ledger.write("level", contact.level)
    contact.save(update_fields=["level", "marks"])
    bump(contact.service_id)
    return _keep_level(contact, before, writer, reason)


@transaction.atomic
def set_plan_state(*, actor: Actor, now: datetime, contact_id: UUID, state: PlanState) -> None:
    """Set the plan state of a contact, closed ones included: a plan can be finished afterwards."""
    contact = allowed(actor, Action.CONTACT_REGISTER, contact_id=contact_id)
    if contact.plan_state == state:
        return
    contact.plan_state = state.value
    ledger_of(contact, actor=actor, now=now).write("plan_state", contact.plan_state)
    contact.save(update_fields=["plan_state", "marks"])
    audit.record(Verb.CONTACT_SAVED, actor=actor, now=now, subject=contact, detail={"fields": ["plan_state"]})
