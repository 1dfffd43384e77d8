"""Attacks that are tried on the running views, one test for each line of docs/security/attacks.md."""

import gzip
import json
import logging
import statistics
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from lygte.apps.contacts import services as contacts
from lygte.apps.contacts.models import Contact
from lygte.apps.insight import csv_files
from lygte.apps.people import selectors as people_read
from lygte.apps.people import services as people
from lygte.config.logs import NoIdentity
from lygte.domain.return_words import RETURN_WORDS
from lygte.domain.vocab import Channel, Role
from lygte.interfaces.web.citizen.limits import REFUSALS
from tests.interfaces.access_doors import address, doors, objects
from tests.world import PASSWORD, World, client_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def _contact(world: World, **more: Any) -> Contact:
    with world.here.scope():
        return contacts.open_contact(
            actor=world.here.worker,
            now=timezone.now(),
            service=world.here.service,
            channel=Channel.PHONE,
            **more,
        )


def _save(client: Client, contact: Contact, **fields: Any) -> Any:
    body = {"client": "page", "seq": 1, "fields": {name: {"value": value} for name, value in fields.items()}}
    return client.patch(
        reverse("staff:contact_save", args=[contact.pk]), json.dumps(body), content_type="application/json"
    )


# ----- somebody else's objects -----
def test_an_identifier_of_another_municipality_opens_nothing_and_cannot_be_taken(world: World) -> None:
    ours = _contact(world)
    foreign = world.there.client()
    assert foreign.get(reverse("staff:contact", args=[ours.pk])).status_code == 404
    assert _save(foreign, ours, own_words="x").status_code == 404
    foreign.raise_request_exception = False
    url = reverse("staff:contact_new", args=[world.there.service.slug])
    taken = foreign.post(url, {"channel": "phone", "contact": str(ours.pk)})
    assert taken.status_code < 500
    with world.there.scope():
        assert Contact.objects.count() == 0
    with world.here.scope():
        assert Contact.objects.get(pk=ours.pk).service_id == world.here.service.pk


def test_an_identifier_of_another_service_cannot_be_taken_for_a_new_contact(world: World) -> None:
    ours = _contact(world)
    beside = client_of(world.here.other_worker)
    url = reverse("staff:contact_new", args=[world.here.other_service.slug])
    assert beside.post(url, {"channel": "phone", "contact": str(ours.pk)}).status_code < 500
    with world.here.scope():
        assert Contact.objects.get().service_id == world.here.service.pk


def test_fields_that_a_page_does_not_offer_are_refused(world: World) -> None:
    contact = _contact(world)
    client = world.here.client()
    for name in (
        "state",
        "owner_id",
        "service_id",
        "municipality_id",
        "closed_at",
        "counted_as",
        "pk",
        "marks",
    ):
        answer = _save(client, contact, **{name: "closed"})
        assert answer.status_code in (200, 400), name
        assert name not in answer.json().get("saved", {}), name
    with world.here.scope():
        assert Contact.objects.get(pk=contact.pk).state == contact.state


def test_posting_more_than_a_form_asks_for_changes_nothing_else(world: World) -> None:
    url = reverse("staff:contact_new", args=[world.here.service.slug])
    sent = {
        "channel": "phone",
        "owner": str(uuid4()),
        "state": "closed",
        "municipality": str(world.there.municipality.pk),
    }
    world.here.client().post(url, sent)
    with world.here.scope():
        made = Contact.objects.get()
        assert (made.state, made.owner_id) == ("open", world.here.users[Role.WORKER].pk)


# ----- what is typed comes back as text -----
@pytest.mark.parametrize("field", ["own_words", "danger", "problem", "options", "agreement"])
def test_markup_that_is_typed_in_a_contact_is_shown_as_text(world: World, field: str) -> None:
    contact, client = _contact(world), world.here.client()
    assert _save(client, contact, **{field: EVIL}).status_code == 200
    html = client.get(reverse("staff:contact", args=[contact.pk])).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;" in html


def test_markup_in_a_search_is_shown_as_text(world: World) -> None:
    url = reverse("staff:people", args=[world.here.service.slug])
    html = world.here.client().post(url, {"term": EVIL}).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;" in html


def test_no_answer_lets_a_browser_run_a_script_of_the_page(world: World) -> None:
    policy = world.here.client().get("/", follow=True).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy
    assert (
        "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy and "form-action 'self'" in policy
    )


# ----- headers, hosts, addresses -----
def test_every_page_carries_the_headers_that_browsers_need(world: World) -> None:
    for client in (world.here.client(), Client()):
        answer = client.get("/", follow=True)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "no-store" in answer.headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "charset=utf-8" in answer.headers["Content-Type"]


@override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True)
def test_over_tls_browsers_are_told_to_stay_there(db: None) -> None:
    told = Client().get("/sundhed", secure=True).headers["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains"


def test_a_foreign_host_name_is_refused(world: World) -> None:
    assert Client(SERVER_NAME="evil.example").get("/konto/login/").status_code == 400


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:evil"],
)
def test_nobody_is_sent_on_to_a_foreign_address(world: World, wanted: str) -> None:
    client = world.here.client()
    client.post(reverse("staff:lock"))
    answer = client.post(reverse("staff:unlock"), {"password": PASSWORD, "next": wanted})
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"].split("?")[0]
    language = client.post("/sprog/setlang/", {"language": "en", "next": wanted})
    assert "evil.example" not in language.headers["Location"]


@pytest.mark.parametrize("sign", ["\r\nSet-Cookie: a=b", "\nX: y", "%0d%0aX: y"])
def test_line_breaks_do_not_get_into_headers(world: World, sign: str) -> None:
    client = world.here.client()
    client.post(reverse("staff:lock"))
    answer = client.post(reverse("staff:unlock"), {"password": PASSWORD, "next": f"/a{sign}"})
    assert not {"X", "Set-Cookie: a"} & set(answer.headers)
    assert "a" not in answer.cookies


def test_trace_and_other_methods_are_not_spoken(world: World) -> None:
    client = world.here.client()
    assert (
        client.trace("/sundhed").status_code in (405, 501) or b"TRACE" not in client.trace("/sundhed").content
    )
    assert client.delete(reverse("staff:board", args=[world.here.service.slug])).status_code == 405


# ----- forms of other sites -----
def test_every_form_refuses_a_request_without_its_token(world: World) -> None:
    held = objects(world)
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        world.here.users[Role.LEADER], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    passed = []
    for door in doors():
        if door.action is None or not door.name.startswith("staff:"):
            continue
        answer = client.post(address(door, held), {})
        if answer.status_code not in (403, 404, 405):
            passed.append(door.name)
    assert passed == []


def test_a_safe_method_changes_nothing(world: World) -> None:
    held = objects(world)
    client = world.here.client()
    with world.here.scope():
        before = Contact.objects.values_list("state", "owner_id").get(pk=held["contact"])
    for door in doors():
        if door.action is not None:
            client.get(address(door, held))
    with world.here.scope():
        assert Contact.objects.values_list("state", "owner_id").get(pk=held["contact"]) == before
        assert Contact.objects.count() == 1


