"""The rows of the board as dicts of ready strings: what, who, since when, and the one verb."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from lygte.apps.contacts import selectors as contacts
from lygte.apps.core.labels import word
from lygte.apps.queue import services as queue
from lygte.domain.access import Actor
from lygte.domain.time import day_of
from lygte.domain.vocab import (
    CallState,
    Channel,
    DutyKind,
    Level,
    NotificationChoice,
    OutgoingKind,
    PromiseKind,
    Standing,
)
from lygte.interfaces.web.staff.views import board_words as words
from lygte.interfaces.web.staff.views.board_data import LOOK_AHEAD, Promised, Shift
from lygte.interfaces.web.ui.components import running_clock

Row = dict[str, Any]
KEYS = "123456789"
NEAR_CALLBACK = 600
_FIRST, _SECOND, _THIRD, _LAST = range(4)


def with_keys(*groups: list[Row]) -> None:
    """Give the first nine verbs their number keys, from top to bottom."""
    verbs = (row["verb"] for group in groups for row in group if row["verb"])
    for key, verb in zip(KEYS, verbs, strict=False):
        verb["key"] = key


def _row(row_id: Any, *, what: str, notes: Iterable[str] = (), **more: Any) -> Row:
    plain: Row = {
        **{"clock": None, "time": "", "pill": None, "lamp": False, "name": "", "initials": ""},
        **{"number": "", "number_end": ""},
        **{"unknown": "", "missing": "", "verb": None, "other": None},
    }
    return (
        plain | {"id": str(row_id), "what": what, "note": " · ".join(note for note in notes if note)} | more
    )


def _verb(label: str, url: str, *, post: bool = True, primary: bool = False, **fields: str) -> Row:
    return {"label": label, "url": url, "post": post, "primary": primary, "fields": fields, "key": ""}


def _who(shift: Shift, person_id: UUID | None, number: str = "", *, unknown: str = "") -> Row:
    card = shift.card(person_id)
    if card is not None:
        return {"name": card.shown_name, "initials": card.initials}
    if not number:
        return {"unknown": unknown}
    return {"number": words.number(number), "number_end": words.number_end(number)}


def waiting(shift: Shift) -> list[Row]:
    """Return who waits for us: ringing calls, people in the house, callbacks, and missed calls."""
    ranked = [*_calls(shift), *_walk_ins(shift), *_callbacks(shift)]
    return [row for _rank, _since, row in sorted(ranked, key=lambda one: one[:2])]


def _calls(shift: Shift) -> Iterator[tuple[int, datetime, Row]]:
    for call in shift.calls:
        if call.state == CallState.RINGING:
            yield _FIRST, call.rang_at, _ringing(shift, call)
        elif call.state in (CallState.ABANDONED, CallState.VOICEMAIL):
            yield _THIRD, call.rang_at, _missed(shift, call)
        else:
            yield _LAST, call.rang_at, _unregistered(shift, call)


def _ringing(shift: Shift, call: Any) -> Row:
    seconds = shift.targets.get(Channel.PHONE)
    return _row(
        call.pk,
        what=_("Call"),
        notes=[words.target(seconds, answer=True)],
        clock=running_clock(
            now=shift.now, since=call.rang_at, near=seconds // 2 if seconds else None, over=seconds or None
        ),
        lamp=True,
        verb=_verb(_("Take"), reverse("staff:call_take", args=[shift.service.slug, call.pk]), primary=True),
        other=_let_go(shift, call) if shift.now - call.rang_at >= queue.RINGS_AT_MOST else None,
        announce=_("A call is ringing"),
        **_who(shift, None, call.number, unknown=_("hidden number")),
    )


def _let_go(shift: Shift, call: Any) -> Row:
    return {"url": reverse("staff:call_let_go", args=[shift.service.slug, call.pk]), "label": _("Let go")}


def _missed(shift: Shift, call: Any) -> Row:
    what = _("Left a message") if call.state == CallState.VOICEMAIL else _("Missed call")
    decide = reverse("staff:call_let_go", args=[shift.service.slug, call.pk])
    earlier = _day_before(shift, call.rang_at)
    row = _row(
        call.pk,
        what=what,
        time=words.clock(call.rang_at),
        announce=what,
        **_who(shift, None, call.number, unknown=_("hidden number")),
    )
    if not call.number:
        note = _("listen to the message") if call.state == CallState.VOICEMAIL else _("we cannot ring back")
        return row | {"note": " · ".join([*earlier, note]), "verb": _verb(_("Decide"), decide, post=False)}
    row["verb"] = _verb(
        _("Ring"), reverse("staff:call_callback", args=[shift.service.slug, call.pk]), now="1"
    )
    row["other"] = {"url": decide, "label": _("Later or let go")}
    return row | {"note": " · ".join([*earlier, _("nobody has rung back yet")])}


def _unregistered(shift: Shift, call: Any) -> Row:
    return _row(
        call.pk,
        what=_("Answered call"),
        notes=[*_day_before(shift, call.rang_at), _("not registered yet")],
        time=words.clock(call.rang_at),
        verb=_verb(_("Register"), reverse("staff:call_take", args=[shift.service.slug, call.pk])),
        other=_let_go(shift, call),
        **_who(shift, None, call.number, unknown=_("hidden number")),
    )


def _day_before(shift: Shift, moment: datetime) -> list[str]:
    on = day_of(moment)
    return [] if on == shift.today else [words.day(on)]


def _walk_ins(shift: Shift) -> Iterator[tuple[int, datetime, Row]]:
    for contact in shift.waiting:
        yield _SECOND, contact.started_at, _walk_in(shift, contact)


def _walk_in(shift: Shift, contact: Any) -> Row:
    is_here = contact.channel == Channel.WALK_IN
    seconds = shift.targets.get(Channel.WALK_IN) if is_here else None
    what = _("Came in") if is_here else word(Channel, contact.channel)
    return _row(
        contact.pk,
        what=what,
        notes=[words.target(seconds, answer=False) if is_here else ""],
        clock=running_clock(
            now=shift.now,
            since=contact.started_at,
            near=seconds // 2 if seconds else None,
            over=seconds or None,
            words=True,
        ),
        verb=_verb(_("Receive"), reverse("staff:contact_receive", args=[contact.pk])),
        announce=_("Somebody has come in") if is_here else what,
        **_who(shift, contact.person_id),
    )


def _callbacks(shift: Shift) -> Iterator[tuple[int, datetime, Row]]:
    for one in shift.promises:
        if one.is_callback and _is_near(shift, one):
            yield _SECOND, one.window.due, _callback(shift, one)


def _is_near(shift: Shift, one: Promised) -> bool:
    if one.standing is Standing.UPCOMING:
        return one.window.opens <= shift.now + LOOK_AHEAD
    return one.standing in (Standing.OPEN, Standing.WAITING, Standing.OVERDUE)


def _callback(shift: Shift, one: Promised) -> Row:
    row = one.row
    again = row.next_attempt_at if one.standing is Standing.WAITING else None
    notes = [
        words.promised(row.opens, row.closes, today=shift.today),
        words.attempts(row.attempts_made),
        _("next attempt from {time}").format(time=words.clock(again)) if again else "",
        words.discretion(row.may_ring),
        _("owner: {name}").format(name=shift.name(row.owner_id)) if row.owner_id else "",
    ]
    upcoming = one.standing is Standing.UPCOMING
    return _row(
        row.pk,
        what=_("Ring back"),
        notes=notes,
        clock=None if upcoming else running_clock(now=shift.now, until=row.due, near=NEAR_CALLBACK),
        time=words.clock(row.opens) if upcoming else "",
        announce=_("A callback is promised"),
        **_promise_verb(shift, row),
        **_who(shift, row.person_id, row.number, unknown=_("number not recorded")),
    )


def _promise_verb(shift: Shift, row: Any) -> Row:
    if row.attempt_contact_id is not None:
        name = shift.name(row.attempt_by_id)
        pill = {"tone": "info", "text": _("{name} is ringing").format(name=name) if name else _("being rung")}
        return {
            "verb": _verb(_("See"), reverse("staff:contact", args=[row.attempt_contact_id]), post=False),
            "pill": pill,
        }
    return {
        "verb": _verb(_("Ring"), reverse("staff:promise_ring", args=[row.pk])),
        "other": {"url": reverse("staff:promise", args=[row.pk]), "label": _("Open")},
    }


def today(shift: Shift) -> list[Row]:
    """Return what is due today: decisions, follow-ups and receipts."""
    decisions = [_decision(shift, one) for one in shift.promises if one.standing is Standing.NEEDS_DECISION]
    due = [_follow_up(shift, one) for one in shift.promises if not one.is_callback and _is_due(shift, one)]
    receipts = [_receipt(shift, row) for row in shift.notifications if _is_awaited(shift, row)]
    return [*decisions, *due, *receipts, *_glass(shift)]


def _glass(shift: Shift) -> list[Row]:
    """For a leader: somebody has opened a person whom the own service does not know."""
    if not shift.unseen_glass:
        return []
    row = _row(
        "glass",
        what=_("Broken glass"),
        notes=[_("not yet seen by a leader: {n}").format(n=shift.unseen_glass)],
        pill={"tone": "warn", "text": _("look")},
        verb=_verb(_("Open"), reverse("staff:break_glass_list", args=[shift.service.slug]), post=False),
        announce=_("Broken glass"),
    )
    return [row]


def _is_due(shift: Shift, one: Promised) -> bool:
    if one.standing in (Standing.NEEDS_DECISION, Standing.ON_HOLD):
        return False
    return one.standing is Standing.OVERDUE or day_of(one.window.due) <= shift.today


def _decision(shift: Shift, one: Promised) -> Row:
    row = one.row
    tried = words.attempts(row.attempts_made)
    reason = _("{attempts} without getting through").format(attempts=tried) if tried else ""
    return _row(
        row.pk,
        what=_kind(row.kind),
        notes=[reason, _("somebody must decide: write, wait or let go")],
        pill={"tone": "alarm", "text": _("decide")},
        verb=_verb(_("Decide"), reverse("staff:promise", args=[row.pk]), post=False),
        announce=_("Somebody must decide about a promise"),
        **_who(shift, row.person_id, row.number, unknown=_("number not recorded")),
    )


def _kind(kind: str) -> str:
    titles = {
        PromiseKind.CALLBACK: _("Ring back"),
        PromiseKind.PLAN_FOLLOW_UP: _("Follow-up on crisis plan"),
        PromiseKind.WELLBEING: _("Wellbeing measurement"),
    }
    return titles[PromiseKind(kind)]


def _follow_up(shift: Shift, one: Promised) -> Row:
    row = one.row
    late = one.standing is Standing.OVERDUE
    again = row.next_attempt_at if one.standing is Standing.WAITING else None
    notes = [
        words.days_since(row.anchor_at, today=shift.today),
        words.wish(row.band),
        _("would rather not be reminded of the crisis") if row.do_not_remind else "",
        words.attempts(row.attempts_made),
        _("next attempt from {time}").format(time=words.when(again, today=shift.today)) if again else "",
        words.discretion(row.may_ring),
    ]
    begun = one.standing in (Standing.OPEN, Standing.WAITING)
    return _row(
        row.pk,
        what=_kind(row.kind),
        notes=notes,
        time=""
        if late
        else _("now")
        if begun and row.opens <= shift.now and not again
        else words.clock(again or row.opens),
        pill={"tone": "alarm", "text": _("past its time")} if late else None,
        verb=_verb(_("Open"), reverse("staff:promise", args=[row.pk]), post=False),
        announce=_kind(row.kind),
        **_who(shift, row.person_id, row.number, unknown=_("number not recorded")),
    )


def _is_awaited(shift: Shift, row: Any) -> bool:
    if row.choice != NotificationChoice.NOTIFY:
        return False
    return row.receipt_due is None or row.receipt_due <= shift.today


def _receipt(shift: Shift, row: Any) -> Row:
    if row.sent_on is None:
        what, notes, pill = _("Notification about a child"), [_("not sent yet")], ("alarm", _("send"))
    else:
        what = _("Notification without receipt")
        late = row.receipt_due < shift.today
        due = _("the receipt was due {day}") if late else _("the receipt is due today")
        notes = [
            _("sent {day}").format(day=words.day(row.sent_on)),
            due.format(day=words.day(row.receipt_due)),
        ]
        pill = ("alarm", _("late")) if late else ("warn", _("today"))
    return _row(
        row.pk,
        what=what,
        notes=notes,
        pill={"tone": pill[0], "text": pill[1]},
        verb=_verb(_("Open"), reverse("staff:notification", args=[row.contact_id]), post=False),
        announce=what,
    )


def open_contacts(shift: Shift, actor: Actor) -> list[Row]:
    """Return the contacts that are not closed, one's own first."""
    rows = sorted(shift.open_contacts, key=lambda row: (row.owner_id != actor.id, row.started_at))
    return [_open_contact(shift, row, mine=row.owner_id == actor.id) for row in rows]


