"""OpenID Connect as a relying party: authorisation code with PKCE, state and nonce, and a signed answer.

Only RS256 is believed, with a key that the issuer publishes now: keys are asked for at each sign-in, so that
the issuer may change them without telling anybody.
"""

import base64
import binascii
import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

TIMEOUT_SECONDS = 10.0
SKEW = timedelta(seconds=60)
LONGEST_AGE = timedelta(minutes=10)
SMALLEST_KEY_BITS = 2048
LONGEST_ANSWER = 256 * 1024


class NotBelieved(Exception):
    """The answer is not believed, or the issuer could not be asked. Carries why, never what was said."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in under way. It stays in the session, and is used once."""

    state: str
    nonce: str
    verifier: str
    began_at: str

    @classmethod
    def begin(cls, now: datetime) -> "Attempt":
        """Return a fresh attempt."""
        return cls(
            secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), now.isoformat()
        )

    def stored(self) -> dict[str, str]:
        """Return what the session keeps."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Client:
    """What the issuer knows this service by."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str

    def address(self, attempt: Attempt) -> str:
        """Return where the browser goes to sign in."""
        digest = hashlib.sha256(attempt.verifier.encode()).digest()
        question = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self._published()['authorization_endpoint']}?{urlencode(question)}"

    def claims(self, attempt: Attempt, *, state: str, code: str, now: datetime) -> dict[str, Any]:
        """Exchange a code for the claims of whoever signed in; raises `NotBelieved`."""
        if not secrets.compare_digest(attempt.state.encode(), state.encode()):
            raise NotBelieved("state")
        if now - datetime.fromisoformat(attempt.began_at) > LONGEST_AGE:
            raise NotBelieved("late")
        published = self._published()
        token = self._exchanged(published["token_endpoint"], code, attempt.verifier)
        keys = _object(_asked("GET", published["jwks_uri"]))
        return self._checked(_verified(token, keys), attempt.nonce, now)

    def _published(self) -> dict[str, str]:
        """Return what the issuer publishes of itself. Its addresses are as safe as its own or not used."""
        found = _object(_asked("GET", f"{self.issuer}/.well-known/openid-configuration"))
        if found.get("issuer") != self.issuer:
            raise NotBelieved("issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            address = found.get(name)
            if not isinstance(address, str) or urlsplit(address).scheme != urlsplit(self.issuer).scheme:
                raise NotBelieved("addresses")
        return found

    def _exchanged(self, address: str, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": verifier,
        }
        answer = _object(_asked("POST", address, data=form, auth=(self.client_id, self.client_secret)))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotBelieved("token")
        return token

    def _checked(self, claims: dict[str, Any], nonce: str, now: datetime) -> dict[str, Any]:
        audience = claims.get("aud")
        if audience != self.client_id and audience != [self.client_id]:
            raise NotBelieved("audience")
        if claims.get("iss") != self.issuer:
            raise NotBelieved("issuer")
        stated = claims.get("nonce")
        if not isinstance(stated, str) or not secrets.compare_digest(stated.encode(), nonce.encode()):
            raise NotBelieved("nonce")
        if _moment(claims, "exp") + SKEW.total_seconds() < now.timestamp():
            raise NotBelieved("expired")
        if _moment(claims, "iat") - SKEW.total_seconds() > now.timestamp():
            raise NotBelieved("future")
        return claims


def _moment(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise NotBelieved(name)
    return value


def _asked(method: str, address: str, **more: Any) -> httpx.Response:
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False) as client:
            answer = client.request(method, address, **more)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise NotBelieved("unreachable") from None
    if answer.status_code != 200 or len(answer.content) > LONGEST_ANSWER:
        raise NotBelieved(f"status_{answer.status_code}")
    return answer


def _object(answer: httpx.Response) -> dict[str, Any]:
    return _json_object(answer.content)


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise NotBelieved("unreadable") from None
    if not isinstance(found, dict):
        raise NotBelieved("unreadable")
    return found


def _verified(token: str, keys: dict[str, Any]) -> dict[str, Any]:
    """Return the claims of a token that a key of the issuer has signed."""
    parts = token.split(".")
    if len(parts) != 3:
        raise NotBelieved("token")
    head = _json_object(_decoded(parts[0]))
    if head.get("alg") != "RS256" or "crit" in head:
        raise NotBelieved("algorithm")
    signature, signed = _decoded(parts[2]), ".".join(parts[:2]).encode("ascii", "replace")
    try:
        _key(keys, head.get("kid")).public_key().verify(signature, signed, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        raise NotBelieved("signature") from None
    return _json_object(_decoded(parts[1]))


def _key(keys: dict[str, Any], kid: object) -> RSAPublicNumbers:
    listed = keys.get("keys")
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, dict) or one.get("kid") != kid or one.get("kty") != "RSA":
            continue
        if one.get("use", "sig") != "sig":
            continue
        modulus, exponent = (int.from_bytes(_decoded(str(one.get(name, "")))) for name in ("n", "e"))
        if modulus.bit_length() >= SMALLEST_KEY_BITS:
            return RSAPublicNumbers(exponent, modulus)
    raise NotBelieved("key")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotBelieved("token") from None
