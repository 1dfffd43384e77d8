"""Which database answers: the primary, unless a replica is named, fresh, and asked for."""

import pytest
from django.test import override_settings

from lygte.apps.contacts.models import Contact
from lygte.apps.core import reading
from tests.world import World


def test_without_a_replica_the_primary_answers(world: World) -> None:
    with world.here.scope(), reading.from_replica():
        assert reading.Router().db_for_read(Contact) == "default"


@pytest.mark.parametrize("behind", [None, 16.0])
def test_a_replica_that_is_away_or_behind_is_not_asked(
    behind: float | None, world: World, monkeypatch: pytest.MonkeyPatch, settings, caplog
) -> None:
    monkeypatch.setattr(reading, "seconds_behind", lambda: behind)
    monkeypatch.setitem(settings.DATABASES, "replica", settings.DATABASES["default"])
    with override_settings(LYGTE_DATABASE_REPLICA_SECONDS=15), world.here.scope(), reading.from_replica():
        assert reading.Router().db_for_read(Contact) == "default"
    assert "the primary answers" in caplog.text


def test_nothing_is_ever_written_to_a_replica_and_no_table_is_made_there() -> None:
    token = reading._from_replica.set(True)
    try:
        router = reading.Router()
        assert router.db_for_read(Contact) == "replica"
        assert router.db_for_write(Contact) == "default"
        assert not router.allow_migrate("replica", "contacts")
        assert router.allow_migrate("default", "contacts")
    finally:
        reading._from_replica.reset(token)
