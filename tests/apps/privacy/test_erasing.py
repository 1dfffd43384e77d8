from datetime import timedelta
from typing import Any

import pytest

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.insight import selectors as insight
from lygte.apps.people import selectors as people_read
from lygte.apps.people.models import IdentityIndex
from lygte.apps.people.shredder import subject_of
from lygte.apps.plans import services as plans
from lygte.apps.privacy import selectors, services
from lygte.apps.privacy.models import ErasureRequest
from lygte.apps.promises import selectors as promises
from lygte.apps.promises import services as promise_services
from lygte.domain.access import AccessDenied
from lygte.domain.time import local
from lygte.domain.vocab import Decision
from tests.apps.privacy.records import NAME, PHONE, SECRET, full_record, leaders, left_behind, raw_text
from tests.world import NOW, Place, World

LATER = NOW + timedelta(days=2)
WORDS = [SECRET, NAME, PHONE.replace(" ", "")]


def erase(place: Place, person_id: Any) -> Any:
    first, second = leaders(place)
    request = services.ask(
        actor=first, now=LATER, person_id=person_id, service_id=place.service.pk, reason=SECRET
    )
    return services.decide(actor=second, now=LATER, request_id=request.pk, erase=True, reason=SECRET)


def test_a_full_record_has_a_row_in_every_table_that_can_tell_of_a_person(world: World) -> None:
    with world.here.scope():
        record = full_record(world.here)
        counts = selectors.counted(subject_of(record.person_id))
    assert set(counts) >= {
        *("people.Person", "people.IdentityIndex", "people.IdentityLink", "people.Consent"),
        *("people.BreakGlass", "people.ServiceTie", "contacts.Contact", "contacts.ContactNote"),
        *("contacts.LevelChange", "contacts.ChildNotification", "contacts.Reopening", "queue.Call"),
        *("plans.Plan", "plans.PlanText", "plans.PlanShare", "promises.Promise", "outbox.OutboxMessage"),
        "audit.AuditEvent",
    }


def test_erasing_leaves_nothing_behind_in_any_column_of_any_table(world: World) -> None:
    place = world.here
    with place.scope():
        record = full_record(place)
        digests = [
            bytes(one).hex()
            for one in IdentityIndex.objects.filter(person_id=record.person_id).values_list(
                "digest", flat=True
            )
        ]
        assert left_behind(WORDS, {record.person_id, record.thread_id})
        erase(place, record.person_id)
        assert left_behind(WORDS, {record.person_id, record.thread_id}) == []
        stored = raw_text()
    assert digests
    assert not [one for one in digests if one in stored]
    assert not [word for word in WORDS if word in stored]


def test_the_figures_of_a_month_are_the_same_to_the_digit_after_the_person_is_erased(world: World) -> None:
    place = world.here
    with place.scope():
        record = full_record(place)
        day = local(NOW)
        for promise in promises.open_for_service(place.service.pk):
            promise_services.decide(
                actor=place.worker,
                now=LATER,
                promise_id=promise.pk,
                decision=Decision.LET_GO,
                reason="aftalt",
            )
        before = _figures(place, day)
        erase(place, record.person_id)
        assert _figures(place, day) == before
    assert before


def _figures(place: Place, day: Any) -> Any:
    return insight.month(place.service, day.year, day.month, as_of=LATER).sheet()


def test_a_link_to_an_erased_plan_is_dead_at_once(world: World) -> None:
    with world.here.scope():
        record = full_record(world.here)
        erase(world.here, record.person_id)
    with pytest.raises(plans.ShareClosed):
        plans.open_share(now=LATER, token=record.token)


def test_no_promise_of_an_erased_person_waits_for_anybody(world: World) -> None:
    with world.here.scope():
        record = full_record(world.here)
        assert promises.open_for_service(world.here.service.pk)
        erase(world.here, record.person_id)
        assert promises.open_for_service(world.here.service.pk) == []


def test_whoever_asks_cannot_decide_and_nothing_is_erased_by_one_person(world: World) -> None:
    with world.here.scope():
        record = full_record(world.here)
        leader, _other = leaders(world.here)
        request = services.ask(
            actor=leader,
            now=LATER,
            person_id=record.person_id,
            service_id=world.here.service.pk,
            reason="ønsker det",
        )
        with pytest.raises(Refused, match="own_request"):
            services.decide(actor=leader, now=LATER, request_id=request.pk, erase=True, reason="ja")
        with pytest.raises(Refused, match="already_asked"):
            services.ask(
                actor=leader,
                now=LATER,
                person_id=record.person_id,
                service_id=world.here.service.pk,
                reason="igen",
            )
        assert people_read.person(record.person_id).name == NAME


def test_a_worker_can_neither_ask_nor_decide(world: World) -> None:
    with world.here.scope():
        record = full_record(world.here)
        with pytest.raises(AccessDenied):
            services.ask(
                actor=world.here.worker,
                now=LATER,
                person_id=record.person_id,
                service_id=world.here.service.pk,
                reason="ønsker det",
            )


def test_a_hold_forbids_erasing_and_a_refusal_keeps_everything(world: World) -> None:
    place = world.here
    with place.scope():
        record = full_record(place)
        first, second = leaders(place)
        services.hold(actor=first, now=LATER, person_id=record.person_id, reason="klagesag")
        request = services.ask(
            actor=first,
            now=LATER,
            person_id=record.person_id,
            service_id=place.service.pk,
            reason="ønsker det",
        )
        with pytest.raises(Refused, match="on_hold"):
            services.decide(actor=second, now=LATER, request_id=request.pk, erase=True, reason="ja")
        services.decide(actor=second, now=LATER, request_id=request.pk, erase=False, reason="klagesag")
        kept = ErasureRequest.objects.get(pk=request.pk)
        assert (kept.outcome, kept.decision_reason) == ("refused", "klagesag")
        assert people_read.person(record.person_id).name == NAME


def test_a_receipt_says_how_much_of_what_and_is_signed(world: World) -> None:
    with world.here.scope():
        record = full_record(world.here)
        receipt = erase(world.here, record.person_id)
        assert services.is_genuine(receipt)
        assert receipt.counts["people.Person"] == 2
        assert receipt.counts["plans.PlanVersion"] == 1
        receipt.counts["people.Person"] = 1
        assert not services.is_genuine(receipt)


def test_a_reason_is_asked_for(world: World) -> None:
    with world.here.scope():
        record = full_record(world.here)
        with pytest.raises(InvalidField):
            services.ask(
                actor=world.here.leader,
                now=LATER,
                person_id=record.person_id,
                service_id=world.here.service.pk,
                reason="  ",
            )
