import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from lygte.apps.accounts import services as accounts
from lygte.apps.audit import selectors as audit
from lygte.apps.people import services as people
from lygte.apps.people.models import BreakGlass, Person
from lygte.apps.plans.models import PlanShare
from lygte.apps.privacy import selectors, tasks
from lygte.domain.access import system
from lygte.domain.events import Verb
from lygte.domain.vocab import Role
from tests.apps.privacy.records import NAME, SECRET, full_record
from tests.world import PASSWORD, World, client_of


def with_second_step(user: Any) -> Client:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return client_of(user)


def second_leader(world: World) -> Client:
    place, by = world.here, system(world.here.municipality.pk)
    with place.scope():
        user = accounts.create_user(
            actor=by, now=timezone.now(), username="leder-tre", password=PASSWORD, name="Opdigtet Anden"
        )
        accounts.give_role(
            actor=by, now=timezone.now(), user=user, role=Role.LEADER, service_id=place.service.pk
        )
    return with_second_step(user)


@pytest.fixture
def record(world: World) -> Any:
    with world.here.scope():
        return full_record(world.here, now=timezone.now() - timedelta(hours=3))


def test_everything_is_handed_out_in_one_archive_that_names_nobody_outside(world: World, record: Any) -> None:
    client = world.here.client(Role.LEADER)
    answer = client.post(f"/person/{record.person_id}/rettigheder/udtraek/", {"reason": "brev af i dag"})
    assert answer["Content-Disposition"] == 'attachment; filename="indsigt.zip"'
    assert answer["Cache-Control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    tables = json.loads(archive.read("indsigt.json"))
    assert tables["people.Person"][0]["name"] == NAME
    assert {SECRET} <= {row["text"] for row in tables["contacts.ContactNote"]}
    assert any(row["verb"] == Verb.PERSON_EXPORTED for row in tables["audit.AuditEvent"])
    page = archive.read("indsigt.html").decode()
    assert NAME in page
    assert world.here.users[Role.WORKER].name not in page


def test_nothing_is_handed_out_without_a_reason(world: World, record: Any) -> None:
    client = world.here.client(Role.LEADER)
    answer = client.post(f"/person/{record.person_id}/rettigheder/udtraek/", {"reason": ""})
    assert answer.status_code == 302


def test_two_leaders_erase_a_person_and_the_link_is_dead(world: World, record: Any) -> None:
    first = world.here.client(Role.LEADER)
    where = f"/person/{record.person_id}/rettigheder/"
    first.post(f"{where}slet/", {"reason": "beder om det"})
    assert "Slet endeligt" not in first.get(where).content.decode()
    second = second_leader(world)
    assert "Slet endeligt" in second.get(where).content.decode()
    with world.here.scope():
        waiting = selectors.open_request(_subject(record))
        assert waiting is not None
    second.post(f"/sletning/{waiting.pk}/", {"decision": "erase", "reason": "aftalt"})
    with world.here.scope():
        assert not Person.objects.filter(pk=record.person_id).exists()
    assert Client().get(f"/k/{record.token}/").status_code == 404
    assert Client().get(f"/k/{record.token}/hvem/").status_code == 404


def _subject(record: Any) -> Any:
    from lygte.apps.people.shredder import subject_of

    return subject_of(record.person_id)


def test_the_person_sees_who_has_opened_the_record_by_role_and_never_by_name(
    world: World, record: Any
) -> None:
    world.here.client(Role.WORKER).get(f"/person/{record.person_id}/")
    answer = Client().get(f"/k/{record.token}/hvem/?sprog=da")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Akuttilbuddet Havnegade" in text
    assert "fra et tilbud, der ikke kender dig" in text
    for user in (*world.here.users.values(), world.here.other_worker):
        assert user.name not in text
    assert NAME not in text
    with world.here.scope():
        verbs = [row.verb for row in audit.events_of_person(record.person_id)[:1]]
    assert verbs == [Verb.OPENINGS_SEEN_BY_LINK]


@pytest.mark.parametrize("change", [{"audience": "relative"}, {"withdrawn_at": timezone.now()}])
def test_a_link_of_somebody_else_or_a_withdrawn_one_tells_nothing_of_the_record(
    world: World, record: Any, change: dict[str, Any]
) -> None:
    with world.here.scope():
        PlanShare.objects.update(**change)
    assert Client().get(f"/k/{record.token}/hvem/").status_code == 404


def test_a_run_is_previewed_asked_for_and_leaves_receipts(world: World) -> None:
    place, by = world.here, system(world.here.municipality.pk)
    with place.scope():
        full_record(place, now=timezone.now() - timedelta(days=200))
        user = accounts.create_user(
            actor=by, now=timezone.now(), username="alle", password=PASSWORD, name="Opdigtet Alle"
        )
        accounts.give_role(actor=by, now=timezone.now(), user=user, role=Role.ADMINISTRATOR, service_id=None)
    client = with_second_step(user)
    where = f"/tilbud/{place.service.slug}/indstillinger/opbevaring/"
    before = client.get(where).content.decode()
    assert NAME not in before
    assert "Foreslået" in before
    assert "Der er ikke slettet noget endnu." in before
    client.post(f"{where}ryd-op/")
    tasks.let_go(timezone.now())
    after = client.get(where).content.decode()
    assert "Nummeret på et opkald: 1" in after
    assert "Opdigtet Alle" in after


def test_a_term_is_chosen_with_a_reason(world: World) -> None:
    place, by = world.here, system(world.here.municipality.pk)
    with place.scope():
        user = accounts.create_user(
            actor=by, now=timezone.now(), username="alle", password=PASSWORD, name="Opdigtet Alle"
        )
        accounts.give_role(actor=by, now=timezone.now(), user=user, role=Role.ADMINISTRATOR, service_id=None)
    client = with_second_step(user)
    where = f"/tilbud/{place.service.slug}/indstillinger/opbevaring/"
    assert client.post(f"{where}call_number/", {"months": "2", "reason": ""}).status_code == 400
    client.post(f"{where}call_number/", {"months": "2", "reason": "udvalget den 3."})
    assert "udvalget den 3." in client.get(where).content.decode()


def test_a_broken_glass_that_is_to_be_followed_up_needs_a_note(world: World, record: Any) -> None:
    now = timezone.now() - timedelta(days=4)
    with world.here.scope():
        glass = people.break_glass(
            actor=world.here.actor_of(world.here.other_worker),
            now=now,
            service=world.here.other_service,
            person_id=record.person_id,
            reason="ringer i nat",
        )
    client = world.here.client(Role.LEADER)
    listed = client.get(f"/tilbud/{world.here.service.slug}/brudt-glas/").content.decode()
    assert "har ventet mere end tre dage" in listed
    assert "Hvad der skete i den time" in listed
    client.post(f"/glas/{glass.pk}/set/", {"verdict": "follow_up", "note": ""})
    with world.here.scope():
        assert BreakGlass.objects.get(pk=glass.pk).reviewed_at is None
    client.post(f"/glas/{glass.pk}/set/", {"verdict": "follow_up", "note": "taler med kollegaen"})
    with world.here.scope():
        seen = BreakGlass.objects.get(pk=glass.pk)
        assert (seen.verdict, seen.review_note) == ("follow_up", "taler med kollegaen")
