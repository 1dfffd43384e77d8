"""One process tree: web workers, event stream, periodic duties. What dies is started again."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

import click

log = logging.getLogger("lygte.serve")
LOOK_SECONDS = 0.5
PROVEN_SECONDS = 10.0  # who ended sooner than this after the first start will not do better at the second
LONGEST_PAUSE = 30.0
END_SECONDS = 40.0  # a request that is being answered is let finish


def run(*, host: str, port: int, events_port: int, workers: int, demo: bool) -> int:
    """Prepare database and static files, start the tree, and wait. Returns the exit code."""
    if os.environ.get("LYGTE_BEHIND_PROXY") != "1":  # behind a proxy the stream has a path on the same host
        os.environ["LYGTE_EVENTS_PORT"] = str(events_port)
    os.environ.setdefault("LYGTE_HTTPS", "0" if host in ("127.0.0.1", "localhost", "::1") else "1")
    if demo:
        os.environ["LYGTE_DEMO"] = "1"
    _prepare(demo=demo)
    tree = [Child(name, command) for name, command in _commands(host, port, events_port, workers)]
    name = "localhost" if host == "127.0.0.1" else host
    return watch(tree, started=lambda: click.echo(f"Lygte: http://{name}:{port}/"))


def _prepare(*, demo: bool) -> None:
    import django
    from django.core.management import call_command

    from lygte.interfaces.cli import database, migrate

    django.setup()
    with migrate.alone():
        migrate.patiently(database.prepare)
    call_command("collectstatic", interactive=False, verbosity=0)
    if demo:
        from lygte.interfaces.cli import demo as invented

        invented.make_when_empty()


def _commands(host: str, port: int, events_port: int, workers: int) -> list[tuple[str, Sequence[str]]]:
    python = sys.executable
    quiet = ["--access-logfile", "/dev/null", "--log-level", "warning"]
    pages = [
        *(python, "-m", "gunicorn", "lygte.config.wsgi:application", "--bind", f"{host}:{port}"),
        *("--worker-class", "gthread", "--workers", str(workers), "--threads", "4", *quiet),
    ]
    events = [
        *(python, "-m", "uvicorn", "lygte.config.asgi:application", "--host", host),
        *("--port", str(events_port), "--log-level", "warning", "--no-access-log"),
        *("--timeout-graceful-shutdown", "2"),
    ]
    return [("pages", pages), ("events", events), ("duties", [python, "-m", "lygte.interfaces.cli", "work"])]


@dataclass
class Child:
    """One program of the tree, and when it is started again after it ended."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    ends: int = 0  # in a row, without having run for a while in between
    again_at: float = 0.0

    def start(self, now: float) -> None:
        self.process = subprocess.Popen(self.command)  # noqa: S603 - our own programs
        self.started = now

    def look(self, now: float) -> bool:
        """Start the program again when it is time; return False when it never came up at all."""
        if self.process is None:
            if now >= self.again_at:
                self.start(now)
            return True
        code = self.process.poll()
        if code is None:
            return True
        self.process = None
        first = self.ends == 0 and self.again_at == 0.0
        lasted = now - self.started
        if first and lasted < PROVEN_SECONDS:
            return False
        self.ends = 1 if lasted >= LONGEST_PAUSE else self.ends + 1
        pause = min(2.0 ** (self.ends - 1) - 1, LONGEST_PAUSE)
        self.again_at = now + pause
        log.error("%s ended (%s) and is started again in %.0f s", self.name, code, pause)
        return True

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def ended(self, within: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(timeout=max(0.0, within))
        except subprocess.TimeoutExpired:
            log.error("%s did not end and is killed", self.name)
            self.process.kill()
            self.process.wait()


def watch(tree: Sequence[Child], *, started: Callable[[], None]) -> int:
    """Keep every program of a tree running until told to stop; return the exit code.

    1. Start them all.
    2. Twice a second, start again what has ended: at once, and later each time it ends soon after.
    3. One that ends at its very first start cannot run here (a port that is taken): the tree ends with 1.
    4. On SIGTERM or SIGINT, end them all, let them finish what they are doing, and return 0.
    """

    def stop(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        for child in tree:
            child.start(time.monotonic())
        started()
        while all(child.look(time.monotonic()) for child in tree):
            time.sleep(LOOK_SECONDS)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for child in tree:
            child.end()
        deadline = time.monotonic() + END_SECONDS
        for child in tree:
            child.ended(deadline - time.monotonic())
