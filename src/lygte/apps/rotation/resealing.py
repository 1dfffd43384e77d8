"""Fields sealed with a key that was replaced are sealed anew, a few rows at a time, while people write."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from lygte.apps.core.scope import current_municipality_id, municipality_scope
from lygte.apps.core.scoped import ScopedModel, scoped_models
from lygte.apps.crypto import keyring
from lygte.apps.crypto.fields import EncryptedTextField, Sealed, open_sealed, seal

BATCH = 200
KEY_ID = 16
Step = Callable[[int], object]


def sealed_fields() -> list[tuple[type[ScopedModel], list[EncryptedTextField]]]:
    """Return every model that has sealed fields, with them."""
    found = []
    for model in scoped_models():
        fields = [field for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
        if fields:
            found.append((model, fields))
    return found


def reseal(municipality_id: UUID, *, step: Step = lambda rows: None) -> int:
    """Go through all rows once; return how many fields were sealed anew.

    A field that somebody writes meanwhile is left as they wrote it.
    """
    changed = 0
    for model, fields in sealed_fields():
        last: UUID | None = None
        while True:
            with municipality_scope(municipality_id):
                rows = _rows_after(model, fields, last)
                changed += _reseal_batch(model, fields, rows)
            if not rows:
                break
            last = rows[-1][0]
            step(len(rows))
    return changed


def still_sealed(key_ids: Sequence[UUID]) -> int:
    """Return how many fields of the running municipality are sealed with any of these keys."""
    wanted = {key_id.bytes for key_id in key_ids}
    found = 0
    for model, fields in sealed_fields():
        names = [field.attname for field in fields]
        for row in model.objects.values_list(*names).iterator(chunk_size=2000):
            found += sum(value is not None and bytes(value[:KEY_ID]) in wanted for value in row)
    return found


def rows_in_all() -> int:
    """Return how many rows of the running municipality have sealed fields."""
    return sum(model.objects.count() for model, _ in sealed_fields())


def _rows_after(
    model: type[ScopedModel], fields: Sequence[EncryptedTextField], last: UUID | None
) -> list[tuple[Any, ...]]:
    rows = model.objects.order_by("pk")
    if last is not None:
        rows = rows.filter(pk__gt=last)
    return list(rows.values_list("pk", *[field.attname for field in fields])[:BATCH])


def _reseal_batch(
    model: type[ScopedModel], fields: Sequence[EncryptedTextField], rows: Sequence[tuple[Any, ...]]
) -> int:
    running, _ = keyring.running_key(keyring.Purpose.FIELDS)
    due: list[tuple[UUID, str, bytes, Sealed]] = []
    for pk, *values in rows:
        for field, old in zip(fields, values, strict=True):
            if isinstance(old, bytes) and old[:KEY_ID] != running.bytes:
                bound = field.bound_to(model(id=pk, municipality_id=current_municipality_id()))
                due.append((pk, field.attname, old, seal(open_sealed(old, bound_to=bound), bound_to=bound)))
    if not due:
        return 0
    with transaction.atomic(), _past_the_guards(model._meta.db_table):
        return sum(_replace(model, *one) for one in due)


def _replace(model: type[ScopedModel], pk: UUID, name: str, old: bytes, new: Sealed) -> int:
    rows = model.objects.filter(pk=pk, **{name: old})
    return int(rows.update(**{name: new}))


@contextmanager
def _past_the_guards(table: str) -> Iterator[None]:
    """Let the text of a frozen row be sealed anew: the guards that refuse any change step aside.

    On PostgreSQL they know this setting, and then still refuse any other column. SQLite has no setting that
    a trigger can read; there they are gone for this transaction, in which nobody else writes.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('lygte.resealing', 'on', true)")
            yield
            cursor.execute("SELECT set_config('lygte.resealing', '', true)")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s "
            "AND sql LIKE '%%BEFORE update%%'",
            [table],
        )
        guards = cursor.fetchall()
        for name, _ in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in guards:
            cursor.execute(sql)
