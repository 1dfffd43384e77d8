"""The server's side of working without a line: keys, the empty form, and what a browser sends afterwards."""

import base64
import json
import os
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts.models import Contact
from lygte.apps.outages import drawers
from lygte.apps.outages import selectors as outages_read
from lygte.domain.vocab import LateKind, NoteField, Role
from tests.world import Place, World, client_of


@pytest.fixture
def here(world: World) -> Any:
    with world.here.scope():
        yield world.here


def burst(
    contact: Any, *, minutes_ago: int = 40, skew: timedelta = timedelta(), **more: Any
) -> dict[str, Any]:
    began = timezone.now() - timedelta(minutes=minutes_ago) + skew
    fields = {
        "own_words": {"value": "Ingen lys i hele huset", "base": ""},
        "level": {"value": "mild", "base": ""},
    }
    told = {"began": began, "last": began + timedelta(minutes=10), "clock": timezone.now() + skew}
    moments = {name: moment.isoformat() for name, moment in told.items()}
    sent = {"contact": str(contact), "channel": "phone", "client": "offline-page", "seq": 1, "fields": fields}
    return sent | moments | more


def send(client: Client, place: Place, body: dict[str, Any], service: Any = None) -> Any:
    url = reverse("staff:offline_receive", args=[(service or place.service).slug])
    return client.post(url, json.dumps(body), content_type="application/json")


def test_a_contact_written_without_a_line_is_one_contact_however_often_it_is_sent(here: Place) -> None:
    client, contact_id = here.client(), uuid4()
    answers = [send(client, here, burst(contact_id, seq=seq)).json() for seq in (1, 1, 2)]
    assert [answer["saved"].keys() for answer in answers] == [{"own_words", "level"}] * 3
    assert Contact.objects.filter(pk=contact_id).count() == Contact.objects.count() == 1
    row = contacts_read.contact(contact_id)
    assert contacts_read.notes(contact_id)[NoteField.OWN_WORDS] == "Ingen lys i hele huset"
    assert contacts_read.late_kind(row) is LateKind.OFFLINE
    late = outages_read.late(contact_id)
    assert late is not None
    assert late.kind == LateKind.OFFLINE
    assert (
        "skrevet uden forbindelse" in client.get(reverse("staff:contact", args=[contact_id])).content.decode()
    )


def test_its_times_are_what_the_worker_saw_also_when_the_clock_of_the_machine_is_wrong(here: Place) -> None:
    contact_id = uuid4()
    send(here.client(), here, burst(contact_id, skew=timedelta(hours=-5)))
    row = contacts_read.contact(contact_id)
    ago = timezone.now() - row.started_at
    assert timedelta(minutes=39) < ago < timedelta(minutes=41)
    assert row.received_at == row.started_at
    assert row.ended_at is not None
    assert timedelta(minutes=9) < row.ended_at - row.started_at < timedelta(minutes=11)


def test_a_contact_that_still_is_written_in_has_not_ended(here: Place) -> None:
    contact_id = uuid4()
    send(here.client(), here, burst(contact_id, last=timezone.now().isoformat()))
    assert contacts_read.contact(contact_id).ended_at is None


def test_nobody_else_can_send_it_again(here: Place, world: World) -> None:
    contact_id = uuid4()
    send(here.client(), here, burst(contact_id))
    other = {"own_words": {"value": "Noget andet", "base": ""}}
    assert send(here.client(Role.LEADER), here, burst(contact_id, fields=other, seq=9)).status_code == 409
    beside = client_of(here.other_worker)
    assert send(beside, here, burst(contact_id, fields=other), here.other_service).status_code == 409
    away = send(world.there.client(), world.there, burst(contact_id, fields=other))
    assert away.status_code == 409
    assert contacts_read.notes(contact_id)[NoteField.OWN_WORDS] == "Ingen lys i hele huset"


def test_what_cannot_be_stored_is_told_and_the_rest_is_stored(here: Place) -> None:
    contact_id = uuid4()
    fields = burst(contact_id)["fields"] | {"causes": {"value": ["ended_code"], "base": ""}}
    answer = send(here.client(), here, burst(contact_id, fields=fields)).json()
    assert answer["errors"].keys() == {"causes"}
    assert answer["saved"].keys() == {"own_words", "level"}
    assert answer["save"] == reverse("staff:contact_save", args=[contact_id])


