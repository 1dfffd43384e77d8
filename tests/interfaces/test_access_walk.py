"""Every address, every kind of visitor, every method: who gets in, and what the refused are told.

What is expected follows from the action that each view names and from the table of rights; what needs no
sign-in, or no right beyond being signed in, stands on a short list here. An address that is on neither fails.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from lygte.apps.audit.models import AuditEvent
from lygte.apps.core.scope import municipality_scope
from lygte.apps.tenancy.models import Municipality
from lygte.domain.access import MATRIX, Action, Reach
from lygte.domain.events import Verb
from lygte.domain.vocab import Role
from tests.interfaces.access_doors import Door, address, doors, objects
from tests.interfaces.web.walls import stranger
from tests.world import World, client_of

METHODS = ("get", "post", "patch")
BEYOND = frozenset({401, 403, 404, 423})
NOT_THIS_WAY = 405
BURST = {"client": "walk", "seq": 1, "fields": {}}

# Open to everybody, signed in or not.
PUBLIC = frozenset(
    {
        "staff:worker",  # the worker script, the same for everybody
        *("health", "alive", "ready", "set_language", "account_login", "account_logout", "account_inactive"),
        *("mfa_authenticate", "mfa_login_webauthn"),  # steps of a sign-in that is under way
        *("citizen:plan", "citizen:openings", "api:openapi-json"),
    }
)
# Open to whoever is signed in, with any right or none; each sees what is their own.
OWN = frozenset(
    {
        *("staff:home", "staff:lock", "staff:unlock", "staff:drawer_keys"),
        *("account_reauthenticate", "account_change_password"),
        *("mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp"),
        *("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"),
        *("mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn"),
        *("mfa_remove_webauthn", "mfa_edit_webauthn"),
    }
)
# Believed for its signature, never for who is signed in.
SIGNED = frozenset({"api:telephony"})
# Told to this machine alone, or for a token; a visitor of the tests comes from this machine.
PUBLIC |= {"metrics"}
# Out to a municipality's own sign-in and back: opened by what its provider states.
STATED = frozenset({"federated", "federated_back"})
# A root without a page.
NOWHERE = frozenset({"api:api-root"})
# Rights that are narrower than the table because of what the object is, and why.
ONE_SERVICE = "the data of every service is let go of; this administrator has one service only"
NARROWER: dict[tuple[str, str], str] = {
    ("staff:settings_retention_run", "administrator"): ONE_SERVICE,
    ("staff:settings_retention_term", "administrator"): ONE_SERVICE,
}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep the thousands of refusals out of the log of the tests."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@dataclass(frozen=True)
class Visitor:
    """Somebody who tries a door: `role` in `place`: here, beside (the other service), away, or outside."""

    name: str
    client: Client
    place: str
    role: Role | None = None


def visitors(world: World) -> list[Visitor]:
    here = [Visitor(role.value, world.here.client(role), "here", role) for role in Role]
    away = [
        Visitor(f"{role.value} of another municipality", world.there.client(role), "away", role)
        for role in Role
    ]
    everybody = [
        *here,
        *away,
        Visitor("worker of the other service", client_of(world.here.other_worker), "beside", Role.WORKER),
        Visitor("user without a role", stranger(world), "here"),
        Visitor("nobody signed in", Client(), "outside"),
    ]
    for visitor in everybody:
        visitor.client.raise_request_exception = False  # what breaks is a cell like any other
    return everybody


def may(visitor: Visitor, action: Action) -> bool:
    """Tell whether the table of rights lets a visitor do something in the first service of `here`."""
    if visitor.role is None or visitor.place not in ("here", "beside"):
        return False
    reach = MATRIX[visitor.role].get(action)
    return reach is Reach.MUNICIPALITY or (reach is Reach.OWN_SERVICE and visitor.place == "here")


def judge(door: Door, visitor: Visitor, answer: HttpResponseBase, verbs: list[str]) -> str:
    """Return what is wrong with an answer; empty when it is as it should be."""
    status = answer.status_code
    if status >= 500:
        return "broke"
    if visitor.place == "outside":
        return _outside(answer, verbs)
    if door.action is None:
        told_so = (
            door.name == "staff:home" and visitor.role is None
        )  # a page that says "you have no role yet"
        return "refused" if status in (401, 403) and not told_so else ""
    if may(visitor, door.action):
        return f"{visitor.name} has the right and was refused" if status in BEYOND else ""
    return _refused(door, visitor, status, verbs)


def _outside(answer: HttpResponseBase, verbs: list[str]) -> str:
    location = answer.headers.get("Location", "")
    turned_away = answer.status_code == 302 and location.startswith("/konto/login/")
    if not turned_away and answer.status_code not in (401, NOT_THIS_WAY):
        return "was not sent to sign in"
    return "left an audit event" if verbs else ""


def _refused(door: Door, visitor: Visitor, status: int, verbs: list[str]) -> str:
    if status == NOT_THIS_WAY:
        return ""
    foreign = visitor.place == "away"
    holds = visitor.role is not None and visitor.role and door.action in MATRIX[visitor.role]
    expected = {404} if foreign and holds else {403, 404} if foreign else {403}
    if status not in expected:
        return f"got {status} instead of {sorted(expected)}"
    if status == 403 and verbs != [Verb.ACCESS_DENIED.value]:
        return f"was refused with the audit events {verbs}"
    return f"left {verbs} at a row that is not there" if status == 404 and verbs else ""


class Rollback(Exception):
    """Ends a try, so that the next one finds everything as it was."""


def attempt(visitor: Visitor, method: str, url: str) -> tuple[HttpResponseBase, list[str]]:
    """Return the answer and the verbs of the audit events that it left, and take everything back."""
    found: list[Any] = []
    started = timezone.now()
    try:
        with transaction.atomic():
            answer = _ask(visitor.client, method, url)
            found = [answer, _verbs_since(started)]
            raise Rollback
    except Rollback:
        return found[0], found[1]


def _ask(client: Client, method: str, url: str) -> HttpResponseBase:
    if method == "patch":
        return client.patch(url, json.dumps(BURST), content_type="application/json")
    return client.get(url) if method == "get" else client.post(url, {})


def _verbs_since(moment: datetime) -> list[str]:
    found: list[str] = []
    for municipality_id in Municipality.objects.values_list("pk", flat=True):
        with municipality_scope(municipality_id):
            found += AuditEvent.objects.filter(at__gte=moment).order_by("id").values_list("verb", flat=True)
    return found


def walk(world: World, chosen: Callable[[Door], bool]) -> Iterator[tuple[Door, str, Visitor, str]]:
    """Try chosen doors with every visitor and method; yield each cell with what is wrong with it."""
    held = objects(world)
    everybody = visitors(world)
    for door in doors():
        if not chosen(door):
            continue
        url = address(door, held)
        for method in METHODS:
            for visitor in everybody:
                answer, verbs = attempt(visitor, method, url)
                wrong = judge(door, visitor, answer, verbs)
                reason = NARROWER.get((door.name, visitor.name))
                yield door, method, visitor, "" if wrong and reason else wrong


def _count(capsys: pytest.CaptureFixture[str], cells: list[Any]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\naccess walk: {len(cells)} cells\n")


def told(cells: list[tuple[Door, str, Visitor, str]]) -> list[str]:
    return [
        f"{method.upper()} {door.name} ({door.view}): {visitor.name}: {wrong}"
        for door, method, visitor, wrong in cells
        if wrong
    ]


def test_every_address_names_its_action_or_is_on_a_list() -> None:
    listed = PUBLIC | OWN | SIGNED | STATED | NOWHERE
    unnamed = [
        f"{door.pattern} ({door.view})" for door in doors() if door.action is None and door.name not in listed
    ]
    named = {door.name for door in doors()}
    assert unnamed == []
    assert listed <= named
    assert not [door.name for door in doors() if door.action and door.name in listed]


def test_every_view_with_an_action_opens_for_its_roles_and_for_nobody_else(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = list(walk(world, lambda door: door.action is not None))
    _count(capsys, cells)
    assert not told(cells), "\n".join(told(cells))
    assert len(cells) > 2000


def test_what_is_ones_own_opens_for_every_user_and_asks_a_stranger_to_sign_in(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = list(walk(world, lambda door: door.name in OWN))
    _count(capsys, cells)
    assert not told(cells), "\n".join(told(cells))


def test_public_pages_ask_nobody_who_they_are(world: World) -> None:
    held = objects(world)
    for door in doors():
        if door.name in PUBLIC:
            for visitor in visitors(world):
                answer, _verbs = attempt(visitor, "get", address(door, held))
                assert answer.status_code in (200, 302, NOT_THIS_WAY), f"{door.name}: {visitor.name}"


def test_without_a_statement_of_the_provider_the_common_sign_in_opens_for_nobody(world: World) -> None:
    held = objects(world)
    for door in doors():
        if door.name in STATED:
            for visitor in visitors(world):
                answer, _verbs = attempt(visitor, "get", address(door, held))
                assert answer.status_code == 403, f"{door.name}: {visitor.name}"


def test_a_delivery_without_its_signature_is_refused_whoever_sends_it(world: World) -> None:
    held = objects(world)
    door = next(door for door in doors() if door.name in SIGNED)
    for visitor in visitors(world):
        answer, verbs = attempt(visitor, "post", address(door, held))
        assert (answer.status_code, verbs) == (401, [Verb.ATTACK_REFUSED.value]), visitor.name
