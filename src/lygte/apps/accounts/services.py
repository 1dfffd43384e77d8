from datetime import datetime
from uuid import UUID

from django.db import transaction

from lygte.apps.accounts.models import Grant, User
from lygte.apps.audit import services as audit
from lygte.apps.core.scope import current_municipality_id
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb
from lygte.domain.time import day_of
from lygte.domain.vocab import Role


@transaction.atomic
def create_user(
    *, actor: Actor, now: datetime, username: str, password: str, name: str, language: str = "da"
) -> User:
    """Make a user of the running municipality. The user can do nothing until given a role."""
    municipality_id = current_municipality_id()
    require(actor, Action.USERS_MANAGE, municipality_id=municipality_id)
    user = User.objects.create_user(
        username=username,
        password=password,
        municipality_id=municipality_id,
        name=name,
        language=language,
    )
    audit.record(Verb.USER_CREATED, actor=actor, now=now, subject=user)
    return user


@transaction.atomic
def give_role(*, actor: Actor, now: datetime, user: User, role: Role, service_id: UUID | None) -> Grant:
    """Give a user a role in one service, or in every service of the municipality."""
    require(actor, Action.USERS_MANAGE, municipality_id=user.municipality_id, service_id=service_id)
    grant = Grant.objects.create(user=user, role=role, service_id=service_id, valid_from=day_of(now))
    audit.record(
        Verb.GRANT_GIVEN,
        actor=actor,
        now=now,
        subject=user,
        service_id=service_id,
        detail={"role": role.value},
    )
    return grant
