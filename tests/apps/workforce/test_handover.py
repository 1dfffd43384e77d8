from datetime import timedelta

import pytest

from lygte.apps.audit import selectors as audit
from lygte.apps.core.refusals import InvalidField
from lygte.apps.core.saving import FieldEdit, SaveResult, token
from lygte.apps.workforce import selectors as read
from lygte.apps.workforce import services as workforce
from lygte.apps.workforce.models import HandoverNote
from lygte.domain.access import AccessDenied
from lygte.domain.time import shift_end
from lygte.domain.vocab import Role
from tests.world import NOW, World


def _write(
    world: World, text: str, *, base: str | None = "", role: Role = Role.WORKER, hours: int = 0
) -> SaveResult:
    edit = FieldEdit(text, None if base is None else token(base))
    now = NOW + timedelta(hours=hours)
    return workforce.write_handover(
        actor=world.here.actor(role), now=now, service=world.here.service, text=edit
    )


def test_there_is_one_text_per_shift(world: World) -> None:
    with world.here.scope():
        _write(world, "Te i termokanden")
        _write(world, "Te i termokanden. Nøglen hænger.", base="Te i termokanden", role=Role.LEADER, hours=1)
        assert read.handover_text(world.here.service.pk, shift_end(NOW)) == "Te i termokanden. Nøglen hænger."
        assert HandoverNote.objects.count() == 1


def test_a_text_typed_over_anothers_is_not_saved_and_shows_what_the_other_wrote(world: World) -> None:
    with world.here.scope():
        _write(world, "Fra den første", role=Role.LEADER)
        result = _write(world, "Fra den anden")
        assert result.saved == {}
        assert result.conflicts["text"].theirs == "Fra den første"
        assert result.conflicts["text"].by == world.here.users[Role.LEADER].name
        assert read.handover_text(world.here.service.pk, shift_end(NOW)) == "Fra den første"


def test_two_who_write_the_same_do_not_disagree(world: World) -> None:
    with world.here.scope():
        _write(world, "Det samme")
        assert _write(world, "Det samme", role=Role.LEADER).conflicts == {}
        assert HandoverNote.objects.get().written_by_id == world.here.worker.id


def test_the_next_shift_reads_the_note_of_the_one_before(world: World) -> None:
    with world.here.scope():
        _write(world, "Fra aftenen")
        _write(world, "Fra natten", hours=5)
        notes = read.notes_to_read(world.here.service.pk, NOW + timedelta(hours=5))
        assert [note.text for note in notes] == ["Fra natten", "Fra aftenen"]


def test_an_emptied_text_is_gone(world: World) -> None:
    with world.here.scope():
        _write(world, "Fejl")
        _write(world, "", base="Fejl")
        assert read.notes_to_read(world.here.service.pk, NOW) == []


def test_a_text_that_is_far_too_long_is_refused(world: World) -> None:
    with world.here.scope(), pytest.raises(InvalidField):
        _write(world, "x" * 4001)


def test_the_words_of_the_note_are_neither_in_the_audit_nor_readable_in_the_database(world: World) -> None:
    with world.here.scope():
        _write(world, "Hemmelig besked")
        details = str([event.detail for event in audit.events_between(NOW, NOW + timedelta(minutes=1))])
        stored = HandoverNote.objects.values_list("text", flat=True).get()
    assert "Hemmelig" not in details
    assert b"Hemmelig" not in bytes(stored)


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.ADMINISTRATOR])
def test_only_those_who_work_in_the_service_write_the_note(world: World, role: Role) -> None:
    with world.here.scope(), pytest.raises(AccessDenied):
        _write(world, "x", role=role)
