"""The common sign-in of a municipality: how it is set up, and what a verified statement does.

Roles of those who come this way are mapped from privileges at every sign-in and never typed in: what the list
no longer gives has ended.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lygte.apps.accounts import services
from lygte.apps.accounts.models import FederatedIdentity, Federation, MappedPrivilege, User
from lygte.apps.accounts.selectors import running_grants
from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.scope import current_municipality_id
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain import access, federation
from lygte.domain.access import Action, Actor
from lygte.domain.events import Verb
from lygte.domain.federation import Level, Mapped
from lygte.domain.time import day_of
from lygte.domain.vocab import Role


@transaction.atomic
def set_up(*, actor: Actor, now: datetime, cvr: str, issuer: str, client_id: str, client_secret: str) -> None:
    """Set the common sign-in of the running municipality, in place of an earlier one."""
    _require_everything(actor)
    if not federation.is_cvr(cvr):
        raise InvalidField("cvr", "cvr")
    row = Federation.objects.first() or Federation()
    row.cvr, row.issuer, row.client_id = cvr, issuer.rstrip("/"), client_id
    row.client_secret, row.is_active = client_secret, True
    row.save()
    audit.record(Verb.FEDERATION_CHANGED, actor=actor, now=now, subject=row, detail={"what": "set_up"})


@transaction.atomic
def map_privilege(
    *,
    actor: Actor,
    now: datetime,
    privilege: str,
    role: Role,
    service_id: UUID | None,
    level: Level = Level.SUBSTANTIAL,
) -> None:
    """Let a privilege give a role from a level upward; a known pair gets the new level."""
    _require_everything(actor)
    if not privilege or len(privilege) > federation.LONGEST_TEXT:
        raise InvalidField("privilege", "privilege")
    known = MappedPrivilege.objects.filter(privilege=privilege, role=role.value)
    row = next((one for one in known if one.service_id == service_id), None)
    row = row or MappedPrivilege(privilege=privilege, role=role.value, service_id=service_id)
    row.level = level.value
    row.save()
    detail = {"what": "mapped", "role": role.value, "level": level.value}
    audit.record(
        Verb.FEDERATION_CHANGED, actor=actor, now=now, subject=row, service_id=service_id, detail=detail
    )


@transaction.atomic
def unmap_privilege(*, actor: Actor, now: datetime, privilege: str) -> int:
    """Let a privilege give nothing any more, from the next sign-in of each; returns the roles it gave."""
    _require_everything(actor)
    removed, _rows = MappedPrivilege.objects.filter(privilege=privilege).delete()
    if not removed:
        raise Refused("unknown_privilege")
    detail = {"what": "unmapped", "roles": removed}
    audit.record(Verb.FEDERATION_CHANGED, actor=actor, now=now, detail=detail)
    return removed


def settings() -> Federation:
    """Return the common sign-in of the running municipality; raises `Refused` when it has none."""
    found = Federation.objects.filter(is_active=True).first()
    if found is None:
        raise Refused("no_federation")
    return found


def is_federated(user_id: UUID) -> bool:
    """Tell whether a user of the running municipality comes by the common sign-in."""
    return FederatedIdentity.objects.filter(user_id=user_id).exists()


def mapped() -> list[Mapped]:
    """Return which privileges give which roles."""
    return [
        Mapped(row.privilege, access.Grant(Role(row.role), row.service_id), Level(row.level))
        for row in MappedPrivilege.objects.order_by("privilege", "role", "service_id")
    ]


def preview(privileges: str, *, level: Level) -> frozenset[access.Grant]:
    """Return what a privilege list would open, without doing it; raises `NotOpened`."""
    cvr = settings().cvr
    listed = federation.read_privileges(privileges)
    statement = federation.Statement("preview", "", cvr, level, listed)
    return federation.grants_of(statement, mapped(), cvr=cvr)


@transaction.atomic
def admit(*, now: datetime, claims: Mapping[str, Any]) -> tuple[User, Level]:
    """Let in who a verified statement speaks of, with exactly the roles that it opens.

    Returns the user and the level of the sign-in. Raises `NotOpened`, and `Refused` for a closed account.
    """
    statement = federation.read_statement(claims)
    opened = federation.grants_of(statement, mapped(), cvr=settings().cvr)
    actor = access.system(current_municipality_id())
    user = _known(statement.subject) or _made(statement, actor=actor, now=now)
    if not user.is_active:
        raise Refused("closed")
    _give_exactly(opened, user, actor=actor, now=now)
    return user, statement.level


def refused(*, now: datetime, code: str) -> None:
    """Note an answer of the common sign-in that opened nothing."""
    actor = access.system(current_municipality_id())
    audit.record(Verb.SIGN_IN_FAILED, actor=actor, now=now, detail={"door": "federation", "code": code})


def _require_everything(actor: Actor) -> None:
    access.require(actor, Action.USERS_MANAGE, municipality_id=current_municipality_id())
    if not services.manages_everything(actor):
        raise access.AccessDenied(Action.USERS_MANAGE)


def _known(subject: str) -> User | None:
    row = FederatedIdentity.objects.select_related("user").filter(subject=subject).first()
    return row.user if row else None


def _made(statement: federation.Statement, *, actor: Actor, now: datetime) -> User:
    """Make the account at the first sign-in. No password opens it."""
    key = tenancy.current_municipality().key
    user = services.create_user(
        actor=actor,
        now=now,
        username=f"{statement.subject}@{key}",
        password=services.one_time_password(),
        name=(statement.name or statement.subject)[: services.LONGEST_NAME],
    )
    user.set_unusable_password()
    user.save(update_fields=["password"])
    FederatedIdentity.objects.create(user=user, subject=statement.subject)
    return user


def _give_exactly(opened: Iterable[access.Grant], user: User, *, actor: Actor, now: datetime) -> None:
    """Begin the roles that are new and end those that are no longer given, both dated today."""
    held = {
        access.Grant(Role(row.role), row.service_id): row.pk
        for row in running_grants(day_of(now)).filter(user=user)
    }
    wanted = set(opened)
    for grant in sorted(wanted - held.keys(), key=str):
        services.give_role(actor=actor, now=now, user=user, role=grant.role, service_id=grant.service_id)
    for grant in sorted(held.keys() - wanted, key=str):
        services.end_role(actor=actor, now=now, grant_id=held[grant])
