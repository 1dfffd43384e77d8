import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, connections

from lygte.apps.audit import selectors as audit
from lygte.apps.core.refusals import Refused
from lygte.apps.crypto import installation, keyring, turning
from lygte.apps.crypto import services as crypto
from lygte.apps.crypto.models import DataKey
from lygte.apps.people import selectors as people_read
from lygte.apps.people import services as people
from lygte.apps.people.models import IdentityIndex, Person
from lygte.apps.people.selectors.finding import entries_of, matches
from lygte.apps.plans.models import PlanText
from lygte.apps.queue.indexing import same_number
from lygte.apps.queue.models import Call
from lygte.apps.rotation import resealing, services
from lygte.domain.events import Verb
from lygte.domain.vocab import CallState, Role
from tests.apps.plans.drafts import finished, thread
from tests.world import NOW, Place, World

LATER = NOW + timedelta(hours=1)
NEW_MASTER = bytes(range(64, 96))


def make_person(place: Place, alias: str) -> Person:
    with place.scope():
        return people.create_person(
            actor=place.worker, now=NOW, service=place.service, confirmed=True, alias=alias
        )


def is_found(place: Place, alias: str) -> bool:
    with place.scope():
        return len(matches(entries_of(alias, now=NOW))) == 1


def turn(place: Place, **given: Any) -> int:
    return services.rotate(place.municipality.pk, now=NOW, **{"sleep": lambda seconds: None, **given})