# ----- sessions -----
def test_a_session_gets_a_new_name_when_somebody_signs_in(world: World) -> None:
    client = Client()
    client.get("/konto/login/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    planted = session.session_key
    client.force_login(
        world.here.users[Role.WORKER], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert client.session.session_key != planted


def test_a_session_ends_after_twelve_hours_however_busy_it_was(world: World) -> None:
    client = world.here.client()
    session = client.session
    session["began"] = int(timezone.now().timestamp())
    session.save()
    url = reverse("staff:board", args=[world.here.service.slug])
    for hours in (4, 8, 11):
        with time_machine.travel(timezone.now() + timedelta(hours=hours)):
            assert client.get(url).status_code == 200
            kept = client.session
            kept["busy"] = hours
            kept.save()
    with time_machine.travel(timezone.now() + timedelta(hours=12, minutes=1)):
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/konto/login/")
        assert "_auth_user_id" not in client.session


def test_signing_out_ends_the_session_and_empties_the_browsers_cache(world: World) -> None:
    client = world.here.client()
    key = client.session.session_key
    answer = client.post("/konto/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    old = Client()
    old.cookies["sessionid"] = key
    assert old.get("/").headers["Location"].startswith("/konto/login/")


def test_a_role_that_ends_ends_in_the_middle_of_a_session(world: World) -> None:
    from lygte.apps.accounts import selectors as accounts_read
    from lygte.apps.accounts.models import Grant

    client, user = world.here.client(), world.here.users[Role.WORKER]
    url = reverse("staff:board", args=[world.here.service.slug])
    assert client.get(url).status_code == 200
    with world.here.scope():
        Grant.objects.filter(user=user).update(valid_to=timezone.now().date() - timedelta(days=1))
        assert accounts_read.actor_of_user(user.pk, today=timezone.now().date()).grants == ()  # type: ignore[union-attr]
    assert client.get(url).status_code == 403


def test_a_new_password_ends_every_other_session(world: World) -> None:
    client, user = world.here.client(), world.here.users[Role.WORKER]
    user.set_password("en-helt-anden-lang-adgangskode")
    user.save()
    assert client.get("/").headers["Location"].startswith("/konto/login/")


# ----- guessing -----
def test_guessing_links_is_slowed_down_and_an_unknown_link_looks_like_a_closed_one(world: World) -> None:
    client = Client(REMOTE_ADDR="192.0.2.7")
    answers = [client.get(f"/k/{'x' * 43}{number}/").status_code for number in range(REFUSALS + 2)]
    assert answers[:REFUSALS] == [404] * REFUSALS
    assert answers[REFUSALS:] == [429, 429]


def test_a_link_holds_at_least_128_bits(world: World) -> None:
    token = objects(world)["token"]
    assert len(token) * 6 >= 128  # each sign of it is one of 64


def test_three_return_words_are_too_many_to_try_and_trying_is_limited(world: World) -> None:
    assert len(RETURN_WORDS) ** 3 > 10**8
    client, url = world.here.client(), reverse("staff:people", args=[world.here.service.slug])
    pages = [client.post(url, {"term": f"ukendt{number}"}).content for number in range(40)]
    assert pages[0] != pages[-1]
    assert len({len(page) for page in pages[-5:]}) == 1


def test_searching_for_a_known_and_an_unknown_number_takes_the_same_time(world: World) -> None:
    place, now = world.here, timezone.now()
    with place.scope():
        people.new_thread(actor=place.worker, now=now, service=place.service)
        times: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(60):
            known = bool(turn % 2)
            began = time.perf_counter()
            people_read.phone_digest("20000001" if known else f"2000{turn:04}")
            times[known].append(time.perf_counter() - began)
    medians = [statistics.median(found) for found in times.values()]
    assert max(medians) < 20 * min(medians)


# ----- what is sent in -----
def test_a_request_that_is_too_large_is_refused_before_it_is_read_whole(world: World) -> None:
    contact, client = _contact(world), world.here.client()
    answer = client.patch(
        reverse("staff:contact_save", args=[contact.pk]), "x" * 6_000_000, content_type="application/json"
    )
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize("body", ["[" * 100_000, '{"fields": ' * 20_000, "\x00", '{"fields": 1}', "nul"])
def test_hostile_json_is_refused_and_nothing_breaks(world: World, body: str) -> None:
    contact, client = _contact(world), world.here.client()
    client.raise_request_exception = False
    answer = client.patch(
        reverse("staff:contact_save", args=[contact.pk]), body, content_type="application/json"
    )
    assert answer.status_code == 400


def _upload(world: World, name: str, content: bytes) -> Any:
    url = reverse("staff:contacts_import", args=[world.here.service.slug])
    client = world.here.client(Role.LEADER)
    client.raise_request_exception = False
    return client.post(url, {"file": SimpleUploadedFile(name, content), "act": "look"})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomb.csv", gzip.compress(b"a;b\n" * 1_000_000)),
        ("zip.csv", b"PK\x03\x04" + bytes(1000)),
        ("bytes.csv", bytes(range(256)) * 20),
        ("wide.csv", b";".join([b"x"] * 50_000)),
        ("utf16.csv", "dato;kanal\n".encode("utf-16")),
        ("../../etc/passwd", b"dato;kanal\n"),
        ("empty.csv", b""),
    ],
)
def test_a_hostile_file_is_refused_and_nothing_is_taken_in(world: World, name: str, content: bytes) -> None:
    answer = _upload(world, name, content)
    assert answer.status_code == 422
    with world.here.scope():
        assert Contact.objects.count() == 0


@pytest.mark.parametrize("typed", ["=1+1", "@x", "+1", "-1", "\tx", "\rx", '=HYPERLINK("x")'])
def test_formulas_do_not_get_into_a_file_that_a_spreadsheet_opens(typed: str) -> None:
    cell = csv_files.table(["name"], [[typed]]).splitlines()[1].strip('"')
    assert not cell.startswith(csv_files.FORMULA_SIGNS)
    assert csv_files.table(["name"], [["a\r\nb;c"]]).count(";") == 1


# ----- logs -----
def test_neither_a_link_nor_a_cpr_number_gets_into_a_log_line() -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "GET /k/%s/ %s", ("geheim", "010190-9999"), None)
    assert NoIdentity().filter(record)
    assert "geheim" not in record.getMessage()
    assert "010190-9999" not in record.getMessage()
