"""From any row of acts: finished texts never change, and there is at most one draft."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lygte.apps.core.refusals import Refused
from lygte.apps.core.saving import FieldEdit
from lygte.apps.plans import selectors, services
from lygte.apps.plans.models import PlanVersion
from lygte.domain.transitions import TransitionRefused
from lygte.domain.vocab import PlanSection, PlanVersionState
from tests.apps.plans.drafts import thread
from tests.world import NOW, Place, make_place

TEXTS = st.text("abæø \n", max_size=12)
ACTS = st.lists(
    st.one_of(
        st.just(("start",)),
        st.just(("finish",)),
        st.tuples(st.just("save"), st.sampled_from(list(PlanSection)), TEXTS),
        st.tuples(st.just("save old"), st.sampled_from(list(PlanSection)), TEXTS),
        st.just(("finish old",)),
    ),
    max_size=14,
)


class TestVersions(TestCase):
    place: Place

    @classmethod
    def setUpTestData(cls) -> None:
        cls.place = make_place("lysborg")

    @settings(max_examples=25)
    @given(acts=ACTS)
    def test_finished_texts_never_change_and_there_is_at_most_one_draft(
        self, acts: list[tuple[Any, ...]]
    ) -> None:
        place = self.place
        with place.scope():
            person = thread(place)
            held: dict[Any, dict[PlanSection, str]] = {}
            for step, act in enumerate(acts):
                self._do(act, person, NOW + timedelta(minutes=step))
                versions = list(PlanVersion.objects.filter(plan__person=person).order_by("number"))
                finished = [row for row in versions if row.state == PlanVersionState.FINISHED]
                assert len(versions) - len(finished) <= 1
                assert [row.number for row in versions] == list(range(1, len(versions) + 1))
                now = {row.pk: selectors.sections(row.pk) for row in finished}
                assert {key: now[key] for key in held} == held
                held = now

    def _do(self, act: tuple[Any, ...], person: Any, now: Any) -> None:
        actor, place = self.place.worker, self.place
        versions = list(PlanVersion.objects.filter(plan__person=person).order_by("number"))
        chosen = (versions[:1] if "old" in act[0] else versions[-1:]) or [None]
        version = chosen[0]
        try:
            if act[0] == "start":
                services.start_version(actor=actor, now=now, person_id=person.pk, service=place.service)
            elif version and act[0].startswith("finish"):
                services.finish(actor=actor, now=now, version_id=version.pk)
            elif version:
                fields = {act[1].value: FieldEdit(act[2])}
                services.save_sections(actor=actor, now=now, version_id=version.pk, fields=fields)
        except (Refused, TransitionRefused):
            assert version is not None
