"""Keys for what is typed in a browser and waits there.

Each user has one secret. From it come a key for text that waits while a page is open, and a pair: whoever
holds the public half can put something in the drawer, only the private half opens it again. A browser keeps
the public half and nothing else.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lygte.apps.outages.models import DrawerKey

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Drawer:
    """The keys of one user's drawer. `tag` names it without saying whose it is."""

    tag: str
    secret: bytes

    @property
    def text_key(self) -> str:
        """Return the AES key (base64) for text that waits while its page is open."""
        return _base64(self._derived(b"text", 32))

    @property
    def public(self) -> str:
        """Return the uncompressed point (base64) that seals what only this drawer's owner can open."""
        point = (
            self._pair()
            .public_key()
            .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        )
        return _base64(point)

    @property
    def private(self) -> str:
        """Return the private half (base64 of PKCS 8)."""
        plain = serialization.NoEncryption()
        return _base64(
            self._pair().private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, plain)
        )

    def _pair(self) -> ec.EllipticCurvePrivateKey:
        # More bits than the order has, so that every number is as likely as any other.
        number = int.from_bytes(self._derived(b"pair", 48), "big") % (_ORDER - 1) + 1
        return ec.derive_private_key(number, _CURVE)

    def _derived(self, purpose: bytes, length: int) -> bytes:
        return HKDF(hashes.SHA256(), length, salt=None, info=b"lygte drawer " + purpose).derive(self.secret)


def drawer_of(user_id: UUID, *, now: datetime) -> Drawer:
    """Return the drawer of a user; it is made when it is first asked for."""
    row = DrawerKey.objects.filter(user_id=user_id).first()
    if row is None:
        fresh = {"secret": _base64(secrets.token_bytes(32)), "made_at": now}
        row, _made = DrawerKey.objects.get_or_create(user_id=user_id, defaults=fresh)
    return Drawer(tag=row.pk.hex, secret=base64.b64decode(row.secret))


def _base64(plain: bytes) -> str:
    return base64.b64encode(plain).decode()
