"""Who may do what, where: one table of role x action x scope.

A worker helps the people of the own service. A leader answers for the own service. An evaluator sees figures
and pseudonymous rows only. An administrator sets up and never sees a case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from lygte.domain.vocab import Role


class Action(StrEnum):
    """Everything that a user can be allowed to do."""

    BOARD_SEE = "board.see"
    CALL_TAKE = "call.take"
    CONTACT_REGISTER = "contact.register"
    CONTACT_READ = "contact.read"
    CONTACT_CLOSE = "contact.close"
    CONTACT_REOPEN = "contact.reopen"
    NOTIFICATION_DECIDE = "notification.decide"
    PERSON_SEARCH = "person.search"
    PERSON_READ = "person.read"
    PERSON_EDIT = "person.edit"
    PERSON_LINK = "person.link"
    PERSON_REVEAL = "person.reveal"
    BREAK_GLASS = "break_glass"
    BREAK_GLASS_REVIEW = "break_glass.review"
    PERSON_EXPORT = "person.export"
    PERSON_ERASE = "person.erase"
    PLAN_READ = "plan.read"
    PLAN_WRITE = "plan.write"
    PLAN_SHARE = "plan.share"
    PROMISE_READ = "promise.read"
    PROMISE_KEEP = "promise.keep"
    PROMISE_DECIDE = "promise.decide"
    DUTY_SET = "duty.set"
    HANDOVER_WRITE = "handover.write"
    OUTAGE_CATCH_UP = "outage.catch_up"
    MONTH_SEE = "month.see"
    MONTH_ROWS = "month.rows"
    MONTH_ROWS_PSEUDONYMOUS = "month.rows_pseudonymous"
    CONTACTS_EXPORT = "contacts.export"
    CONTACTS_EXPORT_PSEUDONYMOUS = "contacts.export_pseudonymous"
    CONTACTS_IMPORT = "contacts.import"
    SETTINGS_SEE = "settings.see"
    SETTINGS_EDIT = "settings.edit"
    TELEPHONY_MANAGE = "telephony.manage"
    USERS_MANAGE = "users.manage"
    AUDIT_SEE = "audit.see"
    RETENTION_MANAGE = "retention.manage"
    OUTBOX_SEE = "outbox.see"


class Reach(StrEnum):
    """How far an allowed action reaches."""

    OWN_SERVICE = "own_service"
    MUNICIPALITY = "municipality"


_CASEWORK = (
    Action.BOARD_SEE,
    Action.CALL_TAKE,
    Action.CONTACT_REGISTER,
    Action.CONTACT_READ,
    Action.CONTACT_CLOSE,
    Action.CONTACT_REOPEN,
    Action.NOTIFICATION_DECIDE,
    Action.PERSON_SEARCH,
    Action.PERSON_READ,
    Action.PERSON_EDIT,
    Action.PERSON_LINK,
    Action.PERSON_REVEAL,
    Action.PLAN_READ,
    Action.PLAN_WRITE,
    Action.PLAN_SHARE,
    Action.PROMISE_READ,
    Action.PROMISE_KEEP,
    Action.PROMISE_DECIDE,
    Action.DUTY_SET,
    Action.HANDOVER_WRITE,
    Action.OUTAGE_CATCH_UP,
)
_LEADING = (
    Action.MONTH_SEE,
    Action.MONTH_ROWS,
    Action.CONTACTS_EXPORT,
    Action.CONTACTS_IMPORT,
    Action.SETTINGS_SEE,
    Action.OUTBOX_SEE,
    Action.BREAK_GLASS_REVIEW,
    Action.AUDIT_SEE,
    Action.PERSON_EXPORT,
    Action.PERSON_ERASE,
)
_FIGURES = (Action.MONTH_SEE, Action.MONTH_ROWS_PSEUDONYMOUS, Action.CONTACTS_EXPORT_PSEUDONYMOUS)
_SETTING_UP = (
    Action.SETTINGS_SEE,
    Action.SETTINGS_EDIT,
    Action.TELEPHONY_MANAGE,
    Action.USERS_MANAGE,
    Action.OUTBOX_SEE,
    Action.RETENTION_MANAGE,
)


def _table(actions: tuple[Action, ...], reach: Reach) -> dict[Action, Reach]:
    return dict.fromkeys(actions, reach)


MATRIX: Mapping[Role, Mapping[Action, Reach]] = MappingProxyType(
    {
        Role.WORKER: MappingProxyType(
            _table(_CASEWORK, Reach.OWN_SERVICE) | {Action.BREAK_GLASS: Reach.MUNICIPALITY}
        ),
        Role.LEADER: MappingProxyType(
            _table(_CASEWORK + _LEADING, Reach.OWN_SERVICE) | {Action.BREAK_GLASS: Reach.MUNICIPALITY}
        ),
        Role.EVALUATOR: MappingProxyType(_table(_FIGURES, Reach.OWN_SERVICE)),
        Role.ADMINISTRATOR: MappingProxyType(_table(_SETTING_UP, Reach.OWN_SERVICE)),
    }
)


class ActorKind(StrEnum):
    """What kind of actor changed or read something."""

    USER = "user"
    SYSTEM = "system"
    LINK = "link"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in one service, or in every service of the municipality (`service_id` None)."""

    role: Role
    service_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user with grants, the system itself, a secret link, or a telephone system."""

    kind: ActorKind
    municipality_id: UUID
    id: UUID | None = None
    grants: tuple[Grant, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        """Return every role that the actor holds somewhere."""
        return frozenset(grant.role for grant in self.grants)


class AccessDenied(Exception):
    """The actor may not do this here."""

    def __init__(self, action: Action) -> None:
        super().__init__(action.value)
        self.action = action


def system(municipality_id: UUID) -> Actor:
    """Return the actor for work that no person started."""
    return Actor(ActorKind.SYSTEM, municipality_id)


def may(actor: Actor, action: Action, *, municipality_id: UUID, service_id: UUID | None = None) -> bool:
    """Tell whether `actor` may do `action` in a municipality and, where given, in one service.

    The system may do everything within its municipality; links and webhooks hold no general rights.
    Without a service the question is whether the actor may do it in at least one service.
    """
    if actor.municipality_id != municipality_id:
        return False
    if actor.kind is ActorKind.SYSTEM:
        return True
    return any(_grant_covers(grant, action, service_id) for grant in actor.grants)


def _grant_covers(grant: Grant, action: Action, service_id: UUID | None) -> bool:
    reach = MATRIX[grant.role].get(action)
    if reach is None:
        return False
    anywhere = reach is Reach.MUNICIPALITY or grant.service_id is None or service_id is None
    return anywhere or grant.service_id == service_id


def require(actor: Actor, action: Action, *, municipality_id: UUID, service_id: UUID | None = None) -> None:
    """Raise `AccessDenied` unless `may` is true."""
    if not may(actor, action, municipality_id=municipality_id, service_id=service_id):
        raise AccessDenied(action)
