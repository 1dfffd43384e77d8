"""Take a copy while people work, bring it back on an empty machine, and compare every export to the byte.

usage: python -m drills.restore [--database sqlite|postgresql] [--into sqlite|postgresql] [--size small]

The empty machine is another home folder with the two keys alone, and another database. What is compared are
the contacts of every service until the day before (with numbers and pseudonymous) and its months, each as
the pages would give it out, and every contact that was answered for before the copy began.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from drills.ground import database_url, environment_of, own_database

WRITERS = 2
MONTHS = 3
KEYS = ("LYGTE_MASTER_KEY", "LYGTE_SECRET_KEY", "LYGTE_BACKUP_KEY", "LYGTE_BACKUP_FOLDER")


class Load:
    """People who open one contact after another until they are stopped."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.opened: list[tuple[float, str]] = []
        self.slowest = 0.0
        self.failed: list[str] = []
        self.threads = [threading.Thread(target=self._work) for _ in range(WRITERS)]

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def _work(self) -> None:
        from django.db import connections

        try:
            while not self.stopped.is_set():
                began = time.monotonic()
                self.opened.append((time.time(), _open_contact()))
                self.slowest = max(self.slowest, time.monotonic() - began)
                time.sleep(0.02)
        except Exception as problem:  # noqa: BLE001 - a drill tells what went wrong
            self.failed.append(f"{type(problem).__name__}: {problem}")
        finally:
            connections.close_all()


def _open_contact() -> str:
    from lygte.apps.contacts import services as contacts
    from lygte.domain.access import system
    from lygte.domain.vocab import Channel

    with _places() as places:
        service = next(places)
        made = contacts.open_contact(
            actor=system(service.municipality_id),
            now=datetime.now(UTC),
            service=service,
            channel=Channel.PHONE,
        )
        return str(made.pk)


@contextmanager
def _places() -> Iterator[Iterator[Any]]:
    """Give every service, each from inside its municipality."""

    def each() -> Iterator[Any]:
        from lygte.apps.core.scope import municipality_scope
        from lygte.apps.tenancy import selectors

        for municipality in selectors.municipalities():
            with municipality_scope(municipality.pk):
                yield from selectors.services().order_by("slug")

    walk = each()
    try:
        yield walk
    finally:
        walk.close()  # type: ignore[attr-defined]


def digests(now: datetime) -> dict[str, str]:
    """Return a digest of each export of each service."""
    from django.utils import translation

    from lygte.apps.insight import services as insight
    from lygte.domain.access import system
    from lygte.domain.time import day_of, local, month_bounds
    from lygte.interfaces.web.staff.views import month_file
    from lygte.interfaces.web.staff.views.month_words import Words

    today = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    found = {}
    with translation.override("da"), _places() as places:
        for service in places:
            asked = {"actor": system(service.municipality_id), "now": now, "service": service}
            for pseudonymous in (False, True):
                text = insight.export_contacts(
                    **asked, start=today - timedelta(days=1900), end=today, pseudonymous=pseudonymous
                )
                found[f"{service.slug} contacts {pseudonymous}"] = _digest(text)
            first = day_of(now)
            for _ in range(MONTHS):
                first = (first.replace(day=1) - timedelta(days=1)).replace(day=1)
                year, month = first.year, first.month
                seen = insight.see_month(**asked, year=year, month=month, how="csv")[0]
                assert month_bounds(year, month)[1] <= now
                found[f"{service.slug} {year}-{month:02d}"] = _digest(month_file.text(seen, Words(service)))
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _run(*words: str, environment: dict[str, str]) -> str:
    answer = subprocess.run(
        [sys.executable, "-m", *words], env=environment, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise SystemExit(f"{words}: {answer.stdout}\n{answer.stderr}")
    return answer.stdout.strip()


def _timed(*words: str, environment: dict[str, str]) -> tuple[str, float]:
    began = time.monotonic()
    said = _run("lygte.interfaces.cli", *words, environment=environment)
    return said, time.monotonic() - began


def drill(database: str, into: str, size: str) -> bool:
    """Run it and print the figures; return whether everything was equal."""
    os.umask(0o022)
    with own_database(database) as home:
        os.environ["LYGTE_BACKUP_KEY"] = b64encode(os.urandom(32)).decode()
        os.environ["LYGTE_BACKUP_FOLDER"] = str(home / "copies")
        here = dict(os.environ)
        _, seconds = _timed("demo", "--size", size, environment=here)
        print(f"{database}, {size}: invented in {seconds:.1f} s")
        now = datetime.now(UTC)
        with Load() as load:
            time.sleep(2)
            began = time.time()
            said, seconds = _timed("backup", environment=here)
            print(f"copied under load in {seconds:.1f} s: {said}")
            print(f"  {len(load.opened)} contacts opened meanwhile, the slowest in {load.slowest:.2f} s")
            said, seconds = _timed("backup", environment=here)
            print(f"copied again in {seconds:.1f} s: {said}")
        before = {contact for at, contact in load.opened if at < began}
        first = _run("lygte.interfaces.cli", "backup", "list", environment=here).split()[0]
        _told(load.failed)
        return _compared(here, into, first, before, now) and not load.failed


def _told(problems: list[str]) -> None:
    for problem in problems:
        print(f"failed: {problem}")


def _compared(here: dict[str, str], into: str, copy: str, before: set[str], now: datetime) -> bool:
    with (
        tempfile.TemporaryDirectory(prefix="lygte-drill-") as folder,
        database_url(into, Path(folder)) as url,
    ):
        home = Path(folder) / "home"
        home.mkdir()
        there = environment_of(home, url) | {name: here[name] for name in KEYS}
        said, seconds = _timed("restore", here["LYGTE_BACKUP_FOLDER"], "--at", copy, environment=there)
        print(f"restored into {into} in {seconds:.1f} s: {said}")
        answer = json.loads(_run("drills.restore", "--tell", now.isoformat(), environment=there))
        wanted = digests(now)
        differ = sorted(name for name in wanted if answer["digests"].get(name) != wanted[name])
        lost = before - set(answer["contacts"])
        print(
            f"{len(wanted)} exports compared, {len(differ)} differ; {len(before)} contacts, {len(lost)} lost"
        )
        kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(f"most memory of one command: {kilobytes / 1024:.0f} MiB")
        _told(differ[:10])
        return not differ and not lost and len(wanted) == len(answer["digests"])


def tell(now: datetime) -> None:
    """Print what the restored database holds."""
    import django

    django.setup()
    from lygte.apps.contacts.models import Contact

    recent: set[str] = set()
    with _places() as places:
        for service in places:
            rows = Contact.objects.filter(service=service, started_at__gte=now - timedelta(minutes=5))
            recent |= {str(pk) for pk in rows.values_list("pk", flat=True)}
    print(json.dumps({"digests": digests(now), "contacts": sorted(recent)}))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--into", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--size", default="small")
    parser.add_argument("--tell", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.tell:
        tell(datetime.fromisoformat(chosen.tell))
        return 0
    return 0 if drill(chosen.database, chosen.into, chosen.size) else 1


if __name__ == "__main__":
    sys.exit(main())
