"""Contacts, calls and promises of a month, written straight as rows so that every field can be chosen."""

from datetime import datetime, timedelta
from typing import Any

from lygte.apps.contacts.models import ChildNotification, Contact
from lygte.apps.promises.models import Promise
from lygte.apps.queue.models import Call
from lygte.domain.time import at_local
from tests.world import NOW, Place


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """Return a moment of 2026 by the Danish clock."""
    whole = datetime(2026, month, day, hour, minute)  # noqa: DTZ001 - local clock time
    return at_local(whole.date(), whole.time())


def contact(place: Place, started_at: datetime = NOW, **fields: Any) -> Contact:
    """Store a closed incoming telephone contact."""
    plain: dict[str, Any] = {
        "service": place.service,
        "direction": "incoming",
        "channel": "phone",
        "state": "closed",
        "started_at": started_at,
        "received_at": started_at,
        "ended_at": started_at + timedelta(minutes=20),
        "closed_at": started_at + timedelta(minutes=25),
        "counted_at": started_at + timedelta(minutes=25),
    }
    return Contact.objects.create(**(plain | fields))


def notification(place: Place, row: Contact, choice: str) -> ChildNotification:
    """Store a decision on a child notification."""
    return ChildNotification.objects.create(
        contact=row,
        service=place.service,
        choice=choice,
        reason="Opdigtet",
        decided_at=row.started_at,
        decided_by_id=place.leader.id,
    )


def call(place: Place, rang_at: datetime, *, answered: int | None = None, ended: int | None = None) -> Call:
    """Store a call that was answered, or given up, so many seconds after it rang."""
    state = "ended" if answered is not None else "abandoned" if ended is not None else "ringing"
    return Call.objects.create(
        service=place.service,
        state=state,
        handling="contact" if answered is not None else "let_go",
        rang_at=rang_at,
        answered_at=None if answered is None else rang_at + timedelta(seconds=answered),
        ended_at=None if ended is None else rang_at + timedelta(seconds=ended),
    )


def promise(place: Place, due: datetime, *, closed_after: int | None = None, **fields: Any) -> Promise:
    """Store a callback with a window of half an hour, closed so many minutes after it was due."""
    plain: dict[str, Any] = {
        "service": place.service,
        "kind": "callback",
        "state": "promised" if closed_after is None else "kept",
        "made_at": due - timedelta(hours=1),
        "anchor_at": due - timedelta(hours=1),
        "opens": due,
        "due": due,
        "closes": due + timedelta(minutes=30),
        "closed_at": None if closed_after is None else due + timedelta(minutes=closed_after),
        "max_attempts": 3,
        "spacing_minutes": 60,
    }
    return Promise.objects.create(**(plain | fields))
