"""Linking, unlinking and linking again, in any order, leaves the figures of a past month as they were."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lygte.apps.contacts import selectors, services
from lygte.apps.core.refusals import Refused
from lygte.apps.core.saving import FieldEdit
from lygte.apps.people import selectors as people_read
from lygte.apps.people import services as people
from lygte.domain.time import month_bounds
from lygte.domain.vocab import Channel, Level
from tests.world import NOW, Place, World

THREADS = 4
PAST = month_bounds(2026, 10)
OCTOBER = PAST[0] + timedelta(hours=12)

acts = st.lists(
    st.tuples(
        st.sampled_from(["open", "attach", "detach", "link", "unlink", "relink", "close"]),
        st.integers(0, 11),
        st.integers(0, THREADS - 1),
        st.sampled_from(list(Level)),
    ),
    max_size=24,
)


class History:
    """Somebody's months: some acts happen in October, all the others after it."""

    def __init__(self, here: Place) -> None:
        self.here = here
        self.contacts: list[Any] = []
        self.people = [self._thread(OCTOBER) for _ in range(THREADS)]

    def _thread(self, now: datetime) -> Any:
        return people.new_thread(actor=self.here.worker, now=now, service=self.here.service)[0]

    def do(self, act: tuple[str, int, int, Level], now: datetime) -> None:
        verb, which, person, level = act
        do: dict[str, Callable[..., None]] = {
            "open": self.open, "close": self.close, "attach": self.attach, "detach": self.detach,
            "link": self.link, "unlink": self.unlink, "relink": self.relink,
        }  # fmt: skip
        try:
            with transaction.atomic():
                do[verb](now=now, which=which, person=person, level=level)
        except (Refused, services.CannotClose):
            return

    def open(self, *, now: datetime, which: int, person: int, level: Level) -> None:
        known = self.people[person].pk if which % 2 else None
        contact = services.open_contact(
            actor=self.here.worker, now=now, service=self.here.service, channel=list(Channel)[which % 6],
            person_id=known,
        )  # fmt: skip
        services.save_fields(
            actor=self.here.worker, now=now, contact_id=contact.pk,
            fields={"level": FieldEdit(level), "first_time": FieldEdit(["", "first", "repeat"][which % 3])},
        )  # fmt: skip
        self.contacts.append(contact)

    def _contact(self, which: int) -> Any:
        return selectors.contact(self.contacts[which % len(self.contacts)].pk) if self.contacts else None

    def close(self, *, now: datetime, which: int, **_: Any) -> None:
        contact = self._contact(which)
        if contact and contact.state != "closed":
            services.close(actor=self.here.worker, now=now, contact_id=contact.pk)

    def attach(self, *, now: datetime, which: int, person: int, **_: Any) -> None:
        if contact := self._contact(which):
            services.attach(
                actor=self.here.worker,
                now=now,
                contact_id=contact.pk,
                person_id=self.people[person].pk,
                reason="r",
            )

    def detach(self, *, now: datetime, which: int, **_: Any) -> None:
        contact = self._contact(which)
        links = people_read.identity_links(contact_id=contact.pk) if contact else []
        if links:
            services.detach(actor=self.here.worker, now=now, link_id=links[0].pk, reason="r")

    def link(self, *, now: datetime, which: int, person: int, **_: Any) -> None:
        thread, other = self.people[which % THREADS], self.people[person]
        if thread.pk != other.pk:
            people.link_thread(
                actor=self.here.worker, now=now, thread_id=thread.pk, person_id=other.pk, reason="r"
            )

    def unlink(self, *, now: datetime, which: int, **_: Any) -> None:
        thread = self.people[which % THREADS].pk
        links = [row for row in people_read.identity_links(person_id=thread) if row.thread_id == thread]
        if links:
            people.undo_thread_link(actor=self.here.worker, now=now, link_id=links[0].pk, reason="r")

    def relink(self, **given: Any) -> None:
        self.unlink(**given)
        self.link(**given)

    def figures(self) -> dict[str, Any]:
        rows = [
            row for row in selectors.rows_between(self.here.service.pk, *PAST) if row["state"] == "closed"
        ]
        return {
            "level": Counter(row["level"] for row in rows),
            "channel": Counter(row["channel"] for row in rows),
            "first_time": Counter(row["counted_first_time"] for row in rows),
            "unique": {row["counted_as"] for row in rows if row["counted_as"]},
            "contacts": len(rows),
        }


@given(october=acts, later=acts)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_past_figures_are_identical_whatever_is_linked_afterwards(
    world: World, october: list[Any], later: list[Any]
) -> None:
    with world.here.scope(), transaction.atomic():
        history = History(world.here)
        for n, act in enumerate(october):
            history.do(act, OCTOBER + timedelta(days=n // 2, hours=n % 2))
        # What October left open is closed before its figures are read for the first time.
        for n in range(len(history.contacts)):
            history.close(now=OCTOBER + timedelta(days=15), which=n)
        before = history.figures()
        for n, act in enumerate(later):
            history.do(act, NOW + timedelta(hours=n))
            assert history.figures() == before
        transaction.set_rollback(True)


def test_the_history_really_links_and_counts(world: World) -> None:
    with world.here.scope():
        history = History(world.here)
        level = Level.MILD
        for n in (1, 3):
            history.do(("open", n, 0, level), OCTOBER)
            history.do(("close", n // 2, 0, level), OCTOBER)
        before = history.figures()
        history.do(("link", 0, 1, level), NOW)
        assert people_read.root_of(history.people[0].pk) == history.people[1].pk
        assert before["contacts"] == 2 and before["unique"] == {history.people[0].pk}
        assert history.figures() == before
