"""How the words of a telephone system map to ours. Pure: no clock, no database, no network.

A mapping is a small JSON document, kept with the endpoint and described in docs/reference/telephony.md.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from lygte.domain.vocab import CallEvent

Paths = tuple[str, ...]
LONGEST_ID = 120
MILLISECONDS_FROM = 10_000_000_000
_TEXT_KEYS = {"format", "call_id", "number", "time", "event", "agent"}
_KNOWN_KEYS = _TEXT_KEYS | {"events", "agents", "signature"}
_SIGNATURE_KEYS = {
    *(
        "header",
        "prefix",
        "algorithm",
        "encoding",
        "message",
        "timestamp_header",
        "delivery_header",
        "delivery",
    ),
}


class Algorithm(StrEnum):
    """Hash of the signature."""

    SHA256 = "sha256"
    SHA1 = "sha1"


class MappingProblem(ValueError):
    """A mapping that cannot work. Names the place in the mapping and a code for what is wrong there."""

    def __init__(self, place: str, code: str) -> None:
        super().__init__(f"{place}: {code}")
        self.place = place
        self.code = code


class MalformedBody(ValueError):
    """A body that the mapping cannot read. Says which part, never what it held."""


@dataclass(frozen=True, slots=True)
class SignatureRule:
    """Where a vendor puts its signature, and what it signs.

    `message` is a text with {timestamp}, {delivery} and {body}; what it does not name is not protected, and
    is therefore not believed either. `delivery` is a path in the body, for a vendor that sends its id there.
    """

    header: str = "X-Lygte-Signature"
    prefix: str = "sha256="
    algorithm: Algorithm = Algorithm.SHA256
    encoding: str = "hex"
    message: str = "{timestamp}.{delivery}.{body}"
    timestamp_header: str = "X-Lygte-Timestamp"
    delivery_header: str = "X-Lygte-Delivery"
    delivery: Paths = ()

    @property
    def has_timestamp(self) -> bool:
        """Whether the vendor signs the time of sending."""
        return "{timestamp}" in self.message

    @property
    def has_delivery(self) -> bool:
        """Whether the vendor signs a delivery id in a header."""
        return "{delivery}" in self.message


@dataclass(frozen=True, slots=True)
class CallMapping:
    """A mapping that was checked: dotted paths into the body, and what the vendor's words mean."""

    is_form: bool = False
    call_id: Paths = ("call_id",)
    number: Paths = ("number",)
    time: Paths = ("time",)
    event: Paths = ("event",)
    agent: Paths = ("agent",)
    events: Mapping[str, CallEvent] = field(
        default_factory=lambda: {event.value: event for event in CallEvent}
    )
    agents: Mapping[str, str] = field(default_factory=dict)
    signature: SignatureRule = SignatureRule()


@dataclass(frozen=True, slots=True)
class Announcement:
    """One told fact about a call. `at` is None when no time was told; `agent` is a username or empty."""

    external_id: str
    event: CallEvent
    number: str
    at: datetime | None
    agent: str


def standard() -> dict[str, Any]:
    """Return the mapping of a telephone system that speaks our own format."""
    return {"format": "json", "events": {event.value: event.value for event in CallEvent}}


def parse(document: Mapping[str, Any]) -> CallMapping:
    """Check a mapping document; raises MappingProblem. What it leaves out has the value of our own format."""
    _refuse_unknown(document, _KNOWN_KEYS, "")
    form = document.get("format", "json")
    if form not in ("json", "form"):
        raise MappingProblem("format", "unknown")
    default = CallMapping()
    return CallMapping(
        is_form=form == "form",
        call_id=_paths(document, "call_id", default.call_id),
        number=_paths(document, "number", default.number),
        time=_paths(document, "time", default.time),
        event=_paths(document, "event", default.event),
        agent=_paths(document, "agent", default.agent),
        events=_events(document.get("events"), default.events),
        agents=_texts(document.get("agents", {}), "agents"),
        signature=_signature(document.get("signature", {})),
    )


def _refuse_unknown(document: object, known: set[str], place: str) -> None:
    if not isinstance(document, Mapping):
        raise MappingProblem(place or "mapping", "not_an_object")
    for name in document:
        if name not in known:
            raise MappingProblem(f"{place}.{name}".lstrip("."), "unknown")


