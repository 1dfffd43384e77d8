"""What happens in one service from its opening until now: contacts, calls, and the promises that follow."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lygte.apps.insight.synth import pattern, words
from lygte.apps.insight.synth.crowd import Crowd, Taken, make_id
from lygte.apps.insight.synth.draw import Decks
from lygte.apps.insight.synth.facts import ContactFact, NotificationFact, PersonFact, ServiceFacts
from lygte.apps.insight.synth.promised import Promised
from lygte.apps.insight.synth.switchboard import Switchboard
from lygte.domain.safeguarding import receipt_due
from lygte.domain.time import at_local, day_of
from lygte.domain.vocab import (
    CRISIS_LEVELS,
    NOT_STATED,
    Cause,
    Channel,
    FirstTime,
    Level,
    Measure,
    NotificationChoice,
    PlanState,
    Ternary,
)

LAST_CONTACT_BEFORE_NOW = timedelta(hours=5)
TO_WRITE_UP = (2, 9)  # minutes from the end of a talk to the closing of the contact
RECEIPT_AFTER_DAYS = (1, 5)
LINKED_THREADS = 0.06


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when a story plays."""

    slug: str
    start: datetime
    now: datetime
    contacts: int
    workers: tuple[UUID, ...]
    leader: UUID


class Story:
    """Draws the facts of one service, in order of time."""

    def __init__(self, setting: Setting, *, seed: int, taken: Taken) -> None:
        self._setting = setting
        self._rng = random.Random(f"{seed}:{setting.slug}")  # noqa: S311 - invented data, repeatable
        self._decks = Decks(self._rng)
        self._crowd = Crowd(self._decks, taken)
        self.facts = ServiceFacts(setting.slug)
        self._promised = Promised(self.facts, self._decks, setting.workers, setting.leader, setting.now)
        self._calls = Switchboard(self.facts, self._decks, self._promised)

    def tell(self) -> Iterator[int]:
        """Draw everything; yields the number of contacts drawn so far."""
        for number, at in enumerate(self._moments(), start=1):
            self._contact(at)
            if number % 100 == 0:
                yield number
        self._promised.settle_all()
        self._link_threads()
        self.facts.persons = self._crowd.all
        yield self._setting.contacts

    def _moments(self) -> list[datetime]:
        """Return when contacts begin: flat over the week, growing over the months, by hour as published."""
        start, last = self._setting.start, self._setting.now - LAST_CONTACT_BEFORE_NOW
        days = max(1, (day_of(last) - day_of(start)).days)
        low, high = pattern.GROWTH
        weights = [low + (high - low) * n / days for n in range(days + 1)]
        step, owed, found = sum(weights) / self._setting.contacts, self._rng.random(), list[datetime]()
        for n, weight in enumerate(weights):
            owed += weight / step
            while owed >= 1:
                owed -= 1
                found.append(self._moment(start, n))
        found += [self._moment(start, days - 1) for _ in range(self._setting.contacts - len(found))]
        return sorted(at if at < last else at - timedelta(days=1) for at in found[: self._setting.contacts])

    def _moment(self, start: datetime, day_number: int) -> datetime:
        day = day_of(start) + timedelta(days=day_number)
        hour = int(self._decks.draw("hour", {str(n): share for n, share in enumerate(pattern.HOURS)}))
        midnight = at_local(day, datetime.min.time())
        return midnight + timedelta(
            hours=hour, minutes=self._rng.randrange(60), seconds=self._rng.randrange(60)
        )

    def _contact(self, at: datetime) -> None:
        draw = self._decks.draw
        first = self._decks.happens("first", pattern.FIRST)
        kind = draw("known as", pattern.KNOWN_AS)
        person = self._person(kind, at=at, first=first)
        status = draw("first missing", pattern.FIRST_TIME_MISSING)
        said = (FirstTime.FIRST if first else FirstTime.REPEAT) if status == "stated" else status
        level = self._level(first)
        contact = ContactFact(
            id=make_id(self._rng, at),
            direction="incoming",
            channel=draw("channel", pattern.CHANNELS),
            started_at=at,
            owner_id=self._rng.choice(self._setting.workers),
            person=person,
            level=level,
            first_time=said,
            sex=person.sex if person else draw("sex of nobody", pattern.SEXES),
            cpr_answer="given" if kind == "cpr" else draw("cpr", {"declined": 30, "not_asked": 60, "": 10}),
            felt_acute=draw("felt acute", pattern.FELT_ACUTE),
            children=draw("children", pattern.CHILDREN),
            under_18=draw("under 18", pattern.UNDER_18),
            may_ring=person.may_ring if person else draw("may ring", pattern.MAY_RING),
        )
        self._talk(contact, first=first)
        self._end(contact)
        self._count(contact)
        self.facts.contacts.append(contact)
        self._calls.of_contact(contact)
        self._promised.after(contact)

    def _person(self, kind: str, *, at: datetime, first: bool) -> PersonFact | None:
        if kind == "nobody":
            return None
        return self._crowd.newcomer(kind, at=at) if first else self._crowd.regular(kind, at=at)

    def _level(self, first: bool) -> str:
        status = self._decks.draw("level missing", pattern.LEVEL_MISSING)
        if status != "stated":
            return status
        shares = pattern.LEVELS_FIRST if first else pattern.LEVELS_REPEAT
        return self._decks.draw(f"level {first}", shares)

    def _talk(self, contact: ContactFact, *, first: bool) -> None:
        draw, known = self._decks.draw, contact.level if contact.level in pattern.OUTCOMES else Level.MILD
        crisis = contact.level in CRISIS_LEVELS
        contact.caller = draw("caller", pattern.CALLERS)
        contact.about = pattern.ABOUT[contact.caller]
        contact.causes = self._causes(contact, first)
        contact.outcome = draw(f"outcome {known}", pattern.OUTCOMES[known])
        contact.measures = self._measures(contact, known)
        held = pattern.CONVERSATION if crisis else pattern.CONVERSATION_ELSE
        contact.conversation_held = draw(f"conversation {crisis}", held)
        relevant = crisis and contact.channel == Channel.WALK_IN
        plan = pattern.PLAN_WALK_IN if relevant else pattern.PLAN_ELSE
        contact.plan_state = draw(f"plan {relevant}", plan)
        if contact.plan_state == PlanState.WRITTEN and contact.person is None:
            contact.person = self._crowd.newcomer("thread", at=contact.started_at)
        if crisis and self._decks.happens("level moved", 6):
            contact.level_before = Level.MODERATE if contact.level != Level.MODERATE else Level.MILD
        self._write(contact, known)

    def _causes(self, contact: ContactFact, first: bool) -> list[str]:
        column = 0 if first else 1
        found = [
            code
            for code, chances in pattern.CAUSES.items()
            if self._decks.happens(f"{code} {first}", chances[column])
        ]
        severe = contact.level == Level.SEVERE
        chance = pattern.SELF_HARM_SEVERE if severe else pattern.SELF_HARM_OTHER[column]
        if self._decks.happens(f"self-harm {severe} {first}", chance):
            found.append(Cause.SELF_HARM_SUICIDAL)
        if not found:
            code = self._decks.draw("other cause", pattern.CAUSES_ELSE)
            found = [code] if code else []
        return [str(code) for code in found]

    def _measures(self, contact: ContactFact, known: str) -> list[str]:
        overnight = contact.channel == Channel.WALK_IN and self._decks.happens(
            f"overnight {known}", pattern.OVERNIGHT_OF_WALK_INS.get(known, 0)
        )
        taken = self._decks.happens(f"measure {known}", pattern.MEASURE_TAKEN[known])
        if not taken and not overnight:
            code = self._decks.draw("no measure", pattern.NO_MEASURE)
            return [code] if code else []
        found = [Measure.OVERNIGHT.value] if overnight else [self._decks.draw("measures", pattern.MEASURES)]
        if self._decks.happens("second measure", pattern.SECOND_MEASURE):
            found.append(self._decks.draw("measures", pattern.MEASURES))
        return list(dict.fromkeys(found))

    def _write(self, contact: ContactFact, known: str) -> None:
        kind = self._decks.draw("notes", pattern.NOTES)
        if kind != "none":
            contact.notes["own_words"] = self._rng.choice(words.OWN_WORDS[known])
        if kind == "two":
            contact.notes["closing"] = self._rng.choice(words.CLOSING)

    def _end(self, contact: ContactFact) -> None:
        known = contact.level if contact.level in pattern.MINUTES else Level.MILD
        mean = pattern.MINUTES[Level(known)]
        talk = self._rng.gammavariate(pattern.MINUTES_SHAPE, mean / pattern.MINUTES_SHAPE)
        minutes = min(pattern.LONGEST_TALK, max(1, round(talk)))
        wait = (
            timedelta(seconds=self._rng.randint(20, 600))
            if contact.channel == Channel.WALK_IN
            else timedelta()
        )
        contact.received_at = contact.started_at + wait
        contact.ended_at = contact.received_at + timedelta(minutes=minutes)
        contact.closed_at = contact.ended_at + timedelta(minutes=self._rng.randint(*TO_WRITE_UP))
        missing = self._decks.draw("minutes missing", pattern.MINUTES_MISSING) == ""
        contact.minutes = None if missing else minutes
        if Measure.OVERNIGHT in contact.measures:
            self._stay(contact)
        if Ternary.YES in (contact.children, contact.under_18):
            contact.notification = self._notification(contact)

    def _stay(self, contact: ContactFact) -> None:
        nights = int(self._decks.draw("nights", pattern.NIGHTS))
        ended = contact.ended_at or contact.started_at
        arrived = day_of(ended)
        leaves = at_local(arrived + timedelta(days=nights), datetime.min.time()) + timedelta(
            hours=8, minutes=self._rng.randrange(180)
        )
        contact.stay_from, contact.stay_until = ended, leaves
        if leaves < self._setting.now - timedelta(hours=1):
            contact.stay_left_at, contact.nights = leaves, nights

    def _notification(self, contact: ContactFact) -> NotificationFact:
        choice = self._decks.draw("notification", pattern.NOTIFICATIONS)
        at = contact.closed_at or contact.started_at
        texts = {
            NotificationChoice.NOTIFY: words.REASONS_NOTIFY,
            NotificationChoice.ALREADY_NOTIFIED: words.REASONS_ALREADY,
            NotificationChoice.DO_NOT_NOTIFY: words.REASONS_DO_NOT,
        }[NotificationChoice(choice)]
        made = NotificationFact(choice=choice, reason=self._rng.choice(texts), decided_at=at)
        if choice == NotificationChoice.NOTIFY:
            self._send(made)
        return made

    def _send(self, made: NotificationFact) -> None:
        made.sent_on, made.sent_to = day_of(made.decided_at), words.NOTIFIED
        made.receipt_due = receipt_due(made.sent_on)
        came = made.sent_on + timedelta(days=self._rng.randint(*RECEIPT_AFTER_DAYS))
        if came < day_of(self._setting.now):
            made.receipt_on, made.outcome = came, "Opdigtet: modtaget, familieafdelingen ser på det."

    def _count(self, contact: ContactFact) -> None:
        """Count as the closing of a contact does: who was seen before is repeat, whatever was said."""
        person = contact.person
        if person is None:
            contact.counted_first_time = contact.first_time
            return
        contact.counted_as = person.id
        if person.contacts:
            contact.counted_first_time = FirstTime.REPEAT
        elif contact.first_time in ("", NOT_STATED):
            contact.counted_first_time = FirstTime.FIRST
        else:
            contact.counted_first_time = contact.first_time
        person.contacts.append(contact)

    def _link_threads(self) -> None:
        """Let some threads turn out to be somebody: a later act, which leaves past figures as they were."""
        threads = [one for one in self._crowd.all if one.known_as == "thread" and one.contacts]
        known = [one for one in self._crowd.all if one.known_as == "cpr" and one.contacts]
        for thread in threads:
            if known and self._rng.random() < LINKED_THREADS:
                person = self._rng.choice(known)
                newest = max(one.contacts[-1].closed_at or one.created_at for one in (thread, person))
                thread.merged_into = person
                self.facts.thread_links.append((thread, person, newest + timedelta(minutes=1)))
