"""Everything that changes what is known about a person. Each act is one transaction and one audit event."""

from lygte.apps.people.refusals import LikelyDuplicates
from lygte.apps.people.services.editing import (
    record_consent,
    set_admitted,
    set_wishes,
    update_person,
    withdraw_consent,
)
from lygte.apps.people.services.identity import count_all, index_again
from lygte.apps.people.services.linking import close_link, link_thread, record_link, undo_thread_link
from lygte.apps.people.services.making import create_person, new_thread, renew_words
from lygte.apps.people.services.opening import Identity, break_glass, reveal, review_break_glass

__all__ = [
    "Identity",
    "LikelyDuplicates",
    "break_glass",
    "close_link",
    "count_all",
    "create_person",
    "index_again",
    "link_thread",
    "new_thread",
    "record_consent",
    "record_link",
    "renew_words",
    "reveal",
    "review_break_glass",
    "set_admitted",
    "set_wishes",
    "undo_thread_link",
    "update_person",
    "withdraw_consent",
]
