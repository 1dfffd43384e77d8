"""Two web hosts, a pooler, a primary and a replica: lose a host, lose the replica, and lose nothing.

usage: python -m drills.hosts [--seconds 10] [--clients 4]      (needs PostgreSQL and PgBouncer)

People write through a balancer to two hosts that share one PostgreSQL through PgBouncer in transaction mode;
meanwhile a leader looks at the month, which is counted on a streaming replica. Then one host is killed, and
comes back; then the replica is killed. A save that met the killed host is sent again by the browser under the
same number: afterwards everything acknowledged must be there once.
"""

import argparse
import http.client
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from drills import servers
from drills.balancer import Balancer, Line, listening, wait_for
from drills.clients import Client, Ledger, Session
from drills.ground import ROOT, environment_of
from drills.kills import children

MONTH_SECONDS = 0.5


class Host:
    """One web host with a home folder of its own."""

    def __init__(self, name: str, folder: Path, environment: dict[str, str]) -> None:
        self.path = folder / name
        home = folder / f"home-{name}"
        home.mkdir()
        own = {"LYGTE_METRICS_FOLDER": str(home / "metrics"), "LYGTE_DRAIN_FILE": str(home / "draining")}
        self.environment = environment | own
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.path.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "lygte.config.wsgi:application"),
                *("--bind", f"unix:{self.path}", "--worker-class", "gthread", "--workers", "1"),
                *("--threads", "4", "--log-level", "critical"),
            ],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self.path)

    def kill(self) -> None:
        """End as a machine does whose power is cut."""
        assert self.process is not None
        for process in (*children(self.process.pid), self.process.pid):
            os.kill(process, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)


class Leader(threading.Thread):
    """Somebody who looks at the month again and again."""

    def __init__(self, path: Path, session: Session, halt: threading.Event) -> None:
        super().__init__(daemon=True)
        self._path, self._session, self._halt = path, session, halt
        self.seen = self.failed = 0

    def run(self) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in self._session.cookies.items())
        while not self._halt.wait(MONTH_SECONDS):
            line = Line(self._path)
            try:
                line.request("GET", f"/tilbud/{self._session.slug}/maaned/", headers={"Cookie": cookies})
                answer = line.getresponse()
                ok = answer.status == 200 and bool(answer.read())
            except (OSError, http.client.HTTPException):
                ok = False
            finally:
                line.close()
            self.seen += ok
            self.failed += not ok


class Site:
    """Everything that runs, and the people who use it."""

    def __init__(self, folder: Path, balancer: Balancer, environment: dict[str, str], clients: int) -> None:
        from drills import seeded

        self.balancer = balancer
        self.hosts = [Host(name, folder, environment) for name in ("host-a", "host-b")]
        self.ledger, self.halt = Ledger(), threading.Event()
        sessions = seeded.prepare(clients)
        self.work = subprocess.Popen(
            [sys.executable, "-m", "lygte.interfaces.cli", "work"],
            env=environment,
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        for host in self.hosts:
            host.start()
            balancer.add(host.path)
        self.clients = [
            Client(folder / "web", one, ledger=self.ledger, stop=self.halt, rng=random.Random(number))
            for number, one in enumerate(sessions)
        ]
        self.leader = Leader(folder / "web", sessions[0], self.halt)
        for person in (*self.clients, self.leader):
            person.start()

    @contextmanager
    def during(self, stage: str, *, at_least: float) -> Iterator[None]:
        """Let people go on during a stage, and print what it came to."""
        before = self._figures()
        began = time.monotonic()
        yield
        time.sleep(max(0.0, began + at_least - time.monotonic()))
        tries, done, seen, failed = (now - then for now, then in zip(self._figures(), before, strict=True))
        print(f"{stage:<20} {done:6} saves, {tries - done:3} tries without an answer", end="; ")
        print(f"month seen {seen} times, refused {failed}", flush=True)

    def _figures(self) -> tuple[int, int, int, int]:
        return self.ledger.tries, self.ledger.acknowledged, self.leader.seen, self.leader.failed

    def end(self) -> list[str]:
        self.halt.set()
        for person in (*self.clients, self.leader):
            person.join(timeout=60)
        for host in self.hosts:
            host.stop()
        self.work.terminate()
        self.work.wait(timeout=60)
        return [problem for client in self.clients for problem in client.problems]


def drill(*, seconds: float, clients: int) -> list[str]:
    """Run it and print the stages; return everything that is not as it must be."""
    with tempfile.TemporaryDirectory(prefix="lygte-hosts-") as name, ExitStack() as stack:
        folder = Path(name)
        home = folder / "home"
        home.mkdir()
        direct = stack.enter_context(servers.primary(folder / "pg"))
        for key in [key for key in os.environ if key.startswith("LYGTE_")]:
            del os.environ[key]
        os.environ.update(environment_of(home, direct))
        replica = servers.Replica(folder / "replica", folder / "pg")
        pooled = stack.enter_context(servers.pooler(folder / "pool", folder / "pg"))
        balancer = stack.enter_context(listening(folder / "web"))
        replica.start()
        stack.callback(replica.stop)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        many = {
            "LYGTE_DATABASE_URL": pooled,
            "LYGTE_DATABASE_POOLED": "1",
            "LYGTE_DATABASE_REPLICA_URL": replica.url,
        }
        site = Site(folder, balancer, dict(os.environ) | many, clients)
        wrong = _walk(site, replica, seconds) + site.end()
        from drills import killed

        for number, what in site.ledger.figures().items():
            print(f"{what:8} {number}")
        return wrong + killed.judge(site.ledger)


def _walk(site: Site, replica: servers.Replica, seconds: float) -> list[str]:
    wrong, first = [], site.hosts[0]
    with site.during("two hosts", at_least=seconds):
        before = replica.rows_read()
        behind = max(_sampled(replica, seconds))
    read = replica.rows_read() - before
    print(f"the replica was at most {behind:.2f} s behind, and {read} rows were read from it")
    wrong += ["the month was not counted on the replica"] * (read == 0)
    with site.during("one host killed", at_least=seconds):
        first.kill()
    with site.during("and back again", at_least=seconds):
        first.start()
        site.balancer.add(first.path)
    refused = site.leader.failed
    with site.during("the replica killed", at_least=seconds):
        replica.stop()
    wrong += ["the month could not be seen without the replica"] * (site.leader.failed > refused)
    return wrong


def _sampled(replica: servers.Replica, seconds: float) -> Iterator[float]:
    until = time.monotonic() + seconds
    yield replica.seconds_behind()
    while time.monotonic() < until:
        time.sleep(0.2)
        yield replica.seconds_behind()


def main() -> None:
    """Run the drill and print what was found."""
    parser = argparse.ArgumentParser(description="Lose a host and a replica while people write.")
    parser.add_argument("--seconds", type=float, default=10, help="how long each stage lasts")
    parser.add_argument("--clients", type=int, default=4)
    options = parser.parse_args()
    wrong = drill(seconds=options.seconds, clients=options.clients)
    print(f"{len(wrong)} things wrong afterwards")
    for line in wrong[:20]:
        print(f"  {line}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
