"""The drill of edits, a few hundred times only: browsers over a bad network against the real views."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from drills import desks, edits
from lygte.apps.core import saving
from lygte.apps.core.scope import municipality_scope


@pytest.mark.django_db
def test_nothing_typed_is_lost_or_stored_twice_over_a_bad_network() -> None:
    tally, faults = edits.run(desks.prepare(), count=60, seed=7)
    assert faults == []
    assert tally["edits"] == 60
    assert tally["answers lost"] and tally["messages doubled"] and tally["refused while locked"]


@pytest.mark.django_db
def test_the_drill_sees_a_service_that_writes_over_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "in_conflict", lambda edit, current: False)
    _tally, faults = edits.run(desks.prepare(), count=40, seed=5)
    assert any("gave way unseen" in fault for fault in faults)


class TestStories(TestCase):
    ground: desks.Ground

    @classmethod
    def setUpTestData(cls) -> None:
        cls.ground = desks.prepare()

    @settings(max_examples=4, phases=[Phase.generate])
    @given(data=st.data())
    def test_no_story_loses_an_edit(self, data: Any) -> None:
        def choose(options: Any) -> Any:
            return options[data.draw(st.integers(0, len(options) - 1))]

        with municipality_scope(self.ground.municipality):
            assert edits.play(self.ground, choose=choose, edits=8, tally=Counter()) == []
