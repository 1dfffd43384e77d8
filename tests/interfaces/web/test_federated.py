"""Through the common sign-in, over real HTTP to a provider of our own that misbehaves on purpose."""

import base64
import time
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.utils import timezone

from lygte.apps.accounts import federation as common
from lygte.apps.accounts import selectors, services
from lygte.apps.accounts.models import User
from lygte.apps.audit.models import AuditEvent
from lygte.domain import federation
from lygte.domain.access import AccessDenied, system
from lygte.domain.events import Verb
from lygte.domain.federation import Level
from lygte.domain.time import day_of
from lygte.domain.vocab import Role
from tests.idp.oidc import CLIENT, SECRET, Provider
from tests.world import World

CVR = "11111111"
WORKER, LEADER = "http://lygte.example/roles/worker/1", "http://lygte.example/roles/leader/1"
START = "/konto/faelles/lysborg/"


def listed(*names: str) -> str:
    rights = "".join(f"<Privilege>{name}</Privilege>" for name in names)
    scope = f"{federation.SCOPE_OF_CVR}{CVR}"
    group = f'<PrivilegeGroup Scope="{scope}">{rights}</PrivilegeGroup>'
    return base64.b64encode(f"<PrivilegeList>{group}</PrivilegeList>".encode()).decode()


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, world: World) -> Provider:
    running.head, running.answer, running.published, running.sign_with = {}, {}, {}, None
    running.claims = {
        federation.SPEC_VERSION: "OIO-SAML-3.0",
        federation.SUBJECT: "urn:uuid:opdigtet-bo",
        federation.CVR: CVR,
        federation.LEVEL: "Substantial",
        federation.FULL_NAME: "Opdigtet Bo",
        federation.PRIVILEGES: listed(WORKER),
    }
    by, now = system(world.here.municipality.pk), timezone.now()
    with world.here.scope():
        common.set_up(
            actor=by, now=now, cvr=CVR, issuer=running.issuer, client_id=CLIENT, client_secret=SECRET
        )
        for name, role in ((WORKER, Role.WORKER), (LEADER, Role.LEADER)):
            common.map_privilege(
                actor=by, now=now, privilege=name, role=role, service_id=world.here.service.pk
            )
    return running


def _through(provider: Provider, browser: Client) -> Any:
    out = browser.get(START)
    assert out.status_code == 302
    return browser.get(provider.signed_in(out.headers["Location"]))


def _bo() -> User:
    return User.objects.get(name="Opdigtet Bo")


def _roles(world: World) -> set[str]:
    with world.here.scope():
        rows = selectors.running_grants(day_of(timezone.now())).filter(user=_bo())
        return {row.role for row in rows}


def test_somebody_with_a_mapped_privilege_is_at_work_at_once(provider: Provider, world: World) -> None:
    browser = Client()
    answer = _through(provider, browser)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    board = browser.get("/", follow=True)
    assert board.request["PATH_INFO"] == f"/tilbud/{world.here.service.slug}/vagten/"
    assert _roles(world) == {"worker"}
    assert not _bo().has_usable_password()


def test_roles_follow_the_list_at_every_sign_in_and_the_account_is_the_same(
    provider: Provider, world: World
) -> None:
    _through(provider, Client())
    first = _bo().pk
    provider.claims[federation.PRIVILEGES] = listed(LEADER)
    _through(provider, Client())
    assert _roles(world) == {"leader"}
    assert _bo().pk == first


def test_the_session_key_changes_at_the_sign_in(provider: Provider) -> None:
    browser = Client()
    out = browser.get(START)
    before = browser.session.session_key
    browser.get(provider.signed_in(out.headers["Location"]))
    assert browser.session.session_key != before


def test_a_provider_may_change_its_key_without_telling_anybody(provider: Provider) -> None:
    assert _through(provider, Client()).status_code == 302
    provider.new_key("second")
    assert _through(provider, Client()).status_code == 302


def test_an_answer_is_used_once(provider: Provider) -> None:
    browser = Client()
    back = provider.signed_in(browser.get(START).headers["Location"])
    assert browser.get(back).status_code == 302
    assert browser.get(back).status_code == 403


