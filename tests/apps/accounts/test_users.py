from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from lygte.apps.accounts import selectors, services
from lygte.apps.accounts.models import Grant, User
from lygte.apps.accounts.services import FactorReason
from lygte.apps.audit.models import AuditEvent
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.domain.access import AccessDenied, Actor, system
from lygte.domain.events import Verb
from lygte.domain.time import day_of
from lygte.domain.vocab import Role
from tests.world import NOW, PASSWORD, World, client_of


def _administrator(world: World) -> Actor:
    return world.here.actor(Role.ADMINISTRATOR)


def _everywhere(world: World) -> Actor:
    """Return an administrator of every service."""
    by = system(world.here.municipality.pk)
    since = NOW - timedelta(days=30)
    user = services.create_user(actor=by, now=since, username="alle", password=PASSWORD, name="Opdigtet Alle")
    services.give_role(actor=by, now=since, user=user, role=Role.ADMINISTRATOR, service_id=None)
    return selectors.actor_for(user, today=day_of(NOW))


def _give(world: World, user: Any, role: Role = Role.LEADER, **more: Any) -> Any:
    given = {"actor": _administrator(world), "now": NOW, "service_id": world.here.service.pk} | more
    return services.give_role(user=user, role=role, **given)


def _grant(world: World, role: Role) -> Any:
    user = world.here.users[role]
    return selectors.grants_of([user.pk])[user.pk][0]


def _events(verb: Verb) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb=verb.value, at=NOW))


def test_a_new_user_gets_a_one_time_password_and_a_role_and_both_are_audited(world: World) -> None:
    with world.here.scope():
        user, password = services.invite_user(
            actor=_administrator(world),
            now=NOW,
            service_id=world.here.service.pk,
            username=" Ny.Kollega ",
            name="Opdigtet Ny",
            role=Role.WORKER,
        )
        assert user.username == "ny.kollega"
        assert user.check_password(password)
        assert user.must_change_password
        assert len(password) == 19
        assert [event.subject_id for event in _events(Verb.USER_CREATED)] == [user.pk]
        assert [event.service_id for event in _events(Verb.GRANT_GIVEN)] == [world.here.service.pk]
        assert not any(password in str(event.detail) for event in AuditEvent.objects.all())


@pytest.mark.parametrize(
    ("username", "name", "field"),
    [
        ("", "Ny", "username"),
        ("ny kollega", "Ny", "username"),
        ("LYSBORG-WORKER", "Ny", "username"),
        ("fyrnes-worker", "Ny", "username"),
        ("ny", " ", "name"),
        ("ny", "x" * 81, "name"),
    ],
)
def test_a_user_that_cannot_be_made_names_the_field(
    world: World, username: str, name: str, field: str
) -> None:
    with world.here.scope(), pytest.raises(InvalidField) as problem:
        services.create_user(
            actor=_administrator(world), now=NOW, username=username, password=PASSWORD, name=name
        )
    assert problem.value.field == field


def test_nobody_gives_a_role_to_themself(world: World) -> None:
    with world.here.scope():
        with pytest.raises(Refused, match="own_role"):
            _give(world, world.here.users[Role.ADMINISTRATOR])
        everywhere = _everywhere(world)
        with pytest.raises(Refused, match="own_role"):
            _give(world, User.objects.get(username="alle"), actor=everywhere)


def test_a_role_beyond_the_administrators_own_services_is_refused(world: World) -> None:
    user = world.here.users[Role.WORKER]
    with world.here.scope():
        for service_id in (world.here.other_service.pk, None):
            with pytest.raises(AccessDenied):
                _give(world, user, service_id=service_id)
        everywhere = _everywhere(world)
        assert _give(world, user, actor=everywhere, service_id=None).service_id is None


@pytest.mark.parametrize("role", [Role.WORKER, Role.LEADER, Role.EVALUATOR])
def test_only_an_administrator_gives_and_ends_roles(world: World, role: Role) -> None:
    actor = world.here.actor(role)
    with world.here.scope():
        with pytest.raises(AccessDenied):
            _give(world, world.here.other_worker, actor=actor)
        with pytest.raises(AccessDenied):
            services.end_role(actor=actor, now=NOW, grant_id=_grant(world, Role.WORKER).pk)


def test_a_role_is_not_given_twice(world: World) -> None:
    with world.here.scope(), pytest.raises(Refused, match="has_role"):
        _give(world, world.here.users[Role.WORKER], Role.WORKER)


def test_the_database_itself_refuses_the_same_role_twice(world: World) -> None:
    with world.here.scope():
        grant = _grant(world, Role.WORKER)
        for service_id in (grant.service_id, None):
            fields = {"user_id": grant.user_id, "role": grant.role, "service_id": service_id}
            if service_id is None:
                Grant.objects.create(**fields, valid_from=grant.valid_from)
            with pytest.raises(IntegrityError), transaction.atomic():
                Grant.objects.create(**fields, valid_from=grant.valid_from)
        assert Grant.objects.filter(user_id=grant.user_id).count() == 2


