from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from lygte.apps.jobs.duties import Duty

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


DUTIES = [
    Duty("jobs.statistics", DAY, refresh_statistics, scoped=False),
    Duty("jobs.ended_sessions", DAY, forget_ended_sessions, scoped=False),
]
