"""The invented world that most tests stand in: two municipalities that must never see each other."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from lygte.apps.accounts import selectors as accounts_read
from lygte.apps.accounts import services as accounts
from lygte.apps.core.scope import municipality_scope
from lygte.apps.tenancy import services as tenancy
from lygte.domain.access import Actor, system
from lygte.domain.time import day_of
from lygte.domain.vocab import OrganisationModel, Role

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # a Friday, 19.00 in Denmark
PASSWORD = "en-lang-opdigtet-adgangskode"


@dataclass
class Place:
    """One municipality with two services and one user for each role in the first."""

    municipality: Any
    service: Any
    other_service: Any
    users: dict[Role, Any] = field(default_factory=dict)
    other_worker: Any = None

    def actor(self, role: Role = Role.WORKER) -> Actor:
        return self.actor_of(self.users[role])

    def actor_of(self, user: Any) -> Actor:
        with self.scope():
            return accounts_read.actor_for(user, today=day_of(NOW))

    @property
    def worker(self) -> Actor:
        return self.actor(Role.WORKER)

    @property
    def leader(self) -> Actor:
        return self.actor(Role.LEADER)

    def scope(self) -> Any:
        return municipality_scope(self.municipality.pk)

    def client(self, role: Role = Role.WORKER) -> Client:
        """Return a browser signed in as the user of a role."""
        return client_of(self.users[role])


@dataclass
class World:
    """`here` is where the test lives, `there` is another municipality."""

    here: Place
    there: Place


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def make_place(key: str) -> Place:
    municipality = tenancy.create_municipality(name=f"{key.title()} Kommune", key=key, is_invented=True)
    with municipality_scope(municipality.pk):
        actor = system(municipality.pk)
        first, second = (
            tenancy.create_service(
                actor=actor,
                now=datetime(2026, 1, 1, 12, tzinfo=UTC),
                name=f"Akuttilbuddet {name}",
                slug=f"{key}-{name.lower()}",
                organisation_model=OrganisationModel.SEMI_INTEGRATED,
            )
            for name in ("Havnegade", "Skovbryn")
        )
        place = Place(municipality, first, second)
        for role in Role:
            place.users[role] = _user(actor, f"{key}-{role.value}", role, first.pk)
        place.other_worker = _user(actor, f"{key}-other-worker", Role.WORKER, second.pk)
    return place


def _user(actor: Actor, username: str, role: Role, service_id: UUID) -> Any:
    since = datetime(2026, 1, 1, 12, tzinfo=UTC)
    user = accounts.create_user(
        actor=actor, now=since, username=username, password=PASSWORD, name=f"Opdigtet {role.value.title()}"
    )
    accounts.give_role(actor=actor, now=since, user=user, role=role, service_id=service_id)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


@pytest.fixture
def world(db: None) -> World:
    return World(here=make_place("lysborg"), there=make_place("fyrnes"))
