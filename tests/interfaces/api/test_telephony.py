import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lygte.adapters.telephony.mapping import SignatureRule, parse
from lygte.adapters.telephony.signature import Delivery, sign
from lygte.apps.audit.models import AuditEvent
from lygte.apps.queue import selectors as read
from lygte.apps.queue import services as queue
from lygte.apps.queue.models import Call, WebhookDelivery
from lygte.domain.access import system
from lygte.domain.vocab import CallState, Role
from tests.world import Place, World

RINGING = {"call_id": "c1", "event": "ringing", "number": "20000001"}


class Sender:
    """A telephone system outside, which knows its address and its secret."""

    def __init__(self, place: Place, **mapping: Any) -> None:
        self.place = place
        with place.scope():
            self.endpoint, self.secret = queue.create_endpoint(
                actor=system(place.municipality.pk),
                now=timezone.now(),
                service=place.service,
                name="Opdigtet central",
                mapping=mapping,
            )
        self.rule: SignatureRule = parse(mapping).signature
        self.url = f"/api/telephony/{place.municipality.key}/{self.endpoint.pk}"
        self.sent = 0

    def send(self, content: Any, *, minutes: int = 0, delivery: str | None = None, **headers: str) -> Any:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.sent += 1
        at = timezone.now() + timedelta(minutes=minutes)
        parts = Delivery(str(int(at.timestamp())), delivery or f"d{self.sent}", body)
        signed = {
            self.rule.header: sign(self.rule, secret=self.secret, delivery=parts),
            self.rule.timestamp_header: parts.timestamp,
            self.rule.delivery_header: parts.delivery,
        }
        sent = {name: value for name, value in (signed | headers).items() if value}
        return Client().post(self.url, data=body, content_type="application/json", headers=sent)

    def refusals(self) -> list[str]:
        with self.place.scope():
            events = AuditEvent.objects.filter(verb="attack.refused").order_by("at", "id")
            return [event.detail["code"] for event in events]

    def calls(self) -> list[Call]:
        with self.place.scope():
            return list(Call.objects.order_by("id"))


def test_a_signed_delivery_rings_on_the_board(world: World) -> None:
    sender = Sender(world.here)
    response = sender.send(RINGING)
    assert (response.status_code, response.json()) == (200, {"status": "kept"})
    with world.here.scope():
        assert [call.number for call in read.ringing(world.here.service.pk)] == ["+4520000001"]
    assert sender.refusals() == []


def test_an_answer_opens_the_contact_of_the_user_that_the_mapping_names(world: World) -> None:
    sender = Sender(world.here, agents={"204": world.here.users[Role.WORKER].username})
    sender.send(RINGING)
    sender.send({"call_id": "c1", "event": "answered", "agent": "204"})
    (call,) = sender.calls()
    assert (call.state, call.taken_by_id) == (CallState.ANSWERED, world.here.users[Role.WORKER].pk)
    assert call.contact_id is not None


def test_an_answer_by_an_unknown_agent_is_kept_without_a_contact(world: World) -> None:
    sender = Sender(world.here)
    sender.send(RINGING)
    assert sender.send({"call_id": "c1", "event": "answered", "agent": "fyrnes-worker"}).status_code == 200
    assert [call.contact_id for call in sender.calls()] == [None]


def test_the_same_delivery_again_is_refused_and_noted(world: World) -> None:
    sender = Sender(world.here)
    assert sender.send(RINGING, delivery="once").status_code == 200
    assert sender.send(RINGING | {"event": "hung_up"}, delivery="once").status_code == 409
    assert [call.state for call in sender.calls()] == [CallState.RINGING]
    assert sender.refusals() == ["replay"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"X-Lygte-Signature": "sha256=00"}, "signature_wrong"),
        ({"X-Lygte-Signature": ""}, "signature_missing"),
        ({"X-Lygte-Timestamp": ""}, "timestamp_missing"),
        ({"X-Lygte-Delivery": "other"}, "signature_wrong"),
    ],
)
def test_a_delivery_that_is_not_rightly_signed_is_refused_and_noted(
    world: World, changed: dict[str, str], code: str
) -> None:
    sender = Sender(world.here)
    assert sender.send(RINGING, **changed).status_code == 401
    assert (sender.calls(), sender.refusals()) == ([], [code])


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_delivery_from_another_hour_is_refused_and_noted(world: World, minutes: int) -> None:
    sender = Sender(world.here)
    assert sender.send(RINGING, minutes=minutes).status_code == 401
    assert (sender.calls(), sender.refusals()) == ([], ["timestamp_outside"])


def test_an_endpoint_of_another_municipality_does_not_exist_here(world: World) -> None:
    ours, theirs = Sender(world.here), Sender(world.there)
    theirs.url = f"/api/telephony/{world.here.municipality.key}/{theirs.endpoint.pk}"
    assert theirs.send(RINGING).status_code == 404
    assert ours.refusals() == ["foreign_endpoint"]
    assert (ours.calls(), theirs.calls()) == ([], [])


