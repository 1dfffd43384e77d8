"""What every app tells of the personal data it keeps: whose it is, what is in it, and how it is let go.

Each app with personal data has a `shredder` module; `privacy` knows them all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from lygte.domain.access import Actor
from lygte.domain.retention import Ground

Rows = Any  # a queryset of whichever model


@dataclass(frozen=True, slots=True)
class Subject:
    """One person with every thread that belongs to them, their contacts, and how their numbers are found."""

    person_ids: frozenset[UUID]
    contact_ids: frozenset[UUID]
    phone_digests: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Holding:
    """One table that holds something on a person.

    `shown` are the columns that an export hands out and `unshown` those that say nothing to a reader;
    `speaks_of_others` marks what must be looked through before it is handed over.
    """

    label: str
    rows: Callable[[Subject], Rows]
    shown: tuple[str, ...]
    unshown: tuple[str, ...] = ()
    speaks_of_others: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """What of a ground is past its time, and what happens to it. `held` are persons under a hold.

    After `act` a row is no longer due, so that a sweep can stop anywhere and go on later.
    """

    ground: Ground
    due: Callable[[datetime, frozenset[UUID]], Rows]
    act: Callable[[list[UUID]], object]


@dataclass(frozen=True, slots=True)
class Shredder:
    """What one app holds, how it lets go of a person, and what it lets go of with time.

    `erase` returns how many rows of each table it removed or emptied. `kept` gives the reason for each table
    that erasing leaves alone.
    """

    holdings: tuple[Holding, ...]
    erase: Callable[[Subject, Actor, datetime], dict[str, int]]
    terms: tuple[Term, ...] = ()
    kept: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