def test_an_answer_meant_for_another_browser_is_refused(provider: Provider) -> None:
    back = provider.signed_in(Client().get(START).headers["Location"])
    assert Client().get(back).status_code == 403
    other = Client()
    other.get(START)
    assert other.get(back).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"iss": "http://127.0.0.1:1"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(time.time()) - 3600},
        {"exp": True},
        {"iat": int(time.time()) + 3600},
        {federation.CVR: "22222222"},
        {federation.LEVEL: "Low"},
        {federation.PRIVILEGES: ""},
        {federation.PRIVILEGES: listed("http://lygte.example/unmapped")},
        {federation.SPEC_VERSION: "DK-SAML-2.0"},
    ],
)
def test_a_wrong_statement_lets_nobody_in_and_is_noted(
    provider: Provider, world: World, wrong: dict[str, Any]
) -> None:
    provider.answer = wrong
    browser = Client()
    answer = _through(provider, browser)
    assert answer.status_code == 403
    assert "_auth_user_id" not in browser.session
    with world.here.scope():
        assert AuditEvent.objects.filter(verb=Verb.SIGN_IN_FAILED.value).count() == 1
    assert not User.objects.filter(name="Opdigtet Bo").exists()


@pytest.mark.parametrize("head", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "unknown"}, {"crit": ["x"]}])
def test_an_unsigned_or_differently_signed_statement_is_refused(
    provider: Provider, head: dict[str, Any]
) -> None:
    provider.head = head
    assert _through(provider, Client()).status_code == 403


def test_a_statement_signed_by_somebody_else_is_refused(provider: Provider) -> None:
    provider.sign_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert _through(provider, Client()).status_code == 403


def test_a_provider_that_says_it_is_another_is_not_asked_further(provider: Provider) -> None:
    provider.published = {"issuer": "http://127.0.0.1:1"}
    assert Client().get(START).status_code == 403


def test_a_closed_account_stays_closed(provider: Provider, world: World) -> None:
    _through(provider, Client())
    with world.here.scope():
        services.close_user(actor=system(world.here.municipality.pk), now=timezone.now(), user_id=_bo().pk)
    assert _through(provider, Client()).status_code == 403


def test_a_municipality_without_a_common_sign_in_says_so_and_an_unknown_one_is_not_found(
    provider: Provider,
) -> None:
    assert Client().get("/konto/faelles/fyrnes/").status_code == 403
    assert Client().get("/konto/faelles/ukendt/").status_code == 404


def test_a_locked_desk_is_opened_by_the_same_person_through_the_common_sign_in(provider: Provider) -> None:
    browser = Client()
    _through(provider, browser)
    browser.post("/laas/")
    assert START in browser.get("/laas/op/").content.decode()
    _through(provider, browser)
    assert browser.get("/", follow=True).status_code == 200


def test_somebody_else_at_a_locked_desk_gets_a_session_of_their_own(provider: Provider, world: World) -> None:
    browser = world.here.client()
    browser.get("/")
    browser.post("/laas/")
    session = browser.session
    session["drawer"] = "of the first"
    session.save()
    _through(provider, browser)
    assert browser.session["_auth_user_id"] == str(_bo().pk)
    assert "drawer" not in browser.session


def test_a_privilege_list_is_tried_without_letting_anybody_in(provider: Provider, world: World) -> None:
    with world.here.scope():
        opened = common.preview(listed(WORKER), level=Level.SUBSTANTIAL)
        assert {grant.role for grant in opened} == {Role.WORKER}
        with pytest.raises(federation.NotOpened, match="level"):
            common.preview(listed(WORKER), level=Level.LOW)
        assert (
            common.unmap_privilege(
                actor=system(world.here.municipality.pk), now=timezone.now(), privilege=WORKER
            )
            == 1
        )
        with pytest.raises(federation.NotOpened, match="no_role"):
            common.preview(listed(WORKER), level=Level.HIGH)


def test_who_manages_one_service_does_not_set_the_sign_in_of_all(world: World) -> None:
    with world.here.scope(), pytest.raises(AccessDenied):
        common.map_privilege(
            actor=world.here.actor(Role.ADMINISTRATOR),
            now=timezone.now(),
            privilege=WORKER,
            role=Role.LEADER,
            service_id=world.here.service.pk,
        )
