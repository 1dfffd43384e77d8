"""Promises as dicts of ready strings, for the templates."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from lygte.apps.accounts import selectors as accounts
from lygte.apps.core.labels import word
from lygte.apps.outbox import selectors as outbox
from lygte.apps.people import selectors as people
from lygte.apps.people.selectors import PersonCard
from lygte.apps.promises import selectors
from lygte.domain.time import day_of
from lygte.domain.vocab import AttemptOutcome, Decision, PromiseKind, Standing
from lygte.interfaces.web.staff.views import promises_words as words
from lygte.interfaces.web.ui import components
from lygte.interfaces.web.ui.templatetags.ui import clock_time, danish_day

if TYPE_CHECKING:
    from lygte.apps.promises.models import Promise

CLOCK_REACH = timedelta(hours=1)
TODAY_REACH = timedelta(hours=12)
DANISH_LENGTH = 11
NEAR_SECONDS = 600
NUMBER_KEYS = 9
TO_DECIDE, OVERDUE, NOW, WAITING, LATER, RESTING = "decide", "overdue", "now", "waiting", "later", "resting"
GROUPS = {
    Standing.NEEDS_DECISION: TO_DECIDE,
    Standing.OVERDUE: OVERDUE,
    Standing.OPEN: NOW,
    Standing.WAITING: WAITING,
    Standing.UPCOMING: LATER,
    Standing.ON_HOLD: RESTING,
}


def groups(rows: "Iterable[Promise]", *, now: datetime) -> list[dict[str, Any]]:
    """Return the promises by what is to be done with them, most urgent first; empty groups are left out."""
    found = list(rows)
    cards = people.cards(row.person_id for row in found)
    names = accounts.user_names({row.owner_id for row in found} | {row.attempt_by_id for row in found})
    unsent = outbox.given_up(row.pk for row in found)
    heads = {
        OVERDUE: _("Overdue"),
        NOW: _("Now"),
        TO_DECIDE: _("Somebody must decide"),
        WAITING: _("Next try later"),
        LATER: _("Later"),
        RESTING: _("Rests while admitted"),
    }
    by_name: dict[str, list[dict[str, Any]]] = {name: [] for name in heads}
    for promise in found:
        shown = row(promise, now=now, cards=cards, names=names, unsent=unsent)
        by_name[shown["group"]].append(shown)
    filled: list[dict[str, Any]] = [
        {"name": name, "head": head, "rows": by_name[name]} for name, head in heads.items() if by_name[name]
    ]
    _number([shown for group in filled for shown in group["rows"]])
    return filled


def _number(rows: list[dict[str, Any]]) -> None:
    for place, shown in enumerate(rows, start=1):
        shown["key"] = str(place) if place <= NUMBER_KEYS else ""


def row(
    promise: "Promise",
    *,
    now: datetime,
    cards: Mapping[UUID, PersonCard],
    names: Mapping[UUID, str],
    unsent: set[UUID],
) -> dict[str, Any]:
    """Return one promise as a row with its one verb."""
    standing = selectors.standing(promise, now)
    return {
        "id": str(promise.pk),
        "group": _group(promise, now=now, standing=standing),
        "kind": word(PromiseKind, promise.kind).capitalize(),
        "who": who(promise, cards),
        "note": _note(promise, now=now, names=names, standing=standing),
        "unsent": promise.pk in unsent,
        "when": {"clock": None, "text": "", "pill": ""} | _when(promise, now=now, standing=standing),
        "url": reverse("staff:promise", args=[promise.pk]),
        "verb": _verb(promise, standing),
    }


def who(promise: "Promise", cards: Mapping[UUID, PersonCard]) -> dict[str, str]:
    """Return the name to show; for an unknown caller the end of the number."""
    card = cards.get(promise.person_id) if promise.person_id else None
    if card is not None:
        return {"name": card.shown_name, "initials": card.initials}
    if promise.number:
        ending = _("number ending in {digits}").format(digits=str(promise.number)[-4:])
        return {"name": ending, "initials": "•••"}
    return {"name": _("caller without a number"), "initials": "•••"}


def _note(promise: "Promise", *, now: datetime, names: Mapping[UUID, str], standing: Standing) -> str:
    parts = [words.promised(promise, now), words.tries(promise.attempts_made), *words.care(promise)]
    if promise.attempt_started_at is not None and promise.attempt_by_id is not None:
        name = names.get(promise.attempt_by_id, "")
        at = clock_time(promise.attempt_started_at)
        parts.insert(0, _("{name} tried at {time}, the outcome is missing").format(name=name, time=at))
    elif standing is Standing.WAITING and promise.next_attempt_at is not None:
        parts.insert(0, next_try(promise.next_attempt_at, now))
    if promise.owner_id and promise.owner_id in names:
        parts.append(_("owner: {name}").format(name=names[promise.owner_id]))
    return " · ".join(part for part in parts if part)


def next_try(at: datetime, now: datetime) -> str:
    """Say when it may be tried again."""
    if at - now < TODAY_REACH:
        return _("next try from {time}").format(time=clock_time(at))
    return _("next try {day} from {time}").format(day=danish_day(at), time=clock_time(at))


def _when(promise: "Promise", *, now: datetime, standing: Standing) -> dict[str, Any]:
    """Return what stands before a row: a running clock when the moment is near, else its hour or its day."""
    if standing is Standing.NEEDS_DECISION:
        return {"pill": _("decide")}
    running = clock(promise, now=now, standing=standing)
    if running is not None:
        return {"clock": running}
    moment = _deadline(promise, standing)
    today = day_of(moment) == day_of(now)
    return {"text": clock_time(moment) if today else danish_day(moment)}


def _deadline(promise: "Promise", standing: Standing) -> datetime:
    return promise.closes if standing is Standing.OVERDUE else promise.due


def clock(promise: "Promise", *, now: datetime, standing: Standing) -> dict[str, Any] | None:
    """Return the clock towards the promised moment, when it is near."""
    deadline = _deadline(promise, standing)
    if standing in (Standing.ON_HOLD, Standing.CLOSED, Standing.NEEDS_DECISION):
        return None
    if abs(deadline - now) >= CLOCK_REACH:
        return None
    return components.running_clock(now=now, until=deadline, near=NEAR_SECONDS)


def _group(promise: "Promise", *, now: datetime, standing: Standing) -> str:
    """Return where a promise stands in the list. What may be done early does not press before its day."""
    if promise.attempt_started_at is not None:
        return NOW
    early = promise.kind != PromiseKind.CALLBACK and day_of(promise.due) > day_of(now)
    return LATER if standing is Standing.OPEN and early else GROUPS[standing]


def _verb(promise: "Promise", standing: Standing) -> dict[str, Any]:
    page = reverse("staff:promise", args=[promise.pk])
    if promise.attempt_started_at is not None:
        return {"text": _("Outcome"), "url": page, "post": False}
    if standing in (Standing.OVERDUE, Standing.OPEN):
        text = _("Ring") if promise.medium == "phone" else _("Begin")
        return {"text": text, "url": reverse("staff:promise_ring", args=[promise.pk]), "post": True}
    text = _("Decide") if standing is Standing.NEEDS_DECISION else _("Open")
    return {"text": text, "url": page, "post": False}


def number(stored: str) -> str:
    """Return a number as people write it: a Danish one in pairs."""
    if stored.startswith("+45") and len(stored) == DANISH_LENGTH:
        digits = stored[3:]
        return " ".join(digits[place : place + 2] for place in range(0, len(digits), 2))
    return stored


def outcome_group(selected: str = "") -> dict[str, Any]:
    """Return the choice of what came of an attempt."""
    return components.choice_group(
        "outcome",
        legend=_("What came of it?"),
        hint=_("whoever would rather not is left in peace; everything else but a talk counts as a try"),
        selected=selected,
        choices=[(code.value, word(AttemptOutcome, code)) for code in AttemptOutcome],
    )


def decision_group(selected: str = "", *, may_extend: bool = True) -> dict[str, Any]:
    """Return the choice of what we do when ringing has not helped."""
    codes = [code for code in Decision if may_extend or code is not Decision.EXTEND]
    return components.choice_group(
        "decision",
        legend=_("What do we do?"),
        selected=selected,
        choices=[(code.value, word(Decision, code)) for code in codes],
    )


def outcome_form(promise: "Promise", *, selected: str = "", note: str = "") -> dict[str, Any]:
    """Return the context of staff/promises/outcome.html: the outcome of an attempt that is being made."""
    outgoing = promise.attempt_contact_id
    return {
        "url": reverse("staff:promise_attempt", args=[promise.pk]),
        "group": outcome_group(selected),
        "note": note,
        "outgoing_url": reverse("staff:contact", args=[outgoing]) if outgoing else "",
    }
