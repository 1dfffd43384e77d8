"""A copy comes back: into an empty database, of either kind, and is compared with the copy by content.

What is done lies in the database itself, so that a restore that was cut off goes on where it stopped.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from lygte.apps.backup.problems import BackupProblem
from lygte.apps.backup.services import Progress, listed_pieces, master_check, read_piece
from lygte.apps.backup.snapshot import snapshot
from lygte.apps.backup.tables import Table, is_copied
from lygte.apps.backup.targets import target_of
from lygte.apps.backup.vault import Vault
from lygte.apps.tenancy import guards
from lygte.domain.backups import pieces

NOTES = "lygte_restore"
DONE = "lygte_restored"


def restore(
    vault: Vault,
    *,
    at: str = "",
    progress: Progress = lambda done, of: None,
    alias: str = DEFAULT_DB_ALIAS,
) -> tuple[str, int]:
    """Bring a copy back, the newest unless named; return its id and the number of rows.

    Raises `BackupProblem` when the database is not empty, when the copy is of a newer version or another
    master key, when a piece is damaged, or when what came back differs from the copy.
    """
    vault.recognise()
    copy_id = at or newest(vault)
    told = vault.read_list(copy_id)
    if told["master"] != master_check():
        raise BackupProblem(
            f"The fields of copy {copy_id} were sealed under another master key. Set LYGTE_MASTER_KEY to it."
        )
    _begin(copy_id, told, alias)
    _load(vault, told, progress, alias)
    _finish(alias)
    compare(vault, told, progress=progress, alias=alias)
    guards.install(using=alias)
    with connections[alias].cursor() as cursor:
        cursor.execute(f"DROP TABLE {DONE}")
        cursor.execute(f"DROP TABLE {NOTES}")
    call_command("migrate", database=alias, interactive=False, verbosity=0)
    call_command("createcachetable", database=alias, verbosity=0)
    return copy_id, sum(rows for _, _, rows in listed_pieces(told))


def newest(vault: Vault) -> str:
    """Return the id of the newest copy."""
    found = vault.copies()
    if not found:
        raise BackupProblem(f"{vault.folder} holds no copy yet.")
    return found[-1]


def unfinished(alias: str = DEFAULT_DB_ALIAS) -> bool:
    """Return whether a restore into this database has begun and not ended."""
    return NOTES in connections[alias].introspection.table_names()


def _begin(copy_id: str, told: dict[str, Any], alias: str) -> None:
    connection = connections[alias]
    if unfinished(alias):
        (begun,) = _rows(connection, f"SELECT statement FROM {NOTES} WHERE position = 0")[0]
        if begun != copy_id:
            raise BackupProblem(
                f"The restore of copy {begun} into this database was cut off. Go on with --at {begun}, or "
                "name an empty database."
            )
        return
    _refuse_content(connection)
    _migrate(connection, told)
    target = target_of(connection)
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {NOTES} (position integer PRIMARY KEY, statement text NOT NULL)")
        cursor.execute(f"CREATE TABLE {DONE} (piece integer PRIMARY KEY)")
        statements = target.open([table["name"] for table in told["tables"]])
        for position, statement in enumerate([copy_id, *statements]):
            cursor.execute(f"INSERT INTO {NOTES} VALUES (%s, %s)", [position, statement])


def _refuse_content(connection: Any) -> None:
    for name in connection.introspection.table_names():
        if is_copied(name) and _rows(connection, f'SELECT 1 FROM "{name}" LIMIT 1'):
            raise BackupProblem(
                f"The database is not empty: {name} holds rows. Restore into an empty one, then point "
                "LYGTE_DATABASE_URL to it."
            )


def _migrate(connection: Any, told: dict[str, Any]) -> None:
    executor = MigrationExecutor(connection)
    wanted = {(app, name) for app, name in told["migrations"]}
    nodes = executor.loader.graph.node_map
    unknown = sorted(wanted - nodes.keys())
    if unknown:
        app, name = unknown[0]
        raise BackupProblem(
            f"The copy was made by Lygte {told['version']}, which knows a change that this version does not "
            f"({app} {name}). Restore with that version or a newer one."
        )
    if set(executor.loader.applied_migrations) - wanted:
        raise BackupProblem(
            "The database was made ready by a newer version than the copy's already. Name one without tables."
        )
    newest = [node for node in wanted if not any(child.key in wanted for child in _followers(nodes[node]))]
    executor.migrate(sorted(newest))


def _followers(node: Any) -> list[Any]:
    return [child for child in node.children if child.key[0] == node.key[0]]


def _load(vault: Vault, told: dict[str, Any], progress: Progress, alias: str) -> None:
    connection = connections[alias]
    target = target_of(connection)
    done = {piece for (piece,) in _rows(connection, f"SELECT piece FROM {DONE}")}
    total = 2 * sum(rows for _, _, rows in listed_pieces(told))
    count = 0
    tables = {table.name: table for table in tables_of(told)}
    for number, (name, piece, rows) in enumerate(listed_pieces(told)):
        count += rows
        if number not in done:
            content = read_piece(vault, name, piece, rows)
            with transaction.atomic(using=alias):
                target.insert(tables[name], content)
                with connection.cursor() as cursor:
                    cursor.execute(f"INSERT INTO {DONE} VALUES (%s)", [number])
        progress(count, total)


def _finish(alias: str) -> None:
    """Put back keys, indexes and locks, one after another; each is struck off when it stands."""
    connection = connections[alias]
    target = target_of(connection)
    for position, statement in _rows(
        connection, f"SELECT position, statement FROM {NOTES} WHERE position > 0 ORDER BY position"
    ):
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.execute(f"DELETE FROM {NOTES} WHERE position = %s", [position])
    target.check()
    with connection.cursor() as cursor:
        for statement in _sequences(connection):
            cursor.execute(statement)


def _sequences(connection: Any) -> list[str]:
    from django.apps import apps

    names = set(connection.introspection.table_names())
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in names]
    found: list[str] = connection.ops.sequence_reset_sql(no_style(), models)
    return found


def compare(
    vault: Vault,
    told: dict[str, Any],
    *,
    progress: Progress = lambda done, of: None,
    alias: str = DEFAULT_DB_ALIAS,
) -> None:
    """Read the database again, and compare it piece by piece. Raises `BackupProblem` for a difference."""
    total = sum(rows for _, _, rows in listed_pieces(told))
    count = total
    with snapshot(alias) as source:
        for entry, table in zip(told["tables"], tables_of(told), strict=True):
            held = {part["scope"]: [tuple(piece) for piece in part["pieces"]] for part in entry["parts"]}
            for scope in source.scopes() if table.scoped else [None]:
                with closing(source.lines(table, scope)) as lines:
                    _compare_part(vault, table, pieces(lines), held.pop(scope, []))
            if held:
                raise BackupProblem(f"{table.name}: rows of the copy are missing in the database.")
            count += sum(rows for part in entry["parts"] for _, rows in part["pieces"])
            progress(count, 2 * total)


def _compare_part(
    vault: Vault, table: Table, found: Iterator[tuple[bytes, int]], wanted: list[tuple[str, int]]
) -> None:
    got = [(vault.name_of(table.name, content), rows) for content, rows in found]
    if got != wanted:
        place = next(
            (at for at, pair in enumerate(zip(got, wanted, strict=False)) if pair[0] != pair[1]), None
        )
        raise BackupProblem(
            f"{table.name}: the database holds {sum(rows for _, rows in got)} rows, the copy "
            f"{sum(rows for _, rows in wanted)}; the first difference is in piece {place}."
        )


def tables_of(told: dict[str, Any]) -> list[Table]:
    """Return the tables of a copy as they were when it was taken."""
    return [
        Table(one["name"], tuple((name, kind) for name, kind in one["columns"]), one["scoped"])
        for one in told["tables"]
    ]


def _rows(connection: Any, query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[Any] = cursor.fetchall()
        return found
