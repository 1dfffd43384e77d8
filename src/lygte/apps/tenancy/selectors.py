from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from lygte.apps.core.scope import current_municipality_id, municipality_scope
from lygte.apps.tenancy.models import Dated, Municipality, PracticeChange, Service
from lygte.domain.access import Action, Actor, may

D = TypeVar("D", bound=Dated)


def municipalities() -> list[Municipality]:
    """Return all municipalities. Global: for periodic duties, which open a scope for each."""
    return list(Municipality.objects.order_by("key"))


def municipality_by_key(key: str) -> Municipality:
    """Return a municipality by its public key, or raise `Municipality.DoesNotExist`."""
    return Municipality.objects.get(key=key)


def current_municipality() -> Municipality:
    """Return the municipality of the running scope."""
    return Municipality.objects.get(pk=current_municipality_id())


@contextmanager
def scope_of_key(key: str) -> Iterator[Municipality]:
    """Open the scope of the municipality with a public key."""
    municipality = municipality_by_key(key)
    with municipality_scope(municipality.pk):
        yield municipality


def service(service_id: UUID) -> Service:
    """Return a service of the running municipality."""
    return Service.objects.get(pk=service_id)


def service_by_slug(slug: str) -> Service:
    """Return a service of the running municipality by its address name."""
    return Service.objects.get(slug=slug)


def services() -> QuerySet[Service]:
    """Return the services of the running municipality, by name."""
    return Service.objects.order_by("name")


def services_for(actor: Actor, action: Action) -> list[Service]:
    """Return the services in which the actor may do `action`, by name."""
    return [
        row
        for row in services()
        if may(actor, action, municipality_id=actor.municipality_id, service_id=row.pk)
    ]


def valid_on(rows: "QuerySet[D]", day: date) -> "QuerySet[D]":
    """Narrow dated choices to those valid on a day."""
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


def services_for_anything(actor: Actor) -> list[Service]:
    """Return the services in which the actor holds any role, by name."""
    everywhere = any(grant.service_id is None for grant in actor.grants)
    own = {grant.service_id for grant in actor.grants}
    return [row for row in services() if everywhere or row.pk in own]


def practice_changes(service_id: UUID, first: date, last: date) -> list[PracticeChange]:
    """Return the changes of registration practice of a service between two days, both included, by day."""
    return list(PracticeChange.objects.filter(service_id=service_id, on__gte=first, on__lte=last))
