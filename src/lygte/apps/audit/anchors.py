"""The heads of the chains, noted in a file outside the database.

Whoever owns the database can cut off the end of a chain, or put an older copy in its place; the rest would
still fit. The file says how far each chain had come. It only grows; keep a copy of it on another machine.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Head:
    """The last seal of a municipality's chain."""

    municipality_id: UUID
    number: int
    digest: bytes


def note(head: Head, *, now: datetime) -> None:
    """Add a line for a new head. Does nothing where no file is named."""
    if not settings.LYGTE_AUDIT_ANCHORS:
        return
    line = json.dumps(
        {
            "at": now.isoformat(),
            "municipality": str(head.municipality_id),
            "number": head.number,
            "digest": head.digest.hex(),
        }
    )
    path = Path(settings.LYGTE_AUDIT_ANCHORS)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line.encode() + b"\n")  # one short write at the end: two processes do not mix
        os.fsync(handle)
    finally:
        os.close(handle)


def heads_in(path: Path) -> list[Head]:
    """Return every head that a file has noted; a line that was cut off by a power failure is passed over."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        found.append(Head(UUID(told["municipality"]), told["number"], bytes.fromhex(told["digest"])))
    return found
