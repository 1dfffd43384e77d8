"""Keys of a municipality, unwrapped by the master key and kept in memory."""

import secrets
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from lygte.apps.core.scope import current_municipality_id
from lygte.apps.crypto.models import DataKey

NONCE = 12


def make_keys() -> None:
    """Make the field key and the index key of the running municipality."""
    for purpose in DataKey.Purpose:
        wrapped = _wrap(secrets.token_bytes(32), purpose=purpose)
        DataKey.objects.create(purpose=purpose, wrapped=wrapped)


def running_key(purpose: DataKey.Purpose) -> tuple[UUID, bytes]:
    """Return id and bytes of the key in use for a purpose in the running municipality."""
    return _running(current_municipality_id(), purpose)


def key(key_id: UUID) -> bytes:
    """Return the bytes of a key of the running municipality by its id, retired ones included."""
    return _by_id(current_municipality_id(), key_id)


@lru_cache(maxsize=512)
def _running(municipality_id: UUID, purpose: DataKey.Purpose) -> tuple[UUID, bytes]:
    row = DataKey.objects.get(purpose=purpose, retired_at__isnull=True)
    return row.pk, _unwrap(bytes(row.wrapped), municipality_id, row.purpose)


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
