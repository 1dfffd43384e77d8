"""The rules of a service in the words of the people who live by them."""

from datetime import date, time
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lygte.apps.accounts.services import FactorReason
from lygte.apps.core.labels import word
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.tenancy.dated import Held, held
from lygte.domain.vocab import AbandonRule, Access, Channel, FreeDayRule
from lygte.interfaces.web.ui.templatetags.ui import danish_date, minutes

EVERY_DAY, WORKDAYS, WEEKEND = "0123456", "01234", "56"

FIELD_ERRORS: dict[str, Promise] = {
    "required": gettext_lazy("Fill this in."),
    "long": gettext_lazy("That is too long. Say it in fewer words."),
    "range": gettext_lazy("That number is too low or too high."),
    "order": gettext_lazy("The earliest comes first, then the usual, then the latest."),
    "past": gettext_lazy("That day has been. Choose today or later; what has been is not changed."),
    "future": gettext_lazy("That day has not come yet. Choose today or earlier."),
    "phone": gettext_lazy("Write the number with digits, as you would dial it."),
    "braces": gettext_lazy("Only {kl} may stand in braces; it becomes the clock time."),
    "one_message": gettext_lazy("That does not fit into one text message. Say it in fewer words."),
    "taken": gettext_lazy("That is in use already. Choose another."),
    "username": gettext_lazy("A username has no spaces and at most 150 characters."),
    "unknown": gettext_lazy("Choose one from the list."),
    "json": gettext_lazy("This is not readable as JSON. Look for a missing quotation mark or comma."),
    "mapping": gettext_lazy(
        "The telephone system could not be understood with this. The place in error: {place}."
    ),
}
REFUSALS: dict[str, Promise] = {
    "ended": gettext_lazy("It has ended already. The page shows how it is now."),
    "already_adopted": gettext_lazy("Somebody has recorded the adoption already."),
    "own_role": gettext_lazy("Nobody gives a role to themself. Ask another administrator."),
    "own_account": gettext_lazy("Nobody closes their own account. Ask another administrator."),
    "own_sign_in": gettext_lazy("You change your own sign-in from the menu with your name."),
    "has_role": gettext_lazy("That role is held already."),
    "closed": gettext_lazy("The account is closed."),
    "open": gettext_lazy("The account is open already."),
    "last_administrator": gettext_lazy(
        "Somebody must be left to set things up. Give the role to another one first."
    ),
}
ABANDON_SENTENCES: dict[AbandonRule, Promise] = {
    AbandonRule.NEVER_COUNTED: gettext_lazy(
        "Calls that are hung up before we answer are left out of the count."
    ),
    AbandonRule.LATE_COUNT_AGAINST: gettext_lazy(
        "Calls that are hung up after the target time count as not answered in time; "
        "earlier ones are left out."
    ),
    AbandonRule.ALL_COUNT_AGAINST: gettext_lazy(
        "Every call that is hung up before we answer counts as not answered in time."
    ),
}
ACCESS_RULES: dict[Access, Promise] = {
    Access.OPEN: gettext_lazy("open"),
    Access.CALL_FIRST: gettext_lazy("only after a call"),
    Access.CLOSED: gettext_lazy("shut"),
}
FACTOR_REASONS: dict[FactorReason, Promise] = {
    FactorReason.LOST: gettext_lazy("lost"),
    FactorReason.NEW_DEVICE: gettext_lazy("new phone or key"),
    FactorReason.STOLEN: gettext_lazy("stolen"),
    FactorReason.NOT_WORKING: gettext_lazy("does not work"),
}


def field_error(problem: InvalidField) -> str:
    """Return the sentence for a value that cannot be stored: what is wrong and what to do.

    A code may be followed by the place in a document that is in error.
    """
    code, _space, place = problem.code.partition(" ")
    return str(FIELD_ERRORS.get(code, FIELD_ERRORS["unknown"])).replace("{place}", place or "{}")


def refusal(problem: Refused) -> str:
    """Return the sentence for an act that could not be done."""
    return str(REFUSALS[problem.code])


