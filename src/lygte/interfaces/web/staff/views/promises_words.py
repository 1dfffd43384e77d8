"""Sentences about promises, as a colleague would say them."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.promises.codes import MoveCause, NoFollowUp
from lygte.domain.time import day_of
from lygte.domain.transitions import TransitionRefused
from lygte.domain.vocab import MayRing, Medium, PromiseKind
from lygte.interfaces.web.ui.templatetags.ui import clock_time, danish_day

if TYPE_CHECKING:
    from lygte.apps.promises.models import Promise


def promised(promise: "Promise", now: datetime) -> str:
    """Say when it was promised: a window of hours on a day, or days for a follow-up."""
    if promise.kind != PromiseKind.CALLBACK:
        return _("due {day} from {time}, at the latest {last}").format(
            day=danish_day(promise.due), time=clock_time(promise.due), last=danish_day(promise.closes)
        )
    if promise.opens <= promise.made_at:
        hours = _("promised before {time}").format(time=clock_time(promise.closes))
    else:
        hours = _("promised {opens}-{closes}").format(
            opens=clock_time(promise.opens), closes=clock_time(promise.closes)
        )
    today = day_of(promise.closes) == day_of(now)
    return hours if today else f"{hours} {danish_day(promise.closes)}"


def tries(made: int) -> str:
    """Say how often it was tried; nothing when it was not."""
    return ngettext("{n} try", "{n} tries", made).format(n=made) if made else ""


def care(promise: "Promise") -> list[str]:
    """Say what whoever is in touch must know first: whether to ring, to leave a message, to mention the
    crisis.
    """
    said = []
    if promise.medium != Medium.PHONE:
        ways = {
            Medium.SMS: _("write an SMS"),
            Medium.EMAIL: _("write an e-mail"),
            Medium.IN_PERSON: _("meet in person"),
        }
        said.append(ways[Medium(promise.medium)])
    elif promise.may_ring == MayRing.NO:
        said.append(_("do not ring"))
    elif promise.may_ring == MayRing.YES and not promise.do_not_remind:
        said.append(_("a message may be left"))
    else:
        said.append(_("leave no message"))
    if promise.do_not_remind:
        said.append(_("would rather not be reminded of the crisis"))
    return said


def move_cause(code: str) -> str:
    """Say why a promise was moved."""
    return {
        MoveCause.BY_HAND: _("moved by a colleague"),
        MoveCause.IN_TOUCH: _("counted anew: the person has been in touch"),
        MoveCause.LEVEL: _("the crisis level was changed"),
        MoveCause.DISCHARGED: _("counted anew from the discharge"),
        MoveCause.EXTENDED: _("decided: wait and try again"),
    }[MoveCause(code)]


def told_at_closing(reason: NoFollowUp | None) -> str:
    """Say why a closed contact leads to no follow-up, where that is not plain from the contact itself."""
    told = {
        NoFollowUp.NO_WAY_TO_REACH: _("No follow-up: we know neither the person nor a number."),
        NoFollowUp.NOT_WITH_THE_PERSON: _("No follow-up: we have not talked with the person."),
    }
    return told.get(reason, "") if reason else ""


def refusal(problem: Refused | TransitionRefused) -> str:
    """Say why an act could not be done."""
    if isinstance(problem, TransitionRefused):
        return _("The promise has moved on. Look at it again.")
    facts = problem.facts
    told = {
        "promise_changed": _("A colleague was faster. Look at the promise again."),
        "being_attempted": _("{name} is at it. Say what came of it first.").format(name=facts.get("by", "")),
        "promise_closed": _("The promise has been kept or decided already."),
        "on_hold": _("The promise rests while the person is admitted."),
        "needs_decision": _("The tries are used up. Somebody must decide."),
        "may_not_ring": _("The person may not be rung. Somebody must decide what we do instead."),
        "no_number": _("We have no number. Write one, or decide what we do instead."),
    }
    if problem.code == "too_early":
        at = facts["at"]
        return _("Not before {day} at {time}.").format(day=danish_day(at), time=clock_time(at))
    return told[problem.code]


def invalid(problem: InvalidField) -> str:
    """Say what is wrong with a field."""
    told = {
        ("number", "not_a_number"): _("That is not a telephone number."),
        ("number", "missing"): _("Write the number to ring."),
        ("closes", "past"): _("The time has passed already."),
        ("closes", "not_in_order"): _("The end lies before the beginning."),
        ("due", "not_in_order"): _("The end lies before the beginning."),
        ("reason", "missing"): _("Write why, in a few words."),
        ("new_due", "missing"): _("Write when we try again."),
        ("new_due", "past"): _("The time has passed already."),
        ("owner", "unknown"): _("Choose a colleague who works here."),
        ("outcome", "missing"): _("Choose what came of it."),
        ("decision", "missing"): _("Choose what we do."),
        ("day", "missing"): _("Write the day and the time."),
    }
    return told.get((problem.field, problem.code), _("This cannot be saved as it is."))
