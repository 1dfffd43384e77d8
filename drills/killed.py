"""What the drill of kills stands on, and how the database is judged afterwards. Sets Django up."""

import secrets
import time
from pathlib import Path
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import OperationalError, connection  # noqa: E402
from django.test import Client as TestClient  # noqa: E402
from django.utils import timezone  # noqa: E402

from drills.clients import Ledger, Session, Written  # noqa: E402
from lygte.apps.accounts import services as accounts  # noqa: E402
from lygte.apps.accounts.models import User  # noqa: E402
from lygte.apps.audit.anchors import heads_in  # noqa: E402
from lygte.apps.audit.models import AuditEvent  # noqa: E402
from lygte.apps.audit.sealing import seal_waiting  # noqa: E402
from lygte.apps.audit.verifying import verify  # noqa: E402
from lygte.apps.contacts import fields as spec  # noqa: E402
from lygte.apps.contacts.models import Contact, ContactNote  # noqa: E402
from lygte.apps.core.scope import municipality_scope  # noqa: E402
from lygte.apps.tenancy import services as tenancy  # noqa: E402
from lygte.apps.tenancy.models import Municipality  # noqa: E402
from lygte.domain.access import Actor, system  # noqa: E402
from lygte.domain.events import Verb  # noqa: E402
from lygte.domain.vocab import ContactState, OrganisationModel, Role  # noqa: E402

KEY, SLUG = "drill", "drill-havnegade"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
EVENT_OF = {Verb.CONTACT_OPENED: "opened", Verb.CONTACT_CLOSED: "closed"}


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
    accounts.give_role(actor=by, now=now, user=user, role=Role.WORKER, service_id=service_id)
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


def judge(ledger: Ledger) -> list[str]:
    """Return everything that is not as it must be."""
    _wait_for_database()
    municipality = Municipality.objects.get(key=KEY)
    with municipality_scope(municipality.pk):
        seal_waiting(now=timezone.now())
        return [*_values(ledger), *_whole(), *_trail(), *_sound()]


def _wait_for_database() -> None:
    """Wait while a server that was killed last recovers."""
    for _ in range(120):
        try:
            connection.close()
            connection.ensure_connection()
            return
        except OperationalError:
            time.sleep(0.5)
    raise SystemExit("the database did not come back")


def _values(ledger: Ledger) -> list[str]:
    """Every acknowledged value is stored, or one that the same client sent after it."""
    wrong = []
    rows = {row.pk: row for row in Contact.objects.all()}
    for contact_id, known in ledger.contacts.items():
        row = rows.get(contact_id)
        if row is None:
            if known.opened:
                wrong.append(f"lost: contact {contact_id}")
            continue
        notes = {note.field: note.text for note in ContactNote.objects.filter(contact=row)}
        shown = {name: spec.shown(row, name, notes) for name in known.acknowledged}
        wrong += _lost(contact_id, known, shown)
        if known.closed and row.state != ContactState.CLOSED:
            wrong.append(f"lost: the closing of {contact_id}")
        if row.state == ContactState.CLOSED and not known.close_sent:
            wrong.append(f"closed by nobody: {contact_id}")
    return wrong


def _lost(contact_id: object, known: Written, shown: dict[str, object]) -> list[str]:
    return [
        f"lost: {name} of {contact_id}"
        for name, value in known.acknowledged.items()
        if _plain(shown[name]) not in [_plain(value), *map(_plain, known.sent_later.get(name, []))]
    ]


def _plain(value: object) -> str:
    return str(value).strip()


def _whole() -> list[str]:
    """A contact has the events of what its row shows, and no event is about one that is not there."""
    rows = dict(Contact.objects.values_list("pk", "state"))
    wrong = []
    seen: dict[Verb, list[object]] = {}
    for verb in EVENT_OF:
        seen[verb] = list(
            AuditEvent.objects.filter(verb=verb.value, subject="contacts.contact").values_list(
                "subject_id", flat=True
            )
        )
        wrong += [f"an event of a contact that is not there: {one}" for one in set(seen[verb]) - rows.keys()]
        wrong += [f"{EVENT_OF[verb]} twice: {one}" for one in set(seen[verb]) if seen[verb].count(one) > 1]
    opened, closed = set(seen[Verb.CONTACT_OPENED]), set(seen[Verb.CONTACT_CLOSED])
    wrong += [f"half a contact, without its opening: {one}" for one in rows.keys() - opened]
    ended = {pk for pk, state in rows.items() if state == ContactState.CLOSED}
    wrong += [f"half a closing: {one}" for one in ended ^ closed]
    return wrong


def _trail() -> list[str]:
    verdict = verify(heads=heads_in(Path(settings.LYGTE_AUDIT_ANCHORS)))
    return [f"audit: {finding.kind} {finding.row}" for finding in verdict.findings]


def _sound() -> list[str]:
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        said = [row[0] for row in cursor.fetchall()]
        cursor.execute("PRAGMA synchronous")
        synchronous = cursor.fetchone()[0]
    return ([] if said == ["ok"] else said) + (
        [] if synchronous == 2 else [f"synchronous is {synchronous}, not 2"]
    )
