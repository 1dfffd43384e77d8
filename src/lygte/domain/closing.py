"""What stands in the way of closing a contact, and what will be counted as missing.

Only the decision on notifying about a child blocks. Everything else may stay unstated, and is counted as
such.
Source: Evaluation of 14 sociale akuttilbud (2017), sections 2.1, 3.1 and 7.2.3: relevant cases for a crisis
plan are crisis-related contacts by personal attendance, and the conversation is recorded for every
crisis-related contact.
"""

from dataclasses import dataclass
from enum import StrEnum

from lygte.domain.safeguarding import needs_decision
from lygte.domain.vocab import (
    CRISIS_LEVELS,
    NOT_STATED,
    Caller,
    Channel,
    Direction,
    Level,
    MayRing,
    Outcome,
    PlanState,
    Ternary,
)

MISSING = (None, "", NOT_STATED)


class Blocker(StrEnum):
    """What must be done before a contact can close."""

    CHILD_NOTIFICATION = "child_notification"


class ContactField(StrEnum):
    """A field that can be counted as missing."""

    CHANNEL = "channel"
    CALLER = "caller"
    LEVEL = "level"
    CAUSES = "causes"
    CHILDREN = "children"
    UNDER_18 = "under_18"
    CONVERSATION = "conversation"
    PLAN = "plan"
    OUTCOME = "outcome"
    MEASURES = "measures"
    MAY_RING = "may_ring"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What is recorded on a contact at closing. None, an empty code or an empty set is not recorded.

    Causes and measures are codes, since a service can extend the lists; ``minutes`` is the time spent.
    """

    direction: Direction
    channel: Channel | None
    level: Level | None
    caller: Caller | None
    causes: frozenset[str]
    outcome: Outcome | None
    measures: frozenset[str]
    may_ring: MayRing | None
    children: Ternary | None
    under_18: Ternary | None
    notification_decided: bool
    minutes: int | None
    plan_state: PlanState | None
    conversation_held: bool | None


def blockers(facts: ClosingFacts) -> tuple[Blocker, ...]:
    """Return what stands in the way of closing: the missing decision on a child notification, or nothing."""
    if needs_decision(children=facts.children, under_18=facts.under_18) and not facts.notification_decided:
        return (Blocker.CHILD_NOTIFICATION,)
    return ()


def applicable(facts: ClosingFacts) -> tuple[ContactField, ...]:
    """Return the fields that are asked for on this contact, in the order of the form.

    An outgoing contact is asked for its minutes only. The conversation belongs to crisis-related contacts,
    the plan to those by personal attendance.
    """
    if facts.direction == Direction.OUTGOING:
        return (ContactField.MINUTES,)
    crisis = facts.level in CRISIS_LEVELS
    left_out = set() if crisis else {ContactField.CONVERSATION}
    if not (crisis and facts.channel == Channel.WALK_IN):
        left_out.add(ContactField.PLAN)
    return tuple(field for field in ContactField if field not in left_out)


def _values(facts: ClosingFacts) -> dict[ContactField, object]:
    return {
        ContactField.CHANNEL: facts.channel,
        ContactField.CALLER: facts.caller,
        ContactField.LEVEL: facts.level,
        ContactField.CAUSES: facts.causes - {NOT_STATED} or None,
        ContactField.CHILDREN: facts.children,
        ContactField.UNDER_18: facts.under_18,
        ContactField.CONVERSATION: facts.conversation_held,
        ContactField.PLAN: facts.plan_state,
        ContactField.OUTCOME: facts.outcome,
        ContactField.MEASURES: facts.measures - {NOT_STATED} or None,
        ContactField.MAY_RING: facts.may_ring,
        ContactField.MINUTES: facts.minutes,
    }


def unstated(facts: ClosingFacts) -> tuple[ContactField, ...]:
    """Return the applicable fields that will be counted as missing: not recorded, or asked and not stated."""
    values = _values(facts)
    return tuple(field for field in applicable(facts) if values[field] in MISSING)
