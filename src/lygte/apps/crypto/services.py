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
    _, key = keyring.running_key(DataKey.Purpose.INDEX)
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()[:16]