@pytest.mark.parametrize(
    "wrong",
    [{"contact": "nobody"}, {"channel": "pigeon"}, {"began": "today"}, {"clock": "2026-11-20T12:00:00"}],
)
def test_what_is_no_contact_is_refused(here: Place, wrong: dict[str, str]) -> None:
    assert send(here.client(), here, burst(uuid4()) | wrong).status_code == 400


def test_a_drawer_opens_for_its_owner_and_for_nobody_else(here: Place) -> None:
    url = reverse("staff:drawer_keys")
    mine, again = here.client().get(url), here.client().get(url)
    hers = here.client(Role.LEADER).get(url).json()
    assert mine["Cache-Control"] == "no-store"
    keys = mine.json()
    assert keys["tag"] == again.json()["tag"] != hers["tag"]
    assert keys["private"] == again.json()["private"]
    assert {keys["private"], keys["text"]}.isdisjoint({hers["private"], hers["text"]})
    assert _opened(keys["private"], *_sealed(keys["public"], b"Er bange")) == b"Er bange"


def _sealed(public: str, plain: bytes) -> tuple[bytes, bytes, bytes]:
    """Seal as the browser does."""
    own = ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(public))
    key, iv = _key(own.exchange(ec.ECDH(), theirs)), os.urandom(12)
    uncompressed = serialization.PublicFormat.UncompressedPoint
    half = own.public_key().public_bytes(serialization.Encoding.X962, uncompressed)
    return half, iv, AESGCM(key).encrypt(iv, plain, b"contact:1")


def _opened(private: str, half: bytes, iv: bytes, sealed: bytes) -> bytes:
    own = serialization.load_der_private_key(base64.b64decode(private), None)
    assert isinstance(own, ec.EllipticCurvePrivateKey)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), half)
    return AESGCM(_key(own.exchange(ec.ECDH(), theirs))).decrypt(iv, sealed, b"contact:1")


def _key(shared: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=b"", info=b"lygte drawer").derive(shared)


def test_the_secret_of_a_drawer_is_sealed_in_the_database(here: Place) -> None:
    drawer = drawers.drawer_of(here.users[Role.WORKER].pk, now=timezone.now())
    row = drawers.DrawerKey.objects.get()
    assert base64.b64decode(row.secret) == drawer.secret
    fresh = drawers.DrawerKey.objects.get()
    assert drawer.secret not in bytes(fresh.__dict__["secret"])


def test_the_pages_that_a_browser_may_keep_hold_nobody(here: Place) -> None:
    client = here.client()
    for name in ("offline_form", "emergency_sheet"):
        answer = client.get(reverse(f"staff:{name}", args=[here.service.slug]))
        assert answer["X-Lygte-Keeps"] == "nobody"
        page = answer.content.decode()
        assert here.users[Role.WORKER].name not in page
        assert "csrfmiddlewaretoken" not in page
        assert "draft-key" not in page
    assert "X-Lygte-Keeps" not in client.get(reverse("staff:board", args=[here.service.slug]))


def test_the_worker_stands_at_the_root_and_names_files_only(here: Place) -> None:
    answer = Client().get(reverse("staff:worker"))
    assert answer["Content-Type"].startswith("text/javascript")
    assert reverse("staff:worker").count("/") == 1
    files = json.loads(answer.content.decode().split("const FILES = ")[1].split(";\n")[0])
    assert files
    assert all(url.startswith("/static/lygte/") for url in files)


def test_the_sheet_is_in_either_language_with_the_lists_of_the_service(here: Place) -> None:
    url = reverse("staff:emergency_sheet", args=[here.service.slug])
    danish, english = (here.client().get(f"{url}?sprog={code}").content.decode() for code in ("da", "en"))
    assert "Når Lygte ikke kan nås" in danish
    assert "When Lygte cannot be reached" in english
    assert "loneliness" in english
    assert "ensomhed" in danish
