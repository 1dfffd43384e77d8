"""Codes of a promise and of the attempts to keep it."""

from enum import StrEnum

from lygte.domain.vocab.missing import NOT_STATED


class PromiseKind(StrEnum):
    """What was promised."""

    CALLBACK = "callback"
    PLAN_FOLLOW_UP = "plan_follow_up"
    WELLBEING = "wellbeing"


class PromiseState(StrEnum):
    """State of a promise. Only KEPT, DECLINED and DECIDED end it."""

    PROMISED = "promised"
    ON_HOLD = "on_hold"
    NEEDS_DECISION = "needs_decision"
    KEPT = "kept"
    DECLINED = "declined"
    DECIDED = "decided"


class PromiseEvent(StrEnum):
    """Event in the life of a promise."""

    REACHED = "reached"
    REFUSED = "refused"
    FAILED = "failed"
    FAILED_LAST = "failed_last"
    HOLD = "hold"
    RESUME = "resume"
    EXTEND = "extend"
    DECIDE = "decide"


class Standing(StrEnum):
    """How a promise stands now."""

    UPCOMING = "upcoming"
    OPEN = "open"
    WAITING = "waiting"
    OVERDUE = "overdue"
    ON_HOLD = "on_hold"
    NEEDS_DECISION = "needs_decision"
    CLOSED = "closed"


class AttemptOutcome(StrEnum):
    """Outcome of one attempt to keep a promise."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    MESSAGE_LEFT = "message_left"
    SOMEONE_ELSE = "someone_else"
    WRONG_NUMBER = "wrong_number"
    DECLINED = "declined"


FAILED_ATTEMPTS = frozenset(
    {
        AttemptOutcome.NO_ANSWER,
        AttemptOutcome.BUSY,
        AttemptOutcome.MESSAGE_LEFT,
        AttemptOutcome.SOMEONE_ELSE,
        AttemptOutcome.WRONG_NUMBER,
    }
)


class Decision(StrEnum):
    """What a named person decided about a promise that could not be kept by ringing."""

    WRITE = "write"
    EXTEND = "extend"
    VISIT = "visit"
    PASS_ON = "pass_on"  # noqa: S105 - a decision, no password
    ALREADY_IN_TOUCH = "already_in_touch"
    LET_GO = "let_go"


class Anchor(StrEnum):
    """What a follow-up is counted from."""

    LAST_CONTACT = "last_contact"
    FIRST_CONTACT = "first_contact"


class FreeDayRule(StrEnum):
    """What happens to a due day that is a weekend day or a public holiday."""

    KEEP = "keep"
    NEXT_WORKING_DAY = "next_working_day"
    PREVIOUS_WORKING_DAY = "previous_working_day"


class DayBand(StrEnum):
    """When on the day the person prefers to be reached."""

    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class Medium(StrEnum):
    """How the person prefers to be reached."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    IN_PERSON = "in_person"


class MayRing(StrEnum):
    """Whether the person may be rung, and how discreetly."""

    YES = "yes"
    YES_NO_MESSAGE = "yes_no_message"
    NO = "no"
    NOT_STATED = NOT_STATED
