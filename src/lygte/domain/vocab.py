"""Every closed list of the service, as stable codes without words.

Codes are stored and exported, so they never change meaning. Words live in the catalogues.
Source: registration tool and definitions of the evaluation of 14 sociale akuttilbud (2017), sections 2.1 and
3.1; target group and core services of the model description (2014-2017).
"""

from enum import StrEnum

NOT_STATED = "not_stated"


class Access(StrEnum):
    """How a channel may be used at a moment."""

    OPEN = "open"
    CALL_FIRST = "call_first"
    CLOSED = "closed"


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


class CallState(StrEnum):
    """State of a call that the telephone system announced."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    ABANDONED = "abandoned"
    VOICEMAIL = "voicemail"


class CallEvent(StrEnum):
    """Event sent by a telephone system."""

    RINGING = "ringing"
    ANSWERED = "answered"
    HUNG_UP = "hung_up"
    VOICEMAIL = "voicemail"


class CallHandling(StrEnum):
    """What became of a call that nobody answered. No missed call disappears by itself."""

    OPEN = "open"
    CONTACT = "contact"
    CALLBACK = "callback"
    RANG_AGAIN = "rang_again"
    LET_GO = "let_go"


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
    PASS_ON = "pass_on"
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


class PlanSection(StrEnum):
    """Section of the crisis plan, in the person's own words."""

    EARLY_SIGNS = "early_signs"
    HELPS = "helps"
    WORSENS = "worsens"
    PEOPLE_PLACES = "people_places"
    WHOM_TO_CALL = "whom_to_call"
    AGREEMENTS = "agreements"
    NEXT_STEP = "next_step"


class PlanVersionState(StrEnum):
    """A draft can be typed in; a finished version never changes."""

    DRAFT = "draft"
    FINISHED = "finished"


class PlanVersionEvent(StrEnum):
    """Event in the life of a plan version."""

    FINISH = "finish"


class ShareAudience(StrEnum):
    """Whom a section of the plan is shared with."""

    CITIZEN = "citizen"
    RELATIVE = "relative"
    PROFESSIONAL = "professional"


class IdentityLevel(StrEnum):
    """How well a person is known."""

    THREAD = "thread"
    ALIAS = "alias"
    IDENTIFIED = "identified"


class CprAnswer(StrEnum):
    """Whether the civil registration number was given. Help never depends on it."""

    GIVEN = "given"
    DECLINED = "declined"
    NOT_ASKED = "not_asked"


class ConsentPurpose(StrEnum):
    """What a person has said yes or no to."""

    KEEP_PHONE = "keep_phone"
    FOLLOW_UP = "follow_up"
    SHARE_PLAN = "share_plan"
    REGISTER_STUDY = "register_study"
    INTERVIEW = "interview"


class NotificationChoice(StrEnum):
    """Decision on notifying the authorities about a child (underretning)."""

    NOTIFY = "notify"
    DO_NOT_NOTIFY = "do_not_notify"
    ALREADY_NOTIFIED = "already_notified"


class OrganisationModel(StrEnum):
    """Organisation model of the model description."""

    INTEGRATED = "integrated"
    SEMI_INTEGRATED = "semi_integrated"


class AbandonRule(StrEnum):
    """How abandoned calls enter the service level."""

    NEVER_COUNTED = "never_counted"
    LATE_COUNT_AGAINST = "late_count_against"
    ALL_COUNT_AGAINST = "all_count_against"


class Shift(StrEnum):
    """Shift of the day."""

    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"


class DutyKind(StrEnum):
    """Present in the service, or on call outside it."""

    PRESENT = "present"
    ON_CALL = "on_call"


class Role(StrEnum):
    """Role of a user."""

    WORKER = "worker"
    LEADER = "leader"
    EVALUATOR = "evaluator"
    ADMINISTRATOR = "administrator"


class CodeList(StrEnum):
    """Code lists that a service may extend, with validity dates."""

    CAUSE = "cause"
    MEASURE = "measure"
