"""The municipality in whose rooms the running code works. A query outside a scope is refused."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

_current: ContextVar[UUID | None] = ContextVar("municipality", default=None)


class ScopeMissing(RuntimeError):
    """A scoped query was made outside any municipality."""


def current_municipality_id() -> UUID:
    """Return the municipality of the running scope, or raise `ScopeMissing`."""
    municipality_id = _current.get()
    if municipality_id is None:
        raise ScopeMissing("a scoped query needs `with municipality_scope(...)`")
    return municipality_id


def scope_or_none() -> UUID | None:
    """Return the municipality of the running scope, if there is one."""
    return _current.get()


@contextmanager
def municipality_scope(municipality_id: UUID) -> Iterator[None]:
    """Open the rooms of one municipality.

    On PostgreSQL the scope is also told to the database, for the running transaction only, so that row level
    security is a second lock. Hence the scope is a transaction there.
    """
    outer = _current.get()
    with _database_scope():
        token = _current.set(municipality_id)
        try:
            _tell_database(municipality_id)
            yield
        finally:
            _current.reset(token)
            _tell_database(outer)


def _database_scope() -> AbstractContextManager[object]:
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()


def _tell_database(municipality_id: UUID | None) -> None:
    if connection.vendor != "postgresql" or connection.needs_rollback:
        return
    with connection.cursor() as cursor:
        value = str(municipality_id) if municipality_id else ""
        cursor.execute("SELECT set_config('lygte.municipality', %s, true)", [value])
