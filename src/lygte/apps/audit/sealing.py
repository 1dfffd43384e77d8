"""Closing events into the chain, behind the writers: nobody who writes an event waits for the chain."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from lygte.apps.audit import anchors, chain
from lygte.apps.audit.models import AuditEvent, Seal, UnsealedEvent
from lygte.apps.core.scope import current_municipality_id
from lygte.apps.crypto import services as crypto

log = logging.getLogger("lygte.audit")
CLOCKS_MAY_DIFFER = timedelta(seconds=30)  # between the hosts of one installation
MOST = 2_000  # events of one seal: on SQLite nobody can write while they are stored


def seal_waiting(*, now: datetime, most: int = MOST) -> int:
    """Seal the waiting events of the running municipality; return how many were sealed.

    1. Take waiting events in the order of their identifiers, which is the order of time.
    2. Leave out an event that is gone or whose code is wrong: it goes on waiting, and `verify` names it.
    3. Write one seal for every `most` events and stop waiting for them, in one transaction.
    4. When it is stored, note the head of the chain outside the database.

    Two that seal at once cannot both take the next number; the later one fails and tries again at its next
    turn.
    """
    sealed = adopt(now=now) if not Seal.objects.exists() else 0
    after: UUID | None = None
    while True:
        with transaction.atomic():
            waiting = _waiting(after, most)
            if not waiting:
                return sealed
            after = waiting[-1]
            sound = list(_sound(waiting))
            if sound:
                _close(sound, now)
                _stop_waiting(sound)
                sealed += len(sound)


def adopt(*, now: datetime) -> int:
    """Take events into the chain that a version before it wrote: those without a code.

    What they say is sealed as it is found; that nobody changed them earlier cannot be known. It happens by
    itself for a municipality without a chain, and by `lygte audit adopt` after an upgrade during which the
    older version went on writing.
    """
    known = {
        entry.id for seal in Seal.objects.order_by("number") for entry in chain.unpacked(bytes(seal.entries))
    }
    key = crypto.audit_key()
    old = AuditEvent.objects.filter(code__isnull=True).order_by("id")
    found = [
        (row[0], chain.event_code(key, current_municipality_id(), row))
        for row in old.values_list(*chain.COLUMNS).iterator(chunk_size=2000)
        if row[0] not in known
    ]
    for start in range(0, len(found), MOST):
        with transaction.atomic():
            batch = found[start : start + MOST]
            _close(batch, now)
            _stop_waiting(batch)
    return len(found)


def _waiting(after: UUID | None, most: int) -> list[UUID]:
    rows = UnsealedEvent.objects.order_by("id")
    rows = rows.filter(pk__gt=after) if after else rows
    return list(rows.values_list("pk", flat=True)[:most])


def _sound(waiting: list[UUID]) -> Iterator[tuple[UUID, bytes]]:
    """Give identifier and code of every waiting event that is there and carries the code that it must."""
    keys = crypto.audit_keys()
    municipality_id = current_municipality_id()
    for start in range(0, len(waiting), 500):
        batch = AuditEvent.objects.filter(pk__in=waiting[start : start + 500]).order_by("id")
        for *columns, code in batch.values_list(*chain.COLUMNS, "code"):
            if code and bytes(code) in _codes(keys, municipality_id, columns):
                yield columns[0], bytes(code)


def _codes(keys: list[bytes], municipality_id: UUID, columns: list[Any]) -> Iterator[bytes]:
    return (chain.event_code(key, municipality_id, columns) for key in keys)


def _stop_waiting(events: list[tuple[UUID, bytes]]) -> None:
    UnsealedEvent.objects.filter(pk__in=[event_id for event_id, _ in events]).delete()


def _close(events: list[tuple[UUID, bytes]], now: datetime) -> None:
    last = Seal.objects.order_by("-number").first()
    _tell_of_clock(last, now)
    number = last.number + 1 if last else 1
    previous = bytes(last.digest) if last else chain.FIRST
    entries = chain.packed(events)
    municipality_id = current_municipality_id()
    digest = chain.seal_digest(
        municipality_id=municipality_id, number=number, at=now, previous=previous, entries=entries
    )
    code = chain.seal_code(crypto.audit_key(), digest)
    Seal.objects.create(number=number, at=now, entries=entries, previous=previous, digest=digest, code=code)
    head = anchors.Head(municipality_id, number, digest)
    transaction.on_commit(lambda: anchors.note(head, now=now))


def _tell_of_clock(last: Seal | None, now: datetime) -> None:
    """Log that the clock went back. The chain stands: its order is the number of the seal, not the time."""
    if last and last.at - now > CLOCKS_MAY_DIFFER:
        behind = int((last.at - now).total_seconds())
        log.warning("the clock is %d seconds before the last seal: set the time of this machine", behind)
