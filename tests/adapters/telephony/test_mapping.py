import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lygte.adapters.telephony import mapping
from lygte.domain.vocab import CallEvent

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def _told(document: dict[str, Any], body: str) -> mapping.Announcement | None:
    rules = mapping.parse(document)
    return mapping.announcement(rules, mapping.read_body(rules, body.encode()))


def test_our_own_format_needs_no_mapping() -> None:
    body = {"call_id": "a1", "event": "ringing", "number": "20 00 00 01", "time": "2026-11-20T19:00:00+01:00"}
    assert _told({}, json.dumps(body)) == mapping.Announcement("a1", CallEvent.RINGING, "20 00 00 01", AT, "")


def test_nested_json_is_read_by_dotted_paths_and_the_first_path_that_leads_somewhere() -> None:
    document = {
        "call_id": "payload.object.call_id",
        "number": "payload.object.caller.phone_number",
        "time": ["payload.object.answer_start_time", "payload.object.ringing_start_time"],
        "event": "event",
        "events": {"phone.callee_ringing": "ringing", "phone.callee_answered": "answered"},
        "agent": "payload.object.callee.user_id",
        "agents": {"u-17": "lysborg-worker"},
    }
    body = {
        "event": "phone.callee_answered",
        "payload": {
            "object": {
                "call_id": 77,
                "caller": {"phone_number": "+4520000001"},
                "ringing_start_time": "2026-11-20T17:59:00Z",
                "answer_start_time": "2026-11-20T18:00:00Z",
                "callee": {"user_id": "u-17"},
            }
        },
    }
    told = _told(document, json.dumps(body))
    assert told == mapping.Announcement("77", CallEvent.ANSWERED, "+4520000001", AT, "lysborg-worker")


def test_a_form_body_with_seconds_since_1970_is_read() -> None:
    document = {
        "format": "form",
        "call_id": "uniqueid",
        "number": "callerid",
        "time": "epoch",
        "event": "state",
        "events": {"Ring": "ringing", "Hangup": "hung_up"},
    }
    body = f"state=Ring&uniqueid=16.4&callerid=%2B4520000001&epoch={AT.timestamp()}"
    assert _told(document, body) == mapping.Announcement("16.4", CallEvent.RINGING, "+4520000001", AT, "")


def test_an_event_that_the_mapping_does_not_name_is_of_no_interest() -> None:
    assert _told({}, json.dumps({"call_id": "a1", "event": "transferred"})) is None


def test_an_agent_outside_the_list_of_agents_is_nobody() -> None:
    told = _told({"agents": {"17": "anna"}}, json.dumps({"call_id": "a", "event": "answered", "agent": "18"}))
    assert told is not None
    assert told.agent == ""


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("not json", "body"),
        ("[1]", "body"),
        ('{"event": "ringing"}', "call_id"),
        ('{"event": "ringing", "call_id": "%s"}' % ("x" * 121), "call_id"),
        ('{"event": "ringing", "call_id": "a", "time": "yesterday"}', "time"),
        ('{"event": "ringing", "call_id": "a", "time": "2026-11-20T19:00:00"}', "time"),
        ('{"event": "ringing", "call_id": "a", "time": "1e400"}', "time"),
    ],
)
def test_an_unreadable_body_is_refused_by_the_name_of_the_part(body: str, part: str) -> None:
    with pytest.raises(mapping.MalformedBody) as refused:
        _told({}, body)
    assert str(refused.value) == part


@pytest.mark.parametrize(
    ("document", "place", "code"),
    [
        ({"format": "xml"}, "format", "unknown"),
        ({"call": "id"}, "call", "unknown"),
        ({"call_id": [3]}, "call_id", "not_a_path"),
        ({"events": {"a": "dancing"}}, "events.a", "unknown"),
        ({"events": {"a": "hung_up"}}, "events", "ringing_missing"),
        ({"agents": {"17": 4}}, "agents", "not_texts"),
        ({"signature": {"colour": "red"}}, "signature.colour", "unknown"),
        ({"signature": {"algorithm": "md5"}}, "signature.algorithm", "unknown"),
        ({"signature": {"encoding": "rot13"}}, "signature.encoding", "unknown"),
        ({"signature": {"message": "{timestamp}"}}, "signature.message", "body_missing"),
        ({"signature": {"message": "{body}"}}, "signature.message", "timestamp_or_delivery_missing"),
        ({"signature": "none"}, "signature", "not_an_object"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_by_place_and_code(
    document: dict[str, Any], place: str, code: str
) -> None:
    with pytest.raises(mapping.MappingProblem) as refused:
        mapping.parse(document)
    assert (refused.value.place, refused.value.code) == (place, code)


def test_a_vendor_that_signs_the_body_alone_must_name_its_delivery_id_in_the_body() -> None:
    rules = mapping.parse({"signature": {"message": "{body}", "delivery": "event_id"}})
    assert rules.signature.delivery == ("event_id",)


@given(st.binary(max_size=300))
def test_no_body_whatever_breaks_the_reading(body: bytes) -> None:
    for document in ({}, {"format": "form"}):
        rules = mapping.parse(document)
        try:
            told = mapping.announcement(rules, mapping.read_body(rules, body))
        except mapping.MalformedBody:
            told = None
        assert told is None or told.external_id
