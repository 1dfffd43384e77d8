"""Keys of a municipality, unwrapped by the master key and kept in memory."""

import secrets
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, transaction

from lygte.apps.core.scope import current_municipality_id
from lygte.apps.crypto.models import DataKey

NONCE = 12


def make_keys() -> None:
    """Make the keys of the running municipality, one for each purpose."""
    for purpose in DataKey.Purpose:
        _make(purpose)


def _make(purpose: DataKey.Purpose) -> DataKey:
    return DataKey.objects.create(purpose=purpose, wrapped=_wrap(secrets.token_bytes(32), purpose=purpose))


def running_key(purpose: DataKey.Purpose) -> tuple[UUID, bytes]:
    """Return id and bytes of the key in use for a purpose in the running municipality."""
    return _running(current_municipality_id(), purpose)


def keys_for(purpose: DataKey.Purpose) -> list[bytes]:
    """Return the keys of the running municipality for a purpose, the newest first, retired ones included."""
    rows = DataKey.objects.filter(purpose=purpose).order_by("-created_at", "-id")
    return [_unwrap(bytes(row.wrapped), current_municipality_id(), row.purpose) for row in rows]


def key(key_id: UUID) -> bytes:
    """Return the bytes of a key of the running municipality by its id, retired ones included."""
    return _by_id(current_municipality_id(), key_id)


@lru_cache(maxsize=512)
def _running(municipality_id: UUID, purpose: DataKey.Purpose) -> tuple[UUID, bytes]:
    row = DataKey.objects.filter(purpose=purpose, retired_at__isnull=True).first() or _make_late(purpose)
    return row.pk, _unwrap(bytes(row.wrapped), municipality_id, row.purpose)


def _make_late(purpose: DataKey.Purpose) -> DataKey:
    """Make the audit key of a municipality older than the audit chain. No other key is made late."""
    if purpose is not DataKey.Purpose.AUDIT:
        raise DataKey.DoesNotExist(f"the municipality has no running key for {purpose}")
    try:
        with transaction.atomic():
            return _make(purpose)
    except IntegrityError:  # another process was quicker
        return DataKey.objects.get(purpose=purpose, retired_at__isnull=True)


@lru_cache(maxsize=512)
def _by_id(municipality_id: UUID, key_id: UUID) -> bytes:
    row = DataKey.objects.get(pk=key_id)
    return _unwrap(bytes(row.wrapped), municipality_id, row.purpose)


def _wrap(plain: bytes, *, purpose: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    bound = _bound_to(current_municipality_id(), purpose)
    return nonce + AESGCM(settings.LYGTE_MASTER_KEY).encrypt(nonce, plain, bound)


def _unwrap(wrapped: bytes, municipality_id: UUID, purpose: str) -> bytes:
    bound = _bound_to(municipality_id, purpose)
    return AESGCM(settings.LYGTE_MASTER_KEY).decrypt(wrapped[:NONCE], wrapped[NONCE:], bound)


def _bound_to(municipality_id: UUID, purpose: str) -> bytes:
    return f"{municipality_id}:{purpose}".encode()
