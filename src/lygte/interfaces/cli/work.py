"""The periodic duties, run one after another until the process is told to stop."""

import logging
import signal
import threading
from collections.abc import Sequence
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lygte.apps.jobs.duties import Duty

log = logging.getLogger("lygte.duties")
PAUSE_SECONDS = 2.0


def all_duties() -> "list[Duty]":
    """Return every duty of every app."""
    from lygte.adapters import alerts, sms
    from lygte.apps.jobs import tasks as jobs
    from lygte.apps.outbox import tasks as outbox
    from lygte.apps.privacy import tasks as privacy
    from lygte.apps.promises import tasks as promises
    from lygte.apps.watch import tasks as watch

    return [
        *promises.DUTIES,
        *outbox.duties(sms.gateway()),
        *privacy.DUTIES,
        *jobs.DUTIES,
        *watch.duties(alerts.outlet()),
    ]


def run(*, once: bool = False, pause: float = PAUSE_SECONDS) -> None:
    """Set Django up and run what is due, then pause, until SIGTERM or SIGINT; a running sweep is let
    finish.
    """
    import django

    django.setup()
    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    duties = all_duties()
    while not stop.is_set():
        turn(duties)
        if once:
            return
        stop.wait(pause)


def turn(duties: "Sequence[Duty]", *, now: datetime | None = None) -> list[str]:
    """Run what is due and return its names. A database that is away for a while does not end the loop."""
    from django.db import DatabaseError, close_old_connections
    from django.utils import timezone

    from lygte.apps.jobs.duties import run_due

    try:
        return run_due(duties, now=now or timezone.now())
    except DatabaseError as problem:
        log.error("the database did not answer: %s", type(problem).__name__)
        return []
    finally:
        close_old_connections()
