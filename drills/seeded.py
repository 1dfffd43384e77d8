"""An empty installation with people at their desks, for a drill. Sets Django up, in this version or an older.

usage: python -m drills.seeded CLIENTS   prints the sessions as JSON
"""

import json
import secrets
import sys
from dataclasses import asdict
from uuid import UUID

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client as TestClient  # noqa: E402
from django.utils import timezone  # noqa: E402

from drills.clients import Session  # noqa: E402
from lygte.apps.accounts import services as accounts  # noqa: E402
from lygte.apps.accounts.models import User  # noqa: E402
from lygte.apps.core.scope import municipality_scope  # noqa: E402
from lygte.apps.tenancy import services as tenancy  # noqa: E402
from lygte.domain.access import Actor, system  # noqa: E402
from lygte.domain.vocab import OrganisationModel, Role  # noqa: E402

KEY, SLUG = "drill", "drill-havnegade"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def prepare(clients: int) -> list[Session]:
    """Make an empty installation with one service and as many workers as there are clients."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    now = timezone.now()
    municipality = tenancy.create_municipality(name="Opdigtet Kommune", key=KEY, is_invented=True)
    with municipality_scope(municipality.pk):
        by = system(municipality.pk)
        service = tenancy.create_service(
            actor=by, now=now, name="Akuttilbuddet Havnegade", slug=SLUG,
            organisation_model=OrganisationModel.SEMI_INTEGRATED,
        )  # fmt: skip
        users = [_worker(number, by, service.pk) for number in range(clients)]
    sessions = [_session(user) for user in users]
    connection.close()
    return sessions


def _worker(number: int, by: Actor, service_id: UUID) -> User:
    now = timezone.now()
    user = accounts.create_user(
        actor=by,
        now=now,
        username=f"drill-{number}",
        password=secrets.token_urlsafe(20),
        name=f"Opdigtet {number}",
    )
    for role in (Role.WORKER, Role.LEADER)[: 2 if number == 0 else 1]:  # the first leads the service too
        accounts.give_role(actor=by, now=now, user=user, role=role, service_id=service_id)
    return user


def _session(user: User) -> Session:
    client = TestClient(SERVER_NAME="localhost")
    client.force_login(user, backend=BACKEND)
    session = client.session
    session["has_second_factor"] = True
    session.save()
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    token = secrets.token_hex(16)
    return Session(SLUG, {"sessionid": str(session.session_key), "csrftoken": token})


if __name__ == "__main__":
    print(json.dumps([asdict(session) for session in prepare(int(sys.argv[1]))]))
