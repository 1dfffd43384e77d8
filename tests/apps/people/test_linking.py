from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.contacts import services as contacts
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.selectors import live_version
from lygte.apps.people import selectors, services
from lygte.apps.people.models import IdentityLink, ServiceTie
from lygte.domain.access import AccessDenied
from lygte.domain.vocab import Channel
from tests.world import NOW, Place, World

REASON = "gave the words"
LATER = NOW + timedelta(minutes=30)


def alias(place: Place, name: str) -> Any:
    return services.create_person(
        actor=place.worker, now=NOW, service=place.service, alias=name, confirmed=True
    )


def thread(place: Place, actor: Any = None, service: Any = None) -> Any:
    row, _ = services.new_thread(actor=actor or place.worker, now=NOW, service=service or place.service)
    return row


def contact(place: Place, *, started: Any = NOW, service: Any = None, actor: Any = None) -> Any:
    return contacts.open_contact(
        actor=actor or place.worker,
        now=NOW,
        service=service or place.service,
        channel=Channel.PHONE,
        started_at=started,
    )


def link(place: Place, source: Any, target: Any, reason: str = REASON) -> Any:
    return services.link_thread(
        actor=place.worker, now=NOW, thread_id=source.pk, person_id=target.pk, reason=reason
    )


def test_a_linked_thread_is_read_as_the_person_and_stands_alone_again_when_undone(world: World) -> None:
    place = world.here
    with place.scope():
        one, other = thread(place), alias(place, "Grå Gås")
        act = link(place, one, other)
        assert selectors.root_of(one.pk) == selectors.count_key(one.pk) == other.pk
        assert selectors.group(one.pk) == selectors.group(other.pk) == {one.pk, other.pk}
        assert selectors.cards([one.pk])[one.pk].shown_name == "Grå Gås"
        undone = services.undo_thread_link(actor=place.worker, now=LATER, link_id=act.pk, reason="mistaken")
        assert (undone.undone_at, undone.undone_by_id) == (LATER, place.worker.id)
        assert (undone.reason, undone.undone_reason) == (REASON, "mistaken")
        assert selectors.root_of(one.pk) == one.pk
        assert selectors.group(other.pk) == {other.pk}
        assert selectors.person(one.pk).return_words == one.return_words


def test_a_link_to_a_thread_stays_with_the_thread_when_that_is_taken_out_of_a_person(world: World) -> None:
    place = world.here
    with place.scope():
        lower, middle, top = thread(place), thread(place), alias(place, "Grå Gås")
        act = link(place, middle, top)
        link(place, lower, middle)
        assert selectors.root_of(lower.pk) == top.pk
        services.close_link(actor=place.worker, now=LATER, link_id=act.pk, reason="mistaken")
        assert selectors.root_of(lower.pk) == middle.pk
        assert selectors.group(top.pk) == {top.pk}
        assert set(selectors.cards([lower.pk, middle.pk, top.pk])) == {lower.pk, middle.pk, top.pk}


def test_two_threads_cannot_belong_to_each_other(world: World) -> None:
    place = world.here
    with place.scope():
        one, other = thread(place), thread(place)
        link(place, one, other)
        for source, target in ((other, one), (other, other)):
            with pytest.raises(Refused, match="same_person"):
                link(place, source, target)


def test_a_second_link_of_the_same_thread_or_contact_is_refused(world: World) -> None:
    place = world.here
    with place.scope():
        one, first, second = thread(place), alias(place, "Grå Gås"), alias(place, "Hvid And")
        link(place, one, first)
        with pytest.raises(Refused, match="already_linked"):
            link(place, one, second)
        row = contact(place)
        attach = {"actor": place.worker, "now": NOW, "contact_id": row.pk, "reason": REASON}
        contacts.attach(**attach, person_id=first.pk)
        with pytest.raises(Refused, match="already_linked"):
            services.record_link(**attach, person_id=second.pk)


def test_the_database_itself_refuses_two_running_links_of_one_thread(world: World) -> None:
    place = world.here
    with place.scope():
        one, other = thread(place), alias(place, "Grå Gås")
        link(place, one, other)
        with pytest.raises(IntegrityError), transaction.atomic():
            IdentityLink.objects.create(thread=one, person=other, linked_at=NOW)
        assert len(selectors.identity_links(person_id=other.pk)) == 1


