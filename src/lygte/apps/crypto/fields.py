"""A text field that is encrypted in the database and bound to its row.

AES-256-GCM with the municipality's field key. Table, column, municipality and row are authenticated, so that
a ciphertext moved to another row does not open. A field is opened when it is first read.
"""

import secrets
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from lygte.apps.crypto import keyring
from lygte.apps.crypto.models import DataKey

_KEY_ID = 16


class Sealed(bytes):
    """An encrypted value as stored: key id, nonce, ciphertext."""


def seal(plain: str, *, bound_to: str) -> Sealed:
    """Encrypt `plain` with the running key of the municipality."""
    key_id, key = keyring.running_key(DataKey.Purpose.FIELDS)
    nonce = secrets.token_bytes(keyring.NONCE)
    return Sealed(key_id.bytes + nonce + AESGCM(key).encrypt(nonce, plain.encode(), bound_to.encode()))


def open_sealed(sealed: bytes, *, bound_to: str) -> str:
    """Decrypt a stored value; raises `cryptography.exceptions.InvalidTag` when it was moved or changed."""
    key = keyring.key(UUID(bytes=bytes(sealed[:_KEY_ID])))
    rest = sealed[_KEY_ID:]
    return AESGCM(key).decrypt(rest[: keyring.NONCE], rest[keyring.NONCE :], bound_to.encode()).decode()


class _Attribute(DeferredAttribute):
    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = open_sealed(value, bound_to=self.field.bound_to(instance))  # type: ignore[attr-defined]
        return value or ""

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.BinaryField):
    """Text in Python, ciphertext in the database. Empty text is stored as NULL: not recorded."""

    descriptor_class = _Attribute
    _pyi_private_set_type: str
    _pyi_private_get_type: str  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(null=True, blank=True, default=None, editable=True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for implied in ("null", "blank", "default", "editable"):
            kwargs.pop(implied, None)
        return name, path, args, kwargs

    def bound_to(self, instance: models.Model) -> str:
        return f"{self.model._meta.label_lower}.{self.attname}:{instance.municipality_id}:{instance.pk}"  # type: ignore[attr-defined]

    def from_db_value(self, value: Any, *_: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value in (None, "", b""):
            return None
        if isinstance(value, Sealed):
            return value
        return seal(value, bound_to=self.bound_to(model_instance))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            raise TypeError("encrypted fields are saved through the row, never by update() or a filter")
        return super().get_db_prep_value(value, connection, prepared)
