"""Telephone systems that may announce calls to a service, and the deliveries that each has made."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import InvalidField
from lygte.apps.queue.models import TelephonyEndpoint, WebhookDelivery
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

SHORTEST_SECRET = 16


class Replay(Exception):
    """A delivery that was accepted before."""


@transaction.atomic
def create_endpoint(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    name: str,
    mapping: Mapping[str, Any],
    secret: str = "",
) -> tuple[TelephonyEndpoint, str]:
    """Make an endpoint; return it with its secret, shown this once. A vendor may bring its own secret."""
    require(actor, Action.TELEPHONY_MANAGE, municipality_id=actor.municipality_id, service_id=service.pk)
    secret = _secret(secret)
    endpoint = TelephonyEndpoint.objects.create(
        service=service, name=name, secret=secret, mapping=dict(mapping), created_at=now
    )
    audit.record(Verb.ENDPOINT_CREATED, actor=actor, now=now, subject=endpoint)
    return endpoint, secret


@transaction.atomic
def change_endpoint(
    *,
    actor: Actor,
    now: datetime,
    endpoint_id: UUID,
    name: str | None = None,
    mapping: Mapping[str, Any] | None = None,
    is_active: bool | None = None,
) -> TelephonyEndpoint:
    """Change name or mapping, or close and open an endpoint. A closed one does not exist for its sender."""
    endpoint = TelephonyEndpoint.objects.get(pk=endpoint_id)
    require(
        actor, Action.TELEPHONY_MANAGE, municipality_id=actor.municipality_id, service_id=endpoint.service_id
    )
    changes = {"name": name, "mapping": None if mapping is None else dict(mapping), "is_active": is_active}
    given = {field: value for field, value in changes.items() if value is not None}
    for field, value in given.items():
        setattr(endpoint, field, value)
    endpoint.save(update_fields=list(given))
    audit.record(
        Verb.ENDPOINT_CHANGED, actor=actor, now=now, subject=endpoint, detail={"fields": sorted(given)}
    )
    return endpoint


@transaction.atomic
def renew_secret(*, actor: Actor, now: datetime, endpoint_id: UUID, secret: str = "") -> str:
    """Give an endpoint a new secret and return it, this once; the old one stops working now."""
    endpoint = TelephonyEndpoint.objects.get(pk=endpoint_id)
    require(
        actor, Action.TELEPHONY_MANAGE, municipality_id=actor.municipality_id, service_id=endpoint.service_id
    )
    endpoint.secret = _secret(secret)
    endpoint.save(update_fields=["secret"])
    audit.record(Verb.ENDPOINT_CHANGED, actor=actor, now=now, subject=endpoint, detail={"fields": ["secret"]})
    return endpoint.secret


def _secret(given: str) -> str:
    if not given:
        return secrets.token_urlsafe(32)
    if len(given) < SHORTEST_SECRET:
        raise InvalidField("secret", "too_short")
    return given


def accept_delivery(*, now: datetime, endpoint: TelephonyEndpoint, delivery_id: str) -> None:
    """Note a delivery as accepted, or raise `Replay` when it was accepted before."""
    try:
        with transaction.atomic():
            WebhookDelivery.objects.create(endpoint=endpoint, delivery_id=delivery_id, received_at=now)
    except IntegrityError as problem:
        raise Replay from problem
