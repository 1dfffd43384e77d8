"""Clients that write as a browser does: what was not answered they send again, under the same number."""

import http.client
import json
import random
import socket
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

LEVELS = ("not_crisis", "mild", "moderate", "severe")
FIELDS = ("own_words", "danger", "problem", "level", "outcome")


@dataclass
class Written:
    """What one client knows of one contact."""

    acknowledged: dict[str, Any] = field(default_factory=dict)
    sent_later: dict[str, list[Any]] = field(default_factory=dict)  # since the last acknowledgement
    opened: bool = False
    closed: bool = False
    close_sent: bool = False


class Ledger:
    """What was acknowledged to anybody."""

    def __init__(self) -> None:
        self.contacts: dict[UUID, Written] = {}
        self.acknowledged = self.tries = 0
        self._lock = threading.Lock()

    def contact(self, contact_id: UUID) -> Written:
        with self._lock:
            return self.contacts.setdefault(contact_id, Written())

    def count(self, *, acknowledged: bool) -> None:
        with self._lock:
            self.tries += 1
            self.acknowledged += acknowledged

    def figures(self) -> dict[str, int]:
        rows = self.contacts.values()
        return {
            "requests sent": self.tries,
            "requests acknowledged": self.acknowledged,
            "contacts acknowledged": sum(row.opened for row in rows),
            "closings acknowledged": sum(row.closed for row in rows),
            "values acknowledged": sum(len(row.acknowledged) for row in rows),
        }


@dataclass(frozen=True)
class Session:
    """A signed-in session, as cookies, and the service that it works in."""

    slug: str
    cookies: dict[str, str]


class _Line(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=20)
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(20)
        self.sock.connect(self._path)


class Client(threading.Thread):
    """Somebody at a desk who opens contacts, types and closes, until told to stop."""

    def __init__(
        self, path: Path, session: Session, *, ledger: Ledger, stop: threading.Event, rng: random.Random
    ) -> None:
        super().__init__(daemon=True)
        self._path, self._session, self._ledger, self._halt, self._rng = path, session, ledger, stop, rng
        self._line = _Line(path)
        self.problems: list[str] = []

    def run(self) -> None:
        while not self._halt.is_set():
            self._one_contact()

    def _one_contact(self) -> None:
        contact_id = uuid4()
        known = self._ledger.contact(contact_id)
        form = {"channel": "phone", "contact": str(contact_id)}
        if not self._insist("POST", f"/tilbud/{self._session.slug}/henvendelser/ny/", form):
            return
        known.opened = True
        page = str(uuid4())
        for number in range(1, self._rng.randint(2, 7)):
            if not self._type(contact_id, known, page, number):
                return
        if self._rng.random() < 0.7:
            known.close_sent = True
            known.closed = self._insist("POST", f"/henvendelse/{contact_id}/afslut/", {"next": "close"})

    def _type(self, contact_id: UUID, known: Written, page: str, number: int) -> bool:
        values = {name: self._value(name) for name in self._rng.sample(FIELDS, self._rng.randint(1, 3))}
        for name, value in values.items():
            known.sent_later.setdefault(name, []).append(value)
        burst = {
            "client": page,
            "seq": number,
            "fields": {name: {"value": one} for name, one in values.items()},
        }
        if not self._insist("PATCH", f"/henvendelse/{contact_id}/gem/", burst):
            return False
        for name, value in values.items():
            known.acknowledged[name] = value
            known.sent_later[name] = []
        return True

    def _value(self, name: str) -> str:
        if name == "level":
            return self._rng.choice(LEVELS)
        if name == "outcome":
            return self._rng.choice(("stabilised", "partly", "not_stabilised"))
        return f"{name} {self._rng.getrandbits(48):x} " + "ord " * self._rng.randint(0, 60)

    def _insist(self, method: str, address: str, body: dict[str, Any]) -> bool:
        """Send until it is acknowledged; give up only when told to stop. What is refused is a problem."""
        while True:
            try:
                status = self._ask(method, address, body)
            except (OSError, http.client.HTTPException, ValueError):
                status = 0
                self._line.close()
                self._line = _Line(self._path)
            done = status in (200, 302)
            self._ledger.count(acknowledged=done)
            if done:
                return True
            if 400 <= status < 500:
                self.problems.append(f"{method} {address.rsplit('/', 2)[-2]}: {status}")
                return False
            if self._halt.is_set():
                return False
            time.sleep(0.05)

    def _ask(self, method: str, address: str, body: dict[str, Any]) -> int:
        token = self._session.cookies["csrftoken"]
        cookies = "; ".join(f"{name}={value}" for name, value in self._session.cookies.items())
        headers = {"Cookie": cookies, "X-CSRFToken": token, "X-Requested-With": "fetch"}
        if method == "PATCH":
            content, headers["Content-Type"] = json.dumps(body), "application/json"
        else:
            content, headers["Content-Type"] = urlencode(body), "application/x-www-form-urlencoded"
        self._line.request(method, address, content, headers)
        answer = self._line.getresponse()
        said = answer.read()
        if method == "PATCH" and answer.status == 200:
            told = json.loads(said)
            if set(told["saved"]) != set(body["fields"]):
                self.problems.append(f"not saved: {told['errors'] or sorted(told['conflicts'])}")
        to_sign_in = answer.status == 302 and answer.headers["Location"].startswith(("/konto/", "/laas/"))
        return 401 if to_sign_in else answer.status
