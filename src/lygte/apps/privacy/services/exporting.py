"""Everything that is kept on a person, for the person: the right of access."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lygte.apps.audit import services as audit
from lygte.apps.core.shredding import Holding, Subject
from lygte.apps.people import selectors as people
from lygte.apps.people.shredder import subject_of
from lygte.apps.privacy.registry import HOLDINGS
from lygte.apps.privacy.services.erasing import reason_of
from lygte.domain.access import Action, Actor
from lygte.domain.events import Verb


@dataclass(frozen=True, slots=True)
class Part:
    """One table of an export. Values are plain: texts, numbers, days and moments in ISO form."""

    label: str
    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    speaks_of_others: bool


@transaction.atomic
def export(*, actor: Actor, now: datetime, person_id: UUID, reason: str) -> list[Part]:
    """Return everything that is kept on a person, and write down that it was taken out.

    Staff are not named in it; what may speak of others is marked, to be looked through before it is handed
    over. The trail is the last part: this export is in it.
    """
    root = people.root_of(people.person(person_id).pk)
    people.require_tie(actor, root, action=Action.PERSON_EXPORT)
    reason_of(reason)
    subject = subject_of(root)
    audit.record(Verb.PERSON_EXPORTED, actor=actor, now=now, subject=people.person(root), person_id=root)
    parts = [_part(holding, subject) for holding in HOLDINGS]
    told = [part for part in parts if part.rows]
    return sorted(told, key=lambda part: part.label.startswith("audit."))


def _part(holding: Holding, subject: Subject) -> Part:
    rows = [{name: _plain(getattr(row, name)) for name in holding.shown} for row in holding.rows(subject)]
    return Part(holding.label, holding.shown, rows, holding.speaks_of_others)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
