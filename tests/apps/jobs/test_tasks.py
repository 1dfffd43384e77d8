from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from lygte.apps.jobs import tasks
from tests.world import NOW

pytestmark = pytest.mark.django_db


def test_the_statistics_of_the_database_are_refreshed() -> None:
    tasks.refresh_statistics(NOW)
    if connection.vendor == "sqlite":
        assert _has_statistics()
    assert "jobs.statistics" in {duty.name for duty in tasks.DUTIES}


def _has_statistics() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
        return bool(cursor.fetchone()[0])


def test_sessions_that_ran_out_are_removed_and_running_ones_kept() -> None:
    now = timezone.now()
    Session.objects.create(session_key="old", session_data="x", expire_date=now - timedelta(minutes=1))
    Session.objects.create(session_key="new", session_data="x", expire_date=now + timedelta(hours=1))
    tasks.forget_ended_sessions(now)
    assert set(Session.objects.values_list("session_key", flat=True)) == {"new"}
