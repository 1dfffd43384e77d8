from datetime import datetime
from uuid import UUID

from lygte.apps.workforce.models import DutyPeriod, HandoverNote
from lygte.domain.time import shift_end


def on_duty(service_id: UUID, now: datetime) -> list[DutyPeriod]:
    """Return who is on duty now, those present before those on call, each with its user."""
    rows = DutyPeriod.objects.filter(service_id=service_id, ended_at__isnull=True, until__gt=now)
    return list(rows.select_related("user").order_by("-kind", "user__name"))


def handover_note(service_id: UUID, shift_ends_at: datetime) -> HandoverNote | None:
    """Return what was added to the hand-over of the shift that ends at a moment, with its writer."""
    rows = HandoverNote.objects.filter(service_id=service_id, shift_ends_at=shift_ends_at)
    note: HandoverNote | None = rows.select_related("written_by").first()
    return note


def handover_text(service_id: UUID, shift_ends_at: datetime) -> str:
    """Return the text added to the hand-over of the shift that ends at a moment; empty for none."""
    note = handover_note(service_id, shift_ends_at)
    return note.text if note else ""


def notes_to_read(service_id: UUID, now: datetime) -> list[HandoverNote]:
    """Return the two newest texts, of the running shift and before, newest first, each with its writer."""
    rows = HandoverNote.objects.filter(
        service_id=service_id, shift_ends_at__lte=shift_end(now), text__isnull=False
    )
    return list(rows.select_related("written_by").order_by("-shift_ends_at")[:2])
