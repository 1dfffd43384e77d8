"""The database itself puts every new event in the queue for its seal, whoever writes it."""

from typing import Any

from django.db import connections, transaction

from lygte.apps.audit.models import AuditEvent, UnsealedEvent

_EVENT = AuditEvent._meta.db_table
_WAITING = UnsealedEvent._meta.db_table
_QUEUE = f'INSERT INTO "{_WAITING}" (id, municipality_id) VALUES (NEW.id, NEW.municipality_id)'  # noqa: S608 - names of our own


def install(using: str = "default", **_: Any) -> None:
    """Put the trigger in place. Safe to repeat; runs after each migration."""
    connection = connections[using]
    if not {_EVENT, _WAITING} <= set(connection.introspection.table_names()):
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for statement in _postgresql() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)


def _sqlite() -> list[str]:
    return [f'CREATE TRIGGER IF NOT EXISTS "{_EVENT}_waits" AFTER INSERT ON "{_EVENT}" BEGIN {_QUEUE}; END']


def _postgresql() -> list[str]:
    return [
        "CREATE OR REPLACE FUNCTION lygte_event_waits() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {_QUEUE}; RETURN NULL; END $$",
        f'DROP TRIGGER IF EXISTS "{_EVENT}_waits" ON "{_EVENT}"',
        f'CREATE TRIGGER "{_EVENT}_waits" AFTER INSERT ON "{_EVENT}" '
        "FOR EACH ROW EXECUTE FUNCTION lygte_event_waits()",
    ]
