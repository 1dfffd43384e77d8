"""A text message gateway on this machine: real HTTP, made to answer as it is told.

    with GatewayServer() as server:
        HttpGateway(server.url, token=server.token, sender="Akuttilbud").send(...)
        assert server.messages[0].to == "+4520000017"

It refuses a wrong token, and takes a message once however often it is posted under the same idempotency key.
`server.answers` holds answers to be given before it begins to work: a status, or SILENCE.
"""

import json
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

SILENCE = 0


@dataclass(frozen=True)
class Taken:
    """A message that the gateway took."""

    id: str
    to: str
    sender: str
    text: str
    reference: str


class GatewayServer:
    """The server and what it has taken."""

    def __init__(self, *, token: str = "an-invented-token", port: int = 0) -> None:  # noqa: S107
        self.token = token
        self.messages: list[Taken] = []
        self.posts = 0
        self.answers: deque[int] = deque()
        self.silence = threading.Event()
        self._by_key: dict[str, Taken] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/messages"

    def __enter__(self) -> "GatewayServer":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.silence.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def take(self, key: str, body: dict[str, Any]) -> Taken:
        if key not in self._by_key:
            number = f"gw-{len(self.messages) + 1}"
            taken = Taken(number, body["to"], body["from"], body["text"], body["reference"])
            self._by_key[key] = taken
            self.messages.append(taken)
        return self._by_key[key]


def _handler(server: GatewayServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            server.posts += 1
            answer = server.answers.popleft() if server.answers else None
            if answer == SILENCE:
                server.silence.wait(10)
                self.close_connection = True
                return
            if answer is not None:
                self._say(answer, {"error": "as told"})
            elif self.headers.get("Authorization") != f"Bearer {server.token}":
                self._say(401, {"error": "token"})
            else:
                self._take(body)

        def _take(self, body: bytes) -> None:
            key = self.headers.get("Idempotency-Key", "")
            try:
                message = json.loads(body)
                complete = key and all(message[name] for name in ("to", "from", "text", "reference"))
            except (ValueError, KeyError, TypeError):
                complete = False
            if not complete:
                self._say(422, {"error": "incomplete"})
                return
            self._say(202, {"id": server.take(key, message).id})

        def _say(self, status: int, content: dict[str, str]) -> None:
            payload = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler
