"""The rules of a service as the domain understands them, on a day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from uuid import UUID

from django.db.models import Q

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
from lygte.domain.time import ONE_DAY, OpeningRule
from lygte.domain.triage import LevelRule
from lygte.domain.vocab import AbandonRule, Access, Channel, CodeList, FreeDayRule, Level, PromiseKind


def opening_rules(service_id: UUID, *, day: date) -> tuple[OpeningRule, ...]:
    """Return how the channels of a service may be used around a day, the last matching rule winning.

    Rules that ended the day before are among them, for a stretch that runs past midnight, and so are those
    that are planned: each rule knows the days on which its stretches begin.
    """
    rows = OpeningHours.objects.filter(service_id=service_id)
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day - ONE_DAY))
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


@dataclass(frozen=True, slots=True)
class StandingTarget:
    """A target, and whether a named person has adopted it on a day; until then it is only proposed."""

    target: sla.Target
    adopted_by: str
    adopted_on: date | None

    @property
    def is_adopted(self) -> bool:
        """Tell whether somebody has adopted the target."""
        return bool(self.adopted_by and self.adopted_on)


def target(service: Service, channel: Channel, *, day: date) -> sla.Target | None:
    """Return the target of a channel on a day; None when the service has set none."""
    standing = standing_target(service, channel, day=day)
    return standing.target if standing else None


def standing_target(service: Service, channel: Channel, *, day: date) -> StandingTarget | None:
    """Return the target of a channel on a day with who adopted it; None when the service has set none."""
    rows = valid_on(ServiceTarget.objects.filter(service=service, channel=channel), day)
    row = rows.order_by("-valid_from", "-id").first()
    if row is None:
        return None
    target = sla.Target(
        seconds=row.seconds,
        share=row.share_percent / 100,
        rule=AbandonRule(row.abandon_rule),
        short_seconds=service.short_ring_seconds,
    )
    return StandingTarget(target=target, adopted_by=row.adopted_by, adopted_on=row.adopted_on)


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
