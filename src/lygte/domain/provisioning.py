"""What a list of staff asks for: who shall have an account, and which roles, from the day it is read.

A line says everything about one person. Whoever is not on the list is left as they are: a list that was cut
short must not close the night shift out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lygte.domain.vocab import Role

COLUMNS = ("username", "name", "state", "roles")
EVERY_SERVICE = "*"


class State(StrEnum):
    """Whether a person on the list works here."""

    ACTIVE = "active"
    CLOSED = "closed"


class Fault(StrEnum):
    """What is wrong with a line before anything is looked up."""

    USERNAME = "username"
    TWICE = "twice"
    STATE = "state"
    ROLE = "role"
    ROLES_OF_CLOSED = "roles_of_closed"


@dataclass(frozen=True, slots=True)
class WantedRole:
    """A role in the service with an address name, or in every service (`slug` empty)."""

    role: Role
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one line asks for."""

    line: int
    username: str
    name: str
    state: State
    roles: frozenset[WantedRole]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that cannot be followed. Names what is wrong, never what was written."""

    line: int
    code: str


def read(rows: Iterable[Mapping[str, str]]) -> tuple[list[Wanted], list[Wrong]]:
    """Return what the lines ask for, and what is wrong with the others. Line 1 holds the heads."""
    wanted: list[Wanted] = []
    wrong: list[Wrong] = []
    seen: set[str] = set()
    for line, row in enumerate(rows, start=2):
        found = _read_line(line, row, seen)
        if isinstance(found, Wanted):
            wanted.append(found)
        else:
            wrong.append(Wrong(line, found.value))
    return wanted, wrong


def _read_line(line: int, row: Mapping[str, str], seen: set[str]) -> Wanted | Fault:
    username = (row.get("username") or "").strip().lower()
    if not username:
        return Fault.USERNAME
    if username in seen:
        return Fault.TWICE
    seen.add(username)
    state = (row.get("state") or State.ACTIVE).strip().lower()
    if state not in set(State):
        return Fault.STATE
    roles = read_roles(row.get("roles") or "")
    if roles is None:
        return Fault.ROLE
    if roles and state == State.CLOSED:
        return Fault.ROLES_OF_CLOSED
    return Wanted(line, username, (row.get("name") or "").strip(), State(state), roles)


def read_roles(text: str) -> frozenset[WantedRole] | None:
    """Read `worker@havnegade leader@*`; None when a word of it is no role in a service."""
    found = set()
    for word in text.split():
        role, at, slug = word.partition("@")
        if role not in set(Role) or not at or not slug:
            return None
        found.add(WantedRole(Role(role), "" if slug == EVERY_SERVICE else slug))
    return frozenset(found)