def test_a_link_needs_a_reason_and_is_undone_once_with_a_reason(world: World) -> None:
    place = world.here
    with place.scope():
        one, other, row = (
            thread(place),
            alias(place, "Grå Gås"),
            contact(place, started=NOW - timedelta(hours=1)),
        )
        with pytest.raises(InvalidField):
            link(place, one, other, reason="  ")
        with pytest.raises(InvalidField):
            services.record_link(
                actor=place.worker, now=LATER, person_id=other.pk, contact_id=row.pk, reason=""
            )
        act = link(place, one, other)
        undo = {"actor": place.worker, "now": LATER, "link_id": act.pk}
        with pytest.raises(InvalidField):
            services.undo_thread_link(**undo, reason="")
        services.undo_thread_link(**undo, reason="mistaken")
        with pytest.raises(Refused, match="already_undone"):
            services.undo_thread_link(**undo, reason="again")


def test_what_is_unlinked_is_not_reachable_from_the_person(world: World) -> None:
    place = world.here
    with place.scope():
        person, row = alias(place, "Grå Gås"), contact(place)
        act = contacts.attach(
            actor=place.worker, now=NOW, contact_id=row.pk, person_id=person.pk, reason=REASON
        )
        assert selectors.contact_ids(person.pk) == [row.pk]
        contacts.detach(actor=place.worker, now=LATER, link_id=act.pk, reason="mistaken")
        assert selectors.contact_ids(person.pk) == []
        assert selectors.identity_links(person_id=person.pk) == []
        assert contacts_read.of_persons(selectors.group(person.pk)) == []
        (kept,) = selectors.identity_links(contact_id=row.pk, undone=True)
        assert kept.undone_at == LATER


def test_a_person_was_seen_before_by_any_thread_that_belongs_to_them(world: World) -> None:
    place = world.here
    with place.scope():
        one, other = thread(place), alias(place, "Grå Gås")
        row = contact(place, started=NOW - timedelta(days=3))
        contacts.attach(actor=place.worker, now=NOW, contact_id=row.pk, person_id=one.pk, reason=REASON)
        assert not selectors.seen_before(other.pk, NOW)
        act = link(place, one, other)
        assert selectors.seen_before(other.pk, NOW)
        assert not selectors.seen_before(other.pk, NOW - timedelta(days=3))
        assert selectors.last_linked([one.pk]) == {one.pk: NOW - timedelta(days=3)}
        services.undo_thread_link(actor=place.worker, now=NOW, link_id=act.pk, reason="mistaken")
        assert not selectors.seen_before(other.pk, NOW)


def test_a_service_that_knows_a_person_by_a_contact_forgets_when_the_link_is_undone(world: World) -> None:
    place = world.here
    elsewhere = place.actor_of(place.other_worker)
    with place.scope():
        person = alias(place, "Grå Gås")
        first, second = (contact(place, service=place.other_service, actor=elsewhere) for _ in range(2))
        attach = {"actor": elsewhere, "now": NOW, "person_id": person.pk, "reason": REASON}
        with pytest.raises(AccessDenied):
            contacts.attach(**attach, contact_id=first.pk)
        services.break_glass(
            actor=elsewhere, now=NOW, service=place.other_service, person_id=person.pk, reason="stands here"
        )
        links = [contacts.attach(**attach, contact_id=row.pk) for row in (first, second)]
        much_later = NOW + timedelta(days=1)
        assert selectors.may_read(elsewhere, person.pk, much_later)
        contacts.detach(actor=elsewhere, now=LATER, link_id=links[0].pk, reason="mistaken")
        assert selectors.may_read(elsewhere, person.pk, much_later)
        contacts.detach(actor=elsewhere, now=LATER, link_id=links[1].pk, reason="mistaken")
        assert not selectors.may_read(elsewhere, person.pk, much_later)
        assert selectors.may_read(place.worker, person.pk, much_later)


def test_linking_threads_of_two_services_lets_both_read_and_undoing_takes_it_back(world: World) -> None:
    place = world.here
    elsewhere = place.actor_of(place.other_worker)
    with place.scope():
        theirs = thread(place, actor=elsewhere, service=place.other_service)
        ours = alias(place, "Grå Gås")
        with pytest.raises(AccessDenied):
            link(place, theirs, ours)
        services.break_glass(
            actor=place.worker, now=NOW, service=place.service, person_id=theirs.pk, reason="same words"
        )
        act = link(place, theirs, ours)
        assert selectors.may_read(elsewhere, ours.pk, NOW)
        (hit,) = selectors.search(
            actor=elsewhere, now=NOW, service=place.other_service, term=theirs.return_words
        )
        assert (hit.in_own_service, hit.person.pk, hit.found_id) == (True, ours.pk, theirs.pk)
        services.undo_thread_link(actor=place.worker, now=LATER, link_id=act.pk, reason="mistaken")
        assert not selectors.may_read(elsewhere, ours.pk, NOW)
        assert selectors.may_read(elsewhere, theirs.pk, NOW)


