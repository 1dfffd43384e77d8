from datetime import UTC, datetime, timedelta

import pytest

from lygte.apps.queue import selectors as queue
from lygte.domain.sla import Target, service_level
from lygte.domain.vocab import AbandonRule, CallEvent
from tests.apps.queue.told import Phone
from tests.domain.tables import Row, moment, rows
from tests.world import World

DOCUMENT = "service-level.md"
DAY = "2026-11-20"
CALLS = rows(DOCUMENT, first_column="Call", second_column="Rang")
RESULTS = rows(DOCUMENT, first_column="As of", second_column="Rule")
FACTS = (("Rang", CallEvent.RINGING), ("Answered", CallEvent.ANSWERED), ("Ended", CallEvent.HUNG_UP))


@pytest.mark.parametrize("result", RESULTS, ids=lambda row: f"{row['As of']}-{row['Rule']}")
def test_the_announced_calls_give_the_service_level_of_the_hand_calculation(
    world: World, result: Row
) -> None:
    as_of = moment(f"{DAY} {result['As of']}")
    phone = Phone(world.here)
    told = [
        (moment(f"{DAY} {row[column]}"), row["Call"], event)
        for row in CALLS
        for column, event in FACTS
        if row[column] != "-"
    ]
    for at, call_id, event in sorted(told, reverse=True):
        if at <= as_of:
            phone.tell(call_id, event, at, number=None, now=as_of)
    target = Target(seconds=60, share=0.7, rule=AbandonRule(result["Rule"]))
    midnight = datetime(2026, 11, 19, 23, tzinfo=UTC)
    with world.here.scope():
        records = queue.call_records(world.here.service.pk, midnight, midnight + timedelta(days=1))
    level = service_level(records, target=target, as_of=as_of)
    names = {
        **{
            "Offered": "offered",
            "Answered": "answered",
            "Within": "answered_within",
            "Abandoned": "abandoned",
        },
        **{
            "Short": "abandoned_short",
            "Late": "abandoned_late",
            "Waiting": "still_waiting",
            "Counted": "counted",
        },
    }
    assert {name: getattr(level, field) for name, field in names.items()} == {
        name: int(result[name]) for name in names
    }
    assert level.share is not None
    assert f"{level.share:.1%}".replace("%", " %") == result["Share"]
    assert level.reached is (result["Reached 70 %"] == "yes")
