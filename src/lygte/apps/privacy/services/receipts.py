"""Receipts: what was let go of, signed with the municipality's key, in the transaction that let it go."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from lygte.apps.core.scope import current_municipality_id
from lygte.apps.crypto import services as crypto
from lygte.apps.privacy.models import Receipt
from lygte.domain.access import Actor
from lygte.domain.retention import Act


def write(
    *,
    actor: Actor,
    now: datetime,
    act: Act,
    counts: Mapping[str, int],
    ids: Iterable[UUID],
    ground: str = "",
    cutoff: datetime | None = None,
    run_id: UUID | None = None,
    request_id: UUID | None = None,
) -> Receipt:
    """Store a receipt. `ids` are the rows that it covers; only a keyed digest of them is kept."""
    key = crypto.audit_key()
    covered = "\n".join(sorted(str(one) for one in ids)).encode()
    row = Receipt(
        at=now,
        ground=ground,
        act=act,
        cutoff=cutoff,
        counts={name: count for name, count in sorted(counts.items()) if count},
        digest=hmac.new(key, covered, hashlib.sha256).digest(),
        actor_id=actor.id,
        run_id=run_id,
        request_id=request_id,
    )
    row.code = _code(row, key)
    row.save(force_insert=True)
    return row


def is_genuine(row: Receipt) -> bool:
    """Tell whether a receipt is as it was written."""
    return any(hmac.compare_digest(bytes(row.code), _code(row, key)) for key in crypto.audit_keys())


def _code(row: Receipt, key: bytes) -> bytes:
    cutoff = row.cutoff.timestamp() if row.cutoff else None
    told = [
        *(str(current_municipality_id()), str(row.pk), row.at.timestamp(), row.ground, str(row.act)),
        *(cutoff, row.counts, bytes(row.digest).hex(), str(row.actor_id), str(row.run_id)),
        str(row.request_id),
    ]
    return hmac.new(key, json.dumps(told, sort_keys=True).encode(), hashlib.sha256).digest()
