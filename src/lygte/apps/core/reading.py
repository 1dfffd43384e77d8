"""Reading from a replica: for pages that count a whole month and may be some seconds behind.

What is written, and every reading of a person, stays on the primary database. Without a replica, or when it
is too far behind or away, the primary answers.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseProblem
from django.db import connections, transaction

from lygte.apps.core.scope import current_municipality_id

log = logging.getLogger("lygte.database")
REPLICA = "replica"
_from_replica: ContextVar[bool] = ContextVar("from_replica", default=False)
_BEHIND = (
    "SELECT CASE WHEN pg_is_in_recovery() "
    "THEN EXTRACT(EPOCH FROM clock_timestamp() - pg_last_xact_replay_timestamp()) ELSE 0 END"
)


class Router:
    """Send reads to the replica while `from_replica` is open; everything else to the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return REPLICA if _from_replica.get() else "default"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "default"


@contextmanager
def from_replica() -> Iterator[None]:
    """Let the queries inside go to the replica, in the running municipality, when it is fresh enough.

    The duties write every two seconds, so the age of the last transaction that the replica replayed is its
    delay, give or take these two seconds; it also grows when nothing arrives any more.
    """
    if REPLICA not in settings.DATABASES or not _fresh():
        yield
        return
    with transaction.atomic(using=REPLICA):
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(
                "SELECT set_config('lygte.municipality', %s, true)", [str(current_municipality_id())]
            )
        token = _from_replica.set(True)
        try:
            yield
        finally:
            _from_replica.reset(token)


def _fresh() -> bool:
    behind = seconds_behind()
    if behind is None or behind > settings.LYGTE_DATABASE_REPLICA_SECONDS:
        log.warning("the replica is %s; the primary answers", "away" if behind is None else "behind")
        return False
    return True


def seconds_behind() -> float | None:
    """Return how far the replica is behind; None when it cannot be asked."""
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(_BEHIND)
            behind = cursor.fetchone()[0]
            return None if behind is None else float(behind)
    except DatabaseProblem:
        with suppress(DatabaseProblem):
            connections[REPLICA].close()
        return None
