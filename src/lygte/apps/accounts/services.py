"""Users, their passwords and their roles.

Nobody gives a role to themself, and nobody hands out more than they hold: a role in every service is given by
an administrator of every service only. What an administrator does to a colleague is audited in the services
of that colleague, where the leader sees it.
"""

import secrets
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from lygte.apps.accounts.models import Grant, User
from lygte.apps.accounts.selectors import running_grants
from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.scope import current_municipality_id
from lygte.domain.access import AccessDenied, Action, Actor, ActorKind, may, require
from lygte.domain.events import Verb
from lygte.domain.time import ONE_DAY, day_of
from lygte.domain.vocab import Role

LONGEST_NAME = 80
LONGEST_USERNAME = 150
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread aloud or on paper


class FactorReason(StrEnum):
    """Why the second factor of a colleague was taken away."""

    LOST = "lost"
    NEW_DEVICE = "new_device"
    STOLEN = "stolen"
    NOT_WORKING = "not_working"


def one_time_password() -> str:
    """Return a password that can be read aloud: four groups of four, about 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


@transaction.atomic
def create_user(
    *, actor: Actor, now: datetime, username: str, password: str, name: str, language: str = "da"
) -> User:
    """Make a user of the running municipality. The user can do nothing until given a role.

    Raises `InvalidField` for a name that is missing or a username that is taken anywhere.
    """
    municipality_id = current_municipality_id()
    require(actor, Action.USERS_MANAGE, municipality_id=municipality_id)
    user = User.objects.create_user(
        username=_checked_username(username),
        password=password,
        municipality_id=municipality_id,
        name=_checked_name(name),
        language=language,
    )
    audit.record(Verb.USER_CREATED, actor=actor, now=now, subject=user)
    return user


@transaction.atomic
def invite_user(
    *, actor: Actor, now: datetime, service_id: UUID, username: str, name: str, role: Role
) -> tuple[User, str]:
    """Make a user with a role in one service. Returns the user and a one-time password, shown this once."""
    password = one_time_password()
    user = create_user(actor=actor, now=now, username=username, password=password, name=name)
    _expect_new_password(user)
    give_role(actor=actor, now=now, user=user, role=role, service_id=service_id)
    return user, password


@transaction.atomic
def give_role(*, actor: Actor, now: datetime, user: User, role: Role, service_id: UUID | None) -> Grant:
    """Give a user a role in one service, or in every service of the municipality.

    Raises `AccessDenied` when the actor does not manage that service, or every service where none is named;
    `Refused` for a role for oneself, a role held already, and a closed account.
    """
    _require_reach(actor, user.municipality_id, service_id)
    if actor.kind is ActorKind.USER and actor.id == user.pk:
        raise Refused("own_role")
    if not user.is_active:
        raise Refused("closed")
    today = day_of(now)
    if running_grants(today).filter(_in_service(service_id), user=user, role=role).exists():
        raise Refused("has_role")
    grant = Grant.objects.create(user=user, role=role, service_id=service_id, valid_from=today)
    _record_grant(Verb.GRANT_GIVEN, actor=actor, now=now, grant=grant)
    return grant


@transaction.atomic
def end_role(*, actor: Actor, now: datetime, grant_id: UUID) -> Grant:
    """End a role at once. Raises `Refused` when it has ended, or when nobody would manage its services."""
    today = day_of(now)
    grant = Grant.objects.select_related("user").get(pk=grant_id)
    _require_reach(actor, grant.municipality_id, grant.service_id)
    if not running_grants(today).filter(pk=grant_id).update(valid_to=today - ONE_DAY):
        raise Refused("ended")
    _keep_an_administrator(today, [grant])
    _record_grant(Verb.GRANT_ENDED, actor=actor, now=now, grant=grant)
    return grant


@transaction.atomic
def close_user(*, actor: Actor, now: datetime, user_id: UUID) -> User:
    """Close an account: roles and sessions end, the password opens nothing. What was done stays."""
    user = _managed(actor, user_id, today=day_of(now))
    if actor.kind is ActorKind.USER and actor.id == user.pk:
        raise Refused("own_account")
    today = day_of(now)
    grants = list(running_grants(today).filter(user=user))
    running_grants(today).filter(user=user).update(valid_to=today - ONE_DAY)
    _keep_an_administrator(today, grants)
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    for grant in grants:
        _record_grant(Verb.GRANT_ENDED, actor=actor, now=now, grant=grant)
    _record_user(Verb.USER_CLOSED, actor=actor, now=now, user=user, grants=grants, detail={})
    return user


@transaction.atomic
def reopen_user(*, actor: Actor, now: datetime, user_id: UUID) -> str:
    """Open a closed account again and return a one-time password, shown this once.

    Its owner begins afresh: no role and no second step come back, since nobody knows who held the device.
    """
    user = _managed(actor, user_id, today=day_of(now))
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise Refused("open")
    removed, _ = Authenticator.objects.filter(user=user).delete()
    password = one_time_password()
    user.set_password(password)
    _expect_new_password(user)
    had = list(Grant.objects.filter(user=user))
    _record_user(Verb.USER_REOPENED, actor=actor, now=now, user=user, grants=had, detail={"removed": removed})
    return password


@transaction.atomic
def reset_password(*, actor: Actor, now: datetime, user_id: UUID) -> str:
    """Give a colleague a one-time password, shown this once. Sessions end; the second factor stays."""
    user = _managed_colleague(actor, user_id, now=now)
    password = one_time_password()
    user.set_password(password)
    _expect_new_password(user)
    grants = list(running_grants(day_of(now)).filter(user=user))
    _record_user(
        Verb.USER_CHANGED, actor=actor, now=now, user=user, grants=grants, detail={"what": "password"}
    )
    return password


@transaction.atomic
def remove_second_factor(*, actor: Actor, now: datetime, user_id: UUID, reason: FactorReason) -> str:
    """Take away every second factor of a colleague and return a one-time password, shown this once.

    The password goes with it, so that nobody who knows the old one alone can set up a new factor.
    """
    user = _managed_colleague(actor, user_id, now=now)
    removed, _ = Authenticator.objects.filter(user=user).delete()
    password = one_time_password()
    user.set_password(password)
    _expect_new_password(user)
    grants = list(running_grants(day_of(now)).filter(user=user))
    detail = {"what": "second_factor", "reason": reason.value, "removed": removed}
    _record_user(Verb.USER_CHANGED, actor=actor, now=now, user=user, grants=grants, detail=detail)
    return password


def check_new_password(password: str, *, username: str, name: str) -> list[str]:
    """Return what is wrong with a typed password, in words; nothing when it will do."""
    try:
        validate_password(password, user=User(username=username, name=name))
    except ValidationError as problem:
        return list(problem.messages)
    return []


def _checked_username(text: str) -> str:
    username = text.strip().lower()
    if not username or len(username) > LONGEST_USERNAME or any(letter.isspace() for letter in username):
        raise InvalidField("username", "required" if not username else "username")
    if User.objects.filter(username=username).exists():
        raise InvalidField("username", "taken")
    return username


def _checked_name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > LONGEST_NAME:
        raise InvalidField("name", "long" if name else "required")
    return name


def _expect_new_password(user: User) -> None:
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])


def manages_everything(actor: Actor) -> bool:
    """Tell whether the actor manages users of every service, and not of named ones only."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    return any(grant.role is Role.ADMINISTRATOR and grant.service_id is None for grant in actor.grants)


