"""Promises of the story: made by the rules, moved by contacts, kept, declined or decided by name."""

from datetime import datetime, timedelta
from uuid import UUID

from lygte.apps.insight.synth import pattern, words
from lygte.apps.insight.synth.crowd import make_id
from lygte.apps.insight.synth.draw import Decks
from lygte.apps.insight.synth.facts import (
    AttemptFact,
    ContactFact,
    MoveFact,
    PersonFact,
    PromiseFact,
    ServiceFacts,
)
from lygte.domain import followup, triage
from lygte.domain.followup import Window, Wish
from lygte.domain.triage import consequences
from lygte.domain.vocab import (
    CRISIS_LEVELS,
    NOT_STATED,
    AttemptOutcome,
    Caller,
    DayBand,
    Decision,
    FirstTime,
    Level,
    MayRing,
    PlanState,
    PromiseKind,
    PromiseState,
)

TALKED = ("", NOT_STATED, Caller.CITIZEN)
PLAN_MADE = (PlanState.WRITTEN, PlanState.ORAL)
ENDS = {
    PromiseKind.CALLBACK: pattern.CALLBACK_ENDS,
    PromiseKind.PLAN_FOLLOW_UP: pattern.PLAN_ENDS,
    PromiseKind.WELLBEING: pattern.WELLBEING_ENDS,
}
FAILED: pattern.Shares = {
    AttemptOutcome.NO_ANSWER: 70,
    AttemptOutcome.BUSY: 8,
    AttemptOutcome.MESSAGE_LEFT: 18,
    AttemptOutcome.SOMEONE_ELSE: 4,
}
DECISIONS: pattern.Shares = {
    Decision.WRITE: 45,
    Decision.PASS_ON: 15,
    Decision.ALREADY_IN_TOUCH: 20,
    Decision.LET_GO: 20,
}
REACHED_MINUTES = {PromiseKind.CALLBACK: 16, PromiseKind.PLAN_FOLLOW_UP: 11, PromiseKind.WELLBEING: 8}
CALLBACK_SPACING = 10  # minutes
FOLLOW_UP_SPACING = 20 * 60
STILL_OPEN = timedelta(minutes=90)