def test_an_ended_role_opens_nothing_the_same_minute(world: World) -> None:
    client = world.here.client(Role.WORKER)
    with world.here.scope():
        services.end_role(actor=_administrator(world), now=NOW, grant_id=_grant(world, Role.WORKER).pk)
        assert world.here.worker.grants == ()
        with pytest.raises(Refused, match="ended"):
            services.end_role(actor=_administrator(world), now=NOW, grant_id=_grant(world, Role.WORKER).pk)
    assert client.get("/").status_code == 403


def test_the_last_administrator_cannot_be_ended(world: World) -> None:
    with world.here.scope():
        grant = _grant(world, Role.ADMINISTRATOR)
        with pytest.raises(Refused, match="last_administrator"):
            services.end_role(actor=system(world.here.municipality.pk), now=NOW, grant_id=grant.pk)
        assert _grant(world, Role.ADMINISTRATOR).valid_to is None
        _everywhere(world)
        services.end_role(actor=system(world.here.municipality.pk), now=NOW, grant_id=grant.pk)
        assert world.here.actor(Role.ADMINISTRATOR).grants == ()


def test_a_closed_account_ends_its_sessions_its_roles_and_its_password(world: World) -> None:
    user, client = world.here.users[Role.WORKER], world.here.client(Role.WORKER)
    with world.here.scope():
        closed = services.close_user(actor=_administrator(world), now=NOW, user_id=user.pk)
        assert not closed.check_password(PASSWORD)
        assert world.here.worker.grants == ()
        assert [event.service_id for event in _events(Verb.USER_CLOSED)] == [world.here.service.pk]
        with pytest.raises(Refused, match="closed"):
            _give(world, closed)
    assert client.get("/").headers["Location"].startswith("/konto/login/")


def test_a_new_password_ends_running_sessions_and_is_exchanged_at_the_next_sign_in(world: World) -> None:
    user, client = world.here.users[Role.WORKER], world.here.client(Role.WORKER)
    with world.here.scope():
        password = services.reset_password(actor=_administrator(world), now=NOW, user_id=user.pk)
    assert client.get("/").headers["Location"].startswith("/konto/login/")
    user.refresh_from_db()
    fresh = client_of(user)
    assert fresh.get("/").headers["Location"] == "/konto/adgangskode/"
    typed = {"oldpassword": password, "password1": password, "password2": password}
    assert fresh.post("/konto/adgangskode/", typed).status_code == 200
    own = "en-helt-anden-opdigtet-saetning"
    assert fresh.post("/konto/adgangskode/", typed | {"password1": own, "password2": own}).status_code == 302
    user.refresh_from_db()
    assert not user.must_change_password
    assert user.check_password(own)


def test_taking_the_second_factor_away_takes_the_password_too_and_says_why(world: World) -> None:
    user = world.here.users[Role.WORKER]
    with world.here.scope():
        password = services.remove_second_factor(
            actor=_administrator(world), now=NOW, user_id=user.pk, reason=FactorReason.STOLEN
        )
        user.refresh_from_db()
        assert user.check_password(password)
        assert not Authenticator.objects.filter(user=user).exists()
        event = _events(Verb.USER_CHANGED)[0]
        assert event.detail == {"what": "second_factor", "reason": "stolen", "removed": 1}
        assert event.service_id == world.here.service.pk


def test_ones_own_sign_in_is_not_changed_from_the_settings(world: World) -> None:
    user_id = world.here.users[Role.ADMINISTRATOR].pk
    with world.here.scope():
        for act in (services.reset_password, services.close_user):
            with pytest.raises(Refused, match="own_"):
                act(actor=_administrator(world), now=NOW, user_id=user_id)


def test_a_colleague_with_a_role_elsewhere_is_not_the_administrators_to_change(world: World) -> None:
    with world.here.scope():
        for act in (services.reset_password, services.close_user):
            with pytest.raises(AccessDenied):
                act(actor=_administrator(world), now=NOW, user_id=world.here.other_worker.pk)
            with pytest.raises(User.DoesNotExist):
                act(actor=_administrator(world), now=NOW, user_id=world.there.users[Role.WORKER].pk)
        assert not services.may_manage(_administrator(world), world.here.other_worker, today=day_of(NOW))


def test_the_users_of_a_service_are_those_who_have_or_had_a_role_there(world: World) -> None:
    with world.here.scope():
        names = {user.username for user in selectors.users_of_service(world.here.service.pk)}
    assert names == {f"lysborg-{role.value}" for role in Role}


def test_a_typed_password_is_checked_like_any_other() -> None:
    assert services.check_new_password("kort", username="ny", name="Ny")
    assert services.check_new_password("password1234", username="ny", name="Ny")
    assert services.check_new_password(PASSWORD, username="ny", name="Ny") == []


def test_one_time_passwords_differ_and_hold_no_letter_that_is_misread() -> None:
    made = {services.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("01loi")