@pytest.mark.parametrize("endpoint", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_endpoint_does_not_exist_and_is_noted(world: World, endpoint: str) -> None:
    sender = Sender(world.here)
    sender.url = f"/api/telephony/{world.here.municipality.key}/{endpoint}"
    response = sender.send(RINGING)
    assert (response.status_code, response.json()) == (404, {"status": "not_found"})
    assert sender.refusals() == ["foreign_endpoint"]


def test_an_unknown_municipality_does_not_exist(world: World) -> None:
    sender = Sender(world.here)
    sender.url = f"/api/telephony/ukendt/{sender.endpoint.pk}"
    assert sender.send(RINGING).status_code == 404
    assert sender.calls() == []


def test_a_closed_endpoint_does_not_exist_for_its_sender(world: World) -> None:
    sender = Sender(world.here)
    with world.here.scope():
        queue.change_endpoint(
            actor=system(world.here.municipality.pk),
            now=timezone.now(),
            endpoint_id=sender.endpoint.pk,
            is_active=False,
        )
    assert sender.send(RINGING).status_code == 404
    assert sender.refusals() == ["foreign_endpoint"]


def test_a_renewed_secret_ends_the_old_one_at_once(world: World) -> None:
    sender = Sender(world.here)
    with world.here.scope():
        actor = system(world.here.municipality.pk)
        fresh = queue.renew_secret(actor=actor, now=timezone.now(), endpoint_id=sender.endpoint.pk)
    assert sender.send(RINGING).status_code == 401
    sender.secret = fresh
    assert sender.send(RINGING).status_code == 200
    assert sender.refusals() == ["signature_wrong"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(world: World) -> None:
    sender = Sender(world.here)
    assert sender.send(RINGING | {"note": "x" * 70_000}).status_code == 413
    assert (sender.calls(), sender.refusals()) == ([], ["too_large"])


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"\xff\xfe", "malformed_body"), (b'{"event": "ringing"}', "malformed_call_id")],
)
def test_an_unreadable_body_is_refused_and_may_be_sent_again_when_mended(
    world: World, body: bytes, code: str
) -> None:
    sender = Sender(world.here)
    assert sender.send(body, delivery="same").status_code == 400
    assert sender.send(RINGING, delivery="same").status_code == 200
    assert sender.refusals() == [code]


def test_an_event_of_no_interest_is_accepted_once_and_does_nothing(world: World) -> None:
    sender = Sender(world.here)
    response = sender.send({"call_id": "c1", "event": "transferred"})
    assert (response.status_code, response.json()) == (202, {"status": "ignored"})
    with world.here.scope():
        assert WebhookDelivery.objects.count() == 1
    assert sender.calls() == []


def test_a_vendor_that_signs_the_body_alone_is_known_by_the_id_in_it(world: World) -> None:
    sender = Sender(world.here, signature={"message": "{body}", "delivery": "event_id", "algorithm": "sha1"})
    first = RINGING | {"event_id": "e1"}
    answers = [
        sender.send(first, **{"X-Lygte-Timestamp": ""}).status_code,
        sender.send(first, minutes=600).status_code,
        sender.send(RINGING | {"event": "hung_up"}).status_code,
        sender.send(RINGING | {"event": "hung_up", "event_id": "e2"}).status_code,
    ]
    assert answers == [200, 409, 401, 200]
    assert sender.refusals() == ["replay", "delivery_missing"]


def test_a_vendor_that_signs_no_id_cannot_be_replayed_under_another_id(world: World) -> None:
    sender = Sender(world.here, signature={"message": "{timestamp}.{body}"})
    timestamp = str(int(timezone.now().timestamp()))
    signed = sign(
        sender.rule, secret=sender.secret, delivery=Delivery(timestamp, "", json.dumps(RINGING).encode())
    )
    fixed = {"X-Lygte-Timestamp": timestamp, "X-Lygte-Signature": signed}
    answers = [
        sender.send(RINGING, **fixed, **{"X-Lygte-Delivery": name}).status_code for name in ("one", "two")
    ]
    assert answers == [200, 409]


def test_a_mapping_that_cannot_work_is_refused_without_a_crash(world: World) -> None:
    sender = Sender(world.here)
    with world.here.scope():
        queue.change_endpoint(
            actor=system(world.here.municipality.pk),
            now=timezone.now(),
            endpoint_id=sender.endpoint.pk,
            mapping={"colour": "red"},
        )
    assert sender.send(RINGING).status_code == 400
    assert sender.refusals() == ["mapping"]


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_no_other_way_of_asking_is_answered(world: World, method: str) -> None:
    sender = Sender(world.here)
    assert getattr(Client(), method)(sender.url).status_code == 405


@pytest.mark.parametrize("role", list(Role))
def test_a_signed_in_user_has_no_more_right_than_a_stranger(world: World, role: Role) -> None:
    sender = Sender(world.here)
    response = world.here.client(role).post(sender.url, data=RINGING, content_type="application/json")
    assert response.status_code == 401
    assert sender.calls() == []


def test_a_refusal_tells_neither_number_nor_secret(world: World) -> None:
    sender = Sender(world.here)
    response = sender.send(RINGING, **{"X-Lygte-Signature": "sha256=00"})
    with world.here.scope():
        details = str(list(AuditEvent.objects.filter(verb="attack.refused").values_list("detail", flat=True)))
    assert response.json() == {"status": "signature_wrong"}
    assert "20000001" not in details
    assert sender.secret not in details
