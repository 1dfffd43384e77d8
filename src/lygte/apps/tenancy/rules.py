"""The rules of a service as the domain understands them, on a day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from uuid import UUID

from lygte.apps.tenancy.models import (
    FollowUpSetting,
    LevelSetting,
    LocalCode,
    OpeningHours,
    Service,
    ServiceTarget,
)
from lygte.apps.tenancy.selectors import valid_on
from lygte.domain import followup, sla, triage
from lygte.domain.time import OpeningRule
from lygte.domain.triage import LevelRule
from lygte.domain.vocab import AbandonRule, Access, Channel, CodeList, FreeDayRule, Level, PromiseKind


def opening_rules(service_id: UUID, *, day: date) -> tuple[OpeningRule, ...]:
    """Return how the channels of a service may be used, the last matching rule winning."""
    rows = valid_on(OpeningHours.objects.filter(service_id=service_id), day)
    return tuple(
        OpeningRule(
            channel=Channel(row.channel),
            access=Access(row.access),
            weekdays=frozenset(int(digit) for digit in row.weekdays),
            starts=row.starts,
            ends=row.ends,
            on_holidays=row.on_holidays,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows
    )


def target(service: Service, channel: Channel, *, day: date) -> sla.Target | None:
    """Return the target of a channel on a day; None when the service has set none."""
    rows = valid_on(ServiceTarget.objects.filter(service=service, channel=channel), day)
    row = rows.order_by("-valid_from", "-id").first()
    if row is None:
        return None
    return sla.Target(
        seconds=row.seconds,
        share=row.share_percent / 100,
        rule=AbandonRule(row.abandon_rule),
        short_seconds=service.short_ring_seconds,
    )


def level_rules(service_id: UUID, *, day: date) -> Mapping[Level, LevelRule]:
    """Return what each level sets in motion; what to do at a severe level comes from the domain."""
    rules = dict(triage.DEFAULTS)
    rows = valid_on(LevelSetting.objects.filter(service_id=service_id), day).order_by("valid_from", "id")
    for row in rows:
        level = Level(row.level)
        rules[level] = replace(
            rules[level],
            callback_minutes=row.callback_minutes,
            plan_days=row.plan_days,
            plan_window=(row.plan_earliest_day, row.plan_latest_day),
            colleague=row.colleague,
        )
    return MappingProxyType(rules)


def follow_up_rule(service_id: UUID, kind: PromiseKind, *, day: date) -> followup.FollowUpRule:
    """Return when and how often a follow-up of a kind is tried."""
    rows = valid_on(FollowUpSetting.objects.filter(service_id=service_id, kind=kind), day)
    row = rows.order_by("-valid_from", "-id").first()
    default = followup.DEFAULT_RULES[kind]
    if row is None:
        return default
    return replace(
        default,
        days=row.days,
        earliest_day=row.earliest_day,
        latest_day=row.latest_day,
        ring_from=row.ring_from,
        ring_to=row.ring_to,
        on_free_days=FreeDayRule(row.on_free_days),
        max_attempts=row.max_attempts,
        spacing_hours=row.spacing_hours,
        quiet_hours_after_contact=row.quiet_hours_after_contact,
    )


def local_codes(service_id: UUID, code_list: CodeList, *, day: date) -> list[LocalCode]:
    """Return the codes that a service has added to a list and that may be chosen on a day."""
    return list(valid_on(LocalCode.objects.filter(service_id=service_id, code_list=code_list), day))


def local_words(service_id: UUID, code_list: CodeList) -> dict[str, tuple[str, str]]:
    """Return the Danish and English word of every added code, ended ones included."""
    rows = LocalCode.objects.filter(service_id=service_id, code_list=code_list)
    return {row.code: (row.label_da, row.label_en) for row in rows}
