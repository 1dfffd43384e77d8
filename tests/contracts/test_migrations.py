"""Every migration since the first release can run while the release before it answers and writes.

The old program inserts rows without the new columns and reads rows as it knows them; nobody may wait long
for a table; and the way back is the old program on the new tables.
"""

from collections.abc import Iterator

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.models.fields import NOT_PROVIDED

FIRST_RELEASE = frozenset(
    {
        *("accounts.0001_initial", "audit.0001_initial", "contacts.0001_initial", "contacts.0002_initial"),
        *("core.0001_initial", "crypto.0001_initial", "jobs.0001_initial", "outbox.0001_initial"),
        *("people.0001_initial", "plans.0001_initial", "promises.0001_initial", "queue.0001_initial"),
        *("tenancy.0001_initial", "workforce.0001_initial"),
    }
)
# Alterations that touch no row and no constraint, and why.
HARMLESS = {
    ("crypto.0002_audit_chain", "datakey.purpose"): "one more choice; the column stays as it is",
    ("crypto.0003_rotation", "datakey.purpose"): "two more choices; the column stays as it is",
}
NEVER = (
    migrations.DeleteModel,
    migrations.RemoveField,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
    migrations.RemoveConstraint,
)


def later_migrations() -> dict[str, Migration]:
    """Return our own migrations since the first release by name."""
    found = MigrationLoader(None).disk_migrations.values()
    own = {f"{one.app_label}.{one.name}": one for one in found if type(one).__module__.startswith("lygte.")}
    assert own.keys() >= FIRST_RELEASE
    return {name: one for name, one in sorted(own.items()) if name not in FIRST_RELEASE}


def faults(name: str, migration: Migration) -> Iterator[str]:
    """Yield every operation that an older program, or somebody who waits, would notice."""
    made = {one.name_lower for one in migration.operations if isinstance(one, migrations.CreateModel)}
    for operation in _flat(migration.operations):
        if getattr(operation, "model_name_lower", "") in made:
            continue  # nobody else knows the table yet
        fault = _fault(name, operation)
        if fault:
            yield f"{name}: {fault}"


def _flat(operations: list[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from _flat(operation.database_operations)
        else:
            yield operation


def _fault(name: str, operation: Operation) -> str:
    if isinstance(operation, NEVER):
        return f"{type(operation).__name__}: the release before still uses it"
    if isinstance(operation, migrations.AddField) and _needed(operation.field):
        return (
            f"{operation.model_name}.{operation.name} needs db_default or null: who writes without it fails"
        )
    if isinstance(operation, migrations.AlterField):
        place = f"{operation.model_name_lower}.{operation.name_lower}"
        return "" if (name, place) in HARMLESS else f"{place} is altered: say in HARMLESS why it may be"
    if isinstance(operation, migrations.AddIndex) and "Concurrently" not in type(operation).__name__:
        return f"{operation.index.name} locks its table while it is built: AddIndexConcurrently"
    if isinstance(operation, migrations.AddConstraint):
        return f"{operation.constraint.name} looks at every row while nobody may write"
    return ""


def _needed(field: models.Field) -> bool:  # type: ignore[type-arg]
    return not (field.many_to_many or field.null or field.db_default is not NOT_PROVIDED)


def test_every_migration_since_the_first_release_can_run_under_the_release_before() -> None:
    assert [fault for name, one in later_migrations().items() for fault in faults(name, one)] == []


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (migrations.RemoveField("contact", "channel"), "RemoveField"),
        (migrations.RenameModel("Contact", "Talk"), "RenameModel"),
        (migrations.AddField("contact", "mood", models.CharField(max_length=9, default="")), "db_default"),
        (migrations.AddField("contact", "mood", models.CharField(max_length=9, db_default="")), ""),
        (migrations.AddField("contact", "mood", models.CharField(max_length=9, null=True)), ""),
        (migrations.AlterField("contact", "channel", models.CharField(max_length=2)), "HARMLESS"),
        (migrations.AddIndex("contact", models.Index(fields=["channel"], name="slow")), "locks its table"),
        (
            migrations.AddConstraint("contact", models.UniqueConstraint(fields=["channel"], name="one")),
            "looks at every row",
        ),
    ],
)
def test_the_check_sees_what_must_not_be(operation: Operation, said: str) -> None:
    migration = type("Migration", (Migration,), {"operations": [operation]})("0009_bad", "contacts")
    found = list(faults("contacts.0009_bad", migration))
    assert len(found) == bool(said)
    assert said in " ".join(found)


def test_what_is_done_to_a_new_table_is_free() -> None:
    operations = [
        migrations.CreateModel("Mood", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddIndex("mood", models.Index(fields=["id"], name="quick")),
    ]
    migration = type("Migration", (Migration,), {"operations": operations})("0009_new", "contacts")
    assert list(faults("contacts.0009_new", migration)) == []
