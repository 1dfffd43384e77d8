"""Keys of a municipality, unwrapped by the master key and kept in memory for a short while.

A key that is not known yet is looked up at once, so that what another process sealed with a new key opens
here. That a key has taken over is noticed within `FRESH` seconds.
"""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, transaction

from lygte.apps.core.scope import current_municipality_id
from lygte.apps.crypto.models import DataKey

NONCE = 12
FRESH = 30.0
Purpose = DataKey.Purpose
MADE_FIRST = (Purpose.FIELDS, Purpose.INDEX, Purpose.AUDIT)


class KeyGone(InvalidTag):
    """What was sealed cannot be opened: its key was destroyed, or never was one of the municipality."""


@dataclass(frozen=True, slots=True)
class _Key:
    id: UUID
    purpose: str
    bytes: bytes
    running: bool


@dataclass(frozen=True, slots=True)
class _Ring:
    loaded_at: float
    keys: tuple[_Key, ...]  # the newest first

    def of(self, purpose: Purpose) -> Iterator[_Key]:
        return (key for key in self.keys if key.purpose == purpose)


_rings: dict[UUID, _Ring] = {}


def make_keys() -> None:
    """Make the keys of the running municipality, one for each purpose."""
    for purpose in MADE_FIRST:
        make_key(purpose)


def make_key(purpose: Purpose, plain: bytes = b"") -> DataKey:
    """Make a key of the running municipality, with fresh bytes unless given."""
    forget()
    return DataKey.objects.create(purpose=purpose, wrapped=wrap(plain or secrets.token_bytes(32), purpose))


def running_key(purpose: Purpose) -> tuple[UUID, bytes]:
    """Return id and bytes of the key in use for a purpose in the running municipality."""
    for key in _ring().of(purpose):
        if key.running:
            return key.id, key.bytes
    return _made_late(purpose)


def keys_for(purpose: Purpose) -> list[bytes]:
    """Return the keys of the running municipality for a purpose, the newest first, retired ones included."""
    return [key.bytes for key in _ring().of(purpose)]


def key(key_id: UUID) -> bytes:
    """Return the bytes of a key of the running municipality by its id, retired ones included.

    Raises `KeyGone` when there is no such key any more.
    """
    for ring in (_ring(), None):
        for one in (ring or _load()).keys:
            if one.id == key_id:
                return one.bytes
    raise KeyGone


def forget() -> None:
    """Look the keys of the running municipality up anew at the next use."""
    _rings.pop(current_municipality_id(), None)


def _ring() -> _Ring:
    ring = _rings.get(current_municipality_id())
    if ring is None or time.monotonic() - ring.loaded_at > FRESH:
        return _load()
    return ring


def _load() -> _Ring:
    rows = DataKey.objects.order_by("-created_at", "-id")
    keys = tuple(_Key(row.pk, row.purpose, unwrap(row), row.retired_at is None) for row in rows)
    ring = _Ring(time.monotonic(), keys)
    _rings[current_municipality_id()] = ring
    return ring


def _made_late(purpose: Purpose) -> tuple[UUID, bytes]:
    """Make the audit key of a municipality older than the audit chain. No other key is made late."""
    if purpose is not Purpose.AUDIT:
        raise DataKey.DoesNotExist(f"the municipality has no running key for {purpose}")
    try:
        with transaction.atomic():
            row = make_key(purpose)
    except IntegrityError:  # another process was quicker
        row = DataKey.objects.get(purpose=purpose, retired_at__isnull=True)
    forget()
    return row.pk, unwrap(row)


def unwrap(row: DataKey) -> bytes:
    """Return the bytes of a key; raises `InvalidTag` when neither wrapping is of our master key."""
    told = bytes(row.wrapped), bytes(row.wrapped_next or b"")
    return _unwrapped(*told, row.municipality_id, row.purpose, settings.LYGTE_MASTER_KEY)


@lru_cache(maxsize=4096)
def _unwrapped(wrapped: bytes, after: bytes, municipality_id: UUID, purpose: str, master: bytes) -> bytes:
    bound = bound_to(municipality_id, purpose)
    try:
        return opened(wrapped, bound, master)
    except InvalidTag:
        if not after:
            raise
        return opened(after, bound, master)


def wrap(plain: bytes, purpose: str, master: bytes = b"") -> bytes:
    """Return a key of the running municipality as it is stored."""
    return closed(plain, bound_to(current_municipality_id(), purpose), master or settings.LYGTE_MASTER_KEY)


def bound_to(municipality_id: UUID, purpose: str) -> bytes:
    """Return what a wrapped key is tied to. The key that is to take over is the index key already."""
    known = Purpose.INDEX if purpose == Purpose.NEXT else purpose
    return f"{municipality_id}:{known}".encode()


def closed(plain: bytes, bound: bytes, key: bytes) -> bytes:
    """Seal bytes with a key, tied to a place."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def opened(sealed: bytes, bound: bytes, key: bytes) -> bytes:
    """Open what `closed` made."""
    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound)
