"""Measure the pages on the demo data of the largest invented service, on each database that is at hand.

usage: python bench/run.py [--size normal] [--requests 200] [--database sqlite|postgresql]

Every page is fetched one request after another over loopback from the server that `lygte serve` runs. In the
same run the same questions are put to the same driver as plain SQL, and the ratio of the two is printed. On a
busy machine the processor time of the web process says more than the clock.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = ROOT / "scripts" / "postgres.sh"
GOALS = {"board": 50.0, "month": 300.0}  # milliseconds, median
WEIGHT_GOAL = 150_000  # bytes, compressed, all assets
HEADINGS = ("page", "median ms", "p95 ms", "CPU ms", "queries", "SQL alone ms", "ratio", "goal", "")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the pages of the largest invented service.")
    parser.add_argument("--size", choices=("small", "normal", "large", "national"), default="normal")
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    for name in [options.database] if options.database else ["sqlite", "postgresql"]:
        # A short path, since the socket of PostgreSQL lies in it.
        with (
            tempfile.TemporaryDirectory(prefix="lygte-bench-") as folder,
            database(name, Path(folder)) as url,
        ):
            if url is None:
                print(f"\n{name}: no server programs here, left out")
                continue
            report(name, measured(Path(folder) / "home", url, options.size, options.requests))


@contextmanager
def database(name: str, folder: Path) -> Iterator[str | None]:
    """Give the address of an empty database; None where there is none."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    place = folder / "pg"
    folder.chmod(0o711)
    started = subprocess.run([POSTGRES, "start", place], capture_output=True, text=True, check=False)
    if started.returncode != 0:
        yield None
        return
    try:
        yield started.stdout.strip()
    finally:
        subprocess.run([POSTGRES, "stop", place], capture_output=True, check=False)


def measured(home: Path, url: str, size: str, requests: int) -> dict[str, Any]:
    """Invent the municipalities, measure in a process of its own, and return what it found."""
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LYGTE_")}
    environment = kept | {
        "LYGTE_HOME": str(home),
        "LYGTE_DATABASE_URL": url,
        "LYGTE_OUTBOX_FOLDER": str(home / "outbox"),
        "LYGTE_STATIC_ROOT": str(home / "static"),
        "LYGTE_SECRET_KEY_FILE": str(home / "secret.key"),
        "LYGTE_MASTER_KEY_FILE": str(home / "master.key"),
        "LYGTE_HTTPS": "0",
        "DJANGO_SETTINGS_MODULE": "lygte.config.settings",
    }
    lygte = [sys.executable, "-m", "lygte.interfaces.cli"]
    for name in ("secret.key", "master.key"):
        (home / name).write_text(subprocess.check_output([*lygte, "key"], text=True), encoding="utf-8")
    subprocess.run([*lygte, "demo", "--size", size], env=environment, check=True, stdout=subprocess.DEVNULL)
    collect = [*lygte, "manage", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, env=environment, check=True)
    measure = [sys.executable, str(ROOT / "bench" / "measure.py"), str(requests)]
    answer = subprocess.run(measure, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def report(name: str, found: dict[str, Any]) -> None:
    """Print one table."""
    print(f"\n{name} {found['version']}: {found['contacts']} contacts in {found['service']}")
    rows = [HEADINGS, *(row_of(page) for page in found["pages"])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    total, page = found["weight"]["total"], found["weight"]["page"]
    print(
        f"board with all assets: {total / 1000:.1f} kB compressed in {found['weight']['files']} files, "
        f"the page itself {page / 1000:.1f} kB; "
        f"goal {WEIGHT_GOAL / 1000:.0f} kB: {verdict(total, WEIGHT_GOAL)}"
    )


def row_of(page: dict[str, Any]) -> tuple[str, ...]:
    """Return one line of the table."""
    goal = GOALS.get(page["name"])
    ratio = page["median"] / page["sql"] if page["sql"] else 0.0
    return (
        page["name"],
        f"{page['median']:.1f}",
        f"{page['p95']:.1f}",
        f"{page['cpu']:.1f}",
        str(page["queries"]),
        f"{page['sql']:.1f}",
        f"{ratio:.1f}",
        "" if goal is None else f"{goal:.0f}",
        "" if goal is None else verdict(page["median"], goal),
    )


def verdict(value: float, goal: float) -> str:
    """Say whether a goal is met."""
    return "met" if value <= goal else "NOT MET"


if __name__ == "__main__":
    main()
