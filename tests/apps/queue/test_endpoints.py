import pytest

from lygte.apps.audit import selectors as audit
from lygte.apps.core.refusals import InvalidField
from lygte.apps.queue import selectors as read
from lygte.apps.queue import services as queue
from lygte.apps.queue.models import TelephonyEndpoint
from lygte.domain.access import AccessDenied
from lygte.domain.vocab import Role
from tests.world import NOW, World


def _create(world: World, role: Role = Role.ADMINISTRATOR, **more: object) -> tuple[TelephonyEndpoint, str]:
    settings = {"now": NOW, "service": world.here.service, "name": "Opdigtet central", "mapping": {}} | more
    with world.here.scope():
        return queue.create_endpoint(actor=world.here.actor(role), **settings)  # type: ignore[arg-type]


def test_an_endpoint_is_made_with_a_secret_that_the_database_does_not_show(world: World) -> None:
    endpoint, secret = _create(world)
    with world.here.scope():
        stored = TelephonyEndpoint.objects.values_list("secret", flat=True).get()
        assert list(read.endpoints(world.here.service.pk)) == [endpoint]
        assert read.endpoint(endpoint.pk).secret == secret
    assert len(secret) >= 40
    assert secret.encode() not in bytes(stored)


def test_a_vendor_may_bring_its_own_secret_when_it_is_long_enough(world: World) -> None:
    assert _create(world, secret="a" * 16)[1] == "a" * 16
    with pytest.raises(InvalidField):
        _create(world, secret="a" * 15)


def test_changes_of_an_endpoint_are_recorded_without_their_content(world: World) -> None:
    endpoint, old = _create(world)
    admin = world.here.actor(Role.ADMINISTRATOR)
    with world.here.scope():
        queue.change_endpoint(
            actor=admin, now=NOW, endpoint_id=endpoint.pk, name="Ny", mapping={"format": "form"}
        )
        fresh = queue.renew_secret(actor=admin, now=NOW, endpoint_id=endpoint.pk)
        events = [(event.verb, event.detail) for event in audit.events_of_subject(endpoint.pk)]
        endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.mapping, endpoint.secret) == ("Ny", {"format": "form"}, fresh)
    assert fresh != old
    assert events == [
        ("endpoint.created", {}),
        ("endpoint.changed", {"fields": ["mapping", "name"]}),
        ("endpoint.changed", {"fields": ["secret"]}),
    ]


@pytest.mark.parametrize("role", [Role.WORKER, Role.LEADER, Role.EVALUATOR])
def test_only_an_administrator_manages_endpoints(world: World, role: Role) -> None:
    endpoint, _secret = _create(world)
    actor = world.here.actor(role)
    with pytest.raises(AccessDenied):
        _create(world, role)
    with world.here.scope():
        with pytest.raises(AccessDenied):
            queue.renew_secret(actor=actor, now=NOW, endpoint_id=endpoint.pk)
        with pytest.raises(AccessDenied):
            queue.change_endpoint(actor=actor, now=NOW, endpoint_id=endpoint.pk, is_active=False)


def test_the_same_delivery_is_accepted_once_by_each_endpoint(world: World) -> None:
    first, second = _create(world)[0], _create(world)[0]
    with world.here.scope():
        queue.accept_delivery(now=NOW, endpoint=first, delivery_id="d1")
        queue.accept_delivery(now=NOW, endpoint=second, delivery_id="d1")
        with pytest.raises(queue.Replay):
            queue.accept_delivery(now=NOW, endpoint=first, delivery_id="d1")
