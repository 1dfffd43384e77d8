"""Sentences of the board: what a row says, what the hand-over says, and what was refused."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.domain.handover import HandoverCode, HandoverLine
from lygte.domain.time import OpeningRule, access_at, day_of, local, next_change, shift_at, shift_end
from lygte.domain.vocab import Access, Channel, DayBand, MayRing, Shift

SOON = timedelta(hours=24)


def clock(moment: datetime) -> str:
    """Return a local clock time: 20.30."""
    return f"{local(moment):%H.%M}"


def day(moment: date) -> str:
    """Return a day as people write it: Friday 28/11."""
    return f"{WEEKDAYS[moment.weekday()]} {moment.day}/{moment.month}"


def when(moment: datetime, *, today: date) -> str:
    """Return the clock time, with the day when it is another one than today."""
    on = day_of(moment)
    if on == today:
        return clock(moment)
    return _("{day} at {time}").format(day=day(on), time=clock(moment))


def number(e164: str) -> str:
    """Return a telephone number as it is read aloud: 20 00 00 01."""
    digits = e164.removeprefix("+45")
    if digits == e164 or len(digits) != 8:
        return e164
    return " ".join(digits[place : place + 2] for place in range(0, 8, 2))


def number_end(e164: str) -> str:
    """Return what may be shown of a telephone number when others can see the screen."""
    return _("number ending in {digits}").format(digits=e164[-2:]) if e164 else ""


def target(seconds: int | None, *, answer: bool) -> str:
    """Return the target of a channel in words; says so when the service has set none."""
    if seconds is None:
        return _("no target set")
    if seconds < 120:
        length = ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    else:
        length = ngettext("%(n)s minute", "%(n)s minutes", seconds // 60) % {"n": seconds // 60}
    whole = _("target: answer within {length}") if answer else _("target: talk within {length}")
    return whole.format(length=length)


def promised(opens: datetime, closes: datetime, *, today: date) -> str:
    """Return the window of a callback as it was promised."""
    if day_of(opens) != today or day_of(closes) != today:
        return _("promised by {time}").format(time=when(closes, today=today))
    return _("promised {opens}–{closes}").format(opens=clock(opens), closes=clock(closes))


def attempts(made: int) -> str:
    """Return how often it was tried; empty for never."""
    return ngettext("%(n)s attempt", "%(n)s attempts", made) % {"n": made} if made else ""


def discretion(may_ring: str) -> str:
    """Return what must be minded before ringing; empty when nothing must."""
    if may_ring == MayRing.YES_NO_MESSAGE:
        return _("leave no message")
    return _("do not ring") if may_ring == MayRing.NO else ""


def wish(band: str) -> str:
    """Return when the person would rather be rung; empty for any time."""
    words = {
        DayBand.MORNING: _("would rather be rung in the morning"),
        DayBand.AFTERNOON: _("would rather be rung in the afternoon"),
        DayBand.EVENING: _("would rather be rung in the evening"),
    }
    return words.get(DayBand(band), "") if band else ""


def days_since(moment: datetime, *, today: date) -> str:
    """Return how many days ago a moment was."""
    days = (today - day_of(moment)).days
    if days <= 0:
        return _("today")
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


def opening(rules: tuple[OpeningRule, ...], *, now: datetime) -> list[str]:
    """Return how telephone and door may be used now, and what changes within a day."""
    return [_opening(rules, channel, now) for channel in (Channel.PHONE, Channel.WALK_IN)]


def _opening(rules: tuple[OpeningRule, ...], channel: Channel, now: datetime) -> str:
    if not any(rule.channel == channel for rule in rules):
        return _UNKNOWN[channel]()
    words = _OPENING[channel][access_at(rules, channel=channel, moment=now)]()
    change = next_change(rules, channel=channel, moment=now, horizon_days=1)
    if change is None or change[0] - now > SOON:
        return words
    then = _CHANGES[change[1]]().format(time=clock(change[0]))
    return f"{words}; {then}"


_UNKNOWN = {
    Channel.PHONE: lambda: _("we do not know whether the telephone is open"),
    Channel.WALK_IN: lambda: _("we do not know whether the door is open"),
}
_OPENING = {
    Channel.PHONE: {
        Access.OPEN: lambda: _("the telephone is open"),
        Access.CALL_FIRST: lambda: _("the telephone is open by agreement"),
        Access.CLOSED: lambda: _("the telephone is closed"),
    },
    Channel.WALK_IN: {
        Access.OPEN: lambda: _("the door is open"),
        Access.CALL_FIRST: lambda: _("the door is open to those who call first"),
        Access.CLOSED: lambda: _("the door is closed"),
    },
}
_CHANGES = {
    Access.OPEN: lambda: _("opens at {time}"),
    Access.CALL_FIRST: lambda: _("from {time} call first"),
    Access.CLOSED: lambda: _("closes at {time}"),
}


def shift_name(moment: datetime) -> str:
    """Return the shift on duty at a moment with its hours: evening 15–23."""
    names = {Shift.DAY: _("day 7–15"), Shift.EVENING: _("evening 15–23"), Shift.NIGHT: _("night 23–7")}
    return names[shift_at(moment)]


def handover_title(now: datetime) -> str:
    """Return whom the hand-over is for."""
    titles = {
        Shift.DAY: _("To the day shift"),
        Shift.EVENING: _("To the evening shift"),
        Shift.NIGHT: _("To the night shift"),
    }
    return titles[shift_at(shift_end(now))]


def handover(line: HandoverLine) -> str:
    """Return one line of the hand-over."""
    if line.code is HandoverCode.NOTHING_OPEN:
        return _("Nothing is open. Have a quiet shift.")
    n = int(line.numbers["count"])
    return _handover_words(n)[line.code] % _numbers(line.numbers)


def _numbers(numbers: Mapping[str, Any]) -> dict[str, Any]:
    minutes = numbers.get("minutes", 0)
    return {"n": numbers["count"], "next": numbers.get("next", ""), "wait": _length(int(minutes))}


def _length(minutes: int) -> str:
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}


def _handover_words(n: int) -> dict[HandoverCode, str]:
    return {
        HandoverCode.WAITING_CALLS: ngettext(
            "%(n)s call is ringing, for %(wait)s.", "%(n)s calls are ringing, the longest for %(wait)s.", n
        ),
        HandoverCode.GUESTS_WAITING: ngettext(
            "%(n)s person is waiting to talk, for %(wait)s.",
            "%(n)s persons are waiting to talk, the longest for %(wait)s.",
            n,
        ),
        HandoverCode.NEEDS_DECISION: ngettext(
            "Somebody must decide about %(n)s promise.", "Somebody must decide about %(n)s promises.", n
        ),
        HandoverCode.CALLBACKS_OVERDUE: ngettext(
            "%(n)s callback is past its time.", "%(n)s callbacks are past their time.", n
        ),
        HandoverCode.MISSED_CALLS: ngettext(
            "%(n)s missed call has no answer yet.", "%(n)s missed calls have no answer yet.", n
        ),
        HandoverCode.SEVERE_LAST_DAY: ngettext(
            "%(n)s severe crisis in the last 24 hours.", "%(n)s severe crises in the last 24 hours.", n
        ),
        HandoverCode.NOTIFICATIONS_LATE: ngettext(
            "%(n)s notification about a child has had no receipt in time.",
            "%(n)s notifications about children have had no receipt in time.",
            n,
        ),
        HandoverCode.FOLLOW_UPS_OVERDUE: ngettext(
            "%(n)s follow-up is past its time.", "%(n)s follow-ups are past their time.", n
        ),
        HandoverCode.OPEN_CONTACTS: ngettext(
            "%(n)s contact is open, since %(wait)s.", "%(n)s contacts are open, the oldest since %(wait)s.", n
        ),
        HandoverCode.CALLBACKS_OPEN: ngettext(
            "%(n)s callback is promised by %(next)s.",
            "%(n)s callbacks are promised, the next by %(next)s.",
            n,
        ),
        HandoverCode.FOLLOW_UPS_DUE: ngettext(
            "%(n)s follow-up is due in the coming shift.", "%(n)s follow-ups are due in the coming shift.", n
        ),
        HandoverCode.NOTIFICATIONS_WAITING: ngettext(
            "%(n)s notification about a child awaits its receipt.",
            "%(n)s notifications about children await their receipts.",
            n,
        ),
        HandoverCode.PLAN_DRAFTS: ngettext(
            "%(n)s crisis plan is begun and not finished.",
            "%(n)s crisis plans are begun and not finished.",
            n,
        ),
        HandoverCode.PLANS_UNOPENED: ngettext(
            "%(n)s crisis plan is shared and not opened yet.",
            "%(n)s crisis plans are shared and not opened yet.",
            n,
        ),
        HandoverCode.GUESTS_IN_HOUSE: ngettext(
            "%(n)s guest is in the house.", "%(n)s guests are in the house.", n
        ),
    }


def refused(problem: Refused | InvalidField) -> str:
    """Return what happened instead, and by whom."""
    by = problem.facts.get("by", "") if isinstance(problem, Refused) else ""
    if problem.code == "call_taken":
        return (
            _("{name} was faster and has the call.").format(name=by) if by else _("A colleague was faster.")
        )
    sentences = {
        "call_settled": _("A colleague has already seen to that call."),
        "call_ringing": _("The call is ringing now. Take it instead."),
        "number_hidden": _("The number is hidden. Write the number to ring."),
        "not_a_number": _("That is not a telephone number."),
        "required": _("Write why."),
        "past": _("That time is past."),
        "not_a_time": _("That is not a clock time."),
        "not_in_order": _("The end lies before the beginning."),
        "too_long": _("The text is too long."),
        "already_left": _("That guest has already left."),
    }
    return sentences.get(problem.code, _("That could not be done. Look at the board and try again."))