def status(row: Any) -> dict[str, str]:
    """Return the pill of a choice: adopted by whom and when, or proposed only."""
    if row.adopted_on is None:
        return {"tone": "warn", "text": _("proposed, not adopted")}
    facts = {"by": row.adopted_by, "day": danish_date(row.adopted_on)}
    return {"tone": "ok", "text": _("adopted by %(by)s %(day)s") % facts}


def period(row: Any, *, today: date) -> str:
    """Return when a choice holds."""
    since = danish_date(row.valid_from)
    stands = held(row, day=today)
    if stands is Held.WITHDRAWN:
        return _("replaced before it came to hold (from %(since)s)") % {"since": since}
    if row.valid_to is None:
        start = _("from %(since)s") if stands is Held.PLANNED else _("since %(since)s")
        return start % {"since": since}
    return _("%(since)s to %(until)s") % {"since": since, "until": danish_date(row.valid_to)}


def clock(value: time) -> str:
    """Return a clock time as people write it."""
    return f"{value:%H.%M}"


def hours(starts: time, ends: time) -> str:
    """Return a stretch of the day in words."""
    return _("round the clock") if starts == ends else f"{clock(starts)}-{clock(ends)}"


def weekdays(digits: str) -> str:
    """Return days of the week in words."""
    known = {EVERY_DAY: _("every day"), WORKDAYS: _("Monday to Friday"), WEEKEND: _("Saturday and Sunday")}
    return known.get(digits) or ", ".join(str(WEEKDAYS[int(digit)]) for digit in digits)


def opening(row: Any) -> str:
    """Return an opening rule as one line."""
    days = weekdays(row.weekdays)
    if row.on_holidays is True:
        days = _("%(days)s that are public holidays") % {"days": days}
    elif row.on_holidays is False:
        days = _("%(days)s except public holidays") % {"days": days}
    return f"{days} {hours(row.starts, row.ends)}: {ACCESS_RULES[Access(row.access)]}"


def target(row: Any) -> str:
    """Return a service target as one line."""
    facts = {"share": row.share_percent, "time": minutes(row.seconds)}
    if row.channel == Channel.WALK_IN:
        return _("%(share)s percent meet somebody to talk to within %(time)s") % facts
    return _("%(share)s percent are answered within %(time)s") % facts


def _span(whole_minutes: int) -> str:
    hours_of_it, rest = divmod(whole_minutes, 60)
    if rest or not hours_of_it:
        return minutes(whole_minutes * 60)
    return ngettext("%(n)s hour", "%(n)s hours", hours_of_it) % {"n": hours_of_it}


def level(row: Any) -> str:
    """Return what a level sets in motion as one line."""
    facts = {
        "time": _span(row.callback_minutes),
        "days": row.plan_days,
        "first": row.plan_earliest_day,
        "last": row.plan_latest_day,
    }
    text = _(
        "a callback within %(time)s; the crisis plan is followed up on day %(days)s, "
        "between day %(first)s and %(last)s"
    )
    return text % facts + (_("; a colleague is called in") if row.colleague else "")


def follow_up(row: Any) -> list[str]:
    """Return a follow-up rule as short lines."""
    return [
        _("Day %(days)s, at the earliest day %(first)s and at the latest day %(last)s.")
        % {"days": row.days, "first": row.earliest_day, "last": row.latest_day},
        _("We ring between %(from)s and %(to)s.") % {"from": clock(row.ring_from), "to": clock(row.ring_to)},
        _("On weekends and public holidays: %(rule)s.") % {"rule": word(FreeDayRule, row.on_free_days)},
        ngettext(
            "%(n)s attempt, then somebody must decide.",
            "%(n)s attempts, then somebody must decide.",
            row.max_attempts,
        )
        % {"n": row.max_attempts},
        _("At least %(n)s hours between two attempts.") % {"n": row.spacing_hours},
        _("Not within %(n)s hours of another contact.") % {"n": row.quiet_hours_after_contact},
    ]
