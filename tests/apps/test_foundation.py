import pytest
from cryptography.exceptions import InvalidTag
from django.db import DatabaseError, connection, transaction

from lygte.apps.audit import services as audit
from lygte.apps.audit.models import AuditEvent
from lygte.apps.core.scope import ScopeMissing, municipality_scope
from lygte.apps.core.scoped import ScopedManager, scoped_models
from lygte.apps.crypto import services as crypto
from lygte.apps.people.models import Person
from lygte.apps.tenancy.models import Municipality, Service
from lygte.domain.events import Verb
from tests.world import NOW, World


def _person(world: World, **fields: str) -> Person:
    return Person.objects.create(level="alias", created_at=NOW, **fields)


def test_a_query_outside_any_municipality_is_refused(world: World) -> None:
    with pytest.raises(ScopeMissing):
        Service.objects.count()


@pytest.mark.parametrize("model", scoped_models(), ids=lambda model: model._meta.label)
def test_every_scoped_model_keeps_the_scoped_manager_for_relations_too(model: type) -> None:
    assert isinstance(model._base_manager, ScopedManager)  # type: ignore[attr-defined]
    assert isinstance(model._default_manager, ScopedManager)  # type: ignore[attr-defined]


def test_a_municipality_does_not_see_the_rows_of_another(world: World) -> None:
    with world.here.scope():
        ours = set(Service.objects.values_list("pk", flat=True))
    with world.there.scope():
        assert not Service.objects.filter(pk__in=ours).exists()


def test_an_encrypted_field_is_unreadable_in_the_database_and_readable_in_its_row(world: World) -> None:
    with world.here.scope():
        person = _person(world, name="Opdigtet Ottosen")
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM people_person")
            stored = bytes(cursor.fetchone()[0])
        assert b"Ottosen" not in stored
        assert Person.objects.get(pk=person.pk).name == "Opdigtet Ottosen"


def test_a_ciphertext_moved_to_another_row_does_not_open(world: World) -> None:
    with world.here.scope():
        first, second = _person(world, name="Opdigtet Ottosen"), _person(world, name="Opdigtet Andersen")
        stored = Person.objects.filter(pk=first.pk).values_list("name", flat=True).get()
        Person.objects.filter(pk=second.pk).update(name=bytes(stored))
        with pytest.raises(InvalidTag):
            _ = Person.objects.get(pk=second.pk).name


def test_the_blind_index_differs_between_municipalities_and_kinds(world: World) -> None:
    with world.here.scope():
        here, alias = crypto.blind("cpr", "0113900001"), crypto.blind("alias", "0113900001")
    with world.there.scope():
        there = crypto.blind("cpr", "0113900001")
    assert len({here, alias, there}) == 3


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_audit_table_only_grows(world: World, change: str) -> None:
    with world.here.scope():
        audit.record(Verb.PERSON_READ, actor=world.here.worker, now=NOW)
        event = AuditEvent.objects.order_by("-id").first()
        assert event is not None
        with pytest.raises(DatabaseError), transaction.atomic():
            if change == "update":
                AuditEvent.objects.filter(pk=event.pk).update(verb="other")
            else:
                AuditEvent.objects.filter(pk=event.pk).delete()
        assert AuditEvent.objects.filter(pk=event.pk, verb=Verb.PERSON_READ).exists()


def test_the_database_itself_hides_other_municipalities_on_postgresql(world: World) -> None:
    if connection.vendor != "postgresql":
        assert connection.vendor == "sqlite"
        return
    with world.here.scope(), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT municipality_id FROM tenancy_service")
        assert cursor.fetchall() == [(world.here.municipality.pk,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenancy_service")
        assert cursor.fetchone() == (0,)


def test_row_level_security_refuses_a_row_for_another_municipality(world: World) -> None:
    with world.here.scope():
        foreign = Service(
            municipality=world.there.municipality, name="x", slug="x", organisation_model="integrated"
        )
        if connection.vendor == "postgresql":
            with pytest.raises(DatabaseError), transaction.atomic():
                foreign.save()
        foreign_count = Service.objects.filter(municipality=world.there.municipality).count()
    assert foreign_count == 0


def test_every_scoped_table_has_its_policy_on_postgresql(world: World) -> None:
    tables = {model._meta.db_table for model in scoped_models()}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_policies")
            assert tables <= {row[0] for row in cursor.fetchall()}
    assert len(tables) > 20


def test_the_scope_ends_with_its_block(world: World) -> None:
    with municipality_scope(world.here.municipality.pk):
        assert Municipality.objects.count() == 2
    with pytest.raises(ScopeMissing):
        Service.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_tables_that_only_grow_can_still_be_emptied_between_tests() -> None:
    municipality = Municipality.objects.create(name="Lysborg Kommune", key="lysborg")
    assert Municipality.objects.filter(pk=municipality.pk).exists()
