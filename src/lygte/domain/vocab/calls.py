"""Codes of a call that a telephone system announced."""

from enum import StrEnum


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


class AbandonRule(StrEnum):
    """How abandoned calls enter the service level."""

    NEVER_COUNTED = "never_counted"
    LATE_COUNT_AGAINST = "late_count_against"
    ALL_COUNT_AGAINST = "all_count_against"