def _paths(document: Mapping[str, Any], name: str, default: Paths) -> Paths:
    value = document.get(name, default)
    paths = (value,) if isinstance(value, str) else value
    if not isinstance(paths, Sequence) or not all(isinstance(path, str) and path for path in paths):
        raise MappingProblem(name, "not_a_path")
    return tuple(paths)


def _texts(value: object, place: str) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        raise MappingProblem(place, "not_texts")
    return {str(name): text for name, text in value.items()}


def _events(value: object, default: Mapping[str, CallEvent]) -> Mapping[str, CallEvent]:
    if value is None:
        return default
    words = _texts(value, "events")
    for vendors, ours in words.items():
        if ours not in list(CallEvent):
            raise MappingProblem(f"events.{vendors}", "unknown")
    if CallEvent.RINGING not in words.values():
        raise MappingProblem("events", "ringing_missing")
    return {vendors: CallEvent(ours) for vendors, ours in words.items()}


def _signature(document: object) -> SignatureRule:
    _refuse_unknown(document, _SIGNATURE_KEYS, "signature")
    given = dict(document)  # type: ignore[call-overload]
    delivery = _paths(given, "delivery", ())
    given.pop("delivery", None)
    texts = _texts(given, "signature")
    if texts.get("algorithm", Algorithm.SHA256) not in list(Algorithm):
        raise MappingProblem("signature.algorithm", "unknown")
    if texts.get("encoding", "hex") not in ("hex", "base64"):
        raise MappingProblem("signature.encoding", "unknown")
    algorithm = Algorithm(texts.pop("algorithm", Algorithm.SHA256))
    texts.setdefault("prefix", f"{algorithm.value}=")
    rule = SignatureRule(**texts, algorithm=algorithm, delivery=delivery)
    if rule.message.count("{body}") != 1:
        raise MappingProblem("signature.message", "body_missing")
    if not (rule.has_timestamp or rule.has_delivery or rule.delivery):
        raise MappingProblem("signature.message", "timestamp_or_delivery_missing")
    return rule


def read_body(mapping: CallMapping, body: bytes) -> Mapping[str, Any]:
    """Return the body as nested mappings; raises MalformedBody."""
    try:
        text = body.decode()
        if mapping.is_form:
            return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=200))
        content = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise MalformedBody("body") from problem
    if not isinstance(content, dict):
        raise MalformedBody("body")
    return content


def announcement(mapping: CallMapping, content: Mapping[str, Any]) -> Announcement | None:
    """Return what a body tells about a call, or None for an event that the mapping does not name.

    Raises MalformedBody when call id or time cannot be read.
    """
    event = mapping.events.get(find(content, mapping.event))
    if event is None:
        return None
    external_id = find(content, mapping.call_id)
    if not external_id or len(external_id) > LONGEST_ID:
        raise MalformedBody("call_id")
    agent = find(content, mapping.agent)
    return Announcement(
        external_id=external_id,
        event=event,
        number=find(content, mapping.number),
        at=moment(find(content, mapping.time)),
        agent=mapping.agents.get(agent, "" if mapping.agents else agent),
    )


def find(content: Mapping[str, Any], paths: Paths) -> str:
    """Return the first text or number that one of the dotted paths leads to; empty when none does."""
    for path in paths:
        value = _walk(content, path)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _walk(content: Any, path: str) -> Any:
    if isinstance(content, Mapping) and path in content:
        return content[path]
    for step in path.split("."):
        if isinstance(content, Mapping):
            content = content.get(step)
        elif isinstance(content, list) and step.isdigit() and int(step) < len(content):
            content = content[int(step)]
        else:
            return None
    return content


def moment(text: str) -> datetime | None:
    """Return a time given as ISO 8601 with zone, or as seconds or milliseconds since 1970; None when empty.

    Raises MalformedBody for anything else; a time without a zone could be an hour wrong.
    """
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return _iso(text)
    try:
        return datetime.fromtimestamp(number / 1000 if number >= MILLISECONDS_FROM else number, UTC)
    except (ValueError, OverflowError, OSError) as problem:
        raise MalformedBody("time") from problem


def _iso(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError as problem:
        raise MalformedBody("time") from problem
    if read.tzinfo is None:
        raise MalformedBody("time")
    return read.astimezone(UTC)
