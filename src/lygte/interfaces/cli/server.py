"""One process tree: web workers, event stream, periodic duties. When one ends, all end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

import click


def run(*, host: str, port: int, events_port: int, workers: int, demo: bool) -> int:
    """Prepare database and static files, start the tree, and wait. Returns the exit code."""
    if os.environ.get("LYGTE_BEHIND_PROXY") != "1":  # behind a proxy the stream has a path on the same host
        os.environ["LYGTE_EVENTS_PORT"] = str(events_port)
    os.environ.setdefault("LYGTE_HTTPS", "0" if host in ("127.0.0.1", "localhost", "::1") else "1")
    if demo:
        os.environ["LYGTE_DEMO"] = "1"
    _prepare(demo=demo)
    commands = _commands(host, port, events_port, workers)
    tree = [subprocess.Popen(command) for command in commands]  # noqa: S603 - our own programs
    name = "localhost" if host == "127.0.0.1" else host
    click.echo(f"Lygte: http://{name}:{port}/")
    return _wait(tree)


def _prepare(*, demo: bool) -> None:
    import django
    from django.core.management import call_command

    from lygte.interfaces.cli import database

    django.setup()
    database.prepare()
    call_command("collectstatic", interactive=False, verbosity=0)
    if demo:
        from lygte.interfaces.cli import demo as invented

        invented.make_when_empty()


def _commands(host: str, port: int, events_port: int, workers: int) -> list[Sequence[str]]:
    python = sys.executable
    quiet = ["--access-logfile", "/dev/null", "--log-level", "warning"]
    return [
        [
            *(python, "-m", "gunicorn", "lygte.config.wsgi:application", "--bind", f"{host}:{port}"),
            *("--worker-class", "gthread", "--workers", str(workers), "--threads", "4", *quiet),
        ],
        [
            *(python, "-m", "uvicorn", "lygte.config.asgi:application", "--host", host),
            *("--port", str(events_port), "--log-level", "warning", "--no-access-log"),
            *("--timeout-graceful-shutdown", "2"),
        ],
        [python, "-m", "lygte.interfaces.cli", "work"],
    ]


def _wait(tree: list["subprocess.Popen[bytes]"]) -> int:
    def stop(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(process.poll() is None for process in tree):
            time.sleep(0.5)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for process in tree:
            process.terminate()
        for process in tree:
            process.wait(timeout=20)
