"""A hand-over is free text of the shift: it belongs to no person, and goes with time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from lygte.apps.core.shredding import Shredder, Term
from lygte.apps.workforce.models import HandoverNote
from lygte.domain.retention import Ground


def _due(cutoff: datetime, held: frozenset[UUID]) -> Any:
    return HandoverNote.objects.filter(written_at__lt=cutoff)


def _let_go(ids: list[UUID]) -> object:
    return HandoverNote.objects.filter(pk__in=ids).delete()


SHREDDER = Shredder(
    holdings=(),
    erase=lambda subject, actor, now: {},
    terms=(Term(Ground.HANDOVER_NOTE, _due, _let_go),),
    kept={"workforce.HandoverNote": "not written of one person; goes with its own term"},
)
