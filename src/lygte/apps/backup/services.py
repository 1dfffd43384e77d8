"""Copies of the whole database: taken while the service runs, looked through, and thinned out."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from lygte import __version__
from lygte.apps.backup.problems import BackupProblem, Damaged
from lygte.apps.backup.snapshot import Snapshot, snapshot
from lygte.apps.backup.tables import Table
from lygte.apps.backup.vault import Vault
from lygte.apps.jobs import services as jobs
from lygte.domain.backups import Keep, kept, pieces

DUTY = "backup.taken"
MOMENT = "%Y%m%dT%H%M%SZ"
Progress = Callable[[int, int], object]  # rows done, rows in all


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy in a vault."""

    id: str
    made_at: datetime
    version: str
    vendor: str
    rows: int
    pieces: int
    written: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a table, or of one municipality in it."""

    table: Table
    scope: str | None
    rows: int


def take(
    vault: Vault,
    *,
    now: datetime,
    progress: Progress = lambda done, of: None,
    share: int = 100,
    alias: str = DEFAULT_DB_ALIAS,
) -> Copy:
    """Take a copy; pieces that the vault holds already are not written again. Returns the copy.

    `share` is the share of the time in percent that it may work; the rest it sleeps. How it went is noted
    for the watch over the service. Raises `BackupProblem`; then there is no new copy.
    """
    try:
        made = _take(vault, now=now, progress=progress, share=share, alias=alias)
    except BaseException as problem:
        jobs.note_run(DUTY, now=now, problem=type(problem).__name__)
        raise
    jobs.note_run(DUTY, now=now)
    return made


def _take(vault: Vault, *, now: datetime, progress: Progress, share: int, alias: str) -> Copy:
    began = time.monotonic()
    vault.prepare()
    with vault.alone(), snapshot(alias) as source:
        parts = parts_of(source)
        written = [0]
        tables = _put_all(
            vault, source, parts, _Pace(progress, sum(part.rows for part in parts), share), written
        )
        copy_id = f"{now.astimezone(UTC).strftime(MOMENT)}-{secrets.token_hex(3)}"
        told = {
            "made_at": now.isoformat(),
            "version": __version__,
            "vendor": source.vendor,
            "master": master_check(),
            "migrations": source.migrations(),
            "tables": tables,
            "written": written[0],
            "seconds": round(time.monotonic() - began, 1),
        }
        vault.keep_list(copy_id, told)
        return copy_of(copy_id, vault.read_list(copy_id))


def parts_of(source: Snapshot) -> list[Part]:
    """Return what there is to copy, with the number of rows that the database counts."""
    scopes = source.scopes()
    parts = []
    for table in source.tables():
        for scope in scopes if table.scoped else [None]:
            parts.append(Part(table, scope, source.count(table, scope)))
    return parts


class _Pace:
    """Tells how far it is, and sleeps so that the service has its share of the machine."""

    def __init__(self, progress: Progress, rows: int, share: int) -> None:
        self.progress = progress
        self.rows = rows
        self.done = 0
        self.rest = 100 / share - 1
        self.last = time.monotonic()

    def step(self, rows: int) -> None:
        self.done += rows
        self.progress(self.done, self.rows)
        time.sleep(min(1.0, (time.monotonic() - self.last) * self.rest))
        self.last = time.monotonic()


def _put_all(
    vault: Vault, source: Snapshot, parts: list[Part], pace: _Pace, written: list[int]
) -> list[dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for part in parts:
        entry = tables.setdefault(
            part.table.name,
            {
                "name": part.table.name,
                "columns": part.table.columns,
                "scoped": part.table.scoped,
                "parts": [],
            },
        )
        if not part.rows:
            continue
        put = []
        with closing(source.lines(part.table, part.scope)) as lines:
            for content, rows in pieces(lines):
                name, size = vault.put(part.table.name, content)
                written[0] += size
                put.append((name, rows))
                pace.step(rows)
        _check_count(part, sum(rows for _, rows in put))
        entry["parts"].append({"scope": part.scope, "pieces": put})
    return list(tables.values())


def _check_count(part: Part, rows: int) -> None:
    if rows != part.rows:
        raise BackupProblem(
            f"{part.table.name}: {rows} rows were read where the database counts {part.rows}. The copy does "
            "not count. Run it again; should it happen again, let the database check itself."
        )


def master_check() -> str:
    """Return a check of the master key, by which a copy knows the key that opens its fields."""
    return hmac.new(settings.LYGTE_MASTER_KEY, b"lygte backup", hashlib.sha256).hexdigest()[:16]


def copy_of(copy_id: str, told: dict[str, Any]) -> Copy:
    """Return what the list of a copy tells."""
    rows = [count for _, _, count in listed_pieces(told)]
    return Copy(
        copy_id,
        datetime.fromisoformat(told["made_at"]),
        told["version"],
        told["vendor"],
        sum(rows),
        len(rows),
        told["written"],
        told["seconds"],
    )


def listed_pieces(told: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Yield table, name and number of rows of every piece of a copy."""
    for table in told["tables"]:
        for part in table["parts"]:
            for name, rows in part["pieces"]:
                yield table["name"], name, rows


def copies(vault: Vault) -> list[Copy]:
    """Return the copies of a vault, the oldest first."""
    vault.recognise()
    return [copy_of(copy_id, vault.read_list(copy_id)) for copy_id in vault.copies()]


def verify(
    vault: Vault, *, at: str = "", progress: Progress = lambda done, of: None
) -> tuple[int, list[Damaged]]:
    """Open every piece of one copy, or of all; return how many there are and what is wrong with them."""
    vault.recognise()
    wrong: list[Damaged] = []
    wanted: dict[tuple[str, str], int] = {}
    for copy_id in [at] if at else vault.copies():
        try:
            wanted |= {(table, name): rows for table, name, rows in listed_pieces(vault.read_list(copy_id))}
        except Damaged as problem:
            wrong.append(problem)
    for done, ((table, name), rows) in enumerate(wanted.items(), start=1):
        try:
            read_piece(vault, table, name, rows)
        except Damaged as problem:
            wrong.append(problem)
        progress(done, len(wanted))
    return len(wanted), wrong


def read_piece(vault: Vault, table: str, name: str, rows: int) -> bytes:
    """Return a piece; raises `Damaged` when it is not what was written."""
    content = vault.get(table, name)
    found = content.count(b"\n")
    if found != rows:
        raise Damaged(f"{vault.piece(name)} holds {found} rows, not {rows}.")
    return content


def prune(vault: Vault, *, keep: Keep) -> tuple[list[str], int]:
    """Drop the copies that no rule keeps, and the pieces that no copy needs; return ids and pieces dropped.

    A list that cannot be read stops it: its pieces would look as if nobody needed them.
    """
    vault.recognise()
    with vault.alone():
        made = {copy.made_at: copy.id for copy in copies(vault)}
        staying = kept(list(made), keep=keep)
        gone = [copy_id for moment, copy_id in made.items() if moment not in staying]
        for copy_id in gone:
            (vault.folder / "copies" / copy_id).unlink()
        needed = {
            name for copy_id in vault.copies() for _, name, _ in listed_pieces(vault.read_list(copy_id))
        }
        idle = [path for path in vault.piece_files() if path.name not in needed]
        for path in idle:
            path.unlink()
        return gone, len(idle)
