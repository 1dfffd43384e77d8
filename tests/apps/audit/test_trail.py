from datetime import timedelta
from uuid import UUID

from lygte.apps.accounts import signin
from lygte.apps.audit import selectors, words
from lygte.apps.audit import services as audit
from lygte.domain.access import system
from lygte.domain.events import Verb
from lygte.domain.vocab import Role
from tests.world import NOW, World

HOUR = timedelta(hours=1)


def _verbs(world: World, service_id: UUID, *users: UUID) -> list[str]:
    with world.here.scope():
        rows = selectors.events_of_service(service_id, NOW - HOUR, NOW + HOUR, user_ids=users)
        return [row.verb for row in rows]


def test_a_service_sees_its_own_events_and_those_of_its_users_outside_any_service(world: World) -> None:
    place = world.here
    worker, other = place.users[Role.WORKER], place.other_worker
    with place.scope():
        audit.record(Verb.BREAK_GLASS_OPENED, actor=place.worker, now=NOW, service_id=place.service.pk)
        audit.record(
            Verb.CONTACT_READ, actor=place.actor_of(other), now=NOW, service_id=place.other_service.pk
        )
        audit.record(Verb.USER_CHANGED, actor=system(place.municipality.pk), now=NOW, subject=worker)
    signin.succeeded(worker, now=NOW)
    signin.succeeded(other, now=NOW)
    assert sorted(_verbs(world, place.service.pk, worker.pk)) == [
        "break_glass.opened",
        "user.changed",
        "user.signed_in",
    ]
    assert sorted(_verbs(world, place.other_service.pk, other.pk)) == ["contact.read", "user.signed_in"]


def test_a_day_ends_before_the_next_begins(world: World) -> None:
    with world.here.scope():
        service_id = world.here.service.pk
        audit.record(Verb.DUTY_STARTED, actor=world.here.worker, now=NOW, service_id=service_id)
        on = selectors.events_of_service(service_id, NOW, NOW + HOUR, user_ids=[])
        before = selectors.events_of_service(service_id, NOW - HOUR, NOW, user_ids=[])
        assert (len(on), len(before)) == (1, 0)
        assert len(selectors.by_actor(on, world.here.users[Role.WORKER].pk)) == 1
        assert len(selectors.by_actor(on, world.here.users[Role.LEADER].pk)) == 0
        assert len(selectors.events_of_verbs(service_id, [Verb.DUTY_ENDED], NOW)) == 0


def test_a_verb_that_is_no_longer_in_use_is_shown_as_it_was_stored() -> None:
    assert words.word("old.verb") == "old.verb"
    assert words.word(Verb.SIGNED_IN) != Verb.SIGNED_IN.value
