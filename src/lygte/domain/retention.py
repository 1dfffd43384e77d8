"""How long what is kept, from when it is counted, and what happens then.

No statute gives a number of months for a crisis service: every term here is a suggestion that a municipality
adopts or changes, within bounds that keep the service working.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from lygte.domain.time import at_local, local

LONGEST_MONTHS = 360


class Ground(StrEnum):
    """Why something is kept."""

    PERSON_RECORD = "person_record"
    CONTACT_WITHOUT_PERSON = "contact_without_person"
    CHILD_NOTIFICATION = "child_notification"
    CALL_NUMBER = "call_number"
    PROMISE_NUMBER = "promise_number"
    OUTBOX_MESSAGE = "outbox_message"
    ENDED_CONSENT = "ended_consent"
    ENDED_SHARE = "ended_share"
    BREAK_GLASS = "break_glass"
    HANDOVER_NOTE = "handover_note"
    WEBHOOK_DELIVERY = "webhook_delivery"
    AUDIT_EVENT = "audit_event"


class Act(StrEnum):
    """What happens when the term is over."""

    ERASE = "erase"
    ANONYMISE = "anonymise"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Rule:
    """One ground: the suggested term in months and its least, what it is counted from, and what happens."""

    ground: Ground
    months: int
    least: int
    anchor: str
    act: Act
    basis: str


_RULES = (
    Rule(
        Ground.PERSON_RECORD,
        60,
        12,
        "the last contact, plan version or promise of the person and every thread linked to them",
        Act.ERASE,
        "The duty to record in social work (serviceloven, forvaltningsloven, offentlighedsloven section 13); "
        "then storage limitation (GDPR article 5(1)(e)).",
    ),
    Rule(
        Ground.CONTACT_WITHOUT_PERSON,
        24,
        1,
        "the closing of the contact",
        Act.ANONYMISE,
        "The texts help whoever answers next time; without a person nobody can ask for them. Figures stay.",
    ),
    Rule(
        Ground.CHILD_NOTIFICATION,
        60,
        12,
        "the decision",
        Act.ANONYMISE,
        "The duty to notify (barnets lov) and to be able to show how it was decided. The choice stays as a "
        "figure.",
    ),
    Rule(
        Ground.CALL_NUMBER,
        6,
        1,
        "the moment when it rang",
        Act.ANONYMISE,
        "Ringing back, and finding missed calls. The call itself stays as a figure of the service level.",
    ),
    Rule(
        Ground.PROMISE_NUMBER,
        3,
        1,
        "the end of the promise",
        Act.ANONYMISE,
        "A number given for one promise is not needed once the promise has ended.",
    ),
    Rule(
        Ground.OUTBOX_MESSAGE,
        6,
        1,
        "the moment when the message was made ready",
        Act.ERASE,
        "To see that a message was sent, and why not.",
    ),
    Rule(
        Ground.ENDED_CONSENT,
        60,
        1,
        "the end of the consent",
        Act.ERASE,
        "To be able to show that a consent was given (GDPR article 7(1)).",
    ),
    Rule(
        Ground.ENDED_SHARE,
        12,
        1,
        "the end of the link",
        Act.ERASE,
        "To be able to tell the person with whom the plan was shared.",
    ),
    Rule(
        Ground.BREAK_GLASS,
        60,
        12,
        "the review",
        Act.ERASE,
        "To be able to show that access was looked into. The audit event stays.",
    ),
    Rule(
        Ground.HANDOVER_NOTE,
        6,
        1,
        "the moment when it was written",
        Act.ERASE,
        "A hand-over is for the next shift.",
    ),
    Rule(
        Ground.WEBHOOK_DELIVERY,
        1,
        1,
        "the moment when it came in",
        Act.ERASE,
        "To refuse a delivery that is sent again. The signature of one so old is refused for its age.",
    ),
    Rule(
        Ground.AUDIT_EVENT,
        60,
        60,
        "the event",
        Act.KEEP,
        "Accountability (GDPR articles 5(2) and 32). An event holds codes and identifiers, no identity; the "
        "identifier leads nowhere once the person is erased. The chain only grows.",
    ),
)
RULES: Mapping[Ground, Rule] = MappingProxyType({rule.ground: rule for rule in _RULES})


def allowed(ground: Ground, months: int) -> bool:
    """Tell whether a municipality may choose a term for a ground."""
    return RULES[ground].least <= months <= LONGEST_MONTHS


def cutoff(months: int, *, now: datetime) -> datetime:
    """Return the moment before which something is past a term; midnight in Denmark, months counted back.

    The 31st counts back to the last day of a shorter month.
    """
    today = local(now).date()
    years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return at_local(_day_within(years, month + 1, today.day), datetime.min.time())


def _day_within(year: int, month: int, day: int) -> date:
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    last = first_of_next - timedelta(days=1)
    return last if day > last.day else last.replace(day=day)
