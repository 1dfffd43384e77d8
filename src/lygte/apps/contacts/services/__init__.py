"""Everything that can be done with a contact."""

from lygte.apps.contacts.services.closing import CannotClose, close, reopen
from lygte.apps.contacts.services.identity import attach, detach
from lygte.apps.contacts.services.importing import PastContact, store_past
from lygte.apps.contacts.services.notifications import (
    DRAFTED,
    decide_notification,
    draft_notification,
    read_notification,
    record_receipt,
)
from lygte.apps.contacts.services.opening import (
    end_call,
    left_house,
    note_late,
    open_contact,
    receive,
    take_over,
)
from lygte.apps.contacts.services.reading import list_contacts, read_contact
from lygte.apps.contacts.services.saving import (
    ContactSave,
    keep_ledger,
    name_the_others,
    save_fields,
    set_level,
    set_plan_state,
)

__all__ = [
    "DRAFTED",
    "CannotClose",
    "ContactSave",
    "PastContact",
    "attach",
    "close",
    "decide_notification",
    "detach",
    "draft_notification",
    "end_call",
    "keep_ledger",
    "left_house",
    "list_contacts",
    "name_the_others",
    "note_late",
    "open_contact",
    "read_contact",
    "read_notification",
    "receive",
    "record_receipt",
    "reopen",
    "save_fields",
    "set_level",
    "set_plan_state",
    "store_past",
    "take_over",
]
