from collections.abc import Iterable
from datetime import date
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from lygte.apps.accounts.models import Grant, User
from lygte.apps.core.scope import current_municipality_id, municipality_scope
from lygte.domain import access
from lygte.domain.time import day_of
from lygte.domain.vocab import Role


def actor_for(user: User, *, today: date) -> access.Actor:
    """Return the actor of a signed-in user with the grants that hold today. Needs the user's scope."""
    rows = running_grants(today).filter(user=user).values_list("role", "service_id")
    grants = tuple(access.Grant(Role(role), service_id) for role, service_id in rows)
    return access.Actor(access.ActorKind.USER, user.municipality_id, user.pk, grants)


def actor_of_user(user_id: UUID, *, today: date) -> access.Actor | None:
    """Return the actor of an active user of the running municipality; None when there is none."""
    user = User.objects.filter(pk=user_id, municipality_id=current_municipality_id(), is_active=True).first()
    return None if user is None else actor_for(user, today=today)


def user_id_of(username: str) -> UUID | None:
    """Return the id of the active user of the running municipality with a username."""
    rows = User.objects.filter(username=username.lower(), municipality_id=current_municipality_id())
    return rows.filter(is_active=True).values_list("pk", flat=True).first()


def running_grants(today: date) -> QuerySet[Grant]:
    """Return the grants that hold on a day."""
    return Grant.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today), valid_from__lte=today)


def user_names(user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of users of any state, by id, in one query."""
    wanted = {user_id for user_id in user_ids if user_id}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def colleagues(service_id: UUID, *, today: date) -> QuerySet[User]:
    """Return the active users who work in or lead a service today, by name."""
    grants = running_grants(today).filter(
        Q(service_id=service_id) | Q(service_id__isnull=True), role__in=[Role.WORKER, Role.LEADER]
    )
    return User.objects.filter(pk__in=grants.values("user_id"), is_active=True).order_by("name")


def user_of_session(session_key: str) -> User | None:
    """Return the active user of a running, unlocked session."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user_id = session.get(SESSION_KEY)
    if user_id is None or session.get("locked"):
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not constant_time_compare(
        session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    ):
        return None
    return user


def may_watch(session_key: str, service_id: UUID) -> bool:
    """Tell whether the user of a session may see the board of a service."""
    user = user_of_session(session_key)
    if user is None:
        return False
    with municipality_scope(user.municipality_id):
        actor = actor_for(user, today=day_of(timezone.now()))
    return access.may(
        actor, access.Action.BOARD_SEE, municipality_id=user.municipality_id, service_id=service_id
    )
