"""Every closed list of the service, as stable codes without words.

Codes are stored and exported, so they never change meaning. Words live in the catalogues.
Source: registration tool and definitions of the evaluation of 14 sociale akuttilbud (2017), sections 2.1 and
3.1; target group and core services of the model description (2014-2017).
"""

from lygte.domain.vocab.calls import (
    AbandonRule,
    CallEvent,
    CallHandling,
    CallState,
)
from lygte.domain.vocab.contact import (
    CRISIS_LEVELS,
    About,
    Caller,
    Cause,
    Channel,
    ContactEvent,
    ContactState,
    CprAnswer,
    Direction,
    FirstTime,
    Level,
    Measure,
    NoteField,
    NotificationChoice,
    Outcome,
    OutgoingKind,
    PlanState,
    SeverePrompt,
    Sex,
    Stage,
    Ternary,
)
from lygte.domain.vocab.missing import NOT_STATED
from lygte.domain.vocab.outages import LateKind
from lygte.domain.vocab.people import (
    ConsentPurpose,
    IdentityLevel,
)
from lygte.domain.vocab.plans import (
    PlanSection,
    PlanVersionEvent,
    PlanVersionState,
    ShareAudience,
)
from lygte.domain.vocab.promises import (
    FAILED_ATTEMPTS,
    Anchor,
    AttemptOutcome,
    DayBand,
    Decision,
    FreeDayRule,
    MayRing,
    Medium,
    PromiseEvent,
    PromiseKind,
    PromiseState,
    Standing,
)
from lygte.domain.vocab.service import (
    Access,
    CodeList,
    DutyKind,
    OrganisationModel,
    Role,
    Shift,
)

__all__ = [
    "CRISIS_LEVELS",
    "FAILED_ATTEMPTS",
    "NOT_STATED",
    "AbandonRule",
    "About",
    "Access",
    "Anchor",
    "AttemptOutcome",
    "CallEvent",
    "CallHandling",
    "CallState",
    "Caller",
    "Cause",
    "Channel",
    "CodeList",
    "ConsentPurpose",
    "ContactEvent",
    "ContactState",
    "CprAnswer",
    "DayBand",
    "Decision",
    "Direction",
    "DutyKind",
    "FirstTime",
    "FreeDayRule",
    "IdentityLevel",
    "LateKind",
    "Level",
    "MayRing",
    "Measure",
    "Medium",
    "NoteField",
    "NotificationChoice",
    "OrganisationModel",
    "Outcome",
    "OutgoingKind",
    "PlanSection",
    "PlanState",
    "PlanVersionEvent",
    "PlanVersionState",
    "PromiseEvent",
    "PromiseKind",
    "PromiseState",
    "Role",
    "SeverePrompt",
    "Sex",
    "ShareAudience",
    "Shift",
    "Stage",
    "Standing",
    "Ternary",
]
