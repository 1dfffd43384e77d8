"""The lively present of the largest service: an evening in which something of everything is going on.

Made through the services that the pages use, so that deadlines, messages and audit are the real ones.
"""

import random
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from lygte.apps.casework import services as casework
from lygte.apps.contacts import services as contacts
from lygte.apps.core.saving import FieldEdit
from lygte.apps.insight.synth import words
from lygte.apps.insight.synth.crowd import Taken, invented_cpr, invented_phone, make_id
from lygte.apps.insight.synth.places import ServicePlace
from lygte.apps.people import services as people
from lygte.apps.plans import services as plans
from lygte.apps.promises import selectors as promises_read
from lygte.apps.promises import services as promises
from lygte.apps.queue import services as queue
from lygte.apps.workforce import services as workforce
from lygte.domain.access import Actor, ActorKind
from lygte.domain.time import at_local, day_of, local, shift_end
from lygte.domain.vocab import (
    AttemptOutcome,
    CallEvent,
    Channel,
    DutyKind,
    MayRing,
    NotificationChoice,
    PlanSection,
    PromiseKind,
    ShareAudience,
)

SLUG = "havnegade"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HANDOVER = "Opdigtet: nøglen til gæsteværelset hænger ved køkkenet. Kaffen er slut."
GUEST_TYPES = "Opdigtet: kom gående, våd og forkommen. Har fået te og tørt tøj."
HALF_TYPED = "Opdigtet: bange for at gå i seng. Stemmen rolig, når vi taler om i morgen, men"


