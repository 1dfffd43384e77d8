"""The role that runs the service owns nothing: it can work, and it cannot take a lock off.

SQLite knows no roles; there the same file holds data and locks, and what the locks refuse is tried instead.
"""

from collections.abc import Iterable
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from lygte.apps.audit.models import AuditEvent, Seal
from lygte.apps.audit.sealing import seal_waiting
from tests.world import NOW, World

EVENTS, SEALS = AuditEvent._meta.db_table, Seal._meta.db_table
EVERYWHERE = [
    f"UPDATE {EVENTS} SET verb = 'nothing'",  # noqa: S608 - names of our own
    f"DELETE FROM {EVENTS}",  # noqa: S608
    f"DELETE FROM {SEALS}",  # noqa: S608
]
OF_THE_OWNER = [
    f"TRUNCATE {EVENTS} CASCADE",
    f"ALTER TABLE {EVENTS} DISABLE TRIGGER ALL",
    f"ALTER TABLE {EVENTS} NO FORCE ROW LEVEL SECURITY",
    f"ALTER TABLE {EVENTS} DISABLE ROW LEVEL SECURITY",
    f"DROP POLICY municipality ON {EVENTS}",
    f"CREATE POLICY everybody ON {EVENTS} USING (true)",
    f"DROP TABLE {SEALS}",
    "CREATE TABLE mine (id int)",
    "DROP FUNCTION lygte_only_grows() CASCADE",
    "SET ROLE lygte_owner",
    "ALTER ROLE lygte_app BYPASSRLS",
    "SET session_replication_role = 'replica'",
]


@pytest.fixture
def running_role(world: World) -> World:
    """The rest of the test runs as the service does: as a role with rights to rows and to nothing else."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("GRANT USAGE ON SCHEMA public TO lygte_app")
            cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO lygte_app")
            cursor.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO lygte_app")
            cursor.execute("SET LOCAL ROLE lygte_app")
    return world


def test_somebody_can_work_a_contact_through_and_see_the_board(running_role: World) -> None:
    place = running_role.here
    client, contact = place.client(), uuid4()
    made = client.post(
        f"/tilbud/{place.service.slug}/henvendelser/ny/", {"channel": "phone", "contact": str(contact)}
    )
    burst = {"client": str(uuid4()), "seq": 1, "fields": {"own_words": {"value": "Alt er opdigtet"}}}
    saved = client.patch(f"/henvendelse/{contact}/gem/", burst, content_type="application/json")
    board = client.get(reverse("staff:board", args=[place.service.slug]))
    assert (made.status_code, saved.status_code, board.status_code) == (302, 200, 200)
    assert list(saved.json()["saved"]) == ["own_words"]


def test_rows_of_another_municipality_stay_out_of_reach(running_role: World) -> None:
    with running_role.there.scope():
        there = set(AuditEvent.objects.values_list("pk", flat=True))
    with running_role.here.scope():
        seen = {row.pk for row in _rows_without_the_first_lock()}
    assert there
    assert not there & seen


def _rows_without_the_first_lock() -> Iterable[AuditEvent]:
    """Every event that the database gives; SQLite has no lock of its own for that."""
    rows: Iterable[AuditEvent] = AuditEvent.objects.all()
    if connection.vendor == "postgresql":
        rows = AuditEvent.objects.raw(f"SELECT * FROM {EVENTS}")  # noqa: S608
    return rows


@pytest.mark.parametrize("statement", EVERYWHERE)
def test_no_event_and_no_seal_is_changed_or_removed(statement: str, running_role: World) -> None:
    with running_role.here.scope():
        seal_waiting(now=NOW)
    with running_role.here.scope(), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(statement)


def test_nothing_that_belongs_to_the_owner_can_be_done(running_role: World) -> None:
    with running_role.here.scope():
        seal_waiting(now=NOW)
    statements = OF_THE_OWNER if connection.vendor == "postgresql" else EVERYWHERE
    assert [statement for statement in statements if not _refused(statement)] == []


def _refused(statement: str) -> bool:
    try:
        with transaction.atomic():
            connection.cursor().execute(statement)
    except DatabaseError:
        return True
    return False
