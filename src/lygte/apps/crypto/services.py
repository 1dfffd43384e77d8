import hashlib
import hmac

from lygte.apps.crypto import keyring
from lygte.apps.crypto.models import DataKey

make_keys = keyring.make_keys


def audit_key() -> bytes:
    """Return the key that codes audit events of the running municipality."""
    return keyring.running_key(DataKey.Purpose.AUDIT)[1]


def audit_keys() -> list[bytes]:
    """Return every key that has coded audit events of the running municipality, the newest first."""
    return keyring.keys_for(DataKey.Purpose.AUDIT)


def blind(kind: str, value: str) -> bytes:
    """Return the blind index of a normalised value: 16 bytes, different for each municipality and kind."""
    return _digest(keyring.running_key(DataKey.Purpose.INDEX)[1], kind, value)


def blind_by_all(kind: str, value: str) -> tuple[bytes, ...]:
    """Return the blind index of a value under the running key, the one to come and those that have been."""
    purposes = (DataKey.Purpose.INDEX, DataKey.Purpose.NEXT)
    return tuple(_digest(key, kind, value) for purpose in purposes for key in keyring.keys_for(purpose))


def blind_for_ever(kind: str, value: str) -> bytes:
    """Return a keyed digest that no change of keys alters, for identifiers and pseudonyms."""
    stable = keyring.keys_for(DataKey.Purpose.STABLE)
    return _digest(stable[0], kind, value) if stable else blind(kind, value)


def _digest(key: bytes, kind: str, value: str) -> bytes:
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()[:16]
