import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lygte.apps.plans import selectors
from lygte.apps.plans.models import PlanShare
from lygte.domain.events import Verb
from lygte.domain.vocab import PlanSection, Role, ShareAudience
from tests.apps.plans.drafts import draft, events, finished, shared, thread
from tests.interfaces.web.walls import assert_walled
from tests.world import NOW, World

FORM = {"audience": "relative", "sections": ["helps"], "days": "90", "label": "søster"}


def link_in(page: str) -> str:
    found = re.search(r'id="plan-link"[^>]*>([^<]+)</textarea>', page)
    assert found is not None
    return found[1]


def test_a_link_is_shown_once_and_opens_the_citizens_page(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        finished(world.here, person)
    client = world.here.client()
    made = client.post(reverse("staff:plan_share", args=[person.pk]), FORM)
    link = link_in(made.content.decode())
    assert made.headers["Cache-Control"] == "no-store"
    assert link.startswith("http://testserver/k/lysborg-")
    assert Client().get(link.removeprefix("http://testserver")).status_code == 200
    assert "/k/" not in client.get(reverse("staff:plan", args=[person.pk])).content.decode()


def test_the_public_address_of_the_installation_is_used_when_it_is_set(world: World, settings: Any) -> None:
    settings.LYGTE_PUBLIC_URL = "https://akut.example.dk/"
    with world.here.scope():
        person = thread(world.here)
        finished(world.here, person)
    made = world.here.client().post(reverse("staff:plan_share", args=[person.pk]), FORM)
    assert link_in(made.content.decode()).startswith("https://akut.example.dk/k/lysborg-")


def test_sections_marked_for_the_reader_are_chosen_beforehand(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        plan = finished(world.here, person).plan
        shared(world.here, plan, audience=ShareAudience.RELATIVE, sections=[PlanSection.HELPS])
    client, url = world.here.client(), reverse("staff:plan_share", args=[person.pk])
    own, relative = (client.get(url, {"til": code}).content.decode() for code in ("citizen", "relative"))
    chosen = re.compile(r'value="(\w+)" checked')
    assert chosen.findall(own) == ["early_signs", "helps", "whom_to_call", "next_step"]
    assert chosen.findall(relative) == ["helps"]


@pytest.mark.parametrize("wrong", [{"sections": []}, {"days": "0"}, {"days": "evigt"}])
def test_what_is_missing_is_said_and_nothing_is_shared(world: World, wrong: dict[str, Any]) -> None:
    with world.here.scope():
        person = thread(world.here)
        plan = finished(world.here, person).plan
    response = world.here.client().post(reverse("staff:plan_share", args=[person.pk]), FORM | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'role="alert"' in page
    assert re.search(r'href="#(share_\w+)"', page)[1] in re.findall(r'id="(share_\w+)"', page)  # type: ignore[index]
    with world.here.scope():
        assert selectors.shares(plan.pk) == []


def test_a_form_sent_twice_makes_one_link(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        plan = finished(world.here, person).plan
    client, url = world.here.client(), reverse("staff:plan_share", args=[person.pk])
    once = re.search(r'name="share" value="([^"]+)"', client.get(url).content.decode())
    assert once is not None
    assert client.post(url, FORM | {"share": once[1]}).status_code == 200
    again = client.post(url, FORM | {"share": once[1]})
    assert again.headers["Location"] == reverse("staff:plan", args=[person.pk])
    with world.here.scope():
        assert len(selectors.shares(plan.pk)) == 1


def test_a_plan_that_was_never_finished_is_not_shared(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        draft(world.here, person)
    url = reverse("staff:plan_share", args=[person.pk])
    for response in (world.here.client().get(url), world.here.client().post(url, FORM)):
        assert response.headers["Location"] == reverse("staff:plan", args=[person.pk])


def test_withdrawing_closes_the_link_for_the_next_request(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        share, token = shared(world.here, finished(world.here, person).plan)
    citizen = reverse("citizen:plan", args=[token])
    assert Client().get(citizen).status_code == 200
    url = reverse("staff:share_withdraw", args=[share.pk])
    for _time in range(2):
        assert world.here.client().post(url).headers["Location"] == reverse("staff:plan", args=[person.pk])
        assert Client().get(citizen).status_code == 404
    with world.here.scope():
        assert len(events(Verb.PLAN_SHARE_WITHDRAWN)) == 1


def test_withdrawing_is_closed_to_strangers(world: World) -> None:
    with world.here.scope():
        share, _token = shared(world.here, finished(world.here, thread(world.here)).plan)
    assert_walled(world, "post", reverse("staff:share_withdraw", args=[share.pk]))
    assert world.here.client().get(reverse("staff:share_withdraw", args=[share.pk])).status_code == 405
    with world.here.scope():
        assert PlanShare.objects.get(pk=share.pk).withdrawn_at is None


def test_the_page_of_the_plan_tells_which_links_were_opened(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        _share, token = shared(world.here, finished(world.here, person).plan, now=NOW, days=366)
    client, url = world.here.client(Role.LEADER), reverse("staff:plan", args=[person.pk])
    client.cookies["django_language"] = "en"
    assert "not opened yet" in client.get(url).content.decode()
    Client().get(reverse("citizen:plan", args=[token]))
    assert "opened once" in client.get(url).content.decode()
