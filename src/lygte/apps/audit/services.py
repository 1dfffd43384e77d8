from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from lygte.apps.audit import chain
from lygte.apps.audit.models import AuditEvent
from lygte.apps.core.scope import current_municipality_id
from lygte.apps.crypto import services as crypto
from lygte.domain.access import Actor
from lygte.domain.events import Verb


def record(
    verb: Verb,
    *,
    actor: Actor,
    now: datetime,
    subject: Model | None = None,
    person_id: UUID | None = None,
    service_id: UUID | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one audit event in the running transaction. `detail` holds codes and counts only."""
    event = AuditEvent(
        at=now,
        verb=verb.value,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        service_id=service_id or getattr(subject, "service_id", None),
        subject=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        person_id=person_id or getattr(subject, "person_id", None),
        detail=dict(detail or {}),
    )
    event.code = code_of(event, crypto.audit_key())
    event.save(force_insert=True)


def code_of(event: AuditEvent, key: bytes) -> bytes:
    """Return the code that an event of the running municipality must carry."""
    columns = [getattr(event, name) for name in chain.COLUMNS]
    return chain.event_code(key, current_municipality_id(), columns)


def sign(events: Sequence[AuditEvent]) -> None:
    """Give events that will be stored in bulk their codes."""
    key = crypto.audit_key()
    for event in events:
        event.code = code_of(event, key)
