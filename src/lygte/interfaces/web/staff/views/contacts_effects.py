"""What follows from the fields of a contact: deadlines, what to do, what is missing. Rendered into page and
answer.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from lygte.apps.accounts import selectors as accounts
from lygte.apps.contacts import fields as spec
from lygte.apps.contacts import selectors as contacts
from lygte.apps.core.labels import word
from lygte.apps.people import selectors as people
from lygte.apps.promises import selectors as promises
from lygte.apps.tenancy import rules
from lygte.apps.workforce import selectors as workforce
from lygte.domain import closing, followup, safeguarding, triage
from lygte.domain.time import day_of
from lygte.domain.vocab import (
    CRISIS_LEVELS,
    NOT_STATED,
    Caller,
    ContactState,
    DutyKind,
    Level,
    MayRing,
    Measure,
    PromiseKind,
    PromiseState,
    Ternary,
)
from lygte.interfaces.web.staff.views.contacts_form import text_field
from lygte.interfaces.web.staff.views.contacts_words import MISSING
from lygte.interfaces.web.ui.templatetags.ui import clock_time, danish_day

FOLDER = "staff/contacts/effects"
FOLLOWS_FROM: Mapping[str, tuple[str, ...]] = {
    "level": ("deadline", "severe", "history"),
    "caller": ("deadline",),
    "may_ring": ("deadline",),
    "band": ("deadline",),
    "children": ("notification",),
    "under_18": ("notification",),
    "measures": ("stay",),
}
TALKING = ("deadline", "severe", "history", "notification")
CLOSING = ("deadline", "stay", "missing")
# Somebody else's call starts no follow-up with the person by itself.
WITH_THE_PERSON = frozenset({"", NOT_STATED, Caller.CITIZEN})
ENDED = frozenset({PromiseState.KEPT, PromiseState.DECLINED, PromiseState.DECIDED})


def following_from(fields: Iterable[str], *, at_closing: bool) -> list[str]:
    """Return the names of the effects that a change of some fields has."""
    names = {effect for field in fields for effect in FOLLOWS_FROM.get(field, ())}
    return sorted(names | ({"missing"} if at_closing else set()))


def effects(names: Iterable[str], contact: Any, *, now: datetime) -> dict[str, str]:
    """Return the fragments, by name."""
    return {
        name: render_to_string(f"{FOLDER}/{name}.html", _CONTEXTS[name](contact, now)).strip()
        for name in names
    }


def _deadline(contact: Any, now: datetime) -> dict[str, Any]:
    """The follow-up that is promised or, before closing, the one that the rules would promise."""
    promised = [row for row in promises.of_contact(contact.pk) if row.state not in ENDED]
    if promised:
        return {"lines": [_promise_line(row) for row in promised]}
    closed = contact.state == ContactState.CLOSED
    if closed or contact.level not in CRISIS_LEVELS or contact.caller not in WITH_THE_PERSON:
        return {"lines": []}
    if contact.may_ring == MayRing.NO:
        return {"lines": [{"tone": "quiet", "text": _("no follow-up: do not ring")}]}
    line = {"level": word(Level, contact.level), "day": danish_day(_follow_up_due(contact, now))}
    tone = "alarm" if contact.level == Level.SEVERE else "warn"
    return {"lines": [{"tone": tone, "text": _("%(level)s: follow-up %(day)s") % line}]}


def _promise_line(row: Any) -> dict[str, str]:
    what = {
        PromiseKind.CALLBACK: _("callback"),
        PromiseKind.PLAN_FOLLOW_UP: _("follow-up"),
        PromiseKind.WELLBEING: _("wellbeing measurement"),
    }[PromiseKind(row.kind)]
    at = f" {clock_time(row.due)}" if row.kind == PromiseKind.CALLBACK else ""
    return {"tone": "info", "text": f"{what} {danish_day(row.due)}{at}"}


def _follow_up_due(contact: Any, now: datetime) -> datetime:
    day = day_of(now)
    levels = rules.level_rules(contact.service_id, day=day)
    wish = people.wish_of(people.person(contact.person_id)) if contact.person_id else followup.Wish()
    return followup.window(
        now,
        rule=rules.follow_up_rule(contact.service_id, PromiseKind.PLAN_FOLLOW_UP, day=day),
        wish=wish,
        level_rule=triage.consequences(Level(contact.level), rules=levels),
    ).due


def _severe(contact: Any, now: datetime) -> dict[str, Any]:
    if contact.level != Level.SEVERE:
        return {"prompts": ()}
    levels = rules.level_rules(contact.service_id, day=day_of(now))
    service = contact.service
    on_duty = workforce.on_duty(contact.service_id, now)
    return {
        "prompts": {prompt.value for prompt in levels[Level.SEVERE].prompts},
        "colleagues": [
            row.user.name
            for row in on_duty
            if row.kind == DutyKind.PRESENT and row.user_id != contact.owner_id
        ],
        "on_call": [
            {"name": row.user.name, "minutes": row.minutes_away}
            for row in on_duty
            if row.kind == DutyKind.ON_CALL
        ],
        "on_call_phone": service.on_call_phone,
        "emergency_room_phone": service.emergency_room_phone,
    }


def _history(contact: Any, now: datetime) -> dict[str, Any]:
    changes = contacts.level_history(contact.pk)
    names = accounts.user_names(row.by_id for row in changes) if len(changes) > 1 else {}
    return {
        "changes": [
            {
                "at": row.at,
                "level": word(Level, row.level),
                "by": names.get(row.by_id, "") if row.by_id else "",
                "reason": row.reason,
            }
            for row in changes
        ]
        if len(changes) > 1
        else []
    }


def needs_decision(contact: Any) -> bool:
    """Tell whether a notification must be decided before this contact can close."""
    asked = safeguarding.needs_decision(
        children=Ternary(contact.children) if contact.children else None,
        under_18=Ternary(contact.under_18) if contact.under_18 else None,
    )
    return asked and contacts.notification(contact.pk) is None


def _notification(contact: Any, now: datetime) -> dict[str, Any]:
    asked = Ternary.YES in (contact.children, contact.under_18)
    return {
        "asked": asked,
        "decided": asked and contacts.notification(contact.pk) is not None,
        "contact": contact,
    }


def _stay(contact: Any, now: datetime) -> dict[str, Any]:
    fields = [
        text_field(name, spec.shown(contact, name, {})) for name in ("stay_from", "stay_until", "nights")
    ]
    return {"stays": Measure.OVERNIGHT in contact.measures, "fields": fields}


def _missing(contact: Any, now: datetime) -> dict[str, Any]:
    """Minutes are filled in from the clock at closing, and missing only when somebody has emptied them."""
    filled = set() if "minutes" in contact.marks else {closing.ContactField.MINUTES}
    missing = [field for field in closing.unstated(contacts.closing_facts(contact)) if field not in filled]
    return {"missing": [str(MISSING[field]) for field in missing]}


_CONTEXTS = {
    "deadline": _deadline,
    "severe": _severe,
    "history": _history,
    "notification": _notification,
    "stay": _stay,
    "missing": _missing,
}
