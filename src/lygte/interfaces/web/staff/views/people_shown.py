"""People as dicts of ready strings, for the templates."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from lygte.apps.accounts import selectors as accounts
from lygte.apps.core.labels import word
from lygte.apps.people import selectors
from lygte.apps.people.selectors import PersonCard, SearchHit
from lygte.domain.access import Actor
from lygte.domain.vocab import ConsentPurpose, DayBand, IdentityLevel, MayRing, Medium
from lygte.interfaces.web.staff.views import people_words as words
from lygte.interfaces.web.ui.components import choice_group

NUMBER_KEYS = 9


def who(card: PersonCard) -> dict[str, Any]:
    """Return a person as a row shows them."""
    return {
        "name": card.shown_name,
        "initials": card.initials or "?",
        "level": word(IdentityLevel, card.level),
        "protected": card.is_protected,
    }


def hits(found: Sequence[SearchHit], *, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Return what was found, each with how, and with what may be done about it."""
    last = selectors.last_linked({hit.found_id for hit in found} | {hit.person.pk for hit in found})
    return [
        who(hit.card)
        | {
            "id": hit.found_id,
            "by": words.FOUND_BY[hit.by],
            "reason": words.REASONS[hit.by],
            "last": max((last[key] for key in (hit.found_id, hit.person.pk) if key in last), default=None),
            "known_here": hit.in_own_service,
            "open": hit.in_own_service or selectors.may_read(actor, hit.person.pk, now),
            "url": reverse("staff:person", args=[hit.person.pk]),
            "glass_url": reverse("staff:break_glass", args=[hit.person.pk]),
            "key": str(number) if number <= NUMBER_KEYS else "",
        }
        for number, hit in enumerate(found, start=1)
    ]


def wishes(row: Any) -> list[dict[str, Any]]:
    """Return the wishes for contact as label and value; `missing` where nothing is known."""
    days = [str(WEEKDAYS[int(digit)]) for digit in row.avoid_weekdays]
    shown = [
        _fact(_("May we ring?"), MayRing, row.may_ring),
        _fact(_("When does it suit?"), DayBand, row.band),
        _fact(_("How?"), Medium, row.medium),
        {"label": _("Not on"), "value": ", ".join(days) or _("any day is fine"), "missing": ""},
    ]
    if row.do_not_remind:
        shown.append({"label": _("Crisis"), "value": _("do not remind me of the crisis"), "missing": ""})
    return shown


def _fact(label: str, codes: Any, code: str) -> dict[str, Any]:
    missing = "not-recorded" if not code else "not-stated" if code == "not_stated" else ""
    return {"label": label, "value": word(codes, code), "missing": missing}


def fact(label: str, value: str, *, private: bool = False) -> dict[str, Any]:
    """Return one label and value; an empty value is "not recorded"."""
    return {
        "label": label,
        "value": value or _("not recorded"),
        "missing": "" if value else "not-recorded",
        "private": private and bool(value),
    }


def wish_groups(row: Any) -> list[dict[str, Any]]:
    """Return the choices by which wishes are recorded."""
    asked = [
        ("may_ring", _("May we ring?"), MayRing, row.may_ring),
        ("band", _("When does it suit?"), DayBand, row.band),
        ("medium", _("How?"), Medium, row.medium),
    ]
    groups = [
        choice_group(
            name,
            legend=legend,
            selected=selected,
            keys=False,
            choices=[(code.value, word(codes, code)) for code in codes],
        )
        for name, legend, codes, selected in asked
    ]
    days = choice_group(
        "avoid_weekdays",
        legend=_("Not on these days"),
        multiple=True,
        keys=False,
        selected=list(row.avoid_weekdays),
        choices=[(str(number), str(name)) for number, name in WEEKDAYS.items()],
    )
    return [*groups, days]


def consents(person_id: UUID) -> list[dict[str, Any]]:
    """Return every purpose with what the person has said to it."""
    said = {row.purpose: row for row in selectors.consents(person_id)}
    names = accounts.user_names(row.by_id for row in said.values())
    return [_consent(purpose, said.get(purpose.value), names) for purpose in ConsentPurpose]


def _consent(purpose: ConsentPurpose, row: Any, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "purpose": purpose.value,
        "label": word(ConsentPurpose, purpose),
        "given": None if row is None else row.given,
        "at": row.at if row else None,
        "by": names.get(row.by_id, "") if row else "",
    }


def links(person_id: UUID, *, services: Mapping[UUID, Any]) -> list[dict[str, Any]]:
    """Return the running links of a group: which contact or thread, when, by whom and why."""
    rows = selectors.identity_links(person_id=person_id)
    names = accounts.user_names(row.linked_by_id for row in rows)
    threads = selectors.own_cards([row.thread_id for row in rows if row.thread_id])
    return [_link(row, names, threads, services) for row in rows]


def _link(
    row: Any, names: Mapping[UUID, str], threads: Mapping[UUID, PersonCard], contacts: Mapping[UUID, Any]
) -> dict[str, Any]:
    thread = threads.get(row.thread_id)
    contact = contacts.get(row.contact_id)
    return {
        "undo_url": reverse("staff:link_undo", args=[row.pk]),
        "id": row.pk,
        "thread": who(thread) if thread else None,
        "contact_at": contact.started_at if contact else None,
        "at": row.linked_at,
        "by": names.get(row.linked_by_id, _("Lygte itself")),
        "reason": row.reason,
    }


def events(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Return audit events as who, what and when; never what it was about."""
    listed = list(rows)
    names = accounts.user_names(row.actor_id for row in listed if row.actor_kind == "user")
    return [
        {"at": row.at, "who": _actor(row, names), "what": words.done(row.verb, row.detail)} for row in listed
    ]


def _actor(row: Any, names: Mapping[UUID, str]) -> str:
    others = {
        "system": _("Lygte itself"),
        "link": _("somebody with a link"),
        "webhook": _("the phone system"),
    }
    return others.get(row.actor_kind) or names.get(row.actor_id, _("a former user"))
