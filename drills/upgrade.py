"""Upgrade and go back while people write: no save may fail, and nothing may be lost.

usage: python -m drills.upgrade [--from REF] [--database sqlite|postgresql] [--seconds 10] [--clients 4]

Two hosts of the old version answer behind a balancer that sends nothing twice. Then, under load:

1. `lygte migrate` of the new version, while the old one goes on answering,
2. each host is replaced by one of the new version: start, take requests, let the old one run empty, end it,
3. each host is replaced by one of the old version on the new tables: the way back,
4. and forward again.

Every request that is not acknowledged at its first try is a failed save. Afterwards every acknowledged value
is looked for, and the audit chain is verified.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drills.balancer import Balancer, listening, wait_for
from drills.clients import Client, Ledger, Session
from drills.ground import ROOT, database_url, environment_of

FIRST_RELEASE = "0f9ddd4"
HOSTS = 2


class Version:
    """One version of the program: where its code lies, and the environment it runs in."""

    def __init__(self, name: str, code: Path, home: Path, url: str, keys: dict[str, str]) -> None:
        self.name = name
        static = home / f"static-{name}"
        self.environment = (
            environment_of(home, url)
            | keys
            | {"PYTHONPATH": f"{code}:{ROOT}", "LYGTE_STATIC_ROOT": str(static)}
        )

    def run(self, *words: str) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, *words], env=self.environment, cwd=ROOT, capture_output=True, text=True
        )
        if done.returncode:
            raise SystemExit(f"{self.name}: {' '.join(words)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def lygte(self, *words: str) -> str:
        return self.run("-m", "lygte.interfaces.cli", *words)

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            [sys.executable, *words], env=self.environment, cwd=ROOT, stdout=quiet, stderr=quiet
        )


class Site:
    """Two hosts behind the balancer and one process of periodic duties."""

    def __init__(self, folder: Path, balancer: Balancer) -> None:
        self.folder, self.balancer, self.number = folder, balancer, 0
        self.hosts: list[tuple[Path, subprocess.Popen[bytes]]] = []
        self.work: subprocess.Popen[bytes] | None = None

    def replace_all(self, version: Version) -> None:
        """Put a host of this version in the place of every other, one after the other; the duties last."""
        leaving, self.hosts = self.hosts, []
        for number in range(HOSTS):
            self._start(version)
            if number < len(leaving):
                self._end(*leaving[number])
        if self.work is not None:
            _stop(self.work)
        self.work = version.start("-m", "lygte.interfaces.cli", "work")

    def _start(self, version: Version) -> None:
        self.number += 1
        path = self.folder / f"host-{self.number}"
        process = version.start(
            *("-m", "gunicorn", "lygte.config.wsgi:application", "--bind", f"unix:{path}"),
            *("--worker-class", "gthread", "--workers", "1", "--threads", "4", "--log-level", "critical"),
        )
        self.hosts.append((path, process))
        wait_for(path)
        self.balancer.add(path)

    def _end(self, path: Path, process: "subprocess.Popen[bytes]") -> None:
        self.balancer.drain(path)
        _stop(process)

    def stop(self) -> None:
        for _, process in self.hosts:
            _stop(process)
        if self.work is not None:
            _stop(self.work)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)


def code_of(ref: str, folder: Path) -> Path:
    """Unpack the program as it was at a commit; return the folder of its code."""
    archive = subprocess.run(["git", "archive", ref, "src"], cwd=ROOT, capture_output=True, check=True)
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    return folder / "src"


class Load:
    """People who write without pause, and what was acknowledged to them."""

    def __init__(self, path: Path, sessions: list[Session]) -> None:
        self.ledger, self.halt = Ledger(), threading.Event()
        self.clients = [
            Client(path, one, ledger=self.ledger, stop=self.halt, rng=random.Random(number))
            for number, one in enumerate(sessions)
        ]
        for client in self.clients:
            client.start()

    def end(self) -> list[str]:
        """Let everybody finish; return what was refused."""
        self.halt.set()
        for client in self.clients:
            client.join(timeout=60)
        return [problem for client in self.clients for problem in client.problems]

    @contextmanager
    def during(self, stage: str, *, at_least: float = 0) -> Iterator[None]:
        """Let people write during a stage, and print what it came to."""
        tries, done, began = self.ledger.tries, self.ledger.acknowledged, time.monotonic()
        yield
        time.sleep(max(0.0, began + at_least - time.monotonic()))
        took = time.monotonic() - began
        tries, done = self.ledger.tries - tries, self.ledger.acknowledged - done
        # A request that is under way at the end of a stage is counted in the next.
        print(f"{stage:<32} {took:6.1f} s {done:7} saves acknowledged", flush=True)


def drill(*, ref: str, database: str, seconds: float, clients: int) -> tuple[Ledger, list[str]]:
    """Run it; return what was acknowledged and everything that is not as it must be."""
    with tempfile.TemporaryDirectory(prefix="lygte-up-") as name:
        folder = Path(name)
        home = folder / "home"
        home.mkdir()
        with database_url(database, folder, durable=True) as url, listening(folder / "web") as balancer:
            keys = {
                name: value
                for name, value in environment_of(home, url).items()
                if name in ("LYGTE_SECRET_KEY", "LYGTE_MASTER_KEY")
            }
            old = Version("old", code_of(ref, folder / "old"), home, url, keys)
            new = Version("new", ROOT / "src", home, url, keys)
            sessions = [Session(**one) for one in json.loads(old.run("-m", "drills.seeded", str(clients)))]
            for version in (old, new):
                version.lygte("manage", "collectstatic", "--noinput", "--verbosity", "0")
            site = Site(folder, balancer)
            site.replace_all(old)
            load = Load(folder / "web", sessions)
            _walk(load, site, old, new, seconds)
            wrong = load.end()
            site.stop()
            new.lygte("audit", "adopt", "--municipality", "drill")
            return load.ledger, wrong + _judged(load.ledger, new)


def _walk(load: Load, site: Site, old: Version, new: Version, seconds: float) -> None:
    with load.during("the old version", at_least=seconds):
        pass
    with load.during("the new tables, the old version", at_least=seconds):
        new.lygte("migrate")
    with load.during("the new version", at_least=seconds):
        site.replace_all(new)
    with load.during("back to the old version", at_least=seconds):
        site.replace_all(old)
    with load.during("and forward again", at_least=seconds):
        site.replace_all(new)


def _judged(ledger: Ledger, version: Version) -> list[str]:
    failed = ledger.tries - ledger.acknowledged
    os.environ.update(version.environment)
    from drills import killed

    return [f"{failed} saves failed"] * bool(failed) + killed.judge(ledger)


def main() -> None:
    """Run the drill and print what was found."""
    parser = argparse.ArgumentParser(description="Upgrade and go back while people write.")
    parser.add_argument("--from", dest="ref", default=FIRST_RELEASE, help="commit of the old version")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--seconds", type=float, default=10, help="how long each stage lasts at least")
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    ledger, wrong = drill(
        ref=options.ref, database=options.database, seconds=options.seconds, clients=options.clients
    )
    for name, number in ledger.figures().items():
        print(f"{number:8} {name}")
    failed = ledger.tries - ledger.acknowledged
    print(f"{options.database}: {failed} failed saves, {len(wrong)} things wrong afterwards")
    for line in wrong[:20]:
        print(f"  {line}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
