"""An OpenID provider on this machine: real HTTP, real keys and signatures, made to misbehave as it is told.

with Provider() as provider:
    provider.claims = {...}            # what it says of whoever signs in
    provider.answer["aud"] = "other"   # what it says wrongly
    address = provider.signed_in(where_the_browser_was_sent)
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

CLIENT, SECRET = "lygte", "en-opdigtet-hemmelighed"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _number(number: int) -> str:
    return encoded(number.to_bytes((number.bit_length() + 7) // 8))


class Provider:
    """The provider, what it says, and what it has handed out."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid = "first"
        self.head: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}
        self.published: dict[str, Any] = {}
        self.sign_with: rsa.RSAPrivateKey | None = None
        self.codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> "Provider":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def new_key(self, kid: str) -> None:
        """Change to another key, as a provider does without telling anybody."""
        self.key, self.kid = rsa.generate_private_key(public_exponent=65537, key_size=2048), kid

    def signed_in(self, address: str) -> str:
        """Return where the browser goes back to after signing in at `address`."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def configuration(self) -> dict[str, Any]:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        found = {name: f"{self.issuer}/{place}" for name, place in places.items()}
        return {"issuer": self.issuer} | found | self.published

    def keys(self) -> dict[str, Any]:
        numbers = self.key.public_key().public_numbers()
        public = {"n": _number(numbers.n), "e": _number(numbers.e)}
        return {"keys": [{"kty": "RSA", "kid": self.kid, "use": "sig"} | public]}

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Exchange a code once, for the verifier that belongs to it."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = encoded(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or digest != asked["code_challenge"]:
            return None
        if form["redirect_uri"] != asked["redirect_uri"]:
            return None
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "nonce": asked["nonce"], "iat": now, "exp": now + 300}
        return {"id_token": self.signed(said | self.claims | self.answer)}

    def signed(self, claims: dict[str, Any]) -> str:
        head = {"alg": "RS256", "kid": self.kid} | self.head
        body = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
        if head["alg"] == "none":
            return f"{body}."
        signature = (self.sign_with or self.key).sign(body.encode(), PKCS1v15(), SHA256())
        return f"{body}.{encoded(signature)}"


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = {"/.well-known/openid-configuration": provider.configuration, "/keys": provider.keys}
            self._say(found[self.path]() if self.path in found else None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            believed = self.headers.get("Authorization") == f"Basic {known}"
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(provider.token(form) if believed else None)

        def _say(self, found: dict[str, Any] | None) -> None:
            raw = json.dumps(found).encode()
            self.send_response(200 if found is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_words: Any) -> None:
            """Say nothing: tests read what they need from the provider."""

    return Handler
