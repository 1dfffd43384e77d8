"""What an event says, as bytes, and the codes that hold events and seals together.

1. An event is coded (HMAC-SHA-256 under the municipality's audit key) over every column in a fixed form,
   when it is written. Whoever changes a row in the database cannot make its code.
2. A seal covers a run of events: their identifiers and codes in order, its own number, and the digest of the
   seal before it. Its code makes a seal that somebody else wrote stand out.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

CODE = 32  # bytes of a code or a digest
TAG = 8  # bytes of an event's code that a seal keeps, to name the very event
ENTRY = 16 + TAG
COLUMNS = (
    "id",
    "at",
    "verb",
    "actor_kind",
    "actor_id",
    "service_id",
    "subject",
    "subject_id",
    "person_id",
    "detail",
)
FIRST = bytes(CODE)  # what the first seal of a chain names as the one before it


def event_code(key: bytes, municipality_id: UUID, columns: Iterable[Any]) -> bytes:
    """Return the code of an event whose columns are given in the order of `COLUMNS`."""
    said = json.dumps([str(municipality_id), *map(_plain, columns)], sort_keys=True, separators=(",", ":"))
    return hmac.digest(key, b"lygte.audit.event\0" + said.encode(), "sha256")


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Mapping):
        return json.loads(json.dumps(value))  # keys as the database gives them back
    return value


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as its seal knows it."""

    id: UUID
    tag: bytes


def packed(codes: Iterable[tuple[UUID, bytes]]) -> bytes:
    """Return identifiers and codes of events as a seal keeps them: 24 bytes each."""
    return b"".join(event_id.bytes + code[:TAG] for event_id, code in codes)


def unpacked(entries: bytes) -> list[Entry]:
    """Return the events of a seal, in order."""
    return [
        Entry(UUID(bytes=entries[at : at + 16]), entries[at + 16 : at + ENTRY])
        for at in range(0, len(entries), ENTRY)
    ]


def seal_digest(
    *, municipality_id: UUID, number: int, at: datetime, previous: bytes, entries: bytes
) -> bytes:
    """Return the digest of a seal, which the next seal names."""
    head = json.dumps([str(municipality_id), number, _plain(at)], separators=(",", ":")).encode()
    return hashlib.sha256(b"lygte.audit.seal\0" + head + previous + hashlib.sha256(entries).digest()).digest()


def seal_code(key: bytes, digest: bytes) -> bytes:
    """Return the code of a seal."""
    return hmac.digest(key, b"lygte.audit.seal\0" + digest, "sha256")
