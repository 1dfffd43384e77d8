import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from lygte.apps.people import services as people
from lygte.apps.plans import services
from lygte.apps.plans.models import PlanShare
from lygte.apps.tenancy.models import Service
from lygte.domain.events import Verb
from lygte.domain.vocab import PlanSection, ShareAudience
from lygte.interfaces.web.citizen import limits
from tests.apps.plans.drafts import WORDS, draft, events, finished, shared, thread
from tests.world import NOW, World

CLOSED_KEYS = ("Cache-Control", "Referrer-Policy", "X-Robots-Tag", "Content-Type", "Content-Language")


@pytest.fixture(autouse=True)
def _open_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def link(token: str) -> str:
    return reverse("citizen:plan", args=[token])


def make(world: World, **changes: Any) -> tuple[Any, str]:
    with world.here.scope():
        Service.objects.filter(pk=world.here.service.pk).update(phone="00 00 00 01")
        return shared(world.here, finished(world.here, thread(world.here)).plan, **changes)


def test_the_page_shows_the_words_the_numbers_and_who_to_ring(world: World) -> None:
    _share, token = make(world)
    page = Client().get(link(token)).content.decode()
    assert all(line in page for text in WORDS.values() for line in text.split(",")[0].splitlines()[:1])
    assert 'href="tel:112"' in page
    assert 'href="tel:00000001"' in page
    assert 'href="tel:1813"' in page
    assert world.here.service.name in page


def test_the_page_tells_nothing_about_who_the_person_is(world: World) -> None:
    here = world.here
    with here.scope():
        person = people.create_person(
            actor=here.worker,
            now=NOW,
            service=here.service,
            name="Opdigtet Ottosen",
            alias="Ugle",
            address="Opdigtet Allé 7",
        )
        _share, token = shared(here, finished(here, person).plan, label="moster Gerda")
    for form in ("", "tekst"):
        page = Client().get(link(token), {"form": form}).content.decode()
        for known in ("Ottosen", "Ugle", "Allé", "Gerda", str(person.pk), here.users["worker"].name):
            assert known not in page


def test_only_the_shared_sections_are_there(world: World) -> None:
    _share, token = make(world, audience=ShareAudience.RELATIVE, sections=[PlanSection.WHOM_TO_CALL])
    page = Client().get(link(token)).content.decode()
    assert "Mia" in page
    assert WORDS[PlanSection.HELPS] not in page
    assert re.findall(r'class="plan-section" aria-labelledby="(\w+)"', page) == ["whom_to_call"]


def test_no_cookie_is_set_and_nothing_is_kept_or_passed_on(world: World) -> None:
    _share, token = make(world)
    signed_in = (world.here.client(), world.there.client())
    for client in signed_in:
        client.get(reverse("staff:home"))  # the session of the desk has its cookie from before
    for client in (Client(), *signed_in):
        for url in (link(token), link("lysborg-" + "a" * 32)):
            response = client.get(url)
            assert response.cookies == {}
            assert "Set-Cookie" not in response.headers
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert "noindex" in response.headers["X-Robots-Tag"]
            page = response.content.decode()
            assert '<meta name="referrer" content="no-referrer">' in page
            assert 'name="robots" content="noindex' in page
            assert "<form" not in page
            assert token not in page


def test_the_reader_chooses_danish_or_english(world: World) -> None:
    _share, token = make(world)
    danish = Client().get(link(token))
    english = Client().get(link(token), {"sprog": "en"})
    assert '<html lang="da">' in danish.content.decode()
    assert 'href="?sprog=en" lang="en"' in danish.content.decode()
    assert "What helps" in english.content.decode()
    assert english.headers["Content-Language"] == "en"
    assert '<html lang="da">' in Client().get(link(token), {"sprog": "xx"}).content.decode()
    assert '<html lang="en">' in Client(headers={"accept-language": "en"}).get(link(token)).content.decode()


def test_the_plan_can_be_had_as_plain_text(world: World) -> None:
    _share, token = make(world)
    response = Client().get(link(token), {"form": "tekst"})
    text = response.content.decode()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert WORDS[PlanSection.WHOM_TO_CALL] in text
    assert "112" in text and "00 00 00 01" in text
    assert "<" not in text and "&" not in text


