"""One consistent view of the whole database, held for as long as a backup reads. Writers do not wait for it.

SQLite: a read transaction of its own connection. PostgreSQL: REPEATABLE READ, READ ONLY; row level security
stays in force, so each municipality is read from inside its own scope.
"""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS, connections

from lygte.apps.backup.lines import encoder, selected
from lygte.apps.backup.problems import BackupProblem
from lygte.apps.backup.tables import SCOPE, Table, is_copied, table

MUNICIPALITIES = "tenancy_municipality"


class Snapshot(Protocol):
    """What is read of a database."""

    vendor: str

    def tables(self) -> list[Table]: ...

    def scopes(self) -> list[str]: ...

    def count(self, table: Table, scope: str | None) -> int: ...

    def lines(self, table: Table, scope: str | None) -> Generator[bytes, None, None]: ...

    def migrations(self) -> list[tuple[str, str]]: ...


@contextmanager
def snapshot(alias: str = DEFAULT_DB_ALIAS) -> Iterator[Snapshot]:
    """Open a snapshot of the database of the service."""
    connection = connections[alias]
    opened = _postgresql(connection) if connection.vendor == "postgresql" else _sqlite(connection)
    with opened as found:
        yield found


@contextmanager
def _sqlite(connection: Any) -> Iterator[Snapshot]:
    name = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(f"file:{name}?mode=ro", uri=True, isolation_level=None)) as raw:
        raw.execute("PRAGMA busy_timeout=20000")
        raw.execute("BEGIN")
        yield SqliteSnapshot(raw)


@contextmanager
def _postgresql(connection: Any) -> Iterator[Snapshot]:
    import psycopg

    parameters = connection.get_connection_params()
    parameters = {
        name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")
    }
    with psycopg.connect(**parameters) as raw:
        raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        raw.read_only = True
        raw.execute("SET LOCAL statement_timeout = 0")
        raw.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield PostgresqlSnapshot(raw)


class SqliteSnapshot:
    """A read transaction."""

    vendor = "sqlite"

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw

    def tables(self) -> list[Table]:
        rows = self.raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [self._table(name) for (name,) in rows.fetchall() if is_copied(name)]

    def _table(self, name: str) -> Table:
        columns = self.raw.execute(f'PRAGMA table_info("{name}")').fetchall()
        keys = [column[1] for column in columns if column[5]]
        return table(name, key=_only_key(name, keys), types={column[1]: column[2] for column in columns})

    def scopes(self) -> list[str]:
        return [scope for (scope,) in self.raw.execute(f"SELECT id FROM {MUNICIPALITIES} ORDER BY id")]

    def count(self, table: Table, scope: str | None) -> int:
        where, values = _where(scope)
        (found,) = self.raw.execute(f'SELECT count(*) FROM "{table.name}" {where}', values).fetchone()
        return int(found)

    def lines(self, table: Table, scope: str | None) -> Generator[bytes, None, None]:
        columns = ", ".join(f'"{name}"' for name, _ in table.columns)
        where, values = _where(scope)
        rows = self.raw.execute(
            f'SELECT {columns} FROM "{table.name}" {where} ORDER BY "{table.key}"',
            values,
        )
        yield from map(encoder(table.kinds), rows)

    def migrations(self) -> list[tuple[str, str]]:
        return self.raw.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()


class PostgresqlSnapshot:
    """A repeatable read, as the role of the service."""

    vendor = "postgresql"

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.sees_all = bool(self._all(_SEES_ALL)[0][0])

    def tables(self) -> list[Table]:
        found = [self._table(name) for (name,) in self._all(_TABLES) if is_copied(name)]
        locked = {name for (name,) in self._all(_LOCKED)}
        hidden = locked - {one.name for one in found if one.scoped}
        hidden |= {one.name for one in found if one.scoped and not self._holds_all(one)}
        if hidden and not self.sees_all:
            raise BackupProblem(
                f"Rows of {', '.join(sorted(hidden))} may be out of sight: row level security guards them in "
                "a way this version does not know. Use the newest version, or a role with BYPASSRLS."
            )
        return found

    def _holds_all(self, one: Table) -> bool:
        """Return whether every row must belong to a municipality that exists: the database sees to it."""
        return bool(self._all(_BELONGS, (one.name,)))

    def _table(self, name: str) -> Table:
        types = dict(self._all(_COLUMNS, (name,)))
        return table(name, key=_only_key(name, [key for (key,) in self._all(_KEYS, (name,))]), types=types)

    def scopes(self) -> list[str]:
        rows = self._all(f"SELECT replace(id::text, '-', '') FROM {MUNICIPALITIES} ORDER BY id")
        return [scope for (scope,) in rows]

    def count(self, table: Table, scope: str | None) -> int:
        self._enter(scope)
        where = f"WHERE {SCOPE} = %s" if scope else ""
        return int(self._all(f'SELECT count(*) FROM "{table.name}" {where}', (scope,) if scope else ())[0][0])

    def lines(self, table: Table, scope: str | None) -> Generator[bytes, None, None]:
        self._enter(scope)
        columns = ", ".join(selected(name, kind) for name, kind in table.columns)
        collation = ' COLLATE "C"' if table.kinds[0] == "text" else ""
        where = f"WHERE {SCOPE} = '{scope}'" if scope else ""
        query = f'SELECT {columns} FROM "{table.name}" {where} ORDER BY "{table.key}"{collation}'
        with self.raw.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT") as rows:
            for row in rows:
                yield bytes(row)

    def migrations(self) -> list[tuple[str, str]]:
        return self._all('SELECT app, name FROM django_migrations ORDER BY app COLLATE "C", name COLLATE "C"')

    def _enter(self, scope: str | None) -> None:
        self.raw.execute("SELECT set_config('lygte.municipality', %s, true)", (scope or "",))

    def _all(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        found: list[Any] = self.raw.execute(query, values).fetchall()
        return found


def _where(scope: str | None) -> tuple[str, tuple[str, ...]]:
    return (f"WHERE {SCOPE} = ?", (scope,)) if scope else ("", ())


def _only_key(name: str, keys: list[str]) -> str:
    if len(keys) != 1:
        raise BackupProblem(f"{name} has no key of one column, which a backup needs.")
    return keys[0]


_SEES_ALL = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_TABLES = """
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace ORDER BY relname
"""
_LOCKED = (
    "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace"
)
_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = quote_ident(%s)::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_KEYS = """
SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
WHERE indrelid = quote_ident(%s)::regclass AND indisprimary
"""
_BELONGS = f"""
SELECT 1 FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE conrelid = quote_ident(%s)::regclass AND contype = 'f' AND convalidated AND cardinality(conkey) = 1
  AND confrelid = '{MUNICIPALITIES}'::regclass AND attname = '{SCOPE}' AND attnotnull
"""
