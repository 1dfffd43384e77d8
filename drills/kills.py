"""Kill processes at random while people write, and count what was lost.

usage: python -m drills.kills [--count 1000] [--database sqlite|postgresql]

The service runs as in use: web workers behind a socket, periodic duties, and on PostgreSQL a server of
its own that writes every commit through. Clients open contacts, type in them and close them through the same
addresses as a browser, and send again what was not answered. Meanwhile workers, duties, the whole web tree,
database connections and the database server are killed with SIGKILL. Afterwards:

1. every value that was acknowledged is stored (or one that the same client sent later),
2. every contact is whole: opened and closed with the events of it, nothing half stored,
3. the audit chain verifies, and the database calls itself sound.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from drills.clients import Client, Ledger
from drills.ground import POSTGRES, database_url, environment_of

CLIENTS = 5
PAUSE = (0.1, 0.8)  # seconds between two kills
TREE = 0.03  # share of kills that hit the whole web tree; the database's share is the same


class Service:
    """The processes of one installation, killed and started again."""

    def __init__(self, environment: dict[str, str], socket: Path, *, postgres: Path | None) -> None:
        self.environment, self.socket, self.postgres = environment, socket, postgres
        self.web: subprocess.Popen[bytes] | None = None
        self.work: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._start_web()
        self._start_work()

    def _start_web(self) -> None:
        with suppress(FileNotFoundError):
            self.socket.unlink()
        self.web = self._run(
            *(
                "-m",
                "gunicorn",
                "lygte.config.wsgi:application",
                "--bind",
                f"unix:{self.socket}",
                "--preload",
            ),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "critical"),
        )

    def _start_work(self) -> None:
        self.work = self._run("-m", "lygte.interfaces.cli", "work")

    def _run(self, *words: str) -> "subprocess.Popen[bytes]":
        quiet = subprocess.DEVNULL
        return subprocess.Popen([sys.executable, *words], env=self.environment, stdout=quiet, stderr=quiet)

    def kill_something(self, rng: random.Random) -> str:
        """Kill one thing; what does not come back by itself is started again."""
        draw = rng.random()
        if draw < TREE:
            return self._kill_tree()
        if draw < 2 * TREE:
            return self._kill_work()
        if self.postgres and draw < 3 * TREE:
            return self._kill_server()
        if self.postgres and draw < 6 * TREE:
            return self._kill_connection(rng)
        return self._kill_worker(rng)

    def _kill_worker(self, rng: random.Random) -> str:
        assert self.web is not None
        workers = children(self.web.pid)
        if not workers:
            return ""  # just started again: nothing to kill yet
        with suppress(ProcessLookupError):
            os.kill(rng.choice(workers), signal.SIGKILL)
        return "web worker"

    def _kill_tree(self) -> str:
        assert self.web is not None
        for process in (*children(self.web.pid), self.web.pid):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.web.wait()
        self._start_web()
        return "web tree"

    def _kill_work(self) -> str:
        assert self.work is not None
        self.work.kill()
        self.work.wait()
        self._start_work()
        return "duties"

    def _postmaster(self) -> int:
        assert self.postgres is not None
        return int((self.postgres / "data" / "postmaster.pid").read_text().split()[0])

    def _kill_connection(self, rng: random.Random) -> str:
        found = [one for one in children(self._postmaster()) if b"lygte lygte" in command(one)]
        if not found:
            return ""
        with suppress(ProcessLookupError):
            os.kill(rng.choice(found), signal.SIGKILL)
        return "database connection"

    def _kill_server(self) -> str:
        postmaster = self._postmaster()
        for process in (postmaster, *children(postmaster)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        assert self.postgres is not None
        pid_file = self.postgres / "data" / "postmaster.pid"
        for _ in range(50):
            with suppress(FileNotFoundError):
                pid_file.unlink()
            again = subprocess.run(
                [POSTGRES, "again", self.postgres],
                env=os.environ | {"LYGTE_POSTGRES_DURABLE": "1"},
                capture_output=True,
            )
            if again.returncode == 0:
                return "database server"
            time.sleep(0.2)
        raise SystemExit("the database server did not come back: " + again.stderr.decode())

    def stop(self) -> None:
        for process in (self.web, self.work):
            if process is not None:
                process.terminate()
        for process in (self.web, self.work):
            if process is not None:
                process.wait(timeout=30)


def _wait_for(done: Callable[[], bool], *, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        time.sleep(0.2)


def children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def drill(*, count: int, database: str, seed: int) -> tuple[Counter[str], dict[str, int], list[str]]:
    """Run it; return what was killed, what was written, and what is wrong afterwards."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="lygte-kills-") as name:
        folder = Path(name)
        home = folder / "home"
        home.mkdir()
        with database_url(database, folder, durable=True) as url:
            for key in [key for key in os.environ if key.startswith("LYGTE_")]:
                del os.environ[key]
            os.environ.update(environment_of(home, url))
            from drills import killed, seeded

            sessions = seeded.prepare(CLIENTS)
            service = Service(
                dict(os.environ),
                folder / "web",
                postgres=folder / "pg" if database == "postgresql" else None,
            )
            service.start()
            ledger = Ledger()
            stop = threading.Event()
            clients = [
                Client(service.socket, session, ledger=ledger, stop=stop, rng=random.Random(rng.random()))
                for session in sessions
            ]
            for client in clients:
                client.start()
            killed_by_kind: Counter[str] = Counter()
            _wait_for(lambda: ledger.acknowledged > 0)  # a machine with much to do starts slowly
            while killed_by_kind.total() < count:
                time.sleep(rng.uniform(*PAUSE))
                if kind := service.kill_something(rng):
                    killed_by_kind[kind] += 1
            stop.set()
            for client in clients:
                client.join(timeout=60)
            stuck = [f"client {number} did not end" for number, one in enumerate(clients) if one.is_alive()]
            service.stop()
            if not ledger.acknowledged:
                stuck.append("nothing was ever acknowledged: this run says nothing")
            wrong = stuck + [problem for one in clients for problem in one.problems] + killed.judge(ledger)
            return killed_by_kind, ledger.figures(), wrong


def main() -> None:
    """Run the drill and print what was found."""
    parser = argparse.ArgumentParser(description="Kill processes while people write.")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    kinds, figures, wrong = drill(count=options.count, database=options.database, seed=options.seed)
    report(options.database, kinds, figures, wrong, minutes=(time.monotonic() - began) / 60)
    sys.exit(1 if wrong else 0)


def report(
    database: str, kinds: Counter[str], figures: dict[str, Any], wrong: list[str], *, minutes: float
) -> None:
    for kind, times in kinds.most_common():
        print(f"{times:8} {kind} killed")
    for name, number in figures.items():
        print(f"{number:8} {name}")
    print(f"{database}: {kinds.total()} kills in {minutes:.1f} min, {len(wrong)} things wrong afterwards")
    for line in wrong[:20]:
        print(f"  {line}")


if __name__ == "__main__":
    main()
