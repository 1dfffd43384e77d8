from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.test import Client
from django.utils import timezone

from lygte.apps.accounts import signin
from lygte.apps.audit import selectors as audit
from lygte.domain.events import Verb
from lygte.domain.vocab import Role
from tests.world import PASSWORD, World

LOGIN = "/konto/login/"


@pytest.fixture
def secret(world: World) -> str:
    user = world.here.users[Role.WORKER]
    Authenticator.objects.filter(user=user).delete()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(counters())))))


def _verbs(world: World) -> list[str]:
    with world.here.scope():
        events = audit.events_between(
            timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)
        )
        return [event.verb for event in events]


def _password(client: Client, username: str, password: str = PASSWORD) -> object:
    return client.post(LOGIN, {"login": username, "password": password})


def test_password_and_code_open_the_desk_and_the_sign_in_is_audited(world: World, secret: str) -> None:
    client = Client()
    first = client.post(LOGIN, {"login": "lysborg-worker", "password": PASSWORD})
    assert first.status_code == 302
    assert first.url.startswith("/konto/to-trin/authenticate/")
    second = client.post(first.url, {"code": _code(secret)})
    assert second.status_code == 302
    assert client.session["has_second_factor"] is True
    assert Verb.SIGNED_IN in _verbs(world)


def test_a_password_alone_opens_nothing(world: World) -> None:
    Authenticator.objects.filter(user=world.here.users[Role.WORKER]).delete()
    client = Client()
    _password(client, "lysborg-worker")
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.url == "/konto/to-trin/"


@pytest.mark.parametrize("username", ["lysborg-worker", "nobody-at-all"])
def test_five_wrong_passwords_lock_a_name_whether_it_exists_or_not(world: World, username: str) -> None:
    client = Client()
    for _ in range(signin.TRIES):
        client.post(LOGIN, {"login": username, "password": "wrong"})
    answer = client.post(LOGIN, {"login": username, "password": PASSWORD})
    assert answer.status_code == 200
    assert signin.locked_until(username, now=timezone.now()) is not None
    assert "_auth_user_id" not in client.session


def test_a_locked_desk_shows_nothing_until_the_same_person_unlocks_it(world: World) -> None:
    client = world.here.client()
    client.post("/laas/")
    page = client.get("/")
    assert page.status_code == 302
    assert page.url.startswith("/laas/op/")
    assert client.post("/", {}).status_code == 423
    wrong = client.post("/laas/op/", {"password": "not it"})
    assert wrong.status_code == 200
    right = client.post("/laas/op/", {"password": PASSWORD, "next": "/tilbud/lysborg-havnegade/vagten/"})
    assert right.url == "/tilbud/lysborg-havnegade/vagten/"
    assert {Verb.DESK_LOCKED, Verb.DESK_UNLOCKED} <= set(_verbs(world))


def test_five_wrong_unlocks_end_the_session(world: World) -> None:
    client = world.here.client()
    client.post("/laas/")
    for _ in range(5):
        client.post("/laas/op/", {"password": "not it"})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_unlocking_never_leads_to_another_site(world: World, target: str) -> None:
    client = world.here.client()
    client.post("/laas/")
    answer = client.post("/laas/op/", {"password": PASSWORD, "next": target})
    assert answer.url == "/"


@pytest.mark.parametrize(
    "path", [LOGIN, "/konto/to-trin/", "/konto/adgangskode/", "/konto/to-trin/totp/activate/"]
)
def test_every_page_carries_a_strict_policy_and_is_never_stored(world: World, path: str) -> None:
    client = Client() if path == LOGIN else world.here.client()
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/konto/signup/", "/konto/password/reset/", "/konto/email/", "/admin/"])
def test_there_is_no_way_to_sign_up_or_reset_by_mail(world: World, path: str) -> None:
    assert Client().get(path).status_code == 404


def test_the_invented_colleagues_are_shown_in_a_demo_only(world: World, settings: object) -> None:
    assert PASSWORD not in Client().get(LOGIN).content.decode()
    assert "lysborg-worker" not in Client().get(LOGIN).content.decode()
