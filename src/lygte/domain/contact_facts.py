"""What the figures of a month know of one contact, one call and one promise. No names, no typed words.

Source: registration tool of the evaluation of 14 sociale akuttilbud (2017), sections 2.1 and 3.1.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lygte.domain.sla import CallRecord, ServiceLevel, Target, service_level
from lygte.domain.time import local
from lygte.domain.vocab import CRISIS_LEVELS, Direction, PromiseKind, PromiseState

CRISIS_CODES = frozenset(level.value for level in CRISIS_LEVELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """One contact. A code is a value, ``not_stated``, or empty for not recorded (a number is None then).

    ``counted_as`` says whom the contact counts as, None without a person. ``place`` is its number among the
    contacts of that person in the period and ``of_person`` how many those are (0 before `placed`).
    """

    key: UUID
    started_at: datetime
    direction: str = Direction.INCOMING.value
    outgoing_kind: str = ""
    channel: str = ""
    caller: str = ""
    level: str = ""
    causes: frozenset[str] = frozenset()
    children: str = ""
    under_18: str = ""
    sex: str = ""
    first_time: str = ""
    conversation_held: str = ""
    plan_state: str = ""
    outcome: str = ""
    measures: frozenset[str] = frozenset()
    minutes: int | None = None
    nights: int | None = None
    notification: str = ""
    counted_as: UUID | None = None
    place: int = 0
    of_person: int = 0
    began: datetime = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the Danish local time of the beginning, which several numbers ask for."""
        object.__setattr__(self, "began", local(self.started_at))

    @property
    def is_incoming(self) -> bool:
        """Tell whether somebody contacted the service."""
        return self.direction == Direction.INCOMING

    @property
    def is_crisis(self) -> bool:
        """Tell whether somebody in crisis contacted the service (mild, moderate or severe)."""
        return self.is_incoming and self.level in CRISIS_CODES

    @property
    def day(self) -> int:
        """Return the Danish day of the month on which the contact began."""
        return self.began.day

    @property
    def hour(self) -> int:
        """Return the hour (0-23) that Danish clocks showed when the contact began."""
        return self.began.hour

    @property
    def weekday(self) -> int:
        """Return the Danish weekday on which the contact began (0 is Monday)."""
        return self.began.weekday()


def placed(facts: Iterable[ContactFacts]) -> list[ContactFacts]:
    """Return the facts in order of time, each incoming contact with its place among those of its person."""
    ordered = sorted(facts, key=lambda one: (one.started_at, one.key.int))
    counted = [one.counted_as for one in ordered if one.is_incoming and one.counted_as]
    of_person = Counter(counted)
    seen: Counter[UUID] = Counter()
    result = []
    for one in ordered:
        if one.is_incoming and one.counted_as:
            seen[one.counted_as] += 1
            one = replace(one, place=seen[one.counted_as], of_person=of_person[one.counted_as])
        result.append(one)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """One incoming call, and the service level of it alone: every number in it is 0 or 1."""

    key: UUID
    record: CallRecord
    level: ServiceLevel
    contact_id: UUID | None = None

    @property
    def waited_seconds(self) -> int | None:
        """Return how long the caller waited until an answer or until giving up; None while waiting."""
        until = self.record.answered_at or self.record.ended_at
        return None if until is None else int((until - self.record.rang_at).total_seconds())


def call_facts(
    key: UUID, record: CallRecord, *, target: Target, as_of: datetime, contact_id: UUID | None = None
) -> CallFacts:
    """Return the facts of one call, judged by a target as it was known at a moment."""
    level = service_level([record], target=target, as_of=as_of)
    return CallFacts(key=key, record=record, level=level, contact_id=contact_id)


class Fate(StrEnum):
    """What became of a promise."""

    IN_WINDOW = "in_window"
    LATE = "late"
    DECLINED = "declined"
    DECIDED = "decided"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    """One promise that was or is due in the period."""

    key: UUID
    kind: str
    state: str
    due: datetime
    closes: datetime
    closed_at: datetime | None = None
    contact_id: UUID | None = None

    @property
    def fate(self) -> Fate:
        """Return what became of it. Kept until the window closes, that moment included, is in the window."""
        if self.state == PromiseState.KEPT and self.closed_at is not None:
            return Fate.IN_WINDOW if self.closed_at <= self.closes else Fate.LATE
        ended = {PromiseState.DECLINED.value: Fate.DECLINED, PromiseState.DECIDED.value: Fate.DECIDED}
        return ended.get(self.state, Fate.OPEN)

    @property
    def is_callback(self) -> bool:
        """Tell whether it is a callback; the other kinds are follow-ups."""
        return self.kind == PromiseKind.CALLBACK
