"""Calls announced by telephone systems. A delivery is believed when it is signed, fresh and new."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status

from lygte.adapters.telephony import mapping as vendor
from lygte.adapters.telephony import signature
from lygte.apps.accounts import selectors as accounts
from lygte.apps.audit import services as audit
from lygte.apps.queue import selectors as queue_read
from lygte.apps.queue import services as queue
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Actor, ActorKind
from lygte.domain.events import Verb

log = logging.getLogger("lygte.telephony")
router = Router()
LARGEST_BODY = 64 * 1024


class Answer(Schema):
    """What became of a delivery."""

    status: str


class _Refusal(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


ANSWERS = {200: Answer, 202: Answer, 400: Answer, 401: Answer, 404: Answer, 409: Answer, 413: Answer}


@router.post("/{municipality_key}/{endpoint_id}", response=ANSWERS, auth=None, url_name="telephony")
def announce_call(request: HttpRequest, municipality_key: str, endpoint_id: str) -> Status[Any]:
    """Accept one event of a call. Signed by the secret of the endpoint; each delivery counts once.

    200 kept, 202 understood but of no interest, 400 unreadable, 401 not believed, 404 no such endpoint,
    409 sent before, 413 too large.
    """
    now = timezone.now()
    try:
        with tenancy.scope_of_key(municipality_key) as municipality:
            return _answered(request, endpoint_id, municipality_id=municipality.pk, now=now)
    except ObjectDoesNotExist:
        return Status(404, Answer(status="not_found"))


def _answered(request: HttpRequest, endpoint_id: str, *, municipality_id: UUID, now: datetime) -> Status[Any]:
    actor = Actor(ActorKind.WEBHOOK, municipality_id, _uuid(endpoint_id))
    try:
        with transaction.atomic():
            status = _accepted(request, actor=actor, now=now)
    except _Refusal as refusal:
        audit.record(
            Verb.ATTACK_REFUSED, actor=actor, now=now, detail={"door": "telephony", "code": refusal.code}
        )
        log.warning("delivery refused: %s", refusal.code)
        public = "not_found" if refusal.status == 404 else refusal.code
        return Status(refusal.status, Answer(status=public))
    return Status(status, Answer(status="kept" if status == 200 else "ignored"))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _accepted(request: HttpRequest, *, actor: Actor, now: datetime) -> int:
    endpoint = _endpoint(actor.id)
    body = _body(request)
    rules = _rules(endpoint.mapping)
    content, delivery_id = _believed(rules, endpoint.secret, request.headers, body, now)
    try:
        queue.accept_delivery(now=now, endpoint=endpoint, delivery_id=delivery_id)
    except queue.Replay:
        raise _Refusal(409, "replay") from None
    try:
        told = vendor.announcement(rules, content)
    except vendor.MalformedBody as problem:
        raise _Refusal(400, f"malformed_{problem}") from None
    if told is None:
        return 202
    queue.announce(
        actor=actor,
        now=now,
        endpoint_id=endpoint.pk,
        service=endpoint.service,
        external_id=told.external_id,
        event=told.event,
        at=told.at or now,
        number=told.number,
        answered_by_user_id=accounts.user_id_of(told.agent) if told.agent else None,
    )
    return 200


def _endpoint(endpoint_id: UUID | None) -> Any:
    try:
        endpoint = queue_read.endpoint(endpoint_id) if endpoint_id else None
    except ObjectDoesNotExist:
        endpoint = None
    if endpoint is None or not endpoint.is_active:
        raise _Refusal(404, "foreign_endpoint")
    return endpoint


def _rules(document: Mapping[str, Any]) -> vendor.CallMapping:
    try:
        return vendor.parse(document)
    except vendor.MappingProblem:
        raise _Refusal(400, "mapping") from None


def _body(request: HttpRequest) -> bytes:
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > LARGEST_BODY:
        raise _Refusal(413, "too_large")
    try:
        body = request.body
    except RequestDataTooBig:
        raise _Refusal(413, "too_large") from None
    if len(body) > LARGEST_BODY:
        raise _Refusal(413, "too_large")
    return body


def _believed(
    rules: vendor.CallMapping, secret: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> tuple[Mapping[str, Any], str]:
    try:
        signed = signature.check(rules.signature, secret=secret, headers=headers, body=body, now=now)
        content = vendor.read_body(rules, body)
        delivery = signature.delivery_id(rules.signature, headers=headers, content=content, signature=signed)
    except signature.NotBelieved as problem:
        raise _Refusal(401, problem.fault.value) from None
    except vendor.MalformedBody as problem:
        raise _Refusal(400, f"malformed_{problem}") from None
    return content, delivery
