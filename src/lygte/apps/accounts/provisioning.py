"""Joiners, movers and leavers from a list of staff: all of the list is done, or nothing of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import QuerySet

from lygte.apps.accounts import services
from lygte.apps.accounts.models import User
from lygte.apps.accounts.selectors import running_grants
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.scope import current_municipality_id
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Action, Actor, require
from lygte.domain.provisioning import State, Wanted, WantedRole, Wrong
from lygte.domain.time import day_of
from lygte.domain.vocab import Role

Key = tuple[str, UUID | None]


class Step(StrEnum):
    """What a list did to an account."""

    MADE = "made"
    REOPENED = "reopened"
    CLOSED = "closed"
    ROLE_GIVEN = "role_given"
    ROLE_ENDED = "role_ended"


@dataclass(frozen=True, slots=True)
class Done:
    """One step, and the line that asked for it."""

    line: int
    username: str
    step: Step


class _Undo(Exception):
    """Roll everything back: a line was wrong, or the list was only tried."""


def follow(
    *, actor: Actor, now: datetime, wanted: Sequence[Wanted], dry_run: bool = False
) -> tuple[list[Done], list[Wrong]]:
    """Bring accounts and roles to what the lines ask for.

    1. Everybody who joins or moves gets the new roles; 2. roles that are no longer asked for end; 3. leavers
    are closed. In that order, so that an administrator can hand over to the next within one list. With any
    wrong line nothing is kept. Nobody knows the password of an account that is made: an administrator hands
    out a one-time password.
    """
    require(actor, Action.USERS_MANAGE, municipality_id=current_municipality_id())
    run = _Run(actor, now)
    try:
        with transaction.atomic():
            for phase in (run.join, run.end_roles, run.leave):
                run.each(wanted, phase)
            if run.wrong or dry_run:
                raise _Undo
    except _Undo:
        pass
    return run.done, sorted(run.wrong, key=lambda one: one.line)


class _Run:
    def __init__(self, actor: Actor, now: datetime) -> None:
        self.actor = actor
        self.now = now
        self.done: list[Done] = []
        self.wrong: list[Wrong] = []

    def each(self, wanted: Sequence[Wanted], phase: Callable[[Wanted], None]) -> None:
        """Do one phase for every line that has not failed yet."""
        failed = {one.line for one in self.wrong}
        for line in wanted:
            if line.line in failed:
                continue
            try:
                with transaction.atomic():
                    phase(line)
            except (Refused, InvalidField) as problem:
                self.wrong.append(Wrong(line.line, problem.code))

    def join(self, line: Wanted) -> None:
        if line.state is State.CLOSED:
            return
        user = self._opened(line)
        held = self._held(user)
        for role, service_id in sorted(_keys(line.roles) - held.keys(), key=str):
            services.give_role(
                actor=self.actor, now=self.now, user=user, role=Role(role), service_id=service_id
            )
            self._note(line, Step.ROLE_GIVEN)

    def end_roles(self, line: Wanted) -> None:
        if line.state is State.CLOSED:
            return
        held = self._held(_found(line.username))
        for key in sorted(held.keys() - _keys(line.roles), key=str):
            services.end_role(actor=self.actor, now=self.now, grant_id=held[key])
            self._note(line, Step.ROLE_ENDED)

    def leave(self, line: Wanted) -> None:
        if line.state is State.ACTIVE:
            return
        user = _found(line.username)
        if user.is_active:
            services.close_user(actor=self.actor, now=self.now, user_id=user.pk)
            self._note(line, Step.CLOSED)

    def _opened(self, line: Wanted) -> User:
        user = _users().filter(username=line.username).first()
        if user is None:
            user = services.create_user(
                actor=self.actor,
                now=self.now,
                username=line.username,
                password=services.one_time_password(),
                name=line.name,
            )
            self._note(line, Step.MADE)
        elif not user.is_active:
            services.reopen_user(actor=self.actor, now=self.now, user_id=user.pk)
            user.refresh_from_db()
            self._note(line, Step.REOPENED)
        return user

    def _held(self, user: User) -> dict[Key, UUID]:
        rows = running_grants(day_of(self.now)).filter(user=user)
        return {(row.role, row.service_id): row.pk for row in rows}

    def _note(self, line: Wanted, step: Step) -> None:
        self.done.append(Done(line.line, line.username, step))


def _users() -> QuerySet[User]:
    return User.objects.filter(municipality_id=current_municipality_id())


def _found(username: str) -> User:
    user = _users().filter(username=username).first()
    if user is None:
        raise Refused("unknown_user")
    return user


def _keys(roles: frozenset[WantedRole]) -> set[Key]:
    return {(one.role.value, _service_id(one.slug)) for one in roles}


def _service_id(slug: str) -> UUID | None:
    if not slug:
        return None
    try:
        return tenancy.service_by_slug(slug).pk
    except ObjectDoesNotExist:
        raise Refused("unknown_service") from None
