from collections.abc import Iterable
from datetime import date
from importlib import import_module
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from lygte.apps.accounts.models import Grant, User
from lygte.apps.core.scope import current_municipality_id, municipality_scope
from lygte.apps.tenancy import selectors as tenancy
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
        service = tenancy.services().filter(pk=service_id).first()
    return service is not None and access.may(
        actor, access.Action.BOARD_SEE, municipality_id=actor.municipality_id, service_id=service_id
    )


def user(user_id: UUID) -> User:
    """Return a user of the running municipality, of any state."""
    return User.objects.get(pk=user_id, municipality_id=current_municipality_id())


def user_by_name(username: str) -> User:
    """Return a user of the running municipality by username."""
    return User.objects.get(username=username.lower(), municipality_id=current_municipality_id())


def grants_of(user_ids: Iterable[UUID]) -> dict[UUID, list[Grant]]:
    """Return every role that users have or had, newest first, with its service, in one query."""
    found: dict[UUID, list[Grant]] = {}
    rows = Grant.objects.filter(user_id__in=list(user_ids)).select_related("service")
    for grant in rows.order_by("-valid_from", "-id"):
        found.setdefault(grant.user_id, []).append(grant)
    return found


def users_of_service(service_id: UUID) -> list[User]:
    """Return who has or had a role in a service or in all, and those without any role yet, by name."""
    grants = Grant.objects.filter(Q(service_id=service_id) | Q(service_id__isnull=True))
    users = User.objects.filter(municipality_id=current_municipality_id())
    mine = users.filter(pk__in=grants.values("user_id"))
    unplaced = users.exclude(pk__in=Grant.objects.values("user_id"))
    return sorted({*mine, *unplaced}, key=lambda row: (not row.is_active, row.name.lower()))


def second_factors(user_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Return the kinds of second factor that users have set up, in one query."""
    found: dict[UUID, set[str]] = {}
    rows = Authenticator.objects.filter(user_id__in=list(user_ids)).values_list("user_id", "type")
    for user_id, kind in rows.exclude(type=Authenticator.Type.RECOVERY_CODES):
        found.setdefault(user_id, set()).add(kind)
    return found


def grant(grant_id: UUID) -> Grant:
    """Return a role of a user of the running municipality."""
    return Grant.objects.get(pk=grant_id)
