"""Codes of a contact. Source: evaluation of 14 sociale akuttilbud (2017), sections 2.1 and 3.1."""

from enum import StrEnum

from lygte.domain.vocab.missing import NOT_STATED


class Direction(StrEnum):
    """Who made the contact. Outgoing contacts are counted apart."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class OutgoingKind(StrEnum):
    """Why the service made an outgoing contact."""

    CALLBACK = "callback"
    PLAN_FOLLOW_UP = "plan_follow_up"
    WELLBEING = "wellbeing"
    SECURITY_CALL = "security_call"
    OTHER = "other"


class Channel(StrEnum):
    """Mode of contact (henvendelsesmåde)."""

    PHONE = "phone"
    WALK_IN = "walk_in"
    SMS = "sms"
    EMAIL = "email"
    OUTREACH = "outreach"
    OTHER = "other"


class Caller(StrEnum):
    """Who makes the contact."""

    CITIZEN = "citizen"
    RELATIVE = "relative"
    PROFESSIONAL = "professional"
    OTHER = "other"
    NOT_STATED = NOT_STATED


class About(StrEnum):
    """Whom the contact is about."""

    SELF = "self"
    RELATIVE = "relative"
    CITIZEN_OF_PROFESSIONAL = "citizen_of_professional"
    OTHER = "other"
    GENERAL = "general"
    NOT_STATED = NOT_STATED


class Level(StrEnum):
    """Crisis level as judged by the employee."""

    NOT_CRISIS = "not_crisis"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    NOT_STATED = NOT_STATED


CRISIS_LEVELS = frozenset({Level.MILD, Level.MODERATE, Level.SEVERE})


class Cause(StrEnum):
    """Cause of the contact; several may apply."""

    LONELINESS = "loneliness"
    ANXIETY = "anxiety"
    HOPELESSNESS = "hopelessness"
    DEPRESSION = "depression"
    SELF_HARM_SUICIDAL = "self_harm_suicidal"
    INFORMATION = "information"
    CONFLICT = "conflict"
    SUBSTANCE_USE = "substance_use"
    PSYCHOSIS_LIKE = "psychosis_like"
    PRACTICAL = "practical"
    OTHER = "other"
    NOT_STATED = NOT_STATED


class Ternary(StrEnum):
    """Yes, no, or asked without answer. Not recorded is the absence of a value."""

    YES = "yes"
    NO = "no"
    NOT_STATED = NOT_STATED


class Sex(StrEnum):
    """Sex as registered by the employee."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    NOT_STATED = NOT_STATED


class FirstTime(StrEnum):
    """Contact-level status: has the person contacted the service before?"""

    FIRST = "first"
    REPEAT = "repeat"
    NOT_STATED = NOT_STATED


class Outcome(StrEnum):
    """Situation at the end of the contact."""

    STABILISED = "stabilised"
    PARTLY = "partly"
    NOT_STABILISED = "not_stabilised"
    NOT_STATED = NOT_STATED


class Measure(StrEnum):
    """Measure set in motion; several may apply."""

    NONE = "none"
    NEW_CONVERSATION = "new_conversation"
    URGED_TO_COME = "urged_to_come"
    OVERNIGHT = "overnight"
    SERVICE_CONTACTS_OTHERS = "service_contacts_others"
    URGED_TO_CONTACT_OTHERS = "urged_to_contact_others"
    HELPED_ON = "helped_on"
    EMERGENCY = "emergency"
    OTHER = "other"
    NOT_STATED = NOT_STATED


class PlanState(StrEnum):
    """State of the crisis plan on the contact."""

    WRITTEN = "written"
    ORAL = "oral"
    NOT_POSSIBLE = "not_possible"
    DECLINED = "declined"
    NOT_RELEVANT = "not_relevant"


class Stage(StrEnum):
    """Stage of the crisis conversation; all can be skipped."""

    CONTACT = "contact"
    DANGER = "danger"
    PROBLEM = "problem"
    OPTIONS = "options"
    AGREEMENT = "agreement"
    FOLLOW_UP = "follow_up"


class NoteField(StrEnum):
    """Free text of a contact: the person's own words, the six stages, and remarks at closing."""

    OWN_WORDS = "own_words"
    CONTACT = "contact"
    DANGER = "danger"
    PROBLEM = "problem"
    OPTIONS = "options"
    AGREEMENT = "agreement"
    FOLLOW_UP = "follow_up"
    CLOSING = "closing"
    EARLIER_WORDS = "earlier_words"


class SeverePrompt(StrEnum):
    """What a severe level brings up."""

    COLLEAGUE = "colleague"
    ON_CALL = "on_call"
    EMERGENCY_ROOM = "emergency_room"
    POLICE = "police"
    ASK_DIRECTLY = "ask_directly"
    STAY_ON_LINE = "stay_on_line"


class ContactState(StrEnum):
    """State of a contact."""

    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"


class ContactEvent(StrEnum):
    """Event in the life of a contact."""

    RECEIVE = "receive"
    CLOSE = "close"
    REOPEN = "reopen"


class NotificationChoice(StrEnum):
    """Decision on notifying the authorities about a child (underretning)."""

    NOTIFY = "notify"
    DO_NOT_NOTIFY = "do_not_notify"
    ALREADY_NOTIFIED = "already_notified"


class CprAnswer(StrEnum):
    """Whether the civil registration number was given. Help never depends on it."""

    GIVEN = "given"
    DECLINED = "declined"
    NOT_ASKED = "not_asked"