class Promised:
    """Keeps account of what one service has promised."""

    def __init__(
        self, facts: ServiceFacts, decks: Decks, workers: tuple[UUID, ...], leader: UUID, now: datetime
    ) -> None:
        self._facts = facts
        self._decks = decks
        self._rng = decks.rng
        self._workers = workers
        self._leader = leader
        self._now = now

    def after(self, contact: ContactFact) -> None:
        """Do what the closing of an incoming contact does to promises."""
        if self._decks.happens("callback agreed", pattern.CALLBACK_AGREED) and contact.person:
            self.callback(at=contact.closed_at or contact.started_at, contact=contact)
        person = contact.person
        if person is None or contact.caller not in TALKED:
            return
        self._follow_plan(contact, person)
        if not person.measured:
            person.measured = True
            self._new(PromiseKind.WELLBEING, contact, person)

    def callback(
        self,
        *,
        at: datetime,
        contact: ContactFact | None = None,
        call_id: UUID | None = None,
        number: str = "",
    ) -> PromiseFact:
        """Promise to ring back within the time of the level."""
        level = Level(contact.level) if contact and contact.level else None
        closes = at + timedelta(minutes=consequences(level, rules=triage.DEFAULTS).callback_minutes)
        promise = PromiseFact(
            id=make_id(self._rng, at),
            kind=PromiseKind.CALLBACK,
            made_at=at,
            anchor_at=at,
            opens=at,
            due=closes,
            closes=closes,
            person=contact.person if contact else None,
            contact_id=contact.id if contact else None,
            call_id=call_id,
            made_by=contact.owner_id if contact else None,
            number=number,
            may_ring=MayRing.NOT_STATED,
            spacing_minutes=CALLBACK_SPACING,
            note=words.CALLBACK_NOTE if contact else "",
            ends=self._decks.draw("callback ends", ENDS[PromiseKind.CALLBACK]),
        )
        self._facts.promises.append(promise)
        self._plan_callback(promise)
        return promise

    def settle_all(self) -> None:
        """Let time pass until now."""
        for promise in self._facts.promises:
            self._settle(promise, until=self._now)
        self._facts.contacts.sort(key=lambda contact: (contact.started_at, contact.id))

    def _follow_plan(self, contact: ContactFact, person: PersonFact) -> None:
        running = person.plan
        if running is not None:
            self._settle(running, until=contact.started_at)
        if running is not None and running.closed_at is None:
            self._move(running, contact, person)
        elif contact.level in CRISIS_LEVELS or contact.plan_state in PLAN_MADE:
            person.plan = self._new(PromiseKind.PLAN_FOLLOW_UP, contact, person)

    def _window(self, kind: PromiseKind, contact: ContactFact, person: PersonFact) -> Window:
        level = Level(contact.level) if contact.level else None
        return followup.window(
            contact.ended_at or contact.started_at,
            rule=followup.DEFAULT_RULES[kind],
            wish=_wish(person),
            level_rule=consequences(level, rules=triage.DEFAULTS),
        )

    def _new(self, kind: PromiseKind, contact: ContactFact, person: PersonFact) -> PromiseFact:
        window = self._window(kind, contact, person)
        at = contact.closed_at or contact.started_at
        promise = PromiseFact(
            id=make_id(self._rng, at),
            kind=kind,
            made_at=at,
            anchor_at=contact.ended_at or at,
            opens=window.opens,
            due=window.due,
            closes=window.closes,
            person=person,
            contact_id=contact.id,
            made_by=contact.owner_id,
            may_ring=_wish(person).may_ring,
            band=person.band or DayBand.ANY,
            do_not_remind=person.do_not_remind,
            spacing_minutes=FOLLOW_UP_SPACING,
            ends=self._decks.draw(f"{kind} ends", ENDS[kind]),
        )
        if person.may_ring == MayRing.NO:
            promise.state, promise.ends = PromiseState.NEEDS_DECISION, "decided"
        self._facts.promises.append(promise)
        self._plan_follow_up(promise)
        return promise

    def _move(self, promise: PromiseFact, contact: ContactFact, person: PersonFact) -> None:
        if promise.state != PromiseState.PROMISED or promise.attempts:
            return
        window = self._window(PromiseKind.PLAN_FOLLOW_UP, contact, person)
        at = contact.closed_at or contact.started_at
        by = contact.owner_id or self._leader
        promise.moves.append(MoveFact(at=at, by=by, due_before=promise.due, due_after=window.due))
        promise.opens, promise.due, promise.closes = window.opens, window.due, window.closes
        promise.anchor_at = contact.ended_at or at
        if contact.level in CRISIS_LEVELS:
            promise.contact_id = contact.id
        self._plan_follow_up(promise)

    def _plan_callback(self, promise: PromiseFact) -> None:
        minutes = self._rng.randint(3, 22)
        late = timedelta(minutes=self._rng.randint(4, 150))
        first = (
            promise.closes + late if promise.ends == "late" else promise.made_at + timedelta(minutes=minutes)
        )
        self._schedule(promise, first, gap=(CALLBACK_SPACING, CALLBACK_SPACING + 4), wait=(60, 600))

    def _plan_follow_up(self, promise: PromiseFact) -> None:
        late = promise.closes + timedelta(minutes=self._rng.randint(14 * 60, 22 * 60))
        in_time = promise.due + timedelta(minutes=self._rng.randint(5, 170))
        first = late if promise.ends == "late" else in_time
        self._schedule(promise, first, gap=(FOLLOW_UP_SPACING, FOLLOW_UP_SPACING + 150), wait=(60, 300))

    def _schedule(
        self, promise: PromiseFact, first: datetime, *, gap: tuple[int, int], wait: tuple[int, int]
    ) -> None:
        """Lay down when each attempt is made and what comes of it; carried out when time has passed."""
        promise.attempts_due = []
        if promise.state == PromiseState.NEEDS_DECISION:
            promise.ends_at = promise.made_at + timedelta(minutes=self._rng.randint(*wait))
            return
        number = {"late": 1, "decided": promise.max_attempts}.get(promise.ends)
        number = number or int(self._decks.draw("attempts", pattern.ATTEMPTS_NEEDED))
        last = {"decided": "", "declined": AttemptOutcome.DECLINED}.get(promise.ends, AttemptOutcome.REACHED)
        at = first
        for n in range(number):
            outcome = (last if n == number - 1 else "") or self._decks.draw("failed", FAILED)
            promise.attempts_due.append((at, str(outcome)))
            promise.ends_at = at
            at += timedelta(minutes=self._rng.randint(*gap))
        if promise.ends == "decided" and promise.ends_at:
            promise.ends_at += timedelta(minutes=self._rng.randint(*wait))

    def _settle(self, promise: PromiseFact, *, until: datetime) -> None:
        """Carry out what has come to pass; a promise that has not ended stays as it then is."""
        until = min(until, self._now - STILL_OPEN)
        if promise.closed_at is not None or promise.ends_at is None:
            return
        due = [(at, outcome) for at, outcome in promise.attempts_due if at < until]
        promise.attempts_due = promise.attempts_due[len(due) :]
        for at, outcome in due:
            self._attempt(promise, at, outcome)
        if len(promise.attempts) >= promise.max_attempts and promise.ends == "decided":
            promise.state = PromiseState.NEEDS_DECISION
            promise.owner = promise.owner or promise.attempts[-1].by
        if promise.ends_at < until:
            self._close(promise, promise.ends_at)

    def _close(self, promise: PromiseFact, at: datetime) -> None:
        promise.closed_at = at
        if promise.ends == "decided":
            promise.state = PromiseState.DECIDED
            promise.decision = self._decks.draw("decision", DECISIONS)
            promise.decision_reason, promise.decided_by = words.DECIDED, self._leader
        elif promise.ends == "declined":
            promise.state = PromiseState.DECLINED
        else:
            promise.state, promise.kept_by = PromiseState.KEPT, promise.attempts[-1].contact_id

    def _attempt(self, promise: PromiseFact, at: datetime, outcome: str) -> None:
        by = self._rng.choice(self._workers)
        reached = outcome == AttemptOutcome.REACHED
        mean = REACHED_MINUTES[PromiseKind(promise.kind)]
        minutes = max(2, round(self._rng.gammavariate(3, mean / 3))) if reached else 1
        person = promise.person
        contact = ContactFact(
            id=make_id(self._rng, at),
            direction="outgoing",
            outgoing_kind=promise.kind,
            channel="phone",
            started_at=at,
            received_at=at,
            ended_at=at + timedelta(minutes=minutes),
            closed_at=at + timedelta(minutes=minutes),
            minutes=minutes,
            owner_id=by,
            follows_id=promise.contact_id,
            person=person,
            counted_as=person.id if person else None,
            counted_first_time=FirstTime.REPEAT if person else "",
        )
        self._facts.contacts.append(contact)
        attempt = AttemptFact(at=at, outcome=outcome, by=by, contact_id=contact.id)
        promise.attempts.append(attempt)


def _wish(person: PersonFact) -> Wish:
    return Wish(
        band=DayBand(person.band) if person.band else None,
        may_ring=MayRing(person.may_ring) if person.may_ring else MayRing.NOT_STATED,
        do_not_remind=person.do_not_remind,
    )
