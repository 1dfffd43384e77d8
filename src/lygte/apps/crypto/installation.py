"""What belongs to no municipality: sealed by the master key; since its first change by a key of its own."""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from django.conf import settings

from lygte.apps.crypto import keyring
from lygte.apps.crypto.models import InstallationKey

PURPOSE = "factors"
MARK = "k1:"
_BOUND = b"mfa"
_WRAPPED = b"installation:factors"


def seal(text: str) -> str:
    """Return a second factor as it is stored."""
    row = InstallationKey.objects.filter(pk=PURPOSE).first()
    key = settings.LYGTE_MASTER_KEY if row is None else unwrap(row)
    sealed = base64.b64encode(keyring.closed(text.encode(), _BOUND, key)).decode()
    return sealed if row is None else f"{MARK}{sealed}"


def unseal(sealed: str) -> str:
    """Return a stored second factor."""
    key = settings.LYGTE_MASTER_KEY
    if sealed.startswith(MARK):
        key = unwrap(InstallationKey.objects.get(pk=PURPOSE))
    return keyring.opened(base64.b64decode(sealed.removeprefix(MARK)), _BOUND, key).decode()


def make_key() -> None:
    """Make the key, unless there is one."""
    wrapped = keyring.closed(secrets.token_bytes(32), _WRAPPED, settings.LYGTE_MASTER_KEY)
    InstallationKey.objects.get_or_create(pk=PURPOSE, defaults={"wrapped": wrapped})


def unwrap(row: InstallationKey) -> bytes:
    """Return the bytes of the key."""
    try:
        return keyring.opened(bytes(row.wrapped), _WRAPPED, settings.LYGTE_MASTER_KEY)
    except InvalidTag:
        return keyring.opened(bytes(row.wrapped_next or b""), _WRAPPED, settings.LYGTE_MASTER_KEY)


def wrap(plain: bytes, master: bytes) -> bytes:
    """Return the key under another master key."""
    return keyring.closed(plain, _WRAPPED, master)
