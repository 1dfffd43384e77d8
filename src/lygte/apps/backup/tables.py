"""Which tables a backup holds, with their columns as they are in the database."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from lygte.apps.backup.problems import BackupProblem

# Not in a backup: what a fresh installation makes by itself, and what signing in makes anew.
LEFT_OUT = {
    "django_migrations": "told by the copy itself",
    "django_content_type": "made by migrating",
    "auth_permission": "made by migrating",
    "auth_group": "not used",
    "auth_group_permissions": "not used",
    "django_session": "made by signing in",
    "lygte_cache": "made by use",
    "lygte_restore": "the notes of a restore",
    "lygte_restored": "the notes of a restore",
}
SCOPE = "municipality_id"
_FIELD_KINDS: tuple[tuple[type[Any], str], ...] = (
    (models.UUIDField, "uuid"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.TimeField, "time"),
    (models.BooleanField, "bool"),
    (models.JSONField, "json"),
    (models.BinaryField, "bytes"),
    (models.IntegerField, "int"),
    (models.CharField, "text"),
    (models.TextField, "text"),
)
_TYPE_KINDS = (
    ("uuid", "uuid"),
    ("char(32)", "uuid"),
    ("timestamp", "datetime"),
    ("datetime", "datetime"),
    ("date", "date"),
    ("time", "time"),
    ("bool", "bool"),
    ("jsonb", "json"),
    ("bytea", "bytes"),
    ("blob", "bytes"),
    ("int", "int"),
    ("smallint", "int"),
    ("bigint", "int"),
    ("varchar", "text"),
    ("character", "text"),
    ("text", "text"),
)


def is_copied(name: str) -> bool:
    """Return whether a table belongs in a copy; those of SQLite itself do not."""
    return name not in LEFT_OUT and not name.startswith("sqlite_")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns, the key first, each with the kind of its values."""

    name: str
    columns: tuple[tuple[str, str], ...]
    scoped: bool  # its rows are seen from inside their municipality only

    @property
    def key(self) -> str:
        return self.columns[0][0]

    @property
    def kinds(self) -> list[str]:
        return [kind for _, kind in self.columns]


def table(name: str, *, key: str, types: dict[str, str]) -> Table:
    """Return a table from what the database says of its columns and what the models say of their kinds."""
    known = _fields(name)
    kinds = {
        column: kind_of_field(known[column]) if column in known else kind_of_type(name, column, declared)
        for column, declared in types.items()
    }
    others = [(column, kinds[column]) for column in sorted(kinds) if column != key]
    scoped = name in _scoped_tables() or (not known and SCOPE in kinds)
    return Table(name, ((key, kinds[key]), *others), scoped)


def kind_of_field(field: Any) -> str:
    """Return the kind of a field's values; a reference has that of the key it refers to."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    for base, kind in _FIELD_KINDS:
        if isinstance(field, base):
            return kind
    raise BackupProblem(f"{field}: a backup knows no such kind of column. Add it to lygte.apps.backup.lines.")


def kind_of_type(name: str, column: str, declared: str) -> str:
    """Return the kind of a column that this version does not know, for instance after a rollback."""
    for prefix, kind in _TYPE_KINDS:
        if declared.lower().startswith(prefix):
            return kind
    raise BackupProblem(
        f"{name}.{column} is {declared!r}, which this version cannot copy. Use the newest version."
    )


def _fields(name: str) -> dict[str, Any]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == name:
            return {str(field.column): field for field in model._meta.concrete_fields}
    return {}


def _scoped_tables() -> set[str]:
    from lygte.apps.core.scoped import scoped_models

    return {model._meta.db_table for model in scoped_models()}