def test_words_of_the_person_are_shown_as_words_never_as_markup(world: World) -> None:
    with world.here.scope():
        words = {PlanSection.HELPS: "<script>alert(1)</script>", PlanSection.WHOM_TO_CALL: '"><b>Bo</b>'}
        _share, token = shared(world.here, finished(world.here, thread(world.here), words).plan)
    page = Client().get(link(token)).content.decode()
    assert "<script>alert" not in page and "<b>Bo</b>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_page_says_when_it_was_changed_and_that_it_can_be_withdrawn(world: World) -> None:
    _share, token = make(world, days=30)
    page = Client().get(link(token), {"sprog": "en"}).content.decode()
    assert "Last changed 20/11 2026 at 19.00." in page
    assert "The link works until 20/12 2026." in page
    assert "closed at once" in page


def test_withdrawn_expired_and_unknown_links_answer_alike(world: World) -> None:
    here = world.here
    withdrawn, first = make(world)
    expired, second = make(world)
    with here.scope():
        services.withdraw(actor=here.worker, now=NOW, share_id=withdrawn.pk)
        PlanShare.objects.filter(pk=expired.pk).update(created_at=NOW.replace(year=2025), expires_at=NOW)
    answers = [
        Client().get(link(token))
        for token in (first, second, "lysborg-" + "a" * 32, "nowhere-" + "a" * 32, "x", first[:-1])
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(answer.headers[key] for key in CLOSED_KEYS) for answer in answers}) == 1
    with here.scope():
        reasons = [event.detail.get("closed") for event in events(Verb.ATTACK_REFUSED)]
        assert reasons == ["withdrawn", "expired", None, None]


def test_the_secret_of_one_municipality_opens_nothing_under_the_key_of_another(world: World) -> None:
    _share, token = make(world)
    foreign = "fyrnes-" + token.rsplit("-", 1)[1]
    for client in (Client(), world.there.client()):
        assert client.get(link(foreign)).status_code == 404
    with world.there.scope():
        assert len(events(Verb.ATTACK_REFUSED)) == 2


def test_staff_of_another_municipality_see_what_everybody_with_the_link_sees(world: World) -> None:
    _share, token = make(world)
    anyone, foreign = Client().get(link(token)), world.there.client().get(link(token))
    assert anyone.content == foreign.content


def test_a_locked_desk_still_opens_the_page_of_a_citizen(world: World) -> None:
    _share, token = make(world)
    client = world.here.client()
    client.post(reverse("staff:lock"))
    assert client.get(link(token)).status_code == 200


def test_a_draft_is_never_shown(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        _share, token = shared(here, finished(here, person).plan)
        draft(here, person, {PlanSection.HELPS: "At høre musik."})
    assert "musik" not in Client().get(link(token)).content.decode()


def test_whoever_tries_too_often_waits_and_a_real_link_tells_them_nothing_meanwhile(world: World) -> None:
    _share, token = make(world)
    guesser = Client(REMOTE_ADDR="192.0.2.7")
    for number in range(limits.REFUSALS):
        assert guesser.get(link(f"lysborg-{number:a>32}")).status_code == 404
    assert guesser.get(link("lysborg-" + "b" * 32)).status_code == 429
    assert guesser.get(link(token)).status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.8").get(link(token)).status_code == 200
    with world.here.scope():
        assert len(events(Verb.ATTACK_REFUSED)) == limits.REFUSALS


def test_behind_a_proxy_each_address_is_counted_by_itself(world: World, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    first = Client(headers={"x-forwarded-for": "198.51.100.1, 192.0.2.7"})
    for _number in range(limits.REFUSALS):
        first.get(link("lysborg-" + "a" * 32))
    assert first.get(link("lysborg-" + "a" * 32)).status_code == 429
    other = Client(headers={"x-forwarded-for": "198.51.100.1, 192.0.2.8"})
    assert other.get(link("lysborg-" + "a" * 32)).status_code == 404


def test_a_link_can_only_be_read(world: World) -> None:
    share, token = make(world)
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)(link(token)).status_code == 405
    with world.here.scope():
        assert PlanShare.objects.get(pk=share.pk).times_opened == 0


def test_opening_a_link_takes_few_queries(world: World, django_assert_max_num_queries: Any) -> None:
    _share, token = make(world)
    Client().get(link(token))
    scope = 4 if connection.vendor == "postgresql" else 0
    with django_assert_max_num_queries(10 + scope):
        assert Client().get(link(token)).status_code == 200
