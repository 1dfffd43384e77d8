"""The person's own list of who has opened the record, behind the secret link to their plan."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lygte.apps.accounts import selectors as accounts
from lygte.apps.audit import services as audit
from lygte.apps.core.scope import current_municipality_id
from lygte.apps.people import selectors as people
from lygte.apps.plans import services as plans
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Actor, ActorKind
from lygte.domain.events import Verb

MOST = 500


@dataclass(frozen=True, slots=True)
class Opening:
    """One thing done with or read of a record. `who` is a role code, empty when no colleague did it."""

    at: datetime
    verb: str
    by_glass: bool
    kind: str
    role: str
    service: str


def openings_by_link(*, now: datetime, token: str) -> list[Opening]:
    """Return who has opened or changed the record of the person whose own link this is, newest first.

    Colleagues are told by role and service, never by name. Raises `plans.ShareClosed` for a link that is
    unknown, withdrawn, expired, or not the person's own. The reading is recorded.
    """
    with plans.own_link(now=now, token=token) as link:
        if link is None:
            found = None
        else:
            actor = Actor(ActorKind.LINK, current_municipality_id(), link.share_id)
            found = openings(link.person_id)
            audit.record(Verb.OPENINGS_SEEN_BY_LINK, actor=actor, now=now, person_id=link.person_id)
    if found is None:
        raise plans.ShareClosed
    return found


def openings(person_id: UUID) -> list[Opening]:
    """Return what was done with and read of a person's record, as the person may be told."""
    rows = people.events_of(people.group(person_id), limit=MOST)
    users = {row.actor_id for row in rows if row.actor_kind == ActorKind.USER}
    grants = accounts.grants_of(users)
    names = {service.pk: service.name for service in tenancy.services()}
    return [_opening(row, grants, names) for row in rows]


def _opening(row: Any, grants: dict[Any, list[Any]], names: dict[UUID, str]) -> Opening:
    held = next(iter(grants.get(row.actor_id, ())), None)
    service_id = row.service_id or (held.service_id if held else None)
    glass = row.verb == Verb.BREAK_GLASS_OPENED or bool(row.detail.get("broken_glass"))
    role = str(held.role) if held else ""
    service = names.get(service_id, "") if service_id else ""
    return Opening(row.at, row.verb, glass, row.actor_kind, role, service)
