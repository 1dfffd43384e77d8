"""`lygte migrate`: bring the database up to date while an older version goes on answering."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

LOCK = 7_119_104_101  # any number that nothing else in this database uses
PATIENCE = "2s"  # so long the migration waits for a table, and everybody behind it with it
TRIES = 30


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; end with 1 when there is something to do.")
def migrate(check: bool) -> None:
    """Bring the database up to date. The old version may go on running; two at once take turns."""
    import django

    django.setup()
    from lygte.interfaces.cli import database

    if check:
        waiting = pending()
        click.echo("\n".join(waiting) or "The database is up to date.")
        raise SystemExit(1 if waiting else 0)
    with alone():
        waiting = pending()
        patiently(database.prepare)
    click.echo("\n".join(f"{name} is done" for name in waiting) or "The database was up to date.")


def pending() -> list[str]:
    """Return the migrations of this version that the database does not have yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


@contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time change the tables; another one waits until it is done."""
    from django.db import connection

    if connection.vendor == "postgresql":
        # Asked again and again: who waits inside the database holds up an index that is being built.
        while not _first("SELECT pg_try_advisory_lock(%s)", LOCK):
            time.sleep(1)
        try:
            yield
        finally:
            _first("SELECT pg_advisory_unlock(%s)", LOCK)
        return
    with _file_lock(str(connection.settings_dict["NAME"])):
        yield


@contextmanager
def _file_lock(name: str) -> Iterator[None]:
    if ":memory:" in name:
        yield
        return
    with Path(f"{name}.migrating").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def patiently(act: Callable[[], None]) -> None:
    """Change tables without making anybody wait long.

    A change of a table waits for those who use it, and everybody who comes later waits behind the change. So
    it gives up after a moment, lets them through and tries again; each migration is a transaction, so what
    is done stays done.
    """
    from django.db import OperationalError, connection

    if connection.vendor != "postgresql":
        act()
        return
    _first("SELECT set_config('lock_timeout', %s, false)", PATIENCE)
    try:
        for attempt in range(1, TRIES + 1):
            try:
                return act()
            except OperationalError as problem:
                if type(problem.__cause__).__name__ != "LockNotAvailable" or attempt == TRIES:
                    raise
            _drop_half_built_indexes()
            time.sleep(1)
    finally:
        _first("SELECT set_config('lock_timeout', %s, false)", "0")


def _drop_half_built_indexes() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def _first(statement: str, value: str | int) -> object:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, [value])
        row: tuple[object, ...] = cursor.fetchone()
        return row[0]