def _require_reach(actor: Actor, municipality_id: UUID | None, service_id: UUID | None) -> None:
    if municipality_id is None:
        raise AccessDenied(Action.USERS_MANAGE)
    require(actor, Action.USERS_MANAGE, municipality_id=municipality_id, service_id=service_id)
    if service_id is None and not manages_everything(actor):
        raise AccessDenied(Action.USERS_MANAGE)


def _managed_colleague(actor: Actor, user_id: UUID, *, now: datetime) -> User:
    user = _managed(actor, user_id, today=day_of(now))
    if actor.kind is ActorKind.USER and actor.id == user.pk:
        raise Refused("own_sign_in")
    if not user.is_active:
        raise Refused("closed")
    return user


def _managed(actor: Actor, user_id: UUID, *, today: date) -> User:
    """Return a user whose every role lies where the actor manages users; one without roles is anyone's."""
    user = User.objects.get(pk=user_id, municipality_id=current_municipality_id())
    require(actor, Action.USERS_MANAGE, municipality_id=user.municipality_id)
    for grant in running_grants(today).filter(user=user):
        _require_reach(actor, grant.municipality_id, grant.service_id)
    return user


def _keep_an_administrator(today: date, ended: list[Grant]) -> None:
    """Raise `Refused` when a role was the last that could manage users where it held."""
    for grant in ended:
        if grant.role != Role.ADMINISTRATOR:
            continue
        left = running_grants(today).filter(role=Role.ADMINISTRATOR, user__is_active=True)
        if not left.filter(Q(service_id__isnull=True) | _in_service(grant.service_id)).exists():
            raise Refused("last_administrator")


def _in_service(service_id: UUID | None) -> Q:
    return Q(service_id__isnull=True) if service_id is None else Q(service_id=service_id)


def _record_grant(verb: Verb, *, actor: Actor, now: datetime, grant: Grant) -> None:
    detail = {"role": str(grant.role), "everywhere": grant.service_id is None}
    audit.record(verb, actor=actor, now=now, subject=grant.user, service_id=grant.service_id, detail=detail)


def _record_user(
    verb: Verb, *, actor: Actor, now: datetime, user: User, grants: list[Grant], detail: dict[str, object]
) -> None:
    """Write the event once for each service in which the user holds a role, so that its leader sees it."""
    for service_id in {grant.service_id for grant in grants} or {None}:
        audit.record(verb, actor=actor, now=now, subject=user, service_id=service_id, detail=detail)


def may_manage(actor: Actor, user: User, *, today: date) -> bool:
    """Tell whether the actor manages this colleague."""
    if not may(actor, Action.USERS_MANAGE, municipality_id=user.municipality_id):
        return False
    return all(
        manages_everything(actor)
        if grant.service_id is None
        else may(
            actor, Action.USERS_MANAGE, municipality_id=user.municipality_id, service_id=grant.service_id
        )
        for grant in running_grants(today).filter(user=user)
    )
