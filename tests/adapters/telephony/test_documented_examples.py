import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lygte.adapters.telephony import mapping, signature
from lygte.domain.vocab import CallEvent

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "telephony.md").read_text(
    encoding="utf-8"
)
NOW = datetime(2026, 11, 20, 18, 0, 21, tzinfo=UTC)
SECRET = "invented-secret"


def _documented(example: int) -> dict[str, Any]:
    section = TEXT.split(f"### Example {example}:")[1].split("###")[0]
    found = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert found is not None
    document: dict[str, Any] = json.loads(found[1])
    return document


def test_the_first_documented_mapping_reads_its_documented_delivery() -> None:
    rules = mapping.parse(_documented(1))
    found = re.search(r'^(\{"event": "call.answered".*?\}\}\}\})', TEXT, re.DOTALL | re.MULTILINE)
    assert found is not None
    body = found[1].encode()
    stamp = str(int(NOW.timestamp()))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Exchange-Request-Timestamp": stamp, "X-Exchange-Signature": f"v0={digest}"}
    assert signature.check(rules.signature, secret=SECRET, headers=headers, body=body, now=NOW)
    told = mapping.announcement(rules, mapping.read_body(rules, body))
    assert told == mapping.Announcement("c-77", CallEvent.ANSWERED, "+4520000001", NOW, "anna")


def test_the_second_documented_mapping_reads_a_signed_form() -> None:
    rules = mapping.parse(_documented(2))
    body = b"event_id=e1&state=Up&uniqueid=1.4&callerid=%2B4520000001&epoch=1795197621&peer=SIP/204"
    headers = {"X-Signature": "sha1=" + hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()}
    signed = signature.check(rules.signature, secret=SECRET, headers=headers, body=body, now=NOW)
    content = mapping.read_body(rules, body)
    told = mapping.announcement(rules, content)
    assert told is not None
    assert (told.external_id, told.event, told.agent) == ("1.4", CallEvent.ANSWERED, "anna")
    assert signature.delivery_id(rules.signature, headers=headers, content=content, signature=signed) == "e1"


@pytest.mark.parametrize("fault", list(signature.Fault))
def test_every_reason_for_disbelief_is_documented(fault: signature.Fault) -> None:
    assert f"`{fault.value}`" in TEXT
