import re
from datetime import date, datetime, time

from django.db import transaction

from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import InvalidField
from lygte.apps.core.scope import municipality_scope
from lygte.apps.crypto import services as crypto
from lygte.apps.tenancy.models import (
    FollowUpSetting,
    LevelSetting,
    Municipality,
    OpeningHours,
    Service,
    ServiceTarget,
)
from lygte.domain import followup, triage
from lygte.domain.access import Actor
from lygte.domain.events import Verb
from lygte.domain.time import day_of
from lygte.domain.vocab import AbandonRule, Access, Channel, OrganisationModel

KEY = re.compile(r"[a-z0-9][a-z0-9-]{1,59}")
# Suggested, not adopted: the model description names no numbers (model guide, sections 3.1 and 5).
SUGGESTED_TARGETS = ((Channel.PHONE, 60, 90), (Channel.WALK_IN, 15 * 60, 90))


@transaction.atomic
def create_municipality(*, name: str, key: str, is_invented: bool = False) -> Municipality:
    """Make a municipality with its keys. Raises `InvalidField` when the key is taken or is no key."""
    _checked_key("key", key)
    if Municipality.objects.filter(key=key).exists():
        raise InvalidField("key", "taken")
    municipality = Municipality.objects.create(name=name, key=key, is_invented=is_invented)
    with municipality_scope(municipality.pk):
        crypto.make_keys()
    return municipality


@transaction.atomic
def create_service(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    slug: str,
    organisation_model: OrganisationModel,
    phone: str = "",
    address: str = "",
) -> Service:
    """Make a service with the suggested rules, each shown as proposed until a named person adopts it.

    Raises `InvalidField` when the address name is taken or is none.
    """
    _checked_key("slug", slug)
    if Service.objects.filter(slug=slug).exists():
        raise InvalidField("slug", "taken")
    service = Service.objects.create(
        name=name,
        slug=slug,
        organisation_model=organisation_model,
        phone=phone,
        address=address,
        opened_on=day_of(now),
    )
    for suggest in (_suggest_opening_hours, _suggest_targets, _suggest_levels, _suggest_follow_ups):
        suggest(service, day_of(now))
    audit.record(Verb.SERVICE_CREATED, actor=actor, now=now, subject=service, service_id=service.pk)
    return service


def _checked_key(field: str, key: str) -> None:
    if not KEY.fullmatch(key):
        raise InvalidField(field, "key")


def _suggest_opening_hours(service: Service, since: date) -> None:
    for position, channel in enumerate((Channel.PHONE, Channel.WALK_IN)):
        OpeningHours.objects.create(
            service=service,
            valid_from=since,
            channel=channel,
            access=Access.OPEN,
            starts=time(0),
            ends=time(0),
            position=position,
        )


def _suggest_targets(service: Service, since: date) -> None:
    for channel, seconds, share_percent in SUGGESTED_TARGETS:
        ServiceTarget.objects.create(
            service=service,
            valid_from=since,
            channel=channel,
            seconds=seconds,
            share_percent=share_percent,
            abandon_rule=AbandonRule.LATE_COUNT_AGAINST,
        )


def _suggest_levels(service: Service, since: date) -> None:
    for level, rule in triage.DEFAULTS.items():
        LevelSetting.objects.create(
            service=service,
            valid_from=since,
            level=level,
            callback_minutes=rule.callback_minutes,
            plan_days=rule.plan_days,
            plan_earliest_day=rule.plan_window[0],
            plan_latest_day=rule.plan_window[1],
            colleague=rule.colleague,
        )


def _suggest_follow_ups(service: Service, since: date) -> None:
    for kind, rule in followup.DEFAULT_RULES.items():
        FollowUpSetting.objects.create(
            service=service,
            valid_from=since,
            kind=kind,
            days=rule.days,
            earliest_day=rule.earliest_day,
            latest_day=rule.latest_day,
            ring_from=rule.ring_from,
            ring_to=rule.ring_to,
            on_free_days=rule.on_free_days,
            max_attempts=rule.max_attempts,
            spacing_hours=rule.spacing_hours,
            quiet_hours_after_contact=rule.quiet_hours_after_contact,
        )
