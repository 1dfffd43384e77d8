"""Words and addresses of the numbers of the month."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lygte.apps.core.labels import word
from lygte.apps.insight.month import Month
from lygte.apps.tenancy import rules
from lygte.domain import vocab
from lygte.domain.indicators import NOT_RECORDED
from lygte.domain.vocab import NOT_STATED, CodeList

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

LOCAL_LISTS = {"by_cause": CodeList.CAUSE, "by_measure": CodeList.MEASURE}

LISTS: dict[str, type[StrEnum]] = {
    "contacts_outgoing": vocab.OutgoingKind,
    "by_channel": vocab.Channel,
    "by_level": vocab.Level,
    "by_caller": vocab.Caller,
    "by_cause": vocab.Cause,
    "by_outcome": vocab.Outcome,
    "by_measure": vocab.Measure,
    "by_sex": vocab.Sex,
    "by_children": vocab.Ternary,
    "by_under_18": vocab.Ternary,
    "first_time": vocab.FirstTime,
    "notifications": vocab.NotificationChoice,
}

TITLES: Mapping[str, Promise | str] = {
    "contacts_incoming": _("Contacts to us"),
    "contacts_outgoing": _("Contacts from us"),
    "crisis_contacts": _("Contacts in crisis"),
    "by_day": _("Day by day"),
    "by_hour": _("Hour of the day"),
    "crisis_by_hour": _("Contacts in crisis by hour of the day"),
    "by_weekday": _("Day of the week"),
    "by_weekday_hour": _("Day of the week and hour"),
    "by_channel": _("Way of contact"),
    "by_level": _("Severity"),
    "by_caller": _("Who contacts us"),
    "by_cause": _("What it is about"),
    "by_outcome": _("How the person was at the end"),
    "by_measure": _("What we agreed or did"),
    "by_sex": _("Sex"),
    "by_children": _("Children mentioned"),
    "by_under_18": _("Under 18"),
    "first_time": _("First-time and repeat contacts"),
    "notifications": _("Child notifications decided"),
    "persons": _("Persons"),
    "one_time": _("Persons with one contact"),
    "multi_time": _("Persons with several contacts"),
    "contacts_without_person": _("Contacts without a person"),
    "anonymous_share": _("Anonymous contacts"),
    "conversation_rate": _("Crisis conversation held"),
    "plan_rate": _("Crisis plan written"),
    "minutes": _("Time spent"),
    "overnight": _("Overnight stays"),
    "nights": _("Nights"),
    "answered_in_time": _("Answered in time"),
    "service_level": _("Calls"),
    "callbacks": _("Callbacks"),
    "callbacks_kept": _("Callbacks kept"),
    "plan_follow_up": _("Follow-ups on crisis plans"),
    "wellbeing": _("Wellbeing measurements"),
    "follow_up_rate": _("Follow-up done"),
}

FIELD_WORDS: Mapping[str, Promise | str] = {
    "level": _("Severity"),
    "caller": _("Who contacts us"),
    "causes": _("What it is about"),
    "outcome": _("How the person was at the end"),
    "measures": _("What we agreed or did"),
    "sex": _("Sex"),
    "children": _("Children mentioned"),
    "under_18": _("Under 18"),
    "minutes": _("Time spent"),
    "first_time": _("First-time or repeat"),
    "conversation_held": _("Crisis conversation held"),
    "plan_state": _("Crisis plan"),
    "nights": _("Nights"),
}

PART_WORDS: Mapping[str, Promise | str] = {
    "offered": _("calls that rang"),
    "answered": _("answered"),
    "answered_within": _("answered within the target"),
    "abandoned": _("hung up before answer"),
    "abandoned_short": _("of these, hung up at once"),
    "abandoned_late": _("of these, hung up after the target"),
    "still_waiting": _("not yet answered or ended"),
    "waiting_late": _("of these, over the target"),
    "counted": _("counted by the rule"),
    "met": _("of these, answered in time"),
    "promised": _("promised"),
    "due": _("due"),
    "kept_in_window": _("rung in the promised time"),
    "kept_late": _("rung late"),
    "done_in_window": _("done in time"),
    "done_late": _("done late"),
    "declined": _("declined"),
    "decided": _("decided by name"),
    "open": _("still open"),
    "stated": _("with a value"),
    "n": _("with minutes"),
    "missing": _("without minutes"),
    "stays": _("stays"),
    "nights": _("stays with nights recorded"),
    "long_stays": _("eight nights or more"),
    "of": pgettext_lazy("denominator", "all that it is taken of"),
    NOT_STATED: _("not stated"),
    NOT_RECORDED: _("not recorded"),
}


class Words:
    """Words for the parts of a month, the service's own codes included, read at most once and only if met."""

    def __init__(self, service: "Service") -> None:
        self.service = service
        self._own: dict[str, dict[str, tuple[str, str]]] = {}

    def part(self, code: str, part: str) -> str:
        """Return the words for one part of a breakdown."""
        if part in (NOT_STATED, NOT_RECORDED):
            return str(PART_WORDS[part])
        if code in LISTS:
            return self._coded(code, part)
        if code in ("by_hour", "crisis_by_hour"):
            return hour_words(int(part))
        if code == "by_weekday":
            return str(WEEKDAYS[int(part)])
        if code == "by_weekday_hour":
            day, _sep, hour = part.partition("_")
            return f"{WEEKDAYS[int(day)]} {hour_words(int(hour))}"
        return str(PART_WORDS.get(part, part))

    def _coded(self, code: str, part: str) -> str:
        if code in LOCAL_LISTS and part not in set(LISTS[code]):
            return self.own(LOCAL_LISTS[code], part)
        return word(LISTS[code], part)

    def own(self, code_list: CodeList, code: str) -> str:
        """Return the word for a code that the service has added, in the reader's language."""
        if code_list not in self._own:
            self._own[code_list] = rules.local_words(self.service.pk, code_list)
        danish, english = self._own[code_list].get(code, (code, code))
        return (english or danish) if get_language() == "en" else danish

    def codes(self, code: str, parts: frozenset[str]) -> str:
        """Return a list of codes as words."""
        return ", ".join(self.part(code, one) for one in sorted(parts))

    def title(self, indicator: str) -> str:
        """Return the whole name of a number: what is counted, and of which part."""
        if indicator.startswith("missing_"):
            field, _hyphen, part = indicator.removeprefix("missing_").partition("-")
            return f"{FIELD_WORDS[field]}: {PART_WORDS[part]}"
        code, _hyphen, part = indicator.partition("-")
        return f"{TITLES[code]}: {self.part(code, part)}" if part else str(TITLES[code])


def hour_words(hour: int) -> str:
    """Return an hour of the day as people write it: 20-21."""
    return f"{hour}-{(hour + 1) % 24 or 24}"


def month_name(year: int, month: int) -> str:
    """Return a month with its year: november 2026."""
    return f"{MONTHS[month]} {year}"


def of_month(found: Month) -> str:
    """Return the name of a month that was read."""
    return month_name(found.year, found.month)


def percent(value: int, of: int) -> str:
    """Return a share in whole per cent; a dash when there is nothing to take it of."""
    return "–" if of == 0 else gettext("{n} %").format(n=round(100 * value / of))


def difference(now: float, before: float) -> str:
    """Return a plain difference with its sign."""
    change = round(now - before, 1)
    if change == 0:
        return "0"
    return f"{'+' if change > 0 else '−'}{decimal(abs(change))}"


def decimal(value: float) -> str:
    """Return a number with the decimal sign of the reader's language."""
    return f"{value:g}".replace(".", "." if get_language() == "en" else ",")


def short_day(day: date) -> str:
    """Return a day as people write it: 1/12."""
    return f"{day.day}/{day.month}"