def _open_contact(shift: Shift, row: Any, *, mine: bool) -> Row:
    kind = word(OutgoingKind, row.outgoing_kind) if row.outgoing_kind else word(Channel, row.channel)
    started = _("since {time}").format(time=words.when(row.started_at, today=shift.today))
    whose = _("yours") if mine else shift.name(row.owner_id)
    severe = {"tone": "alarm", "text": word(Level, Level.SEVERE)} if row.level == Level.SEVERE else None
    return _row(
        row.pk,
        what=kind[:1].upper() + kind[1:],
        notes=[started, whose, _("hung up") if row.ended_at and row.channel == Channel.PHONE else ""],
        missing=_("level not recorded") if not row.level else "",
        pill=severe,
        verb=_verb(_("Continue") if mine else _("See"), reverse("staff:contact", args=[row.pk]), post=False),
        **_who(shift, row.person_id, unknown=_("anonymous")),
    )


def house(shift: Shift) -> list[Row]:
    """Return who is in the house: walk-ins, and guests who stay the night."""
    return [_guest(shift, row) for row in shift.in_house]


def _guest(shift: Shift, row: Any) -> Row:
    stays = contacts.stays_overnight(row)
    since = row.stay_from if stays else row.started_at
    until = words.when(row.stay_until, today=shift.today) if stays and row.stay_until else ""
    return _row(
        row.pk,
        what=_("Stays the night") if stays else _("Here to talk"),
        notes=[
            _("since {time}").format(time=words.when(since, today=shift.today)),
            _("goes home {time}").format(time=until) if until else "",
        ],
        verb=_verb(_("Has left"), reverse("staff:left", args=[shift.service.slug, row.pk])),
        **_who(shift, row.person_id, unknown=_("anonymous")),
    )


def on_duty(shift: Shift) -> list[Row]:
    """Return who is on duty, and who can be called in."""
    return [_colleague(shift, period) for period in shift.on_duty]


def _colleague(shift: Shift, period: Any) -> Row:
    on_call = period.kind == DutyKind.ON_CALL
    away = _("{n} min away").format(n=period.minutes_away) if on_call and period.minutes_away else ""
    until = _("until {time}").format(time=words.when(period.until, today=shift.today))
    return {
        "id": str(period.pk),
        "name": period.user.name,
        "pill": {"tone": "info" if on_call else "ok", "text": _("on call") if on_call else _("here")},
        "note": " · ".join(part for part in (away, until) if part),
    }
