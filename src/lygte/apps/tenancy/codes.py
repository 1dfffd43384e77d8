"""Codes that a service adds to a list, and changes of registration practice."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.tenancy.dated import (
    Adoption,
    Held,
    Kind,
    adoption_fields,
    checked_start,
    end_rows,
    held,
    locked_service,
    note_change,
)
from lygte.apps.tenancy.models import LocalCode, PracticeChange, Service
from lygte.domain.access import Actor
from lygte.domain.time import ONE_DAY, day_of
from lygte.domain.vocab import Cause, CodeList, Measure

LONGEST_LABEL = 80
LONGEST_CODE = 40
LONGEST_NOTE = 200
_DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


@transaction.atomic
def add_code(
    *,
    actor: Actor,
    now: datetime,
    service_id: UUID,
    code_list: CodeList,
    label_da: str,
    label_en: str,
    starts: date,
    adoption: Adoption | None,
) -> LocalCode:
    """Add a code to a list of the service. The code is made of the Danish word and never changes."""
    service = locked_service(actor=actor, service_id=service_id)
    checked_start(starts, now=now)
    code = _fresh_code(service, code_list, _label("label_da", label_da))
    row = LocalCode.objects.create(
        service=service,
        code_list=code_list,
        code=code,
        label_da=_label("label_da", label_da),
        label_en=_label("label_en", label_en),
        position=_next_position(service, code_list),
        valid_from=starts,
        **adoption_fields(adoption),
    )
    detail = {"list": code_list.value, "code": code, "from": starts.isoformat()}
    note_change(actor=actor, now=now, service=service, kind=Kind.CODE, subject=row, detail=detail)
    return row


@transaction.atomic
def end_code(*, actor: Actor, now: datetime, service_id: UUID, code_id: UUID, last_day: date) -> LocalCode:
    """Let a code be chosen until a day, that day included. Contacts that hold it keep it."""
    service = locked_service(actor=actor, service_id=service_id)
    row = LocalCode.objects.get(service=service, pk=code_id)
    if last_day < day_of(now) - ONE_DAY:
        raise InvalidField("last_day", "past")
    if held(row, day=day_of(now)) not in (Held.NOW, Held.PLANNED):
        raise Refused("ended")
    end_rows([row], starts=last_day + ONE_DAY)
    detail = {"list": str(row.code_list), "code": row.code, "to": last_day.isoformat()}
    note_change(actor=actor, now=now, service=service, kind=Kind.CODE, subject=row, detail=detail)
    return row


@transaction.atomic
def add_practice_change(
    *, actor: Actor, now: datetime, service_id: UUID, on: date, note_da: str, note_en: str = ""
) -> PracticeChange:
    """Mark a day from which the service registers in another way; every series shows the break."""
    service = locked_service(actor=actor, service_id=service_id)
    if not note_da.strip() or len(note_da.strip()) > LONGEST_NOTE:
        raise InvalidField("note_da", "long" if note_da.strip() else "required")
    if len(note_en.strip()) > LONGEST_NOTE:
        raise InvalidField("note_en", "long")
    row = PracticeChange.objects.create(
        service=service, on=on, note_da=note_da.strip(), note_en=note_en.strip()
    )
    detail = {"on": on.isoformat()}
    note_change(actor=actor, now=now, service=service, kind="practice", subject=row, detail=detail)
    return row


@transaction.atomic
def remove_practice_change(*, actor: Actor, now: datetime, service_id: UUID, change_id: UUID) -> None:
    """Take away a mark that was set by mistake. No number changes: a mark only draws a line."""
    service = locked_service(actor=actor, service_id=service_id)
    row = PracticeChange.objects.get(service=service, pk=change_id)
    detail = {"on": row.on.isoformat(), "removed": True}
    note_change(actor=actor, now=now, service=service, kind="practice", subject=row, detail=detail)
    row.delete()


def practice_changes(service_id: UUID) -> list[PracticeChange]:
    """Return the changes of registration practice of a service, oldest first."""
    return list(PracticeChange.objects.filter(service_id=service_id))


def _label(field: str, text: str) -> str:
    label = text.strip()
    if not label or len(label) > LONGEST_LABEL:
        raise InvalidField(field, "long" if label else "required")
    return label


def _fresh_code(service: Service, code_list: CodeList, label: str) -> str:
    stem = (
        slugify(label.lower().translate(_DANISH))[: LONGEST_CODE - 4].strip("-").replace("-", "_") or "code"
    )
    taken = {code.value for code in (Cause if code_list is CodeList.CAUSE else Measure)}
    rows = LocalCode.objects.filter(service=service, code_list=code_list)
    taken |= set(rows.values_list("code", flat=True))
    if rows.filter(label_da__iexact=label, valid_to__isnull=True).exists():
        raise InvalidField("label_da", "taken")
    numbered = (stem if number == 1 else f"{stem}_{number}" for number in range(1, len(taken) + 2))
    return next(code for code in numbered if code not in taken)


def _next_position(service: Service, code_list: CodeList) -> int:
    rows = LocalCode.objects.filter(service=service, code_list=code_list)
    highest = rows.aggregate(highest=Max("position"))["highest"]
    return 0 if highest is None else int(highest) + 1
