"""Contacts that happened before Lygte, kept closed and counted as they were told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from lygte.apps.audit import services as audit
from lygte.apps.contacts.models import Contact
from lygte.apps.core.services import bump
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb
from lygte.domain.vocab import ContactState

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

BATCH = 500


@dataclass(frozen=True, slots=True)
class PastContact:
    """A contact as a file tells it. `values` are fields of the row; `counted_as` says whom it counts as."""

    id: UUID
    started_at: datetime
    ended_at: datetime
    values: Mapping[str, Any]
    counted_as: UUID | None


@transaction.atomic
def store_past(
    *, actor: Actor, now: datetime, service: "Service", batch: UUID, rows: Sequence[PastContact]
) -> None:
    """Store contacts of a file under one batch, all or none, and note how many."""
    require(actor, Action.CONTACTS_IMPORT, municipality_id=actor.municipality_id, service_id=service.pk)
    made = [_row(one, service=service, batch=batch, actor=actor, now=now) for one in rows]
    Contact.objects.bulk_create(made, batch_size=BATCH)
    detail = {"count": len(made), "batch": str(batch)}
    audit.record(Verb.CONTACTS_IMPORTED, actor=actor, now=now, service_id=service.pk, detail=detail)
    bump(service.pk)


def _row(one: PastContact, *, service: "Service", batch: UUID, actor: Actor, now: datetime) -> Contact:
    return Contact(
        pk=one.id,
        service_id=service.pk,
        state=ContactState.CLOSED,
        started_at=one.started_at,
        received_at=one.started_at,
        ended_at=one.ended_at,
        closed_at=one.ended_at,
        closed_by_id=actor.id,
        created_by_id=actor.id,
        counted_as=one.counted_as,
        counted_first_time=one.values["first_time"],
        counted_at=now,
        import_batch=batch,
        **one.values,
    )
