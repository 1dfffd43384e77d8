from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from lygte.apps.audit import sealing
from lygte.apps.core.scope import municipality_scope
from lygte.apps.jobs.duties import Duty
from lygte.apps.tenancy import selectors as tenancy

DAY = 24 * 60 * 60
SAMPLED_ROWS = 1000


def refresh_statistics(now: datetime) -> None:
    """Let SQLite look at its tables, so that it chooses the right index. PostgreSQL does so by itself."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit={SAMPLED_ROWS}")
        cursor.execute("ANALYZE")


def forget_ended_sessions(now: datetime) -> None:
    """Remove sessions that have run out."""
    SessionStore.clear_expired()


def seal_events(now: datetime) -> None:
    """Close the audit events that wait into the chain of their municipality."""
    for municipality in tenancy.municipalities():
        with municipality_scope(municipality.pk):
            sealing.seal_waiting(now=now)


DUTIES = [
    Duty("audit.seal", 10, seal_events, scoped=False),
    Duty("jobs.statistics", DAY, refresh_statistics, scoped=False),
    Duty("jobs.ended_sessions", DAY, forget_ended_sessions, scoped=False),
]
