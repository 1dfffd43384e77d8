import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from lygte.adapters.telephony import mapping
from lygte.adapters.telephony.signature import Delivery, Fault, NotBelieved, check, delivery_id, sign

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SECRET = "invented-secret"
BODY = b'{"call_id": "a1"}'
STANDARD = mapping.SignatureRule()


def _headers(
    rule: mapping.SignatureRule = STANDARD, *, at: datetime = NOW, delivery: str = "d1", body: bytes = BODY
) -> dict[str, str]:
    parts = Delivery(str(int(at.timestamp())), delivery, body)
    return {
        rule.header: sign(rule, secret=SECRET, delivery=parts),
        rule.timestamp_header: parts.timestamp,
        rule.delivery_header: parts.delivery,
    }


def _fault(headers: dict[str, str], *, body: bytes = BODY, rule: mapping.SignatureRule = STANDARD) -> Fault:
    with pytest.raises(NotBelieved) as refused:
        check(rule, secret=SECRET, headers=headers, body=body, now=NOW)
    return refused.value.fault


def test_the_signature_covers_time_delivery_and_body_as_documented() -> None:
    digest = hmac.new(SECRET.encode(), b"1.d1." + BODY, hashlib.sha256).hexdigest()
    assert sign(STANDARD, secret=SECRET, delivery=Delivery("1", "d1", BODY)) == f"sha256={digest}"


def test_a_signed_fresh_delivery_is_believed() -> None:
    headers = _headers()
    assert check(STANDARD, secret=SECRET, headers=headers, body=BODY, now=NOW) == headers[STANDARD.header]


@pytest.mark.parametrize("header", [STANDARD.timestamp_header, STANDARD.delivery_header])
def test_a_changed_signed_header_is_not_believed(header: str) -> None:
    assert _fault(_headers() | {header: "1763661600"}) is Fault.SIGNATURE_WRONG


def test_a_changed_body_is_not_believed() -> None:
    assert _fault(_headers(), body=BODY + b" ") is Fault.SIGNATURE_WRONG


def test_a_delivery_without_signature_or_time_is_not_believed() -> None:
    without = _headers()
    del without[STANDARD.timestamp_header]
    assert _fault({}) is Fault.SIGNATURE_MISSING
    assert _fault(without) is Fault.TIMESTAMP_MISSING


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_delivery_older_or_newer_than_five_minutes_is_not_believed(minutes: int) -> None:
    assert _fault(_headers(at=NOW + timedelta(minutes=minutes))) is Fault.TIMESTAMP_OUTSIDE


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_delivery_five_minutes_off_is_still_believed(minutes: int) -> None:
    headers = _headers(at=NOW + timedelta(minutes=minutes))
    assert check(STANDARD, secret=SECRET, headers=headers, body=BODY, now=NOW)


def test_a_timestamp_that_is_no_time_is_outside() -> None:
    parts = Delivery("soon", "d1", BODY)
    headers = {
        STANDARD.header: sign(STANDARD, secret=SECRET, delivery=parts),
        STANDARD.timestamp_header: "soon",
        STANDARD.delivery_header: "d1",
    }
    assert _fault(headers) is Fault.TIMESTAMP_OUTSIDE


def test_a_vendor_may_sign_with_sha1_in_base64_over_its_own_text() -> None:
    rule = mapping.parse(
        {
            "signature": {
                "header": "X-V",
                "algorithm": "sha1",
                "encoding": "base64",
                "prefix": "",
                "message": "v0:{timestamp}:{body}",
            }
        }
    ).signature
    headers = _headers(rule)
    assert len(headers["X-V"]) == 28
    assert check(rule, secret=SECRET, headers=headers, body=BODY, now=NOW) == headers["X-V"]


def test_only_a_signed_delivery_id_counts() -> None:
    rule = mapping.parse({"signature": {"message": "{timestamp}.{body}"}}).signature
    first = delivery_id(rule, headers={"X-Lygte-Delivery": "one"}, content={}, signature="s")
    second = delivery_id(rule, headers={"X-Lygte-Delivery": "two"}, content={}, signature="s")
    assert first == second


def test_a_delivery_id_is_taken_from_header_or_body_and_must_be_there() -> None:
    in_body = mapping.parse({"signature": {"message": "{body}", "delivery": "meta.id"}}).signature
    assert delivery_id(STANDARD, headers={"X-Lygte-Delivery": "d1"}, content={}, signature="s") == "d1"
    assert delivery_id(in_body, headers={}, content={"meta": {"id": 9}}, signature="s") == "9"
    for rule in (STANDARD, in_body):
        with pytest.raises(NotBelieved):
            delivery_id(rule, headers={}, content={}, signature="s")
