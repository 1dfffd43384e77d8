"""The trail is closed into a chain, and whatever is not as it was written is named."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from drills import tampering
from lygte.apps.audit import anchors, sealing, selectors
from lygte.apps.audit import services as audit
from lygte.apps.audit.models import AuditEvent, Seal, UnsealedEvent
from lygte.apps.audit.verifying import Finding, Kind, verify
from lygte.apps.core.scope import municipality_scope
from lygte.apps.jobs import tasks as jobs
from lygte.domain.events import Verb
from lygte.domain.vocab import Role
from tests.world import NOW, World


def _write(world: World, times: int = 1) -> None:
    for number in range(times):
        audit.record(
            Verb.CONTACT_READ,
            actor=world.here.worker,
            now=NOW + timedelta(seconds=number),
            detail={"n": number, "fields": ("a", "b"), 7: True},
        )


def test_an_untouched_trail_is_as_it_was_written_before_and_after_sealing(world: World) -> None:
    with world.here.scope():
        _write(world, 5)
        before = verify()
        assert (before.sound, before.seals, before.waiting) == (True, 0, before.events)
        assert sealing.seal_waiting(now=NOW, most=4) == before.events
        after = verify()
        assert (after.sound, after.events, after.waiting) == (True, before.events, 0)
        assert after.seals == -(-before.events // 4)
        _write(world)
        assert (verify().waiting, verify().sound) == (1, True)


def test_every_municipality_has_a_chain_of_its_own(world: World) -> None:
    jobs.seal_events(NOW)
    for place in (world.here, world.there):
        with place.scope():
            head = selectors.head()
            assert head is not None and head.municipality_id == place.municipality.pk
            assert verify().sound
            assert Seal.objects.filter(number=1).count() == 1


def test_sealing_again_changes_nothing(world: World) -> None:
    with world.here.scope():
        _write(world)
        sealing.seal_waiting(now=NOW)
        head = selectors.head()
        assert sealing.seal_waiting(now=NOW) == 0
        assert selectors.head() == head
        assert selectors.waiting_since() is None


def test_an_event_of_an_act_that_was_undone_leaves_nothing_waiting(world: World) -> None:
    with world.here.scope():
        waiting = UnsealedEvent.objects.count()
        with pytest.raises(RuntimeError), transaction.atomic():
            _write(world)
            raise RuntimeError
        assert UnsealedEvent.objects.count() == waiting
        assert verify().sound


def test_a_forged_event_that_waits_is_never_sealed(world: World) -> None:
    with world.here.scope():
        sealing.seal_waiting(now=NOW)
        forged = AuditEvent.objects.create(at=NOW, verb="contact.read", actor_kind="user", code=bytes(32))
        _write(world)
        assert sealing.seal_waiting(now=NOW) == 1
        assert verify().findings == [Finding(Kind.EVENT_FORGED, str(forged.pk))]


def test_events_from_before_the_chain_are_taken_in_once_and_later_ones_are_asked_about(world: World) -> None:
    def old() -> AuditEvent:
        return AuditEvent.objects.create(at=NOW, verb="contact.read", actor_kind="user", detail={"a": 1})

    with world.here.scope():
        old()
        sealing.seal_waiting(now=NOW)
        assert verify().sound
        late = old()
        sealing.seal_waiting(now=NOW)
        assert verify().findings == [Finding(Kind.EVENT_UNCODED, str(late.pk))]
        assert sealing.adopt(now=NOW) == 1
        assert verify().sound
        assert sealing.adopt(now=NOW) == 0


def test_a_clock_that_went_back_is_told_of_and_the_chain_holds(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with world.here.scope():
        sealing.seal_waiting(now=NOW)
        _write(world)
        sealing.seal_waiting(now=NOW - timedelta(seconds=5))
        assert "clock" not in caplog.text
        _write(world)
        sealing.seal_waiting(now=NOW - timedelta(hours=2))
        assert "the clock is 7195 seconds before the last seal" in caplog.text
        _write(world)
        sealing.seal_waiting(now=NOW + timedelta(days=400))
        assert verify().sound


def test_seals_only_grow(world: World) -> None:
    with world.here.scope():
        sealing.seal_waiting(now=NOW)
        for act in (Seal.objects.all().delete, lambda: Seal.objects.update(number=9)):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()


def test_a_noted_head_outlives_a_chain_that_is_put_back_to_an_older_state(
    world: World, tmp_path: Path, settings: object
) -> None:
    file = tmp_path / "deep" / "anchors"
    settings.LYGTE_AUDIT_ANCHORS = str(file)  # type: ignore[attr-defined]
    with world.here.scope():
        head = anchors.Head(world.here.municipality.pk, 7, b"\x01" * 32)
        anchors.note(head, now=NOW)
        with file.open("a", encoding="utf-8") as torn:
            torn.write('{"at": "2026-')
        assert anchors.heads_in(file) == [head]
        sealing.seal_waiting(now=NOW)
        assert verify(heads=anchors.heads_in(file)).findings == [Finding(Kind.CHAIN_CUT, "7")]
    with world.there.scope():
        assert verify(heads=anchors.heads_in(file)).sound


@pytest.mark.django_db(transaction=True)
def test_the_head_is_noted_when_the_seal_is_stored(tmp_path: Path, settings: object) -> None:
    from tests.world import make_place

    file = tmp_path / "anchors"
    settings.LYGTE_AUDIT_ANCHORS = str(file)  # type: ignore[attr-defined]
    place = make_place("lysborg")
    with municipality_scope(place.municipality.pk):
        audit.record(Verb.CONTACT_READ, actor=place.actor(Role.WORKER), now=NOW)
        sealing.seal_waiting(now=NOW)
        expected = selectors.head()
    assert anchors.heads_in(file)[-1] == expected


def test_random_tampering_is_found_and_the_row_named(db: None) -> None:
    tried, missed = tampering.run(tampering.prepare(), count=250, seed=7)
    assert missed == []
    assert len(tried) > 20
