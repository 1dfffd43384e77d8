"""How the database is judged after a drill in which people wrote. Sets Django up."""

import time
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import OperationalError, connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from drills.clients import Ledger, Written  # noqa: E402
from drills.seeded import KEY  # noqa: E402
from lygte.apps.audit.anchors import heads_in  # noqa: E402
from lygte.apps.audit.models import AuditEvent  # noqa: E402
from lygte.apps.audit.sealing import seal_waiting  # noqa: E402
from lygte.apps.audit.verifying import verify  # noqa: E402
from lygte.apps.contacts import fields as spec  # noqa: E402
from lygte.apps.contacts.models import Contact, ContactNote  # noqa: E402
from lygte.apps.core.scope import municipality_scope  # noqa: E402
from lygte.apps.tenancy.models import Municipality  # noqa: E402
from lygte.domain.events import Verb  # noqa: E402
from lygte.domain.vocab import ContactState  # noqa: E402

EVENT_OF = {Verb.CONTACT_OPENED: "opened", Verb.CONTACT_CLOSED: "closed"}


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
