"""A service with a few desks, for the drill of edits."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from drills.pages import Machine


@dataclass
class Ground:
    """A service, and a signed-in browser for each of its desks."""

    municipality: UUID
    slug: str
    actor: Any
    service: Any
    machines: list[Machine]


def prepare() -> Ground:
    """Make a service with three desks, two of them of the same worker."""
    from allauth.mfa.models import Authenticator
    from django.test import Client

    from lygte.apps.accounts import selectors as accounts_read
    from lygte.apps.accounts import services as accounts
    from lygte.apps.core.scope import municipality_scope
    from lygte.apps.tenancy import services as tenancy
    from lygte.domain.access import system
    from lygte.domain.vocab import OrganisationModel, Role

    now = datetime.now(UTC)
    municipality = tenancy.create_municipality(name="Øvelse Kommune", key="oevelse", is_invented=True)
    with municipality_scope(municipality.pk):
        by = system(municipality.pk)
        service = tenancy.create_service(
            actor=by,
            now=now,
            name="Øvelsen",
            slug="oevelsen",
            organisation_model=OrganisationModel.SEMI_INTEGRATED,
        )
        users = []
        for name in ("en", "to"):
            user = accounts.create_user(
                actor=by, now=now, username=name, password=uuid4().hex, name=f"Opdigtet {name.title()}"
            )
            accounts.give_role(actor=by, now=now, user=user, role=Role.WORKER, service_id=service.pk)
            Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
            users.append(user)
        actor = accounts_read.actor_for(users[0], today=now.date())
    machines = []
    for number, user in enumerate((users[0], users[0], users[1])):
        http = Client(HTTP_HOST="localhost")
        http.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        machines.append(Machine(f"desk {number}", http))
    return Ground(municipality.pk, service.slug, actor, service, machines)
