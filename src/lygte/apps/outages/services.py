"""Outages are noted and finished, and contacts are marked as registered late."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.services import bump
from lygte.apps.outages.models import LateContact, Outage
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb
from lygte.domain.outages import OLDEST
from lygte.domain.vocab import LateKind

if TYPE_CHECKING:
    from lygte.apps.contacts.models import Contact
    from lygte.apps.tenancy.models import Service


@transaction.atomic
def note_outage(
    *, actor: Actor, now: datetime, service: "Service", began_at: datetime, ended_at: datetime
) -> Outage:
    """Note that a service could not use Lygte for a while. Raises `InvalidField` for times that cannot be."""
    require(actor, Action.OUTAGE_CATCH_UP, municipality_id=actor.municipality_id, service_id=service.pk)
    if began_at < now - OLDEST:
        raise InvalidField("began_at", "too_old")
    if ended_at > now:
        raise InvalidField("ended_at", "in_the_future")
    if ended_at <= began_at:
        raise InvalidField("ended_at", "before_start")
    row = Outage.objects.create(
        service_id=service.pk, began_at=began_at, ended_at=ended_at, noted_at=now, noted_by_id=actor.id
    )
    minutes = round((ended_at - began_at).total_seconds() / 60)
    audit.record(Verb.OUTAGE_NOTED, actor=actor, now=now, subject=row, detail={"minutes": minutes})
    bump(service.pk)
    return row


def read_outage(*, actor: Actor, outage_id: UUID) -> Outage:
    """Return an outage with its service to somebody who may catch up there."""
    row = Outage.objects.select_related("service").get(pk=outage_id)
    require(actor, Action.OUTAGE_CATCH_UP, municipality_id=actor.municipality_id, service_id=row.service_id)
    return row


@transaction.atomic
def finish_outage(*, actor: Actor, now: datetime, outage_id: UUID) -> Outage:
    """Say that everything that happened in an outage has been registered. Saying so again changes nothing."""
    row = Outage.objects.select_for_update(of=("self",)).select_related("service").get(pk=outage_id)
    require(actor, Action.OUTAGE_CATCH_UP, municipality_id=actor.municipality_id, service_id=row.service_id)
    if row.finished_at is None:
        row.finished_at, row.finished_by_id = now, actor.id
        row.save(update_fields=["finished_at", "finished_by"])
        detail = {"contacts": row.contacts.count()}
        audit.record(Verb.OUTAGE_FINISHED, actor=actor, now=now, subject=row, detail=detail)
        bump(row.service_id)
    return row


@transaction.atomic
def mark_late(
    *, actor: Actor, now: datetime, contact: "Contact", kind: LateKind, outage_id: UUID | None = None
) -> LateContact:
    """Mark a contact as registered after it began. A contact is marked once; a repeat changes nothing.

    Raises `Refused("outage_finished")` when the outage is finished.
    """
    if outage_id:
        row = Outage.objects.select_for_update().get(pk=outage_id, service_id=contact.service_id)
        if row.finished_at:
            raise Refused("outage_finished")
    facts = {"kind": kind, "outage_id": outage_id, "registered_at": now, "registered_by_id": actor.id}
    late, made = LateContact.objects.get_or_create(
        contact_id=contact.pk, defaults={**facts, "service_id": contact.service_id}
    )
    if made:
        minutes = round((now - contact.started_at).total_seconds() / 60)
        detail = {"kind": kind.value, "minutes": minutes}
        audit.record(Verb.CONTACT_REGISTERED_LATE, actor=actor, now=now, subject=contact, detail=detail)
    return late
