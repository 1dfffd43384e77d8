"""Codes of who somebody is and what they have said yes or no to."""

from enum import StrEnum


class IdentityLevel(StrEnum):
    """How well a person is known."""

    THREAD = "thread"
    ALIAS = "alias"
    IDENTIFIED = "identified"


class GlassVerdict(StrEnum):
    """What a leader found when looking at a broken glass."""

    IN_ORDER = "in_order"
    FOLLOW_UP = "follow_up"


class ConsentPurpose(StrEnum):
    """What a person has said yes or no to."""

    KEEP_PHONE = "keep_phone"
    FOLLOW_UP = "follow_up"
    SHARE_PLAN = "share_plan"
    REGISTER_STUDY = "register_study"
    INTERVIEW = "interview"