class Present:
    """Plays what happens around `now` in one service."""

    def __init__(self, place: ServicePlace, *, now: datetime, seed: int, taken: Taken) -> None:
        self._place = place
        self._service = place.service
        self._now = now
        self._taken = taken
        self._rng = random.Random(f"{seed}:now")  # noqa: S311 - invented data, repeatable
        self._mette, self._jonas, self._karin = (place.actor(user, now) for user in place.workers)
        self._calls = 0

    def play(self) -> None:
        """Play everything, the oldest first."""
        self._unanswered_notification(self._now - 9 * DAY)
        self._nobody_answers(self._now - 8 * DAY)
        self._due_today(self._now - 5 * DAY)
        self._admitted(self._now - 3 * DAY)
        self._guest()
        self._severe(self._now - 5 * HOUR)
        self._on_duty()
        self._rings_later(self._now - 2 * HOUR)
        self._left_a_message(self._now - 55 * MINUTE)
        self._walked_in(self._now - 38 * MINUTE)
        self._left_a_message(self._now - 21 * MINUTE)
        self._hung_up(self._now - 12 * MINUTE)
        self._half_typed(self._now - 9 * MINUTE)
        self._walks_in(self._now - 6 * MINUTE)
        self._rings(self._now - timedelta(seconds=20))
        workforce.write_handover(actor=self._karin, now=self._now, service=self._service, text=HANDOVER)

    def _person(self, at: datetime, *, age: int, **more: Any) -> UUID:
        name = f"{self._rng.choice(words.FIRST_NAMES)} {self._rng.choice(words.LAST_NAMES)}"
        number, _ = invented_cpr(self._rng, self._taken, born=day_of(at).year - age)
        row = people.create_person(
            actor=self._mette,
            now=at,
            service=self._service,
            name=name,
            cpr=number,
            phone=invented_phone(self._rng),
            keep_phone=True,
            confirmed=True,
            **more,
        )
        people.set_wishes(actor=self._mette, now=at, person_id=row.pk, may_ring=MayRing.YES)
        return row.pk

    def _thread(self, at: datetime) -> UUID:
        row, _ = people.new_thread(actor=self._jonas, now=at, service=self._service, choose=self._rng.choice)
        return row.pk

    def _open(
        self, at: datetime, channel: Channel, *, actor: Actor | None = None, person_id: UUID | None = None
    ) -> UUID:
        contact = contacts.open_contact(
            actor=actor or self._jonas,
            now=at,
            service=self._service,
            channel=channel,
            person_id=person_id,
            contact_id=make_id(self._rng, at),
        )
        return contact.pk

    def _type(self, contact_id: UUID, at: datetime, *, actor: Actor | None = None, **fields: Any) -> None:
        edits = {name: FieldEdit(value) for name, value in fields.items()}
        casework.save_contact(actor=actor or self._jonas, now=at, contact_id=contact_id, fields=edits)

    def _talk(
        self,
        at: datetime,
        channel: Channel = Channel.PHONE,
        *,
        person_id: UUID | None = None,
        minutes: int = 25,
        decision: casework.NotificationDecision | None = None,
        **fields: Any,
    ) -> UUID:
        """Have a whole contact: opened, registered and closed."""
        typed = {
            "caller": "citizen",
            "about": "self",
            "level": "moderate",
            "causes": ["anxiety"],
            "children": "no",
            "under_18": "no",
            "outcome": "stabilised",
            "measures": ["new_conversation"],
            "conversation_held": "yes",
            "may_ring": "yes",
            "minutes": str(minutes),
            "own_words": self._rng.choice(words.OWN_WORDS["moderate"]),
        }
        contact_id = self._open(at, channel, person_id=person_id)
        self._type(contact_id, at + 2 * MINUTE, **(typed | fields))
        casework.close_contact(
            actor=self._jonas, now=at + minutes * MINUTE, contact_id=contact_id, decision=decision
        )
        return contact_id

    def _unanswered_notification(self, at: datetime) -> None:
        decision = casework.NotificationDecision(
            NotificationChoice.NOTIFY,
            words.REASONS_NOTIFY[0],
            sent_on=day_of(at + HOUR),
            sent_to=words.NOTIFIED,
        )
        person_id = self._person(at, age=34, sex="female")
        self._talk(at, person_id=person_id, children="yes", decision=decision, minutes=60)

    def _nobody_answers(self, at: datetime) -> None:
        """Three attempts at a follow-up, none of them answered: somebody must decide."""
        person_id = self._person(at, age=52, sex="male")
        contact_id = self._talk(at, person_id=person_id, outcome="partly")
        promise = next(
            one for one in promises_read.of_contact(contact_id) if one.kind == PromiseKind.PLAN_FOLLOW_UP
        )
        while promise.next_attempt_at is not None:
            promise = promises.record_attempt(
                actor=self._karin,
                now=promise.next_attempt_at + 25 * MINUTE,
                promise_id=promise.pk,
                outcome=AttemptOutcome.NO_ANSWER,
            )

    def _due_today(self, at: datetime) -> None:
        self._talk(at, person_id=self._person(at, age=29, sex="female"), plan_state="oral")
        thread_id = self._thread(at + HOUR)
        self._talk(
            at + HOUR, person_id=thread_id, level="mild", causes=["loneliness"], may_ring="yes_no_message"
        )

    def _admitted(self, at: datetime) -> None:
        person_id = self._person(at, age=41, sex="female", is_protected=True)
        self._talk(at, person_id=person_id, level="severe", causes=["self_harm_suicidal"], outcome="partly")
        casework.set_admitted(
            actor=self._karin, now=at + DAY, person_id=person_id, admitted_on=day_of(at + DAY)
        )

    def _guest(self) -> None:
        """Somebody stays the night, with a plan written together and a link that has not been opened."""
        at = at_local(day_of(self._now) - DAY, time(21, 30))
        leaves = local(at_local(day_of(self._now) + DAY, time(10)))
        person_id = self._thread(at)
        contact_id = self._open(at, Channel.WALK_IN, person_id=person_id)
        self._type(
            contact_id,
            at + 30 * MINUTE,
            caller="citizen",
            level="severe",
            causes=["hopelessness", "loneliness"],
            children="no",
            under_18="no",
            conversation_held="yes",
            outcome="partly",
            measures=["overnight"],
            stay_until=f"{leaves:%Y-%m-%dT%H:%M}",
            may_ring="yes",
            minutes="70",
            own_words=GUEST_TYPES,
        )
        self._plan(person_id, contact_id, at + 40 * MINUTE)
        casework.close_contact(actor=self._jonas, now=at + 75 * MINUTE, contact_id=contact_id)

    def _plan(self, person_id: UUID, contact_id: UUID, at: datetime) -> None:
        version = plans.start_version(
            actor=self._jonas, now=at, person_id=person_id, service=self._service, contact_id=contact_id
        )
        edits = {section: FieldEdit(text) for section, text in words.PLAN.items()}
        plans.save_sections(actor=self._jonas, now=at + 20 * MINUTE, version_id=version.pk, fields=edits)
        casework.finish_plan(actor=self._jonas, now=at + 25 * MINUTE, version_id=version.pk)
        plans.share(
            actor=self._jonas,
            now=at + 26 * MINUTE,
            plan_id=version.plan_id,
            audience=ShareAudience.CITIZEN,
            label="Egen telefon",
            sections=list(PlanSection),
            days=90,
        )

    def _severe(self, at: datetime) -> None:
        person_id = self._person(at, age=23, sex="male")
        self._talk(at, person_id=person_id, level="severe", causes=["self_harm_suicidal"], minutes=48)

    def _on_duty(self) -> None:
        until = shift_end(self._now)
        for actor, kind, away in (
            (self._mette, DutyKind.PRESENT, None),
            (self._jonas, DutyKind.PRESENT, None),
            (self._karin, DutyKind.ON_CALL, 20),
        ):
            workforce.go_on_duty(
                actor=actor,
                now=self._now - 3 * HOUR,
                service=self._service,
                kind=kind,
                until=until,
                minutes_away=away,
            )

    def _rings_later(self, at: datetime) -> None:
        thread_id = self._thread(at)
        contact_id = self._talk(
            at, person_id=thread_id, level="mild", causes=["conflict"], may_ring="yes_no_message"
        )
        promises.make_callback(
            actor=self._mette,
            now=at + 26 * MINUTE,
            service=self._service,
            number=invented_phone(self._rng),
            opens=self._now + HOUR,
            closes=self._now + 90 * MINUTE,
            may_ring=MayRing.YES_NO_MESSAGE,
            person_id=thread_id,
            contact_id=contact_id,
            owner_id=self._mette.id,
            note=words.CALLBACK_NOTE,
        )

    def _announce(self, event: CallEvent, at: datetime, **more: Any) -> Any:
        return queue.announce(
            actor=Actor(ActorKind.WEBHOOK, self._place.municipality.pk, self._place.endpoint.pk),
            now=at,
            endpoint_id=self._place.endpoint.pk,
            service=self._service,
            external_id=f"{SLUG}-nu-{self._calls}",
            event=event,
            at=at,
            **more,
        )

    def _rings(self, at: datetime) -> None:
        self._calls += 1
        self._announce(CallEvent.RINGING, at, number=invented_phone(self._rng))

    def _left_a_message(self, at: datetime) -> None:
        self._rings(at)
        self._announce(CallEvent.VOICEMAIL, at + timedelta(seconds=31))
        self._announce(CallEvent.HUNG_UP, at + timedelta(seconds=58))

    def _hung_up(self, at: datetime) -> None:
        self._rings(at)
        self._announce(CallEvent.HUNG_UP, at + timedelta(seconds=74))

    def _half_typed(self, at: datetime) -> None:
        self._rings(at)
        answered = at + timedelta(seconds=14)
        call = self._announce(CallEvent.ANSWERED, answered, answered_by_user_id=self._jonas.id)
        self._type(
            call.contact_id,
            at + 4 * MINUTE,
            caller="citizen",
            about="self",
            level="moderate",
            causes=["anxiety"],
            own_words=HALF_TYPED,
        )

    def _walked_in(self, at: datetime) -> None:
        waiting = self._walks_in(at)
        contacts.receive(actor=self._mette, now=at + 7 * MINUTE, contact=waiting)
        self._type(
            waiting.pk, at + 15 * MINUTE, actor=self._mette, caller="citizen", level="mild", children="yes"
        )

    def _walks_in(self, at: datetime) -> Any:
        return contacts.open_contact(
            actor=self._mette,
            now=at,
            service=self._service,
            channel=Channel.WALK_IN,
            waiting=True,
            contact_id=make_id(self._rng, at),
        )
