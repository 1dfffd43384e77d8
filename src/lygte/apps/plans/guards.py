"""A lock in the database itself: a finished version of a plan never changes, and goes only with its plan."""

from typing import Any

from django.db import connections, transaction

from lygte.apps.plans.models import PlanErasure, PlanText, PlanVersion

_VERSION = PlanVersion._meta.db_table
_TEXT = PlanText._meta.db_table
_ERASURE = PlanErasure._meta.db_table
_REFUSAL = "a finished plan never changes"


def install(using: str = "default", **_: Any) -> None:
    """Put the triggers in place. Safe to repeat; runs after each migration."""
    connection = connections[using]
    if not {_VERSION, _TEXT, _ERASURE} <= set(connection.introspection.table_names()):
        return
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _announced(plan_id: str) -> str:
    return f'EXISTS (SELECT 1 FROM "{_ERASURE}" WHERE plan_id = {plan_id})'  # noqa: S608 - names of our own


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    finished = f"WHEN (SELECT state FROM \"{_VERSION}\" WHERE id = {{row}}.version_id) = 'finished'"  # noqa: S608 - names of our own
    plan_of_text = f'(SELECT plan_id FROM "{_VERSION}" WHERE id = OLD.version_id)'  # noqa: S608 - names of our own
    triggers = [
        (_VERSION, "update", "WHEN OLD.state = 'finished'"),
        (_VERSION, "delete", f"WHEN OLD.state = 'finished' AND NOT {_announced('OLD.plan_id')}"),
        (_TEXT, "insert", finished.format(row="NEW")),
        (_TEXT, "update", finished.format(row="OLD")),
        (_TEXT, "delete", f"{finished.format(row='OLD')} AND NOT {_announced(plan_of_text)}"),
    ]
    return [
        statement
        for table, verb, when in triggers
        for statement in (
            f'DROP TRIGGER IF EXISTS "{table}_no_{verb}"',
            f'CREATE TRIGGER "{table}_no_{verb}" BEFORE {verb} ON "{table}" {when} {refuse}',
        )
    ]


def _postgresql() -> list[str]:
    state_of = f'SELECT state FROM "{_VERSION}" WHERE id = '  # noqa: S608 - names of our own
    plan_of_text = f'(SELECT plan_id FROM "{_VERSION}" WHERE id = OLD.version_id)'  # noqa: S608 - names of our own
    return [
        "CREATE OR REPLACE FUNCTION lygte_finished_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' AND {_announced('OLD.plan_id')} THEN RETURN OLD; END IF; "
        f"IF OLD.state = 'finished' THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        "CREATE OR REPLACE FUNCTION lygte_finished_text() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'UPDATE' AND current_setting('lygte.resealing', true) = 'on' "
        "THEN IF to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN RETURN NEW; END IF; END IF; "
        "IF TG_OP = 'DELETE' THEN "
        f"IF {_announced(plan_of_text)} THEN RETURN OLD; END IF; END IF; "
        f"IF TG_OP <> 'INSERT' AND ({state_of} OLD.version_id) = 'finished' "
        f"OR TG_OP <> 'DELETE' AND ({state_of} NEW.version_id) = 'finished' "
        f"THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        f'DROP TRIGGER IF EXISTS "{_VERSION}_finished" ON "{_VERSION}"',
        f'CREATE TRIGGER "{_VERSION}_finished" BEFORE UPDATE OR DELETE ON "{_VERSION}" '
        "FOR EACH ROW EXECUTE FUNCTION lygte_finished_version()",
        f'DROP TRIGGER IF EXISTS "{_TEXT}_finished" ON "{_TEXT}"',
        f'CREATE TRIGGER "{_TEXT}_finished" BEFORE INSERT OR UPDATE OR DELETE ON "{_TEXT}" '
        "FOR EACH ROW EXECUTE FUNCTION lygte_finished_text()",
    ]
