"""Signature, age and identity of a delivery from a telephone system. Pure: the clock is an argument."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from lygte.adapters.telephony.mapping import LONGEST_ID, MalformedBody, SignatureRule, find, moment

WINDOW = timedelta(minutes=5)
_HASHES = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}


class Fault(StrEnum):
    """Why a delivery is not believed."""

    SIGNATURE_MISSING = "signature_missing"
    SIGNATURE_WRONG = "signature_wrong"
    TIMESTAMP_MISSING = "timestamp_missing"
    TIMESTAMP_OUTSIDE = "timestamp_outside"
    DELIVERY_MISSING = "delivery_missing"


class NotBelieved(Exception):
    """The delivery does not come from the telephone system, or not now."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Delivery:
    """The parts of a request that a signature may cover."""

    timestamp: str
    delivery: str
    body: bytes


def sign(rule: SignatureRule, *, secret: str, delivery: Delivery) -> str:
    """Return the value of the signature header for a delivery."""
    digest = hmac.new(secret.encode(), _message(rule, delivery), _HASHES[rule.algorithm.value]).digest()
    return rule.prefix + (base64.b64encode(digest).decode() if rule.encoding == "base64" else digest.hex())


def _message(rule: SignatureRule, delivery: Delivery) -> bytes:
    before, after = rule.message.split("{body}")
    filled = [
        part.replace("{timestamp}", delivery.timestamp).replace("{delivery}", delivery.delivery).encode()
        for part in (before, after)
    ]
    return filled[0] + delivery.body + filled[1]


def check(rule: SignatureRule, *, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Return the signature of a delivery that is believed; raises NotBelieved.

    Order: signature, then age. A vendor that signs no time is believed at any age; the delivery id then keeps
    it from being sent twice.
    """
    given = headers.get(rule.header, "")
    if not given:
        raise NotBelieved(Fault.SIGNATURE_MISSING)
    told = Delivery(headers.get(rule.timestamp_header, ""), headers.get(rule.delivery_header, ""), body)
    if rule.has_timestamp and not told.timestamp:
        raise NotBelieved(Fault.TIMESTAMP_MISSING)
    expected = sign(rule, secret=secret, delivery=told)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise NotBelieved(Fault.SIGNATURE_WRONG)
    if rule.has_timestamp:
        _refuse_old(told.timestamp, now)
    return given


def _refuse_old(timestamp: str, now: datetime) -> None:
    try:
        sent = moment(timestamp)
    except MalformedBody:
        sent = None
    if sent is None or abs(now - sent) > WINDOW:
        raise NotBelieved(Fault.TIMESTAMP_OUTSIDE)


def delivery_id(
    rule: SignatureRule, *, headers: Mapping[str, str], content: Mapping[str, Any], signature: str
) -> str:
    """Return what makes a delivery the only one of its kind; raises NotBelieved when a signed id is missing.

    Only a signed id counts. A vendor that signs a time but no id is known by its signature.
    """
    told = find(content, rule.delivery)
    if not told and rule.has_delivery:
        told = headers.get(rule.delivery_header, "")
    if told:
        return told if len(told) <= LONGEST_ID else hashlib.sha256(told.encode()).hexdigest()
    if rule.has_delivery or rule.delivery:
        raise NotBelieved(Fault.DELIVERY_MISSING)
    return hashlib.sha256(signature.encode()).hexdigest()
