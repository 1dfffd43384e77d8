"""Each way in which operations are told."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.test import override_settings

from lygte.adapters import alerts
from lygte.apps.watch.outlet import OutletFailed
from lygte.domain.alerts import Alert, Trouble

ALERT = Alert(Trouble.DUTY_STALLED, subject="audit.seal")


def test_the_file_gets_a_line_for_each_alert_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "alerts" / "alerts.jsonl"
    outlet = alerts.FileOutlet(path)
    outlet.tell(ALERT, over=False)
    outlet.tell(ALERT, over=True)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["state"] for line in lines] == ["open", "over"]
    assert {line["alert"] for line in lines} == {"duty_stalled"}
    assert path.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutletFailed):
        alerts.FileOutlet(tmp_path / "file" / "alerts").tell(ALERT, over=False)


class _Taker(BaseHTTPRequestHandler):
    taken: list[tuple[str, dict[str, object]]] = []
    status = 204

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.taken.append((self.headers.get("Authorization", ""), body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def test_a_web_address_gets_the_alert_and_its_refusal_is_a_failure() -> None:
    with HTTPServer(("127.0.0.1", 0), _Taker) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        outlet = alerts.WebOutlet(f"http://127.0.0.1:{server.server_port}/", token="kode")
        outlet.tell(ALERT, over=False)
        _Taker.status = 500
        with pytest.raises(OutletFailed, match="status_500"):
            outlet.tell(ALERT, over=False)
        server.shutdown()
    authorization, body = _Taker.taken[0]
    assert authorization == "Bearer kode"
    assert (body["alert"], body["subject"], body["state"]) == ("duty_stalled", "audit.seal", "open")


def test_a_program_gets_the_alert_and_none_of_our_keys(tmp_path: Path) -> None:
    program = tmp_path / "page"
    program.write_text(f"#!/bin/sh\ncat > {tmp_path}/got; env > {tmp_path}/environment\n")
    program.chmod(0o700)
    alerts.CommandOutlet(program).tell(ALERT, over=False)
    assert json.loads((tmp_path / "got").read_text())["subject"] == "audit.seal"
    assert "LYGTE_" not in (tmp_path / "environment").read_text()


def test_a_program_that_fails_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(OutletFailed, match="status_1"):
        alerts.CommandOutlet(Path("/bin/false")).tell(ALERT, over=False)
    with pytest.raises(OutletFailed, match="FileNotFoundError"):
        alerts.CommandOutlet(tmp_path / "none").tell(ALERT, over=False)


def test_people_on_call_get_a_text_without_anything_but_the_code(tmp_path: Path) -> None:
    with override_settings(
        LYGTE_ALERTS="sms", LYGTE_ALERTS_NUMBERS=["20000001"], LYGTE_OUTBOX_FOLDER=str(tmp_path)
    ):
        alerts.outlet().tell(ALERT, over=False)
    (message,) = tmp_path.glob("*.txt")
    assert message.read_text().endswith("Lygte: duty_stalled audit.seal 1\n")
