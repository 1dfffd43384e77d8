"""The invented municipalities follow the published pattern and hold nobody's real number."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection

from lygte.apps.accounts import invented as tried_on
from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.core.scope import municipality_scope
from lygte.apps.insight.synth.crowd import Taken
from lygte.apps.insight.synth.draw import Evenly
from lygte.apps.insight.synth.facts import CallFact, ContactFact, ServiceFacts
from lygte.apps.insight.synth.make import SIZES, Made, beginning
from lygte.apps.insight.synth.places import ServicePlace, second_factor
from lygte.apps.insight.synth.story import Setting, Story
from lygte.apps.insight.synth.tally import service_level
from lygte.apps.people import selectors as people_read
from lygte.apps.people.models import Person
from lygte.apps.promises import selectors as promises_read
from lygte.apps.queue import selectors as queue_read
from lygte.apps.workforce import selectors as workforce_read
from lygte.domain.access import system
from lygte.domain.ids import CprError, CprKind, parse_cpr
from lygte.domain.time import day_of, local
from lygte.domain.vocab import CRISIS_LEVELS, CallState, PromiseKind, Standing
from tests.apps.insight.invented import NOW, SEED, invented

__all__ = ["invented"]
pytestmark = pytest.mark.django_db

WORKERS = (UUID(int=1), UUID(int=2), UUID(int=3))


def told(contacts: int, *, seed: int = SEED) -> ServiceFacts:
    setting = Setting("havnegade", beginning(22, NOW), NOW, contacts, WORKERS, UUID(int=4))
    story = Story(setting, seed=seed, taken=Taken())
    assert sum(1 for _ in story.tell()) > 0
    return story.facts


@pytest.fixture(scope="module")
def facts() -> ServiceFacts:
    return told(SIZES["normal"].contacts["havnegade"])


@pytest.fixture(scope="module")
def came(facts: ServiceFacts) -> list[ContactFact]:
    return [one for one in facts.contacts if one.direction == "incoming"]


def percent(values: Iterable[object], wanted: object) -> float:
    counts = Counter(str(value) for value in values)
    return 100 * counts[str(wanted)] / counts.total()


def near(percentage: float, *, by: float = 1.0) -> object:
    return pytest.approx(percentage, abs=by)


def test_the_largest_service_has_as_many_contacts_as_the_largest_published_one(
    came: list[ContactFact],
) -> None:
    assert len(came) == 9_771


def test_channels_follow_the_published_pattern(came: list[ContactFact]) -> None:
    channels = [one.channel if one.channel in ("phone", "walk_in") else "else" for one in came]
    assert [percent(channels, code) for code in ("phone", "walk_in", "else")] == [
        near(86.6),
        near(12.0),
        near(1.4),
    ]


def test_levels_follow_the_published_pattern(came: list[ContactFact]) -> None:
    levels = [one.level for one in came]
    shares = [percent(levels, code) for code in ("not_crisis", "mild", "moderate", "severe")]
    assert shares == [near(14), near(54), near(25), near(7)]


def test_a_first_contact_is_severe_four_times_as_often(came: list[ContactFact]) -> None:
    first = [one.level for one in came if one.first_time == "first"]
    repeat = [one.level for one in came if one.first_time == "repeat"]
    assert percent(first, "severe") == near(20, by=1.5)
    assert percent(repeat, "severe") == near(5)


def test_six_of_seven_contacts_are_made_by_somebody_who_has_been_in_touch(came: list[ContactFact]) -> None:
    known = [one.first_time for one in came if one.first_time in ("first", "repeat")]
    assert percent(known, "repeat") == near(86.4)
    assert 100 * (1 - len(known) / len(came)) == near(4.1, by=0.3)


def test_causes_follow_the_published_pattern(came: list[ContactFact]) -> None:
    def share(rows: list[ContactFact], code: str) -> float:
        return 100 * sum(code in one.causes for one in rows) / len(rows)

    first = [one for one in came if one.first_time == "first"]
    assert share(came, "loneliness") == near(38)
    assert share(came, "anxiety") == near(32)
    assert share(first, "depression") == near(19, by=1.5)
    assert share(first, "self_harm_suicidal") == near(14, by=1.5)


def test_outcomes_follow_the_published_pattern(came: list[ContactFact]) -> None:
    assert [percent([one.outcome for one in came], code) for code in ("stabilised", "partly")] == [
        near(61),
        near(26),
    ]
    assert percent([one.outcome for one in came], "not_stabilised") == near(6)
    mild = [one.outcome for one in came if one.level == "mild"]
    severe = [one.outcome for one in came if one.level == "severe"]
    assert percent(mild, "stabilised") == near(72)
    assert percent(severe, "not_stabilised") == near(31, by=2)


def test_half_of_the_contacts_set_something_in_motion(came: list[ContactFact]) -> None:
    idle = {"none", "not_stated"}
    assert 100 * sum(bool(set(one.measures) - idle) for one in came) / len(came) == near(52, by=1.5)


def test_talks_are_as_long_as_published(came: list[ContactFact]) -> None:
    def mean(levels: Iterable[str]) -> float:
        spent = [one.minutes for one in came if one.level in levels and one.minutes is not None]
        return sum(spent) / len(spent)

    assert mean(["not_crisis"]) == pytest.approx(10, abs=1)
    assert mean(CRISIS_LEVELS) == pytest.approx(29, abs=1)
    assert mean(["severe"]) == pytest.approx(38, abs=2)
    assert 100 * sum(one.minutes is None for one in came) / len(came) == near(3.0, by=0.3)


def test_stays_and_nights_follow_the_published_pattern(came: list[ContactFact]) -> None:
    stays = [one for one in came if "overnight" in one.measures]
    nights = [one.nights for one in stays if one.nights is not None]
    assert 100 * len(stays) / len(came) == near(2.4, by=0.4)
    assert percent(nights, 1) == near(53.7, by=3)
    assert 100 * sum(number >= 8 for number in nights) / len(nights) == near(4.2, by=2)
    assert sum(nights) / len(nights) == pytest.approx(2.2, abs=0.2)


def test_conversations_and_plans_follow_the_published_rates(came: list[ContactFact]) -> None:
    crisis = [one for one in came if one.level in CRISIS_LEVELS]
    in_person = [one.plan_state for one in crisis if one.channel == "walk_in"]
    assert percent([one.conversation_held for one in crisis], "yes") == near(80.5)
    assert percent(in_person, "written") == near(28.9, by=1.5)


def test_most_contacts_come_from_afternoon_to_late_evening_on_every_day_alike(
    came: list[ContactFact],
) -> None:
    hours = Counter(local(one.started_at).hour for one in came)
    days = Counter(local(one.started_at).weekday() for one in came)
    assert sum(hours[hour] for hour in range(15, 22)) > len(came) / 2
    assert sum(hours[hour] for hour in range(0, 6)) < len(came) / 15
    assert all(100 * number / len(came) == near(100 / 7) for number in days.values())


def test_more_than_half_of_the_contacts_carry_a_registration_number(came: list[ContactFact]) -> None:
    assert percent([one.cpr_answer for one in came], "given") == near(56)


def test_a_few_people_make_many_contacts(came: list[ContactFact]) -> None:
    per_person = Counter(one.counted_as for one in came if one.counted_as)
    most = sum(number for _, number in per_person.most_common(len(per_person) // 10))
    assert most > 0.4 * per_person.total()
    assert sum(number == 1 for number in per_person.values()) > len(per_person) / 5


def test_nothing_happens_before_the_beginning_or_after_now(facts: ServiceFacts) -> None:
    moments = [one.started_at for one in facts.contacts] + [
        at for one in facts.contacts for at in (one.ended_at, one.closed_at, one.stay_left_at) if at
    ]
    moments += [at for one in facts.calls for at in (one.rang_at, one.ended_at) if at]
    moments += [one.closed_at for one in facts.promises if one.closed_at]
    assert beginning(22, NOW) - timedelta(hours=1) <= min(moments)
    assert max(moments) <= NOW


def test_everyone_has_one_open_plan_follow_up_at_most(facts: ServiceFacts) -> None:
    running = Counter(
        one.person.id
        for one in facts.promises
        if one.kind == PromiseKind.PLAN_FOLLOW_UP and one.closed_at is None and one.person
    )
    assert running
    assert set(running.values()) == {1}


def test_no_promise_ended_in_silence(facts: ServiceFacts) -> None:
    ended = [one for one in facts.promises if one.closed_at is not None]
    assert all(
        one.decided_by and one.decision_reason
        if one.state == "decided"
        else one.attempts[-1].outcome in ("reached", "declined")
        for one in ended
    )


def test_even_drawing_shows_the_shares_early() -> None:
    draw = Evenly(random.Random(4), {"often": 75, "seldom": 25})
    counts = Counter(draw() for _ in range(40))
    assert counts["seldom"] in range(8, 13)


def test_the_tally_counts_calls_as_the_rules_say() -> None:
    def call(*, answered: int | None = None, gone: int | None = None) -> CallFact:
        at = {
            name: NOW + timedelta(seconds=s)
            for name, s in (("answered_at", answered), ("ended_at", gone))
            if s
        }
        return CallFact(id=uuid4(), external_id="", rang_at=NOW, state="", handling="", **at)

    calls = [call(answered=60), call(answered=61), call(gone=4), call(gone=60), call(gone=61), call()]
    target = {"seconds": 60, "share_percent": 50, "short_seconds": 5, "rule": "late_count_against"}
    now = NOW + timedelta(seconds=30)
    counted = {
        rule: service_level(calls, target | {"rule": rule}, now)["counted"]
        for rule in ("never_counted", "late_count_against", "all_count_against")
    }
    assert counted == {"never_counted": 2, "late_count_against": 3, "all_count_against": 4}
    assert service_level(calls, target, now)["still_waiting"] == 1


# The rows


def place(invented: Made, slug: str = "havnegade") -> ServicePlace:
    return next(one for one in invented.places if one.service.slug == slug)


@pytest.fixture
def havnegade(invented: Made) -> Iterator[ServicePlace]:
    found = place(invented)
    with municipality_scope(found.municipality.pk):
        yield found


def test_no_registration_number_could_be_anybodys(invented: Made) -> None:
    numbers = []
    for one in invented.places:
        with municipality_scope(one.municipality.pk):
            numbers += [person.cpr for person in Person.objects.all() if person.cpr]
    assert len(numbers) > 20
    for number in numbers:
        with pytest.raises(CprError):
            parse_cpr(number, today=day_of(NOW))
        assert parse_cpr(number, today=day_of(NOW), allow_invented=True).kind is CprKind.INVENTED


def test_identity_is_encrypted_at_rest(havnegade: ServicePlace) -> None:
    known = next(row for row in Person.objects.all() if row.name and row.cpr)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, cpr, phone, alias, return_words FROM people_person")
        stored = b"".join(bytes(value) for row in cursor.fetchall() for value in row if value)
    assert known.name.encode() not in stored
    assert known.cpr.encode() not in stored


def test_a_bulk_made_person_is_found_by_words_alias_phone_and_number(havnegade: ServicePlace) -> None:
    persons = list(Person.objects.all())
    for field in ("return_words", "alias", "phone", "cpr"):
        person = next(row for row in persons if getattr(row, field))
        hits = people_read.search(
            actor=system(person.municipality_id),
            now=NOW,
            service=havnegade.service,
            term=getattr(person, field),
        )
        assert person.pk in {hit.found_id for hit in hits}, field


def test_the_present_is_lively(havnegade: ServicePlace) -> None:
    service_id = havnegade.service.pk
    standings = Counter(
        promises_read.standing(one, NOW) for one in promises_read.open_for_service(service_id)
    )
    due_today = [
        one
        for one in promises_read.open_for_service(service_id)
        if day_of(one.due) == day_of(NOW) and one.kind == PromiseKind.PLAN_FOLLOW_UP
    ]
    callbacks = [
        promises_read.standing(one, NOW)
        for one in promises_read.open_for_service(service_id)
        if one.kind == PromiseKind.CALLBACK
    ]
    assert [call.state for call in queue_read.ringing(service_id)] == [CallState.RINGING]
    assert [call.state for call in queue_read.unanswered(service_id)] == [CallState.ABANDONED]
    assert len(contacts_read.waiting(service_id)) == 1
    assert len(contacts_read.open_contacts(service_id)) == 2
    assert len(contacts_read.in_house(service_id)) >= 2
    assert len(contacts_read.notifications_without_receipt(service_id, day_of(NOW))) >= 1
    assert len(due_today) >= 2
    assert {Standing.OVERDUE, Standing.OPEN, Standing.UPCOMING} <= set(callbacks)
    assert standings[Standing.NEEDS_DECISION] >= 1
    assert standings[Standing.ON_HOLD] >= 1
    assert len(workforce_read.on_duty(service_id, NOW)) == 3


def test_every_role_can_be_tried_on_in_every_service(invented: Made) -> None:
    roles = Counter(one.role.value for one in tried_on.sign_ins())
    assert roles == {"worker": 7, "leader": 3, "evaluator": 2, "administrator": 2}


def test_the_second_factor_comes_from_the_seed_and_is_encrypted(havnegade: ServicePlace) -> None:
    user = havnegade.workers[0]
    stored = Authenticator.objects.get(user=user).data["secret"]
    assert second_factor(SEED, user.username) not in stored
    assert second_factor(SEED, user.username) == second_factor(SEED, user.username)
    code = tried_on.code_now(user)
    assert code is not None
    assert len(code) == 6
