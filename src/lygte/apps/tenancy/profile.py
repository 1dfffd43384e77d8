"""Changing the plain facts of a service: how it is organised, its numbers, its clocks and its texts."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lygte.apps.core.refusals import InvalidField
from lygte.apps.tenancy.dated import locked_service, note_change, plain
from lygte.apps.tenancy.models import Service
from lygte.domain.access import Actor
from lygte.domain.vocab import OrganisationModel

FACTS = (
    "name",
    "organisation_model",
    "phone",
    "address",
    "on_call_phone",
    "emergency_room_phone",
    "short_ring_seconds",
    "lock_after_seconds",
)
TEXTS = ("received_text_da", "received_text_en")
LOGGED = frozenset({"organisation_model", "short_ring_seconds", "lock_after_seconds"})
PHONE = re.compile(r"\+?[0-9 ]{3,20}")
LOCK_SECONDS = (60, 3600)
SHORT_RING_SECONDS = (0, 60)
LONGEST = {"name": 120, "address": 200, "received_text_da": 160, "received_text_en": 160}


@transaction.atomic
def change_service(*, actor: Actor, now: datetime, service_id: UUID, values: Mapping[str, Any]) -> Service:
    """Change plain facts or texts of a service. Raises `InvalidField` for the first that cannot be stored."""
    service = locked_service(actor=actor, service_id=service_id)
    given = {name: _checked(name, value) for name, value in values.items()}
    changed = {name: value for name, value in given.items() if getattr(service, name) != value}
    if not changed:
        return service
    old = {name: getattr(service, name) for name in changed if name in LOGGED}
    for name, value in changed.items():
        setattr(service, name, value)
    service.save(update_fields=list(changed))
    new = {name: value for name, value in changed.items() if name in LOGGED}
    detail = {"fields": sorted(changed), "old": plain(old), "new": plain(new)}
    note_change(actor=actor, now=now, service=service, kind="service", subject=service, detail=detail)
    return service


def _checked(name: str, value: Any) -> Any:
    if name not in (*FACTS, *TEXTS):
        raise InvalidField(name, "unknown")
    if name == "organisation_model":
        return OrganisationModel(value).value
    if name.endswith("_seconds"):
        lowest, highest = LOCK_SECONDS if name == "lock_after_seconds" else SHORT_RING_SECONDS
        if not lowest <= value <= highest:
            raise InvalidField(name, "range")
        return value
    return _text(name, str(value).strip())


def _text(name: str, text: str) -> str:
    if name == "name" and not text:
        raise InvalidField(name, "required")
    if len(text) > LONGEST.get(name, 20):
        raise InvalidField(name, "long")
    if name.endswith("phone") and text and not PHONE.fullmatch(text):
        raise InvalidField(name, "phone")
    if name in TEXTS and any(brace in text.replace("{kl}", "") for brace in "{}"):
        raise InvalidField(name, "braces")
    return text
