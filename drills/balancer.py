"""A load balancer of a drill: hands every request to the next host, once, and can let a host run empty."""

import http.client
import http.server
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Line(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(30)
        self.sock.connect(self._path)


class Balancer:
    """The hosts that take requests, and how many each is answering. Nothing is sent twice."""

    def __init__(self) -> None:
        self._hosts: list[Path] = []
        self._busy: dict[Path, int] = {}
        self._turn = 0
        self._changed = threading.Condition()

    def add(self, host: Path) -> None:
        with self._changed:
            self._hosts.append(host)
            self._busy.setdefault(host, 0)

    def drain(self, host: Path, *, seconds: float = 30) -> None:
        """Send a host nothing more, and return when it has answered everything."""
        with self._changed:
            self._hosts.remove(host)
            empty = self._changed.wait_for(lambda: not self._busy[host], timeout=seconds)
        if not empty:
            raise SystemExit(f"a host did not run empty within {seconds:.0f} s")

    def leave_out(self, host: Path) -> None:
        """Send a host nothing more, because it does not answer."""
        with self._changed:
            if host in self._hosts and len(self._hosts) > 1:
                self._hosts.remove(host)

    @contextmanager
    def host(self) -> Iterator[Path]:
        """Give the host whose turn it is."""
        with self._changed:
            self._turn += 1
            chosen = self._hosts[self._turn % len(self._hosts)]
            self._busy[chosen] += 1
        try:
            yield chosen
        finally:
            with self._changed:
                self._busy[chosen] -= 1
                self._changed.notify_all()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    balancer: Balancer

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.balancer.host() as host:
            line = Line(host)
            try:
                line.request(self.command, self.path, body, dict(self.headers.items()))
                answer = line.getresponse()
                said = answer.read()
            except (OSError, http.client.HTTPException):
                self.balancer.leave_out(host)
                self._answer(502, [], b"")
                return
            finally:
                line.close()
        self._answer(answer.status, answer.getheaders(), said)

    do_GET = do_POST = do_PATCH = _pass_on

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "local"

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the figures of the drill are what counts."""


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that went away."""

    request_queue_size = 64


@contextmanager
def listening(path: Path) -> Iterator[Balancer]:
    """Take requests on a unix socket and pass them on."""
    balancer = Balancer()
    handler = type("Handler", (_Handler,), {"balancer": balancer})
    with _Server(str(path), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield balancer
        finally:
            server.shutdown()


def answers(host: Path, address: str = "/sundhed") -> bool:
    """Tell whether a host answers with 200."""
    line = Line(host)
    try:
        line.request("GET", address)
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def wait_for(host: Path, *, seconds: float = 60) -> None:
    """Return when a host answers."""
    until = time.monotonic() + seconds
    while not answers(host):
        if time.monotonic() > until:
            raise SystemExit(f"a host did not answer within {seconds:.0f} s")
        time.sleep(0.1)
