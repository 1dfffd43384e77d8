"""What the closing of a contact does to promises: keeps, moves and makes them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from lygte.apps.contacts import selectors as contacts
from lygte.apps.core.scope import current_municipality_id
from lygte.apps.people import selectors as people
from lygte.apps.promises import reading, selectors
from lygte.apps.promises.codes import FollowUps, MoveCause, NoFollowUp
from lygte.apps.promises.models import Promise
from lygte.apps.promises.services import rows
from lygte.apps.promises.services.keeping import record_attempt
from lygte.apps.promises.services.making import create
from lygte.apps.tenancy import rules as tenancy_rules
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain import followup
from lygte.domain.access import Action, Actor, require, system
from lygte.domain.events import Verb
from lygte.domain.followup import FollowUpRule, Window, Wish
from lygte.domain.time import day_of
from lygte.domain.triage import LevelRule, consequences
from lygte.domain.vocab import (
    CRISIS_LEVELS,
    NOT_STATED,
    AttemptOutcome,
    Caller,
    Direction,
    Level,
    MayRing,
    Medium,
    OutgoingKind,
    PlanState,
    PromiseKind,
    PromiseState,
    Ternary,
)

if TYPE_CHECKING:
    from lygte.apps.contacts.models import Contact

TALKED = frozenset({"", NOT_STATED, Caller.CITIZEN})
PLAN_MADE = frozenset({PlanState.WRITTEN, PlanState.ORAL})


@dataclass(frozen=True, slots=True)
class _Case:
    """A closed contact, and whom it was with."""

    actor: Actor
    now: datetime
    contact: "Contact"
    reached: bool
    person_ids: frozenset[UUID]
    person_id: UUID | None
    number: str
    wish: Wish
    admitted: bool

    @property
    def at(self) -> datetime:
        """The moment from which days are counted: the end of the talk, where it is known."""
        at: datetime = self.contact.ended_at or self.contact.started_at
        return at

    @property
    def outgoing(self) -> bool:
        return bool(self.contact.direction == Direction.OUTGOING)

    @property
    def talked(self) -> bool:
        """Whether somebody talked with the person, rather than about them."""
        return self.reached if self.outgoing else self.contact.caller in TALKED

    @property
    def crisis(self) -> bool:
        return self.contact.level in CRISIS_LEVELS

    @property
    def plan_made(self) -> bool:
        return self.contact.plan_state in PLAN_MADE


@transaction.atomic
def contact_closed(*, actor: Actor, now: datetime, contact: "Contact", number: str = "") -> FollowUps:
    """Keep the promise that the contact was an attempt at, move the plan follow-up, or make what the rules
    ask for.

    `number` is one that the caller may be rung on, where no person is known. Repeating it changes nothing
    more.
    """
    require(
        actor,
        Action.PROMISE_KEEP,
        municipality_id=actor.municipality_id,
        service_id=contact.service_id,
    )
    reached = _was_reached(contact)
    kept = _keep(actor=actor, now=now, contact=contact) if reached else []
    case = _case(actor=actor, now=now, contact=contact, number=number, reached=reached)
    kept += _keep_callbacks(case)
    plan, moved, reason = _plan_follow_up(case)
    wellbeing = _wellbeing(case)
    made = [promise for promise in (plan, wellbeing) if promise is not None]
    return FollowUps(
        made=tuple(promise.pk for promise in made),
        moved=tuple(moved),
        kept=tuple(kept),
        to_decide=tuple(promise.pk for promise in made if promise.state == PromiseState.NEEDS_DECISION),
        reason=reason,
    )


def why_no_follow_up(contact: "Contact", *, now: datetime, number: str = "") -> NoFollowUp | None:
    """Return why the rules promise no plan follow-up for a contact; None when they do. Changes nothing."""
    case = _case(
        actor=system(current_municipality_id()),
        now=now,
        contact=contact,
        number=number,
        reached=_was_reached(contact),
    )
    if selectors.open_of_persons(case.person_ids, PromiseKind.PLAN_FOLLOW_UP):
        return None
    own = selectors.of_contact(contact.pk)
    return None if any(row.kind == PromiseKind.PLAN_FOLLOW_UP for row in own) else _why_not(case)


def _was_reached(contact: "Contact") -> bool:
    """Tell whether an outgoing contact holds anything that only a talk can give, or a recorded outcome says
    so.
    """
    if contact.direction != Direction.OUTGOING:
        return False
    talk = contact.level or contact.outcome or contact.plan_state or contact.conversation_held == Ternary.YES
    return bool(talk) or Promise.objects.filter(kept_by_contact_id=contact.pk).exists()


def _keep(*, actor: Actor, now: datetime, contact: "Contact") -> list[UUID]:
    promise = selectors.being_kept_by(contact.pk)
    if promise is None:
        return []
    record_attempt(
        actor=actor,
        now=now,
        promise_id=promise.pk,
        outcome=AttemptOutcome.REACHED,
        contact_id=contact.pk,
    )
    return [promise.pk]


def _case(*, actor: Actor, now: datetime, contact: "Contact", number: str, reached: bool) -> _Case:
    person_id = contact.person_id
    if person_id is None:
        wish = Wish(may_ring=_may_ring(contact.may_ring, MayRing.NOT_STATED))
        return _Case(actor, now, contact, reached, frozenset(), None, number, wish, admitted=False)
    root = people.root_of(person_id)
    person = people.person(root)
    wish = people.card(person).wish
    wish = replace(wish, may_ring=_may_ring(contact.may_ring, wish.may_ring))
    return _Case(
        actor,
        now,
        contact,
        reached,
        frozenset(people.group(root)),
        person_id,
        number,
        wish,
        admitted=person.admitted_on is not None,
    )


def _may_ring(said_now: str, known: MayRing) -> MayRing:
    """Return what holds: a no said at any time, else what was said now, else what is known."""
    if MayRing.NO in (said_now, known):
        return MayRing.NO
    return MayRing(said_now) if said_now and said_now != NOT_STATED else known


def _keep_callbacks(case: _Case) -> list[UUID]:
    """A person who has talked with us after we promised to ring has been rung back."""
    if not case.talked:
        return []
    kept = []
    for promise in selectors.open_of_persons(case.person_ids, PromiseKind.CALLBACK):
        if promise.made_at < case.contact.started_at:
            record_attempt(
                actor=case.actor,
                now=case.now,
                promise_id=promise.pk,
                outcome=AttemptOutcome.REACHED,
                contact_id=case.contact.pk,
            )
            kept.append(promise.pk)
    return kept


def _plan_follow_up(case: _Case) -> tuple[Promise | None, list[UUID], NoFollowUp | None]:
    running = selectors.open_of_persons(case.person_ids, PromiseKind.PLAN_FOLLOW_UP)
    if running:
        moved = [promise.pk for promise in running if _move_on(case, promise)]
        return None, moved, None
    reason = _why_not(case)
    if reason is not None:
        return None, [], reason
    rule, level_rule = _rules(case, PromiseKind.PLAN_FOLLOW_UP)
    window = followup.window(case.at, rule=rule, wish=case.wish, level_rule=level_rule)
    return _create(case, rule, window, anchor=case.at), [], None


def _why_not(case: _Case) -> NoFollowUp | None:
    if case.outgoing and not case.reached:
        return NoFollowUp.NOT_REACHED
    if selectors.ever_promised(PromiseKind.PLAN_FOLLOW_UP, contact_id=case.contact.pk):
        return NoFollowUp.ALREADY_FOLLOWED_UP
    if case.outgoing and case.contact.outgoing_kind != OutgoingKind.CALLBACK and not case.crisis:
        return NoFollowUp.ALREADY_FOLLOWED_UP
    if not case.talked and not case.plan_made:
        return NoFollowUp.NOT_WITH_THE_PERSON
    if case.contact.level == Level.NOT_CRISIS and not case.plan_made:
        return NoFollowUp.NOT_A_CRISIS
    if case.person_id is None and not case.number:
        return NoFollowUp.NO_WAY_TO_REACH
    return None


def _move_on(case: _Case, promise: Promise) -> bool:
    """Count a running plan follow-up anew from this contact. It rests unmoved while the person is
    admitted.
    """
    if not case.talked or case.at <= promise.anchor_at or promise.state == PromiseState.ON_HOLD:
        return False
    rule, level_rule = _rules(case, PromiseKind.PLAN_FOLLOW_UP, running=promise)
    window = followup.moved_by_contact(
        reading.window(promise), contact_at=case.at, rule=rule, wish=case.wish, level_rule=level_rule
    )
    contact_id = case.contact.pk if case.crisis else promise.contact_id
    return rows.claim_window(
        promise,
        window,
        actor=case.actor,
        now=case.now,
        cause=MoveCause.IN_TOUCH,
        anchor_at=case.at,
        contact_id=contact_id,
    )


def _wellbeing(case: _Case) -> Promise | None:
    """Promise a measurement once, counted from the first contact that we know of."""
    kind = PromiseKind.WELLBEING
    reachable = case.person_id is not None or case.number
    if not case.talked or not reachable or (case.outgoing and case.contact.outgoing_kind == kind.value):
        return None
    if selectors.ever_promised(kind, person_ids=case.person_ids, contact_id=case.contact.pk):
        return None
    first = _first_contact_at(case)
    if first is None:
        return None
    rule, _ = _rules(case, kind)
    window = followup.window(first, rule=rule, wish=case.wish)
    return _create(case, rule, window, anchor=first) if case.now < window.closes else None


def _first_contact_at(case: _Case) -> datetime | None:
    """Return when the first contact ended; None for an unknown caller who has been in touch before."""
    if case.person_id is None:
        return None if case.contact.first_time == "repeat" else case.at
    known = [row.ended_at or row.started_at for row in contacts.of_persons(case.person_ids)]
    return min([*known, case.at])


def _rules(
    case: _Case, kind: PromiseKind, *, running: Promise | None = None
) -> tuple[FollowUpRule, LevelRule]:
    """Return the rule of the kind and what the level brings: that of this contact, or of the crisis followed
    up.
    """
    service_id, day = case.contact.service_id, day_of(case.at)
    level = case.contact.level
    if running is not None and not case.crisis and running.contact_id is not None:
        level = contacts.contact(running.contact_id).level
    found = consequences(
        Level(level) if level else None, rules=tenancy_rules.level_rules(service_id, day=day)
    )
    return tenancy_rules.follow_up_rule(service_id, kind, day=day), found


def _create(case: _Case, rule: FollowUpRule, window: Window, *, anchor: datetime) -> Promise:
    promise = create(
        actor=case.actor,
        now=case.now,
        service=tenancy.service(case.contact.service_id),
        kind=rule.kind,
        window=window,
        wish=case.wish,
        anchor_at=anchor,
        max_attempts=rule.max_attempts,
        spacing=timedelta(hours=rule.spacing_hours),
        state=_first_state(case),
        number=case.number,
        person_id=case.person_id,
        contact_id=case.contact.pk,
        hold_since=case.now if case.admitted else None,
    )
    if case.admitted:
        rows.tell(Verb.PROMISE_HELD, promise, actor=case.actor, now=case.now)
    return promise


def _first_state(case: _Case) -> PromiseState:
    if case.admitted:
        return PromiseState.ON_HOLD
    cannot_ring = case.wish.medium is Medium.PHONE and case.wish.may_ring is MayRing.NO
    return PromiseState.NEEDS_DECISION if cannot_ring else PromiseState.PROMISED
