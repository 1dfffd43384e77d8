"""A full disk, a database that cannot be written, one that is gone: a clear page, and nothing half stored."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lygte.apps.contacts import services as contacts
from lygte.apps.contacts.models import Contact, ContactNote
from lygte.domain.vocab import Channel
from lygte.interfaces.web.storage import Trouble, trouble_of
from tests.world import World


@pytest.fixture
def client(world: World) -> Client:
    client = world.here.client()
    client.get(reverse("staff:board", args=[world.here.service.slug]))
    client.raise_request_exception = False
    return client


@pytest.fixture
def contact(world: World) -> Contact:
    with world.here.scope():
        return contacts.open_contact(
            actor=world.here.worker, now=timezone.now(), service=world.here.service, channel=Channel.PHONE
        )


@contextmanager
def read_only() -> Iterator[None]:
    """Let the database refuse every write meanwhile, as a replica or a disk set to read-only does."""
    begin, end = {
        "sqlite": ("PRAGMA query_only=ON", "PRAGMA query_only=OFF"),
        "postgresql": ("SET TRANSACTION READ ONLY", "SELECT 1"),
    }[connection.vendor]
    with transaction.atomic():
        _tell(begin)
        yield
        transaction.set_rollback(True)  # with it goes that the transaction only reads
    _tell(end)


def _tell(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _save(client: Client, contact: Contact, text: str) -> Any:
    body = {"client": "page", "seq": 1, "fields": {"own_words": {"value": text}}}
    url = reverse("staff:contact_save", args=[contact.pk])
    return client.patch(url, json.dumps(body), content_type="application/json")


def test_a_save_in_a_database_that_cannot_be_written_says_so(client: Client, contact: Contact) -> None:
    with read_only():
        answer = _save(client, contact, "ord")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    html = answer.content.decode()
    assert "Databasen kan læses, men ikke skrives" in html
    assert "bliver på denne maskine" in html
    assert "MISSING[" not in html


def test_a_new_contact_on_a_full_disk_says_so_and_leaves_nothing_half(world: World, client: Client) -> None:
    if connection.vendor == "postgresql":
        problem = OperationalError("no space")
        problem.__cause__ = type("DiskFull", (Exception,), {"sqlstate": "53100"})()
        assert trouble_of(problem) is Trouble.FULL
        return
    url = reverse("staff:contact_new", args=[world.here.service.slug])
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={pages}")
    try:
        answers = [client.post(url, {"channel": "phone"}) for _ in range(60)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count=1073741823")
    full = [answer for answer in answers if answer.status_code == 503]
    assert full
    assert "Disken er fuld" in full[0].content.decode()
    with world.here.scope():
        assert Contact.objects.count() == len(answers) - len(full)


def test_what_was_typed_is_stored_when_it_is_sent_again(
    world: World, client: Client, contact: Contact
) -> None:
    with read_only():
        assert _save(client, contact, "ord").status_code == 503
    assert _save(client, contact, "ord").status_code == 200
    with world.here.scope():
        assert ContactNote.objects.get(contact=contact).text == "ord"


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ("database or disk is full", Trouble.FULL),
        ("attempt to write a readonly database", Trouble.READ_ONLY),
        ("disk I/O error", Trouble.AWAY),
        ("database is locked", Trouble.AWAY),
        ("connection failed", Trouble.AWAY),
    ],
)
def test_each_trouble_of_the_database_is_told_from_the_others(said: str, trouble: Trouble) -> None:
    assert trouble_of(OperationalError(said)) is trouble


def test_an_error_of_the_code_is_no_trouble_of_the_database() -> None:
    assert trouble_of(ValueError("full")) is None
    assert trouble_of(None) is None
