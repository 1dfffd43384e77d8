"""Locks in the database itself: row level security, and tables that only grow."""

from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.models import Model

from lygte.apps.core.scoped import scoped_models

APPEND_ONLY = ("audit.AuditEvent", "audit.Seal", "privacy.Receipt")
_SETTING = "NULLIF(current_setting('lygte.municipality', true), '')::uuid"


def install(using: str = "default", **_: Any) -> None:
    """Put every guard in place. Safe to repeat; runs after each migration."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    models = [model for model in scoped_models() if model._meta.db_table in tables]
    growing = [apps.get_model(label) for label in APPEND_ONLY]
    growing = [model for model in growing if model._meta.db_table in tables]
    changes = [row_security(model) for model in models] if connection.vendor == "postgresql" else []
    changes += [append_only(model, connection.vendor) for model in growing]
    for statements in changes:
        # As one: while people write there is no moment at which a table has no policy or no guard.
        with transaction.atomic(using=using), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def row_security(model: type[Model]) -> list[str]:
    """Return the PostgreSQL statements that show and accept rows of the running municipality only."""
    table = model._meta.db_table
    own = f"municipality_id = (SELECT {_SETTING})"
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS municipality ON "{table}"',
        f'CREATE POLICY municipality ON "{table}" USING ({own}) WITH CHECK ({own})',
    ]


def append_only(model: type[Model], vendor: str) -> list[str]:
    """Return the statements that make a table refuse changes and deletions."""
    table = model._meta.db_table
    if vendor == "postgresql":
        return _append_only_postgresql(table)
    return [
        f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{verb}" BEFORE {verb} ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        for verb in ("update", "delete")
    ]


def _append_only_postgresql(table: str) -> list[str]:
    return [
        "CREATE OR REPLACE FUNCTION lygte_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$",
        f'DROP TRIGGER IF EXISTS "{table}_only_grows" ON "{table}"',
        f'CREATE TRIGGER "{table}_only_grows" BEFORE UPDATE OR DELETE ON "{table}" '
        "FOR EACH ROW EXECUTE FUNCTION lygte_only_grows()",
    ]
