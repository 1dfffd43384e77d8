"""A service of its own, as `lygte serve` runs it: the real process tree on a database of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg

HERE = Path(__file__).parent
START_SECONDS = 60


@dataclass
class Site:
    """The real process tree on a database of its own."""

    home: Path
    environment: dict[str, str]
    port: int
    events_port: int
    process: "subprocess.Popen[bytes] | None" = None

    def __str__(self) -> str:
        return self.url

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.home / "server.log").read_text(encoding="utf-8", errors="replace")

    def lygte(self, *arguments: str) -> str:
        """Run a `lygte` command on this site's data; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "lygte.interfaces.cli", *arguments],
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"lygte {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> None:
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "lygte.interfaces.cli", "serve"),
                    *("--port", str(self.port), "--events-port", str(self.events_port)),
                ],
                env=self.environment,
                cwd=self.home,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.process is not None and self.process.poll() is None, f"the service ended\n{self.log}"
            if self.answers():
                return
            time.sleep(0.2)
        raise AssertionError(f"the service did not answer in {START_SECONDS} s\n{self.log}")

    def answers(self) -> bool:
        """Tell whether the service calls itself healthy."""
        try:
            return httpx.get(f"{self.url}/sundhed", timeout=5, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def live_days_later(self, days: int) -> None:
        """Start the stopped service as if this many days had passed."""
        self.environment |= {"PYTHONPATH": str(HERE / "later"), "LYGTE_TEST_DAYS_LATER": str(days)}
        self.start()

    def stop(self, *, hard: bool = False) -> None:
        """End the whole tree; `hard` as a power cut does it."""
        if self.process is None:
            return
        group = self.process.pid
        with suppress(ProcessLookupError):
            if not hard:
                self.process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(timeout=25)
            os.killpg(group, signal.SIGKILL)
        self.process.wait()
        self.process = None


def _free_ports(count: int) -> list[int]:
    """Ask for all of them before any is given back, so that they differ."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def a_database(name: str) -> Iterator[str | None]:
    """The URL of an empty PostgreSQL database, or None: then the service keeps its own SQLite file."""
    server = os.environ.get("LYGTE_TEST_POSTGRESQL")
    if os.environ.get("LYGTE_TEST_DATABASE", "sqlite") == "sqlite" or not server:
        yield None
        return
    database = f"lygte_e2e_{name}"
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{database}"')
        yield urlsplit(server)._replace(path=f"/{database}").geturl()
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


@contextmanager
def a_site(database: str | None) -> Iterator[Site]:
    """The service with the small invented municipality."""
    home = Path(tempfile.mkdtemp(prefix="lygte-e2e-"))
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("LYGTE_", "DJANGO_"))
    }
    environment |= {
        "LYGTE_HOME": str(home / "var"),
        "LYGTE_OUTBOX_FOLDER": str(home / "outbox"),
        "LYGTE_DEMO": "1",
        "PYTHONWARNINGS": "default",
    }
    if database:
        environment["LYGTE_DATABASE_URL"] = database
    port, events_port = _free_ports(2)
    site = Site(home=home, environment=environment, port=port, events_port=events_port)
    try:
        site.lygte("manage", "migrate", "--verbosity", "0")
        site.lygte("demo", "--size", "small", "--seed", "1")
        site.start()
        yield site
    finally:
        site.stop()
        shutil.rmtree(home, ignore_errors=True)
