"""What is hidden is opened: a protected name, or the record of somebody whom the service does not know."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.db import transaction

from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import Refused
from lygte.apps.core.services import bump
from lygte.apps.people.models import BreakGlass
from lygte.apps.people.selectors.cards import person as person_row
from lygte.apps.people.selectors.groups import group
from lygte.apps.people.selectors.reading import (
    break_glass_of,
    holds_tie,
    require_reading,
    tied_services,
)
from lygte.apps.people.services.linking import reason_of
from lygte.domain.access import AccessDenied, Action, Actor, may, require
from lygte.domain.events import Verb
from lygte.domain.ids import CprKind
from lygte.domain.vocab import GlassVerdict

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

GLASS_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of a person's identity, opened. Never shown by `repr`."""

    name: str = field(repr=False)
    alias: str = field(repr=False)
    cpr: str = field(repr=False)
    cpr_kind: CprKind | None
    phone: str = field(repr=False)
    address: str = field(repr=False)


@transaction.atomic
def reveal(*, actor: Actor, now: datetime, person_id: UUID) -> Identity:
    """Return the hidden identity of a person, and write down that it was opened and by whom."""
    row = person_row(person_id)
    require_reading(actor, person_id, now=now, action=Action.PERSON_REVEAL)
    audit.record(Verb.PERSON_REVEALED, actor=actor, now=now, subject=row, person_id=row.pk)
    return Identity(
        name=row.name,
        alias=row.alias,
        cpr=row.cpr,
        cpr_kind=CprKind(row.cpr_kind) if row.cpr_kind else None,
        phone=row.phone,
        address=row.address,
    )


@transaction.atomic
def break_glass(
    *, actor: Actor, now: datetime, service: "Service", person_id: UUID, reason: str
) -> BreakGlass:
    """Open the record of somebody whom the own service does not know, for an hour, with a reason.

    The leaders of the own service and of those that know the person see it. Raises `Refused`
    ("already_known") when no glass is in the way.
    """
    row = person_row(person_id)
    require(actor, Action.BREAK_GLASS, municipality_id=actor.municipality_id, service_id=service.pk)
    require(actor, Action.PERSON_READ, municipality_id=actor.municipality_id, service_id=service.pk)
    text = reason_of(reason)
    members = group(row.pk)
    if holds_tie(actor, members, action=Action.PERSON_READ):
        raise Refused("already_known")
    glass: BreakGlass = BreakGlass.objects.create(
        user_id=cast("UUID", actor.id),
        service=service,
        person=row,
        reason=text,
        opened_at=now,
        expires_at=now + GLASS_LASTS,
    )
    audit.record(Verb.BREAK_GLASS_OPENED, actor=actor, now=now, subject=glass, person_id=row.pk)
    for service_id in tied_services(members) | {service.pk}:
        bump(service_id)
    return glass


@transaction.atomic
def review_break_glass(
    *,
    actor: Actor,
    now: datetime,
    break_glass_id: UUID,
    verdict: GlassVerdict = GlassVerdict.IN_ORDER,
    note: str = "",
) -> BreakGlass:
    """Note what a leader found when looking at a broken glass. Nobody reviews their own.

    What is to be followed up needs a note. Raises `Refused` and `InvalidField`.
    """
    glass = break_glass_of(break_glass_id)
    concerned = tied_services(group(glass.person_id)) | {glass.service_id}
    if not any(_reviews(actor, service_id) for service_id in concerned):
        raise AccessDenied(Action.BREAK_GLASS_REVIEW)
    if glass.user_id == actor.id:
        raise Refused("own_break_glass")
    text = reason_of(note) if note.strip() or verdict is GlassVerdict.FOLLOW_UP else ""
    waiting = BreakGlass.objects.filter(pk=glass.pk, reviewed_at__isnull=True)
    if waiting.update(reviewed_at=now, reviewed_by_id=actor.id) != 1:
        raise Refused("already_reviewed")
    audit.record(
        Verb.BREAK_GLASS_REVIEWED,
        actor=actor,
        now=now,
        subject=glass,
        person_id=glass.person_id,
        detail={"verdict": verdict.value},
    )
    for service_id in concerned:
        bump(service_id)
    glass.refresh_from_db()
    glass.verdict, glass.review_note = verdict, text
    glass.save(update_fields=["verdict", "review_note"])
    return glass


def _reviews(actor: Actor, service_id: UUID) -> bool:
    return may(
        actor,
        Action.BREAK_GLASS_REVIEW,
        municipality_id=actor.municipality_id,
        service_id=service_id,
    )