def test_people_read_write_and_find_while_the_keys_turn(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seconds are a hundred times shorter than in the service, in the same order."""
    monkeypatch.setattr(keyring, "FRESH", 0.3)
    here = own_world.here
    person = make_person(here, "Zebrastribe")
    with here.scope():
        Call.objects.create(service=here.service, state=CallState.RINGING, rang_at=NOW, number="20000001",
                            number_index=people_read.phone_digest("20000001"))  # fmt: skip
    problems: list[str] = []
    made: list[str] = []

    def read() -> None:
        with here.scope():
            assert Person.objects.get(pk=person.pk).alias == "Zebrastribe"
        assert is_found(here, "Zebrastribe")

    def write() -> None:
        alias = f"Fugl nummer {len(made)}"
        make_person(here, alias)
        made.append(alias)
        assert is_found(here, alias)

    with at_work(read, problems), at_work(write, problems, pause=0.25):
        assert turn(here, sleep=lambda seconds: time.sleep(0.6)) > 0
        time.sleep(0.6)
        services.retire(here.municipality.pk, now=LATER)
        time.sleep(0.2)
    assert problems == []
    assert len(made) > 2
    assert all(is_found(here, alias) for alias in made)
    with here.scope():
        assert {row.alias for row in Person.objects.all()} == {"Zebrastribe", *made}
        call = Call.objects.get()
        assert bytes(call.number_index or b"") == people_read.phone_digest("20000001")
        assert call.number == "20000001"
        assert len({bytes(row.digest) for row in IdentityIndex.objects.filter(person=person)}) == 1
        assert audit.events_between(NOW, LATER).filter(verb=Verb.KEY_ROTATED).count() == 2


@contextmanager
def at_work(act: Callable[[], None], problems: list[str], *, pause: float = 0.01) -> Iterator[None]:
    over = threading.Event()

    def work() -> None:
        try:
            while not over.is_set():
                act()
                time.sleep(pause)
        except Exception as problem:  # noqa: BLE001 - told to the test
            problems.append(repr(problem))
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_finished_plan_is_sealed_anew_and_still_never_changes(world: World) -> None:
    here = world.here
    with here.scope():
        version = finished(here, thread(here))
        before = {row.pk: row.text for row in PlanText.objects.filter(version=version)}
        assert before
    turn(here)
    with here.scope():
        old = turning.replaced_keys()
        assert resealing.still_sealed(old) == 0
        assert {row.pk: row.text for row in PlanText.objects.filter(version=version)} == before
        with pytest.raises(DatabaseError, match="never changes"):
            PlanText.objects.filter(version=version).update(section="none")


def test_a_change_that_was_cut_off_goes_on_with_the_same_keys(world: World) -> None:
    here = world.here
    make_person(here, "Zebrastribe")

    def cut(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        turn(here, sleep=cut)
    with here.scope():
        running = keyring.running_key(DataKey.Purpose.FIELDS)
        assert turning.index_is_changing()
    with pytest.raises(Refused, match="index_changing"):
        services.retire(here.municipality.pk, now=LATER)
    assert is_found(here, "Zebrastribe")
    make_person(here, "Ørneunge")
    turn(here)
    with here.scope():
        assert keyring.running_key(DataKey.Purpose.FIELDS) == running
    assert services.state(here.municipality.pk).sealed_with_replaced == 0
    assert is_found(here, "Zebrastribe") and is_found(here, "Ørneunge")


def test_a_replaced_key_is_destroyed_only_when_nothing_needs_it(world: World) -> None:
    here, there = world.here, world.there
    make_person(here, "Zebrastribe")
    with here.scope():
        old, _ = keyring.running_key(DataKey.Purpose.FIELDS)
        row = Person.objects.get()
        ciphertext = Person.objects.values_list("alias", flat=True).get()
        pseudonym = crypto.blind_for_ever("exported_person_reference", "one")
    turn(here)
    with pytest.raises(Refused, match="not_settled"):
        services.retire(here.municipality.pk, now=NOW)
    with here.scope():
        Person.objects.filter(pk=row.pk).update(alias=ciphertext)
    with pytest.raises(Refused, match="still_sealed"):
        services.retire(here.municipality.pk, now=LATER)
    turn(here)
    assert services.retire(here.municipality.pk, now=LATER) == 2
    assert services.retire(here.municipality.pk, now=LATER) == 0
    with here.scope():
        assert crypto.blind_for_ever("exported_person_reference", "one") == pseudonym
        assert len(crypto.audit_keys()) == 2
        with pytest.raises(keyring.KeyGone):
            keyring.key(old)
    assert services.state(there.municipality.pk).replaced == 0


def test_while_keys_turn_calls_of_one_number_find_each_other_under_both(world: World) -> None:
    here = world.here
    with here.scope():
        digest = people_read.phone_digest("20 00 00 01")
        call = Call(number="20000001", number_index=digest)
        assert same_number(call) == [digest]
    turn(here)
    with here.scope():
        assert {digest, people_read.phone_digest("20 00 00 01")} == set(same_number(call))


def test_the_master_key_changes_while_processes_with_either_run(world: World, settings: Any) -> None:
    old = settings.LYGTE_MASTER_KEY
    person = make_person(world.here, "Zebrastribe")
    Authenticator.objects.all().delete()
    factor = Authenticator.objects.create(
        user=world.here.users[Role.WORKER], type="totp", data={"secret": installation.seal("opdigtet")}
    )
    assert turning.wrap_installation_for(NEW_MASTER) == 1
    for place in (world.here, world.there):
        services.wrap_for(place.municipality.pk, NEW_MASTER, now=NOW)
    for master in (old, NEW_MASTER):
        settings.LYGTE_MASTER_KEY = master
        assert alias_of(world.here, person.pk) == "Zebrastribe"
        factor.refresh_from_db()
        assert installation.unseal(factor.data["secret"]) == "opdigtet"
    turning.finish_installation()
    for place in (world.here, world.there):
        assert services.finish_wrapping(place.municipality.pk, now=NOW) > 0
    assert alias_of(world.here, person.pk) == "Zebrastribe"
    settings.LYGTE_MASTER_KEY = old
    with pytest.raises(Refused, match="not_wrapped"):
        services.finish_wrapping(world.here.municipality.pk, now=NOW)


def alias_of(place: Place, person_id: UUID) -> str:
    with place.scope():
        keyring.forget()
        return str(Person.objects.get(pk=person_id).alias)
