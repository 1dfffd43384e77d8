"""The sheet of right answers: every number of the leader's month, counted from the drawn facts.

Counted with plain counters, apart from the code that computes the month, so that the two can be compared.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median
from typing import Any

from lygte.apps.insight.synth.facts import CallFact, ContactFact, PromiseFact, ServiceFacts
from lygte.domain.time import local

Sheet = dict[str, Any]
CRISIS = ("mild", "moderate", "severe")
LONG_STAY = 8
CODED = ("caller", "level", "outcome", "sex", "children", "under_18")


def sheet(facts: ServiceFacts, *, target: dict[str, Any], first: datetime, now: datetime) -> dict[str, Sheet]:
    """Return the right numbers of each month from `first` to `now`."""
    months = {}
    year, month = local(first).year, local(first).month
    while (year, month) <= (local(now).year, local(now).month):
        key = f"{year}-{month:02}"
        months[key] = month_of(
            [one for one in facts.contacts if _in(one.started_at, year, month)],
            [one for one in facts.calls if _in(one.rang_at, year, month)],
            [one for one in facts.promises if _in(one.due, year, month)],
            target,
            now,
        )
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months


def _in(moment: datetime, year: int, month: int) -> bool:
    there = local(moment)
    return (there.year, there.month) == (year, month)


def month_of(
    contacts: list[ContactFact],
    calls: list[CallFact],
    promises: list[PromiseFact],
    target: dict[str, Any],
    now: datetime,
) -> Sheet:
    """Return the right numbers of one month."""
    came = [one for one in contacts if one.direction == "incoming"]
    crisis = [one for one in came if one.level in CRISIS]
    return {
        "contacts_incoming": len(came),
        "crisis_contacts": len(crisis),
        **_persons(came),
        "contacts_outgoing": _codes(one.outgoing_kind for one in contacts if one.direction == "outgoing"),
        "by_hour": _codes(str(local(one.started_at).hour) for one in came),
        "by_weekday": _codes(str(local(one.started_at).weekday()) for one in came),
        "by_channel": _codes(one.channel for one in came),
        **{f"by_{name}": _codes(getattr(one, name) for one in came) for name in CODED},
        "by_cause": _codes(code for one in came for code in set(one.causes) or {""}),
        "by_measure": _codes(code for one in came for code in set(one.measures) or {""}),
        "first_time": _codes(one.counted_first_time for one in came),
        "notifications": _codes(one.notification.choice for one in contacts if one.notification),
        "conversation_rate": _rate(sum(one.conversation_held == "yes" for one in crisis), len(crisis)),
        "plan_rate": _plan_rate(crisis),
        "anonymous_share": _rate(sum(one.counted_as is None for one in came), len(came)),
        "minutes": _minutes(came),
        "overnight": _overnight(came),
        "service_level": service_level(calls, target, now),
        **_promises(promises),
        "missing": _missing(came, crisis),
    }


def _codes(codes: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(str(code) or "not_recorded" for code in codes).items()))


def _rate(part: int, whole: int) -> Sheet:
    return {"value": part, "of": whole}


def _minutes(came: list[ContactFact]) -> Sheet:
    known = [one.minutes for one in came if one.minutes is not None]
    return {
        "n": len(known),
        "missing": len(came) - len(known),
        "mean": round(sum(known) / len(known), 1) if known else None,
        "median": float(median(known)) if known else None,
    }


def _missing(came: list[ContactFact], crisis: list[ContactFact]) -> Sheet:
    """Count what is missing: of all who came, or of those to whom the field applies."""
    in_person = [one for one in crisis if one.channel == "walk_in"]
    stays = [one for one in came if "overnight" in one.measures]
    return {
        **{name: _states(getattr(one, name) for one in came) for name in CODED},
        "causes": _states(_list(one.causes) for one in came),
        "measures": _states(_list(one.measures) for one in came),
        "minutes": _states("" if one.minutes is None else "known" for one in came),
        "first_time": _states(one.counted_first_time for one in came),
        "conversation_held": _states(one.conversation_held for one in crisis),
        "plan_state": _states(one.plan_state for one in in_person),
        "nights": _states("" if one.nights is None else "known" for one in stays),
    }


def _list(codes: list[str]) -> str:
    return "not_stated" if codes == ["not_stated"] else "known" if codes else ""


def _states(values: Iterable[str]) -> dict[str, int]:
    listed = list(values)
    not_stated, not_recorded = listed.count("not_stated"), listed.count("")
    return {
        "of": len(listed),
        "n": len(listed) - not_stated - not_recorded,
        "not_stated": not_stated,
        "not_recorded": not_recorded,
    }


def _persons(came: list[ContactFact]) -> Sheet:
    times = Counter(one.counted_as for one in came if one.counted_as is not None)
    return {
        "persons": len(times),
        "one_time": sum(number == 1 for number in times.values()),
        "multi_time": sum(number > 1 for number in times.values()),
        "contacts_without_person": sum(one.counted_as is None for one in came),
    }


def _plan_rate(crisis: list[ContactFact]) -> Sheet:
    relevant = [one for one in crisis if one.channel == "walk_in"]
    return _rate(sum(one.plan_state == "written" for one in relevant), len(relevant))


def _overnight(came: list[ContactFact]) -> Sheet:
    stays = [one for one in came if "overnight" in one.measures]
    nights = [one.nights for one in stays if one.nights is not None]
    return {
        "stays": len(stays),
        "nights": sum(nights),
        "long_stays": sum(number >= LONG_STAY for number in nights),
    }


def service_level(calls: Iterable[CallFact], target: dict[str, Any], now: datetime) -> Sheet:
    """Count answered calls: `target` holds seconds, share_percent, rule and short_seconds."""
    limit, short = timedelta(seconds=target["seconds"]), timedelta(seconds=target["short_seconds"])
    fates: Counter[str] = Counter()
    for call in calls:
        if call.answered_at is not None:
            fates["within" if call.answered_at - call.rang_at <= limit else "late"] += 1
            continue
        gone = call.voicemail_at or call.ended_at
        rang = (gone or now) - call.rang_at
        if gone is None:
            fates["waiting_late" if rang > limit else "waiting"] += 1
        else:
            fates["short" if rang < short else "left_late" if rang > limit else "left_early"] += 1
    against = {
        "never_counted": (),
        "late_count_against": ("left_late", "waiting_late"),
        "all_count_against": ("left_early", "left_late", "waiting_late"),
    }[target["rule"]]
    counted = fates["within"] + fates["late"] + sum(fates[name] for name in against)
    share = Fraction(fates["within"], counted) if counted else None
    return {
        "offered": sum(fates.values()),
        "answered": fates["within"] + fates["late"],
        "answered_within": fates["within"],
        "abandoned": fates["short"] + fates["left_early"] + fates["left_late"],
        "abandoned_short": fates["short"],
        "abandoned_late": fates["left_late"],
        "still_waiting": fates["waiting"] + fates["waiting_late"],
        "waiting_late": fates["waiting_late"],
        "counted": counted,
        "met": fates["within"],
        "share": None if share is None else float(share),
        "reached": None if share is None else share * 100 >= target["share_percent"],
        "rule": target["rule"],
        "seconds": target["seconds"],
        "target_share": target["share_percent"] / 100,
    }


def _promises(promises: list[PromiseFact]) -> Sheet:
    by_kind = {
        kind: [one for one in promises if one.kind == kind]
        for kind in ("callback", "plan_follow_up", "wellbeing")
    }
    callbacks = _ends(by_kind["callback"])
    plans, wellbeing = _ends(by_kind["plan_follow_up"]), _ends(by_kind["wellbeing"])
    done = sum(one["in_window"] + one["late"] for one in (plans, wellbeing))
    return {
        "callbacks": {
            "promised": callbacks["all"],
            "kept_in_window": callbacks["in_window"],
            "kept_late": callbacks["late"],
            **{name: callbacks[name] for name in ("declined", "decided", "open")},
        },
        "plan_follow_up": _follow_up(plans),
        "wellbeing": _follow_up(wellbeing),
        "follow_up_rate": _rate(done, plans["all"] + wellbeing["all"]),
    }


def _follow_up(ends: dict[str, int]) -> Sheet:
    return {
        "due": ends["all"],
        "done_in_window": ends["in_window"],
        "done_late": ends["late"],
        **{name: ends[name] for name in ("declined", "decided", "open")},
    }


def _ends(promises: list[PromiseFact]) -> dict[str, int]:
    kept = [one for one in promises if one.state == "kept" and one.closed_at is not None]
    in_window = sum(one.closed_at <= one.closes for one in kept if one.closed_at)
    states = Counter(str(one.state) for one in promises)
    return {
        "all": len(promises),
        "in_window": in_window,
        "late": len(kept) - in_window,
        "declined": states["declined"],
        "decided": states["decided"],
        "open": states["promised"] + states["on_hold"] + states["needs_decision"],
    }
