import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from lygte.apps.queue import selectors as read
from lygte.apps.queue import services as queue
from lygte.domain.access import system
from lygte.interfaces.cli.call import Line, keep_lines, kept_line, request_of
from lygte.interfaces.cli.main import main
from tests.world import World

LINES = [Line("havnegade", "lysborg", "e1", "s1"), Line("skovbryn", "lysborg", "e2", "s2")]


def test_what_the_simulator_sends_is_believed_by_the_service(world: World) -> None:
    place = world.here
    now = timezone.now()
    with place.scope():
        endpoint, secret = queue.create_endpoint(
            actor=system(place.municipality.pk), now=now, service=place.service, name="x", mapping={}
        )
    line = Line(place.service.slug, place.municipality.key, str(endpoint.pk), secret)
    content = {"call_id": "sim-1", "event": "ringing", "time": now.isoformat(), "number": "20 00 00 01"}
    request = request_of(line, url="http://testserver/", content=content, now=now)
    response = Client().post(
        request["url"].removeprefix("http://testserver"),
        data=request["content"],
        content_type=request["headers"].pop("Content-Type"),
        headers=request["headers"],
    )
    assert (response.status_code, response.json()) == (200, {"status": "kept"})
    with place.scope():
        assert [call.external_id for call in read.ringing(place.service.pk)] == ["sim-1"]


def test_lines_are_kept_for_their_owner_alone_and_found_by_service(tmp_path: Path) -> None:
    path = keep_lines(tmp_path / "home", LINES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept_line(tmp_path / "home", "") == LINES[0]
    assert kept_line(tmp_path / "home", "skovbryn") == LINES[1]
    assert kept_line(tmp_path / "home", "elsewhere") is None
    assert kept_line(tmp_path, "") is None


def _run(home: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, ["--home", str(home), "call", "--url", "http://127.0.0.1:9", *arguments])


def test_without_a_known_line_the_remedy_is_told(tmp_path: Path) -> None:
    outcome = _run(tmp_path, "ring")
    assert outcome.exit_code == 1
    assert "lygte serve --demo" in outcome.output


def test_a_service_that_does_not_answer_is_told_in_one_line(tmp_path: Path) -> None:
    keep_lines(tmp_path, LINES)
    outcome = _run(tmp_path, "ring")
    assert outcome.exit_code == 1
    assert "does not answer: ConnectError" in outcome.output
    assert not (tmp_path / "last-call").exists()


@pytest.mark.parametrize("act", ["answer", "hangup", "voicemail"])
def test_nothing_happens_to_a_call_before_one_has_rung(tmp_path: Path, act: str) -> None:
    keep_lines(tmp_path, LINES)
    outcome = _run(tmp_path, act)
    assert "No call has rung yet." in outcome.output
