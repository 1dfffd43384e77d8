"""Codes of the crisis plan and its sharing."""

from enum import StrEnum


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
