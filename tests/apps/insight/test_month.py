from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lygte.apps.insight import selectors
from lygte.apps.insight.month import Month
from lygte.apps.tenancy.models import PracticeChange, ServiceTarget
from lygte.domain.contact_facts import CallFacts, ContactFacts, PromiseRow
from lygte.domain.indicators import UnknownIndicator
from lygte.domain.time import month_bounds
from lygte.domain.vocab import OutgoingKind
from tests.apps.insight.cases import at, call, contact, notification, promise
from tests.world import NOW, Place, World

ANNA, BO = UUID(int=1), UUID(int=2)


def november(place: Place) -> Month:
    with place.scope():
        return selectors.month(place.service, 2026, 11, as_of=NOW)


@pytest.fixture
def filled(world: World) -> Place:
    """Five incoming contacts, one outgoing, three calls, three promises."""
    place = world.here
    with place.scope():
        first = contact(
            place,
            at(2, 20),
            level="severe",
            causes=["anxiety", "depression"],
            minutes=40,
            children="yes",
            conversation_held="yes",
            counted_as=ANNA,
            counted_first_time="first",
            outcome="not_stabilised",
        )
        notification(place, first, "notify")
        contact(
            place,
            at(3, 9),
            channel="walk_in",
            level="mild",
            causes=["loneliness"],
            minutes=20,
            plan_state="written",
            conversation_held="no",
            counted_as=ANNA,
            counted_first_time="repeat",
            measures=["overnight"],
            nights=9,
        )
        contact(
            place,
            at(3, 10),
            channel="walk_in",
            level="moderate",
            plan_state="oral",
            counted_as=BO,
            minutes=11,
        )
        contact(place, at(30, 23, 59), level="not_stated", causes=["not_stated"], measures=["none"])
        contact(place, at(8, 0), level="not_crisis", state="open", closed_at=None, counted_at=None)
        contact(place, at(9, 12), direction="outgoing", outgoing_kind=OutgoingKind.WELLBEING, level="severe")
        contact(place, at(1, 0, month=12), level="severe")
        contact(place, at(31, 23, 59, month=10), level="severe")
        contact(place, at(2, 20), service=place.other_service, level="severe")
        call(place, at(2, 20), answered=20, ended=600)
        call(place, at(2, 21), answered=90, ended=600)
        call(place, at(2, 22), ended=70)
        call(place, at(2, 23), ended=2)
        promise(place, at(4, 12), closed_after=10)
        promise(place, at(5, 12), closed_after=31)
        promise(place, at(6, 12))
        promise(place, at(7, 12), kind="plan_follow_up", closed_after=5)
        promise(place, at(8, 12), kind="wellbeing", state="declined", closed_after=5)
    return place


def test_contacts_of_the_month_and_service_alone_are_counted(filled: Place) -> None:
    sheet = november(filled).sheet()
    assert sheet["contacts_incoming"] == 5
    assert sheet["contacts_outgoing"]["wellbeing"] == 1
    assert sheet["by_hour"]["20"] == 1 and sheet["by_hour"]["23"] == 1 and sheet["by_hour"]["0"] == 1
    assert sheet["crisis_contacts"] == 3


def test_not_stated_and_not_recorded_are_counted_apart(filled: Place) -> None:
    sheet = november(filled).sheet()
    assert sheet["by_level"]["not_stated"] == 1 and sheet["by_level"]["not_recorded"] == 0
    assert sheet["by_cause"]["not_stated"] == 1 and sheet["by_cause"]["not_recorded"] == 2
    assert sheet["missing"]["causes"] == {"of": 5, "n": 2, "not_stated": 1, "not_recorded": 2}
    assert sheet["missing"]["nights"] == {"of": 1, "n": 1, "not_stated": 0, "not_recorded": 0}
    assert sheet["minutes"] == {"n": 3, "missing": 2, "mean": 23.7, "median": 20.0}


def test_rates_carry_their_denominator(filled: Place) -> None:
    sheet = november(filled).sheet()
    assert sheet["conversation_rate"] == {"value": 1, "of": 3}
    assert sheet["plan_rate"] == {"value": 1, "of": 2}
    assert sheet["anonymous_share"] == {"value": 2, "of": 5}
    assert sheet["follow_up_rate"] == {"value": 1, "of": 2}
    assert sheet["overnight"] == {"stays": 1, "nights": 9, "long_stays": 1}


