import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from django.core.exceptions import ImproperlyConfigured

from lygte.adapters import sms
from lygte.adapters.sms import FileGateway, HttpGateway, SmsFailed, SmsGateway
from tests.adapters.sms.gateway_server import SILENCE, GatewayServer

TO, TEXT, REFERENCE = "+4520000017", "Vi ringer inden kl. 20.30.", "0190-a"


@pytest.fixture
def server() -> Iterator[GatewayServer]:
    with GatewayServer() as running:
        yield running


@pytest.fixture
def http(server: GatewayServer) -> HttpGateway:
    return HttpGateway(server.url, token=server.token, sender="Akuttilbud", timeout=0.4)


@pytest.fixture(params=["file", "http"])
def any_gateway(request, tmp_path: Path, http: HttpGateway) -> SmsGateway:
    return http if request.param == "http" else FileGateway(tmp_path / "out", sender="Akuttilbud")


def test_every_gateway_answers_a_message_with_a_reference(any_gateway: SmsGateway) -> None:
    assert any_gateway.send(to=TO, text=TEXT, reference=REFERENCE)


def test_every_gateway_takes_the_same_message_once(any_gateway: SmsGateway) -> None:
    first = any_gateway.send(to=TO, text=TEXT, reference=REFERENCE)
    assert any_gateway.send(to=TO, text=TEXT, reference=REFERENCE) == first


def test_a_message_becomes_a_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    FileGateway(tmp_path / "out", sender="Akuttilbud").send(to=TO, text=TEXT, reference=REFERENCE)
    [file] = (tmp_path / "out").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert file.read_text(encoding="utf-8") == f"To: {TO}\nFrom: Akuttilbud\n\n{TEXT}\n"


@pytest.mark.parametrize("reference", ["../etc", "a/b", "", "x" * 65])
def test_a_reference_that_is_no_file_name_is_refused(tmp_path: Path, reference: str) -> None:
    with pytest.raises(SmsFailed) as failed:
        FileGateway(tmp_path, sender="A").send(to=TO, text=TEXT, reference=reference)
    assert failed.value.final


def test_a_folder_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(SmsFailed) as failed:
        FileGateway(tmp_path / "out", sender="A").send(to=TO, text=TEXT, reference=REFERENCE)
    assert not failed.value.final


def test_the_gateway_gets_number_sender_text_and_reference(server: GatewayServer, http: HttpGateway) -> None:
    assert http.send(to=TO, text=TEXT, reference=REFERENCE) == "gw-1"
    [taken] = server.messages
    assert (taken.to, taken.sender, taken.text, taken.reference) == (TO, "Akuttilbud", TEXT, REFERENCE)


@pytest.mark.parametrize(
    ("status", "final"),
    [
        (400, True),
        (404, True),
        (422, True),
        (302, True),
        (408, False),
        (429, False),
        (500, False),
        (503, False),
    ],
)
def test_a_refusal_is_final_and_a_weakness_is_not(server, http, status, final) -> None:
    server.answers.append(status)
    with pytest.raises(SmsFailed) as failed:
        http.send(to=TO, text=TEXT, reference=REFERENCE)
    assert (failed.value.problem, failed.value.final) == (f"status_{status}", final)


def test_a_wrong_token_is_final(server: GatewayServer) -> None:
    wrong = HttpGateway(server.url, token="wrong", sender="A", timeout=0.4)
    with pytest.raises(SmsFailed) as failed:
        wrong.send(to=TO, text=TEXT, reference=REFERENCE)
    assert failed.value.final
    assert server.messages == []


def test_silence_is_tried_again(server: GatewayServer, http: HttpGateway) -> None:
    server.answers.append(SILENCE)
    with pytest.raises(SmsFailed) as failed:
        http.send(to=TO, text=TEXT, reference=REFERENCE)
    assert (failed.value.problem, failed.value.final) == ("timeout", False)
    assert http.send(to=TO, text=TEXT, reference=REFERENCE) == "gw-1"


def test_a_gateway_that_is_not_there_is_tried_again() -> None:
    with GatewayServer() as gone:
        url = gone.url
    with pytest.raises(SmsFailed) as failed:
        HttpGateway(url, token="x", sender="A", timeout=0.4).send(to=TO, text=TEXT, reference=REFERENCE)
    assert (failed.value.problem, failed.value.final) == ("unreachable", False)


@pytest.mark.parametrize("status", [200, 204])
def test_an_answer_without_an_id_is_asked_again(server, http, status) -> None:
    server.answers.append(status)
    with pytest.raises(SmsFailed) as failed:
        http.send(to=TO, text=TEXT, reference=REFERENCE)
    assert (failed.value.problem, failed.value.final) == ("no_id", False)


def test_neither_number_nor_text_is_logged_or_in_a_failure(server, http, caplog) -> None:
    server.answers.extend([422, 500])
    with caplog.at_level(logging.DEBUG):
        for _ in range(2):
            with pytest.raises(SmsFailed) as failed:
                http.send(to=TO, text=TEXT, reference=REFERENCE)
            assert TO not in repr(failed.value)
        http.send(to=TO, text=TEXT, reference=REFERENCE)
    assert "20000017" not in caplog.text
    assert "ringer" not in caplog.text


def test_the_invented_gateway_refuses_what_a_real_one_would(server: GatewayServer) -> None:
    message = {"to": TO, "from": "A", "text": TEXT, "reference": REFERENCE}
    complete = {"Authorization": f"Bearer {server.token}", "Idempotency-Key": "k"}
    for headers, body in (
        ({"Authorization": "Bearer x", "Idempotency-Key": "k"}, message),
        ({"Authorization": f"Bearer {server.token}"}, message),
        (complete, {"to": TO}),
    ):
        asked = Request(server.url, data=json.dumps(body).encode(), headers=headers)  # noqa: S310
        with pytest.raises(OSError, match=r"HTTP Error 4\d\d"):
            urlopen(asked, timeout=2)  # noqa: S310
    assert server.messages == []


def test_the_settings_choose_the_gateway(settings, tmp_path: Path, server: GatewayServer) -> None:
    settings.LYGTE_SMS_GATEWAY, settings.LYGTE_OUTBOX_FOLDER = "file", str(tmp_path)
    assert isinstance(sms.gateway(), FileGateway)
    settings.LYGTE_SMS_GATEWAY = "http"
    settings.LYGTE_SMS_URL, settings.LYGTE_SMS_TOKEN = server.url, server.token
    assert sms.gateway().send(to=TO, text=TEXT, reference=REFERENCE) == "gw-1"


@pytest.mark.parametrize(
    ("kind", "url"), [("carrier-pigeon", ""), ("http", "http://sms.example/api"), ("http", "")]
)
def test_a_wrong_or_unsafe_setting_is_said_at_once(settings, kind: str, url: str) -> None:
    settings.LYGTE_SMS_GATEWAY, settings.LYGTE_SMS_URL, settings.LYGTE_SMS_TOKEN = kind, url, "x"
    with pytest.raises(ImproperlyConfigured):
        sms.gateway()
