from click.testing import CliRunner

from lygte.apps.audit import services as audit
from lygte.apps.audit.models import AuditEvent
from lygte.domain.events import Verb
from lygte.interfaces.cli.audit import audit as command
from tests.world import NOW, World


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, list(words))
    return result.exit_code, result.output


def test_a_sound_trail_is_told_so_and_its_head_printed(world: World) -> None:
    code, said = _run("seal")
    assert code == 0
    assert "lysborg: " in said
    code, said = _run("verify")
    assert code == 0
    assert said.count("as written") == 2
    assert "No noted heads" in said
    assert len(_run("head")[1].splitlines()) == 2


def test_a_row_that_somebody_put_in_is_named_and_ends_with_one(world: World) -> None:
    _run("seal")
    with world.here.scope():
        forged = AuditEvent.objects.create(at=NOW, verb="contact.read", actor_kind="user", code=b"x" * 32)
    code, said = _run("verify", "--municipality", "lysborg")
    assert code == 1
    assert f"{forged.pk}: the service did not write the event" in said
    assert _run("verify", "--municipality", "fyrnes")[0] == 0


def test_events_of_an_older_version_are_taken_in_by_hand(world: World) -> None:
    _run("seal")
    with world.here.scope():
        AuditEvent.objects.create(at=NOW, verb="contact.read", actor_kind="user")
    assert _run("verify")[0] == 1
    assert "lysborg: 1 events adopted" in _run("adopt", "--municipality", "lysborg")[1]
    assert _run("verify")[0] == 0


def test_an_unknown_municipality_is_named(world: World) -> None:
    code, said = _run("verify", "--municipality", "nowhere")
    assert code == 1
    assert "There is no municipality with the key nowhere." in said


def test_what_was_recorded_is_sealed_under_its_own_municipality(world: World) -> None:
    with world.there.scope():
        audit.record(Verb.CONTACT_READ, actor=world.there.worker, now=NOW)
    _run("seal")
    assert _run("verify")[0] == 0