def test_first_time_is_told_of_contacts_and_one_time_of_persons(filled: Place) -> None:
    sheet = november(filled).sheet()
    assert sheet["first_time"] == {"first": 1, "repeat": 1, "not_stated": 0, "not_recorded": 3}
    assert (sheet["persons"], sheet["one_time"], sheet["multi_time"]) == (2, 1, 1)
    assert sheet["contacts_without_person"] == 2


def test_the_service_level_is_that_of_the_target_at_the_end_of_the_month(filled: Place) -> None:
    level = november(filled).sheet()["service_level"]
    assert (level["offered"], level["answered"], level["met"], level["counted"]) == (4, 2, 1, 3)
    assert (level["abandoned_short"], level["abandoned_late"]) == (1, 1)
    assert (level["seconds"], level["rule"], level["reached"]) == (60, "late_count_against", False)


def test_promises_are_counted_by_what_became_of_them(filled: Place) -> None:
    sheet = november(filled).sheet()
    assert sheet["callbacks"] == {
        "promised": 3,
        "kept_in_window": 1,
        "kept_late": 1,
        "declined": 0,
        "decided": 0,
        "open": 1,
    }
    assert sheet["plan_follow_up"]["done_in_window"] == 1 and sheet["wellbeing"]["declined"] == 1
    assert sheet["notifications"] == {"notify": 1, "do_not_notify": 0, "already_notified": 0}


def test_a_number_opens_the_rows_behind_it(filled: Place) -> None:
    month = november(filled)
    (severe,) = month.rows("by_level-severe")
    assert isinstance(severe, ContactFacts) and severe.counted_as == ANNA
    (missed,) = month.rows("service_level-abandoned_late")
    assert isinstance(missed, CallFacts) and missed.waited_seconds == 70
    (late,) = month.rows("callbacks-kept_late")
    assert isinstance(late, PromiseRow)
    for code, number in month.figures.items():
        assert len(month.rows(code)) == number, code


def test_a_number_that_nobody_defined_has_no_rows(filled: Place) -> None:
    month = november(filled)
    for code in ("by_level-terrible", "nothing", "", "service_level-share"):
        with pytest.raises(UnknownIndicator):
            month.rows(code)


def test_a_service_without_a_target_tells_no_service_level(filled: Place) -> None:
    with filled.scope():
        ServiceTarget.objects.all().delete()
    month = november(filled)
    assert month.sheet()["service_level"] is None
    assert month.calls == ()


def test_a_practice_change_belongs_to_the_month_of_its_day(filled: Place) -> None:
    with filled.scope():
        for day in ("2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01"):
            PracticeChange.objects.create(service=filled.service, on=day, note_da="Ny vejledning")
    assert [change.on.day for change in november(filled).practice] == [1, 30]


def test_a_month_and_the_one_before_it_are_each_the_same_as_alone(filled: Place) -> None:
    with filled.scope():
        this, before = selectors.month_and_before(filled.service, 2026, 12, as_of=NOW + timedelta(days=30))
        alone = selectors.month(filled.service, 2026, 11, as_of=NOW + timedelta(days=30))
    assert before.sheet() == alone.sheet()
    assert this.number("contacts_incoming") == 1
    assert (this.start, this.end) == month_bounds(2026, 12)


def test_a_month_takes_the_same_few_queries_however_much_happened(filled: Place) -> None:
    with filled.scope():
        for minute in range(30):
            contact(filled, at(12, 12, minute), counted_as=ANNA)
            promise(filled, at(12, 12, minute))
        with CaptureQueriesContext(connection) as two:
            selectors.month_and_before(filled.service, 2026, 11, as_of=NOW)
        with CaptureQueriesContext(connection) as one:
            selectors.month(filled.service, 2026, 11, as_of=NOW)
    assert (len(one), len(two)) == (6, 7)


def test_another_municipality_sees_none_of_it(world: World, filled: Place) -> None:
    with world.there.scope():
        month = selectors.month(filled.service, 2026, 11, as_of=NOW)
    assert not month.contacts and not month.calls and not month.promises
