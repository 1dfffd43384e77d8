"""Who is on duty, and what a colleague adds to the hand-over."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from lygte.apps.accounts import selectors as accounts
from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import InvalidField
from lygte.apps.core.saving import Conflict, FieldEdit, SaveResult, in_conflict, token
from lygte.apps.core.services import bump
from lygte.apps.workforce.models import DutyPeriod, HandoverNote
from lygte.domain.access import AccessDenied, Action, Actor, require
from lygte.domain.events import Verb
from lygte.domain.time import shift_end
from lygte.domain.vocab import DutyKind

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

TEXT = "text"
LONGEST_TEXT = 4000


@transaction.atomic
def go_on_duty(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    kind: DutyKind,
    until: datetime,
    minutes_away: int | None = None,
) -> DutyPeriod:
    """Be on duty, or on call so many minutes away, until a moment. Saying so again replaces it."""
    require(actor, Action.DUTY_SET, municipality_id=actor.municipality_id, service_id=service.pk)
    if until <= now:
        raise InvalidField("until", "past")
    details = {"until": until, "minutes_away": minutes_away if kind == DutyKind.ON_CALL else None}
    try:
        with transaction.atomic():
            period = _begin(service, actor, now, kind=kind, **details)
    except IntegrityError:
        # Pressed twice at once: the other press was first, and this one replaces it.
        period = _begin(service, actor, now, kind=kind, **details)
    audit.record(Verb.DUTY_STARTED, actor=actor, now=now, subject=period, detail={"kind": kind.value})
    bump(service.pk)
    return period


def _begin(service: "Service", actor: Actor, now: datetime, **details: Any) -> DutyPeriod:
    _end(service.pk, actor, now)
    period: DutyPeriod = DutyPeriod.objects.create(
        service=service, user_id=_person(actor), started_at=now, **details
    )
    return period


@transaction.atomic
def go_off_duty(*, actor: Actor, now: datetime, service: "Service") -> None:
    """Leave duty now. Somebody who is not on duty stays so."""
    require(actor, Action.DUTY_SET, municipality_id=actor.municipality_id, service_id=service.pk)
    if _end(service.pk, actor, now):
        audit.record(Verb.DUTY_ENDED, actor=actor, now=now, subject=service, service_id=service.pk)
        bump(service.pk)


def _person(actor: Actor) -> UUID:
    if actor.id is None:
        raise AccessDenied(Action.DUTY_SET)
    return actor.id


def _end(service_id: UUID, actor: Actor, now: datetime) -> int:
    own = DutyPeriod.objects.filter(service_id=service_id, user_id=_person(actor), ended_at__isnull=True)
    return own.update(ended_at=now)


@transaction.atomic
def write_handover(*, actor: Actor, now: datetime, service: "Service", text: FieldEdit | str) -> SaveResult:
    """Save what a colleague adds to the hand-over of the running shift: one text per shift.

    A text typed over something else than what is stored is not saved; the answer holds what was written.
    """
    require(actor, Action.HANDOVER_WRITE, municipality_id=actor.municipality_id, service_id=service.pk)
    edit = text if isinstance(text, FieldEdit) else FieldEdit(text)
    typed = str(edit.value or "").strip()
    if len(typed) > LONGEST_TEXT:
        raise InvalidField(TEXT, "too_long")
    note = _locked_note(service, now)
    if in_conflict(FieldEdit(typed, edit.base), note.text):
        return SaveResult(conflicts={TEXT: _conflict(note)})
    if typed != note.text:
        note.text, note.written_at, note.written_by_id = typed, now, actor.id
        note.save(update_fields=["text", "written_at", "written_by"])
        audit.record(Verb.HANDOVER_WRITTEN, actor=actor, now=now, subject=note, detail={"length": len(typed)})
        bump(service.pk)
    return SaveResult(saved={TEXT: token(typed)})


def _locked_note(service: "Service", now: datetime) -> HandoverNote:
    ends = shift_end(now)
    made, _ = HandoverNote.objects.get_or_create(
        service=service, shift_ends_at=ends, defaults={"written_at": now}
    )
    note: HandoverNote = HandoverNote.objects.select_for_update().get(pk=made.pk)
    return note


def _conflict(note: HandoverNote) -> Conflict:
    name = accounts.user_names([note.written_by_id]).get(note.written_by_id, "") if note.written_by_id else ""
    return Conflict(theirs=note.text, by=name, at=note.written_at)
