"""Reading a whole chain again: every event and seal that is not as it was written is named."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from lygte.apps.audit import chain
from lygte.apps.audit.anchors import Head
from lygte.apps.audit.models import AuditEvent, Seal, UnsealedEvent
from lygte.apps.core.scope import current_municipality_id
from lygte.apps.crypto import services as crypto

CHUNK = 2_000


class Kind(StrEnum):
    """What is wrong with a row."""

    EVENT_CHANGED = "event.changed"
    EVENT_DROPPED = "event.dropped"
    EVENT_FORGED = "event.forged"  # not sealed, and not as the service writes: put in, or changed
    EVENT_UNCODED = "event.uncoded"  # not sealed, without a code: an older version, or somebody else
    EVENT_REPEATED = "event.repeated"
    SEAL_CHANGED = "seal.changed"
    SEAL_DROPPED = "seal.dropped"
    CHAIN_CUT = "chain.cut"


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that is not as it was written: an event or seal by its identifier, or a seal by its number."""

    kind: Kind
    row: str


@dataclass(slots=True)
class Verdict:
    """What a chain was found to be."""

    events: int = 0
    seals: int = 0
    waiting: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.findings


def verify(*, heads: Iterable[Head] = (), progress: Callable[[int], object] = lambda _: None) -> Verdict:
    """Read the chain of the running municipality.

    1. Seals, in the order of their numbers: none is missing, each names the one before it, digest and code
       are right, and each head noted outside the database is among them.
    2. Events, in the order of their identifiers: code and seal say the same of it as its columns do.
    3. What is sealed or waited for and was not met is gone.

    `progress` is told how many events were read since it was last called.
    """
    verdict, keys = Verdict(), crypto.audit_keys()
    sealed = _read_seals(verdict, keys, heads)
    waiting = set(UnsealedEvent.objects.values_list("pk", flat=True))
    verdict.waiting = len(waiting)
    twice = sorted(waiting & sealed.keys())
    verdict.findings += [Finding(Kind.EVENT_REPEATED, str(event_id)) for event_id in twice]
    met = _read_events(verdict, keys, sealed, waiting, progress)
    gone = (sealed.keys() | waiting) - met
    verdict.findings += [Finding(Kind.EVENT_DROPPED, str(event_id)) for event_id in sorted(gone)]
    return verdict


def _read_seals(verdict: Verdict, keys: list[bytes], heads: Iterable[Head]) -> dict[UUID, bytes]:
    """Return the tag of every sealed event."""
    sealed: dict[UUID, bytes] = {}
    expected, previous = 1, chain.FIRST
    digests: dict[int, bytes] = {}
    for seal in Seal.objects.order_by("number", "id").iterator(chunk_size=50):
        verdict.seals += 1
        missing = range(expected, seal.number)
        verdict.findings += [Finding(Kind.SEAL_DROPPED, str(number)) for number in missing]
        follows = bool(missing) or bytes(seal.previous) == previous
        if not (follows and seal.number >= expected and _is_ours(seal, keys)):
            verdict.findings.append(Finding(Kind.SEAL_CHANGED, str(seal.number)))
        _take(verdict, sealed, chain.unpacked(bytes(seal.entries)))
        digests[seal.number] = previous = bytes(seal.digest)
        expected = seal.number + 1
    verdict.findings += _beyond(digests, heads)
    return sealed


def _is_ours(seal: Seal, keys: list[bytes]) -> bool:
    digest = chain.seal_digest(
        municipality_id=current_municipality_id(),
        number=seal.number,
        at=seal.at,
        previous=bytes(seal.previous),
        entries=bytes(seal.entries),
    )
    return digest == bytes(seal.digest) and bytes(seal.code) in [chain.seal_code(key, digest) for key in keys]


def _take(verdict: Verdict, sealed: dict[UUID, bytes], entries: Iterable[chain.Entry]) -> None:
    for entry in entries:
        if entry.id in sealed:
            verdict.findings.append(Finding(Kind.EVENT_REPEATED, str(entry.id)))
        sealed.setdefault(entry.id, entry.tag)


def _beyond(digests: Mapping[int, bytes], heads: Iterable[Head]) -> Iterator[Finding]:
    """Give the noted heads that the chain does not hold; the first of them says where it was cut."""
    ours = [head for head in heads if head.municipality_id == current_municipality_id()]
    lost = sorted({head.number for head in ours if digests.get(head.number) != head.digest})
    return (Finding(Kind.CHAIN_CUT, str(number)) for number in lost)


def _read_events(
    verdict: Verdict,
    keys: list[bytes],
    sealed: Mapping[UUID, bytes],
    waiting: set[UUID],
    progress: Callable[[int], object],
) -> set[UUID]:
    """Judge every event; return the identifiers that were met."""
    met: set[UUID] = set()
    municipality_id = current_municipality_id()
    rows = AuditEvent.objects.order_by("id").values_list(*chain.COLUMNS, "code")
    for *columns, code in rows.iterator(chunk_size=CHUNK):
        event_id = columns[0]
        met.add(event_id)
        right = [chain.event_code(key, municipality_id, columns) for key in keys]
        kind = _wrong(right, code and bytes(code), sealed.get(event_id), event_id in waiting)
        if kind:
            verdict.findings.append(Finding(kind, str(event_id)))
        verdict.events += 1
        if verdict.events % CHUNK == 0:
            progress(CHUNK)
    progress(verdict.events % CHUNK)
    return met


def _wrong(right: list[bytes], code: Any, tag: bytes | None, waits: bool) -> Kind | None:
    """Return what is wrong with an event, given the codes that it could rightly carry."""
    if tag is None:
        if not code:
            return Kind.EVENT_UNCODED
        return None if waits and code in right else Kind.EVENT_FORGED
    fits = tag in [one[: chain.TAG] for one in right] and (not code or code in right)
    return None if fits else Kind.EVENT_CHANGED