def test_linking_shows_on_the_open_boards_of_the_services_that_know_the_person(world: World) -> None:
    place = world.here
    with place.scope():
        one, other = thread(place), alias(place, "Grå Gås")
        before = live_version(place.service.pk)
        act = link(place, one, other)
        after = live_version(place.service.pk)
        services.undo_thread_link(actor=place.worker, now=LATER, link_id=act.pk, reason="mistaken")
        assert before < after < live_version(place.service.pk)


def test_a_contacts_link_is_not_undone_as_a_threads(world: World) -> None:
    place = world.here
    with place.scope():
        person, row = alias(place, "Grå Gås"), contact(place)
        act = contacts.attach(
            actor=place.worker, now=NOW, contact_id=row.pk, person_id=person.pk, reason=REASON
        )
        with pytest.raises(Refused, match="not_a_thread_link"):
            services.undo_thread_link(actor=place.worker, now=NOW, link_id=act.pk, reason="mistaken")
        assert selectors.contact_ids(person.pk) == [row.pk]


PEOPLE, CONTACTS = 4, 4
steps = st.lists(
    st.one_of(
        st.tuples(st.just("thread"), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
        st.tuples(st.just("contact"), st.integers(0, CONTACTS - 1), st.integers(0, PEOPLE - 1)),
        st.tuples(st.just("undo"), st.integers(0, 30), st.just(0)),
    ),
    max_size=14,
)


class Model:
    """The same history in plain dictionaries."""

    def __init__(self) -> None:
        self.above: dict[UUID, UUID] = {}
        self.contact_of: dict[UUID, UUID] = {}

    def root(self, person_id: UUID) -> UUID:
        while person_id in self.above:
            person_id = self.above[person_id]
        return person_id


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=steps)
def test_after_any_history_of_links_groups_agree_and_nothing_has_two_running_links(
    world: World, history: list[tuple[str, int, int]]
) -> None:
    place = world.here
    with place.scope(), transaction.atomic():
        people = [thread(place) for _ in range(PEOPLE)]
        rows = [contact(place) for _ in range(CONTACTS)]
        counted = sorted(str(row.pk) for row in rows)
        model, acts = Model(), []
        for step in history:
            play(place, model, acts, people, rows, step)
        check(model, people, rows)
        assert sorted(str(row.pk) for row in contacts_read.recent(place.service.pk, limit=500)) >= counted
        transaction.set_rollback(True)


def play(
    place: Place,
    model: Model,
    acts: list[Any],
    people: list[Any],
    rows: list[Any],
    step: tuple[str, int, int],
) -> None:
    kind, first, second = step
    try:
        if kind == "thread":
            acts.append(link(place, people[first], people[second]))
            model.above[people[first].pk] = people[second].pk
        elif kind == "contact":
            act = contacts.attach(
                actor=place.worker,
                now=NOW,
                contact_id=rows[first].pk,
                person_id=people[second].pk,
                reason=REASON,
            )
            acts.append(act)
            model.contact_of[rows[first].pk] = people[second].pk
        elif acts:
            undo(place, model, acts[first % len(acts)])
    except Refused as refused:
        assert refused.code in ("already_linked", "same_person", "already_undone")


def undo(place: Place, model: Model, act: Any) -> None:
    close = contacts.detach if act.contact_id else services.undo_thread_link
    close(actor=place.worker, now=LATER, link_id=act.pk, reason="mistaken")
    if act.contact_id:
        del model.contact_of[act.contact_id]
    else:
        del model.above[act.thread_id]


def check(model: Model, people: list[Any], rows: list[Any]) -> None:
    ids = [person.pk for person in people]
    assert selectors.roots_of(ids) == {pk: model.root(pk) for pk in ids}
    for pk in ids:
        together = {other for other in ids if model.root(other) == model.root(pk)}
        assert selectors.group(pk) == together
        assert selectors.cards([pk])[pk].id == model.root(pk)
        reached = {row for row, owner in model.contact_of.items() if owner in together}
        assert set(selectors.contact_ids(pk)) == reached
        assert {row.pk for row in contacts_read.of_persons(selectors.group(pk))} == reached
    for row in rows:
        running = selectors.identity_links(contact_id=row.pk)
        assert [act.person_id for act in running] == [
            model.contact_of[row.pk] for _ in [0] if row.pk in model.contact_of
        ]
    assert not ServiceTie.objects.filter(person_id__in=ids, link__undone_at__isnull=False).exists()
