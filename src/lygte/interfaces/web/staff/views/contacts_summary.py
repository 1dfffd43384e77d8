"""A closed contact, as it was recorded: values, what is not stated, and what is not recorded, each looking
its own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lygte.apps.accounts import selectors as accounts
from lygte.apps.contacts import fields as spec
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.core.labels import word
from lygte.domain.vocab import NOT_STATED, NoteField
from lygte.interfaces.web.staff.views import contacts_effects as effects
from lygte.interfaces.web.staff.views import contacts_form as form
from lygte.interfaces.web.staff.views.contacts_person import note_label
from lygte.interfaces.web.staff.views.contacts_words import QUESTIONS
from lygte.interfaces.web.ui.templatetags.ui import clock_time, danish_date

SHOWN = (*form.TALKING, *form.CLOSING, "minutes")
STAY = ("stay_from", "stay_until", "nights")
FIRST = (NoteField.OWN_WORDS,)


def summary(row: Any, notes: Mapping[NoteField, str], now: datetime) -> dict[str, Any]:
    """Return the context of a closed contact's page."""
    again = contacts_read.reopenings(row.pk)
    names = accounts.user_names([row.closed_by_id, *(one.by_id for one in again)])
    shown = SHOWN + (STAY if row.stay_from else ())
    ordered = [*FIRST, *(field for field in NoteField if field not in FIRST)]
    return {
        "facts": [_fact(row, name) for name in shown],
        "notes": [{"label": note_label(field), "text": notes[field]} for field in ordered if field in notes],
        "closed_by": names.get(row.closed_by_id, ""),
        "reopenings": [
            {"at": one.at, "by": names.get(one.by_id, "") if one.by_id else "", "reason": one.reason}
            for one in again
        ],
        "effects": effects.effects(("deadline", "history", "notification"), row, now=now),
    }


def _fact(row: Any, name: str) -> dict[str, str]:
    value = getattr(row, name)
    text, missing = _text(row, name, value)
    return {"label": str(QUESTIONS[name]), "text": text, "missing": missing}


def _text(row: Any, name: str, value: Any) -> tuple[str, str]:
    if value in (None, "", []):
        return _("not recorded"), "not-recorded"
    if value in (NOT_STATED, [NOT_STATED]):
        return _("not stated"), "not-stated"
    if name in spec.LISTS:
        codes, code_list = spec.LISTS[name]
        known = {code.value for code in codes}
        local = form.local_labels(row.service_id, code_list) if set(value) - known else {}
        return ", ".join(local.get(code) or word(codes, code) for code in value), ""
    if name in spec.CODES:
        return word(spec.CODES[name], value), ""
    if name in spec.TIMES:
        return f"{danish_date(value)} {clock_time(value)}", ""
    return str(value), ""
