"""Codes of a service, its roles and its hours."""

from enum import StrEnum


class Access(StrEnum):
    """How a channel may be used at a moment."""

    OPEN = "open"
    CALL_FIRST = "call_first"
    CLOSED = "closed"


class OrganisationModel(StrEnum):
    """Organisation model of the model description."""

    INTEGRATED = "integrated"
    SEMI_INTEGRATED = "semi_integrated"


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
