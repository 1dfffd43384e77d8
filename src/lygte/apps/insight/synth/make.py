"""Makes the invented municipalities: `make(size, seed, now)`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db import transaction

from lygte.apps.core.scope import municipality_scope
from lygte.apps.core.services import bump
from lygte.apps.insight.synth import country, present, rows, tally
from lygte.apps.insight.synth.crowd import Taken
from lygte.apps.insight.synth.places import MUNICIPALITIES, MunicipalityPlan, ServicePlace, make_services
from lygte.apps.insight.synth.readback import read_back
from lygte.apps.insight.synth.story import Setting, Story
from lygte.apps.tenancy import services as tenancy
from lygte.apps.tenancy.models import Municipality, ServiceTarget
from lygte.domain.time import at_local, day_of
from lygte.domain.vocab import Channel

ROWS_PER_CONTACT = 9


@dataclass(frozen=True, slots=True)
class Size:
    """How much is invented: months until now, and incoming contacts of each service."""

    months: int
    contacts: dict[str, int]
    plans: tuple[MunicipalityPlan, ...] = MUNICIPALITIES

    @property
    def total(self) -> int:
        """Return the number of contacts of all services."""
        return sum(self.contacts.values())


SIZES = {
    "small": Size(2, {"havnegade": 70, "skovbrynet": 30, "molen": 20}),
    "normal": Size(22, {"havnegade": 9_771, "skovbrynet": 2_400, "molen": 1_100}),
    "large": Size(22, {"havnegade": 48_855, "skovbrynet": 12_000, "molen": 5_500}),
}


def country_of(contacts: int, municipalities: int) -> Size:
    """Return the size of a country with so many contacts over five years."""
    plans = country.plans(municipalities)
    return Size(country.MONTHS, country.shares(plans, contacts), plans)


SIZES["national"] = country_of(*country.NATIONAL)


@dataclass(slots=True)
class Made:
    """What was made: the places, and the sheet of right answers."""

    places: list[ServicePlace] = field(default_factory=list)
    sheet: dict[str, Any] = field(default_factory=dict)


def exists() -> bool:
    """Tell whether there is an invented municipality already."""
    return Municipality.objects.filter(is_invented=True).exists()


def make(
    *,
    size: str,
    seed: int,
    now: datetime,
    progress: Callable[[int], None] = lambda step: None,
    shape: Size | None = None,
) -> Made:
    """Make all invented municipalities in one transaction. `progress` is told how far it has come.

    A shape takes the place of the one that the name of the size stands for.
    """
    shape = shape or SIZES[size]
    start = beginning(shape.months, now)
    made = Made(sheet={"size": size, "seed": seed, "now": now.isoformat(), "services": {}})
    with transaction.atomic():
        for plan in shape.plans:
            _municipality(plan, made, shape=shape, seed=seed, start=start, now=now, progress=progress)
    return made


def beginning(months: int, now: datetime) -> datetime:
    """Return the first midnight of the month from which there is data; the running month is the last one."""
    first = day_of(now).replace(day=1)
    number = first.year * 12 + first.month - months
    return at_local(first.replace(year=number // 12, month=number % 12 + 1), time(0))


def _municipality(
    plan: MunicipalityPlan,
    made: Made,
    *,
    shape: Size,
    seed: int,
    start: datetime,
    now: datetime,
    progress: Callable[[int], None],
) -> None:
    municipality = tenancy.create_municipality(name=plan.name, key=plan.key, is_invented=True)
    taken = Taken()
    with municipality_scope(municipality.pk):
        for place in make_services(plan, municipality, start=start, now=now, seed=seed):
            number = shape.contacts[place.service.slug]
            facts = _service(place, number, taken, seed=seed, start=start, now=now, progress=progress)
            months = tally.sheet(facts, target=_target(place), first=start, now=now)
            made.sheet["services"][f"{plan.key}/{place.service.slug}"] = months
            made.places.append(place)


def _service(
    place: ServicePlace,
    number: int,
    taken: Taken,
    *,
    seed: int,
    start: datetime,
    now: datetime,
    progress: Callable[[int], None],
) -> Any:
    setting = Setting(
        slug=place.service.slug,
        start=start,
        now=now,
        contacts=number,
        workers=tuple(user.pk for user in place.workers),
        leader=place.leader.pk,
    )
    story = Story(setting, seed=seed, taken=taken)
    drawn = 0
    for so_far in story.tell():
        progress(so_far - drawn)
        drawn = so_far
    for person in story.facts.persons:
        person.created_by = place.workers[0].pk
    for written in rows.write(story.facts, place.service, place.endpoint, now):
        progress(written // ROWS_PER_CONTACT)
    if place.service.slug == present.SLUG:
        present.Present(place, now=now, seed=seed, taken=taken).play()
        read_back(story.facts, place.service)
    bump(place.service.pk)
    return story.facts


def _target(place: ServicePlace) -> dict[str, Any]:
    row = ServiceTarget.objects.get(service=place.service, channel=Channel.PHONE)
    return {
        "seconds": row.seconds,
        "share_percent": row.share_percent,
        "rule": row.abandon_rule,
        "short_seconds": place.service.short_ring_seconds,
    }
