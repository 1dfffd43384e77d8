"""Every change of a promise. None of them ends one in silence; see docs/explanation/promises.md."""

from lygte.apps.promises.services.changing import (
    contact_linked,
    decide,
    forget_number,
    hold_for,
    level_changed,
    move,
    resume_for,
    take_ownership,
    wishes_changed,
)
from lygte.apps.promises.services.closing import contact_closed, why_no_follow_up
from lygte.apps.promises.services.keeping import record_attempt, start_attempt
from lygte.apps.promises.services.making import make_callback

__all__ = [
    "contact_closed",
    "contact_linked",
    "decide",
    "forget_number",
    "hold_for",
    "level_changed",
    "make_callback",
    "move",
    "record_attempt",
    "resume_for",
    "start_attempt",
    "take_ownership",
    "why_no_follow_up",
    "wishes_changed",
]
