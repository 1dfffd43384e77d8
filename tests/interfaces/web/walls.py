"""Who must never get through a door, asked in one call.

    assert_walled(world, "get", reverse("staff:contact", args=[contact.pk]))
    assert_walled(world, "post", url, {"reason": "x"}, refused=[Role.WORKER, Role.EVALUATOR])

The address belongs to `world.here` and its first service. Asked are: somebody who is not signed in, a
signed-in user without any role, a worker and a leader of another municipality, a worker of another service of
the same municipality, and every role that the page is not for. None may get through, none may change anything
that a board shows, and whoever is refused for lack of rights leaves an audit event.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpResponseBase
from django.test import Client

from lygte.apps.accounts import services as accounts
from lygte.apps.audit.models import AuditEvent
from lygte.apps.core.selectors import live_version
from lygte.domain.access import system
from lygte.domain.events import Verb
from lygte.domain.vocab import Role
from tests.world import PASSWORD, World, client_of

NOT_FOR_CASEWORK = (Role.EVALUATOR, Role.ADMINISTRATOR)
FOREIGN = frozenset({403, 404})
REFUSED = frozenset({403})


def assert_walled(
    world: World,
    method: str,
    url: str,
    data: Mapping[str, Any] | str | None = None,
    *,
    refused: Iterable[Role] = NOT_FOR_CASEWORK,
    own_service: bool = True,
    **extra: Any,
) -> None:
    """Fail unless everybody who must not get through is turned away.

    `refused` are the roles of the same service that the page is not for. `own_service` is whether a worker of
    another service is to be turned away too. `extra` goes to the client, such as content_type or headers.
    """
    version = _version(world)
    assert_signed_out(world, method, url, data, **extra)
    for who, client, expected in _visitors(world, refused, own_service=own_service):
        before = _denials(world)
        response = _ask(client, method, url, data, extra)
        assert response.status_code in expected, f"{who}: {response.status_code} for {method} {url}"
        if expected == REFUSED:
            assert _denials(world) == before + 1, f"{who} left no audit event at {url}"
    assert _version(world) == version, f"a refused {method} {url} changed something"


def assert_signed_out(
    world: World, method: str, url: str, data: Mapping[str, Any] | str | None = None, **extra: Any
) -> None:
    """Fail unless somebody who is not signed in is sent to the sign-in page, or told to by 401."""
    response = _ask(Client(), method, url, data, extra)
    to_sign_in = response.status_code == 302 and response.headers["Location"].startswith("/konto/login/")
    assert to_sign_in or response.status_code == 401, f"signed out: {response.status_code} for {method} {url}"


def stranger(world: World) -> Client:
    """Return a browser of a user of `world.here` who holds no role anywhere."""
    with world.here.scope():
        user = accounts.create_user(
            actor=system(world.here.municipality.pk),
            now=datetime(2026, 1, 1, 12, tzinfo=UTC),
            username=f"stranger-{_strangers(world)}",
            password=PASSWORD,
            name="Opdigtet Fremmed",
        )
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return client_of(user)


def _strangers(world: World) -> int:
    return AuditEvent.objects.filter(verb=Verb.USER_CREATED).count()


def _visitors(
    world: World, refused: Iterable[Role], *, own_service: bool
) -> Iterator[tuple[str, Client, frozenset[int]]]:
    yield "a stranger", stranger(world), REFUSED
    for role in (Role.WORKER, Role.LEADER):
        yield f"a {role.value} of another municipality", world.there.client(role), FOREIGN
    if own_service:
        yield "a worker of another service", client_of(world.here.other_worker), REFUSED
    for role in refused:
        yield f"{role.value} of the service", world.here.client(role), REFUSED


def _ask(
    client: Client, method: str, url: str, data: Mapping[str, Any] | str | None, extra: Mapping[str, Any]
) -> HttpResponseBase:
    return getattr(client, method.lower())(url, data or {}, **extra)


def _denials(world: World) -> int:
    with world.here.scope():
        return AuditEvent.objects.filter(verb=Verb.ACCESS_DENIED).count()


def _version(world: World) -> int:
    return live_version(world.here.service.pk)
