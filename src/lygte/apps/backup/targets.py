"""How a database takes rows in bulk: its indexes, references and locks step aside and are put back after."""

from collections.abc import Sequence
from typing import Any, Protocol

from lygte.apps.backup.lines import decoder
from lygte.apps.backup.problems import BackupProblem
from lygte.apps.backup.tables import Table


class Target(Protocol):
    """A database that takes rows."""

    def open(self, tables: Sequence[str]) -> list[str]:
        """Take away what hinders; return the statements that put it back."""

    def insert(self, table: Table, content: bytes) -> None:
        """Store the rows of a piece, in the running transaction."""

    def check(self) -> None:
        """Raise `BackupProblem` when a reference leads nowhere."""


def target_of(connection: Any) -> Target:
    return PostgresqlTarget(connection) if connection.vendor == "postgresql" else SqliteTarget(connection)


class SqliteTarget:
    """SQLite: references are checked once, at the end."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        connection.ensure_connection()
        if not connection.in_atomic_block:
            connection.connection.execute("PRAGMA foreign_keys=OFF")

    def open(self, tables: Sequence[str]) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT type, name, sql FROM sqlite_master "
                "WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type, name"
            )
            found = cursor.fetchall()
            for kind, name, _ in found:
                cursor.execute(f'DROP {kind} "{name}"')
        return [sql for _, _, sql in found]

    def insert(self, table: Table, content: bytes) -> None:
        columns = ", ".join(f'"{name}"' for name, _ in table.columns)
        places = ", ".join("?" for _ in table.columns)
        decode = decoder(table.kinds)
        rows = [decode(line) for line in content.decode().split("\n")[:-1]]
        self.connection.connection.executemany(
            f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})',
            rows,
        )

    def check(self) -> None:
        lost = self.connection.connection.execute("PRAGMA foreign_key_check").fetchone()
        if lost:
            raise BackupProblem(f"{lost[0]}: a row refers to one of {lost[2]} that is not there.")
        self.connection.connection.execute("PRAGMA foreign_keys=ON")


class PostgresqlTarget:
    """PostgreSQL: as the owner of the tables. References and indexes are made anew, which checks them."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        connection.ensure_connection()

    def open(self, tables: Sequence[str]) -> list[str]:
        back: list[str] = []
        with self.connection.cursor() as cursor:
            for kinds in ("f", "ux"):
                cursor.execute(_CONSTRAINTS, [list(tables), list(kinds)])
                for name, table, definition in cursor.fetchall():
                    cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
                    back.insert(0, f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
            cursor.execute(_INDEXES, [list(tables)])
            for name, definition in cursor.fetchall():
                cursor.execute(f'DROP INDEX "{name}"')
                back.insert(0, definition)
            for table in tables:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
                cursor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
                back.append(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        return back

    def insert(self, table: Table, content: bytes) -> None:
        columns = ", ".join(f'"{name}"' for name, _ in table.columns)
        with self.connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
            cursor.execute("SET LOCAL synchronous_commit = off")
            with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as rows:
                rows.write(content)

    def check(self) -> None:
        """Nothing is left to check: the references were checked as they were made."""


_CONSTRAINTS = """
SELECT conname, relname, pg_get_constraintdef(pg_constraint.oid) FROM pg_constraint
JOIN pg_class ON pg_class.oid = conrelid
WHERE relnamespace = current_schema()::regnamespace AND relname = ANY (%s) AND contype::text = ANY (%s)
ORDER BY relname, conname
"""
_INDEXES = """
SELECT index.relname, pg_get_indexdef(indexrelid) FROM pg_index
JOIN pg_class AS index ON index.oid = indexrelid JOIN pg_class AS held ON held.oid = indrelid
WHERE held.relnamespace = current_schema()::regnamespace AND held.relname = ANY (%s)
  AND NOT indisprimary AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY index.relname
"""
