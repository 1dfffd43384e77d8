from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from lygte.apps.accounts import selectors as accounts
from lygte.apps.contacts import selectors as contacts
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.people import selectors as people
from lygte.apps.promises import reading, selectors
from lygte.apps.promises.codes import MoveCause
from lygte.apps.promises.models import Promise
from lygte.apps.promises.services import rows
from lygte.apps.promises.services.closing import contact_closed
from lygte.apps.promises.services.keeping import NO_ATTEMPT
from lygte.apps.promises.services.making import callback_length, wish_fields
from lygte.apps.tenancy import rules as tenancy_rules
from lygte.domain import followup
from lygte.domain import promises as rules
from lygte.domain.access import AccessDenied, Action, Actor, ActorKind, require
from lygte.domain.events import Verb
from lygte.domain.followup import Window, Wish
from lygte.domain.time import day_of
from lygte.domain.transitions import PROMISE
from lygte.domain.triage import LevelRule, consequences
from lygte.domain.vocab import Decision, Level, MayRing, PromiseEvent, PromiseKind, PromiseState

if TYPE_CHECKING:
    from lygte.apps.contacts.models import Contact

SHORTEST_CALLBACK = timedelta(minutes=15)
STILL_FRESH = timedelta(days=3)
FOLLOW_UPS = (PromiseKind.PLAN_FOLLOW_UP, PromiseKind.WELLBEING)


@transaction.atomic
def decide(
    *,
    actor: Actor,
    now: datetime,
    promise_id: UUID,
    decision: Decision,
    reason: str,
    new_due: datetime | None = None,
) -> Promise:
    """End a promise by name and with a reason, or give it a new round of attempts from `new_due`.

    Only a user can decide; the system cannot. Raises InvalidField for a missing reason or moment,
    TransitionRefused when the promise has ended, and Refused when somebody is at it or was faster.
    """
    if actor.kind is not ActorKind.USER:
        raise AccessDenied(Action.PROMISE_DECIDE)
    promise = rows.fetch(promise_id, actor=actor, action=Action.PROMISE_DECIDE)
    if not reason.strip():
        raise InvalidField("reason", "missing")
    state = rules.after_decision(PromiseState(promise.state), decision=decision)
    rows.refuse_while_attempted(promise)
    if decision is Decision.EXTEND:
        _extend(promise, actor=actor, now=now, new_due=new_due)
    else:
        rows.claim(promise, **_ended(state, decision, actor=actor, now=now))
    promise.decision_reason = reason.strip()
    promise.save(update_fields=["decision_reason"])
    rows.tell(Verb.PROMISE_DECIDED, promise, actor=actor, now=now, detail={"decision": decision.value})
    return promise


@transaction.atomic
def take_ownership(*, actor: Actor, now: datetime, promise_id: UUID, user_id: UUID | None) -> Promise:
    """Put a promise on somebody's name; None puts it back to everybody."""
    promise = rows.fetch(promise_id, actor=actor, action=Action.PROMISE_KEEP)
    if reading.is_closed(promise):
        raise Refused("promise_closed")
    if user_id is not None:
        able = accounts.colleagues(promise.service_id, today=day_of(now))
        if not able.filter(pk=user_id).exists():
            raise InvalidField("owner", "unknown")
    rows.claim(promise, owner_id=user_id)
    rows.tell(Verb.PROMISE_OWNED, promise, actor=actor, now=now, detail={"owned": user_id is not None})
    return promise


@transaction.atomic
def move(
    *,
    actor: Actor,
    now: datetime,
    promise_id: UUID,
    opens: datetime,
    due: datetime,
    closes: datetime,
    cause: MoveCause = MoveCause.BY_HAND,
) -> Promise:
    """Move a promise to another window; both due moments are kept."""
    promise = rows.fetch(promise_id, actor=actor, action=Action.PROMISE_KEEP)
    if reading.is_closed(promise):
        raise Refused("promise_closed")
    if closes <= now:
        raise InvalidField("closes", "past")
    rows.claim_window(promise, Window(opens=opens, due=due, closes=closes), actor=actor, now=now, cause=cause)
    return promise


@transaction.atomic
def forget_number(*, actor: Actor, now: datetime, person_id: UUID) -> list[Promise]:
    """Remove the number written on the promises to a person who no longer lets us keep it.

    Those that are open stay open, and somebody finds another way.
    """
    written = Promise.objects.filter(person_id__in=people.group(person_id), number__isnull=False)
    promises = list(written)
    written.update(number=None)
    for promise in promises:
        rows.tell(Verb.PROMISE_NUMBER_REMOVED, promise, actor=actor, now=now)
    return promises


@transaction.atomic
def hold_for(*, actor: Actor, now: datetime, person_id: UUID) -> list[Promise]:
    """Let the follow-ups of a person rest while the person is admitted."""
    held = []
    for promise in _follow_ups(person_id, actor=actor):
        if promise.state == PromiseState.ON_HOLD:
            continue
        state = PROMISE.after(PromiseState(promise.state), PromiseEvent.HOLD)
        rows.claim(promise, state=state, hold_since=now, next_attempt_at=None, **NO_ATTEMPT)
        rows.tell(Verb.PROMISE_HELD, promise, actor=actor, now=now)
        held.append(promise)
    return held


@transaction.atomic
def resume_for(*, actor: Actor, now: datetime, person_id: UUID, discharged_at: datetime) -> list[Promise]:
    """Take the follow-ups of a person up again, counted anew from the discharge and with all attempts."""
    resumed = []
    for promise in _follow_ups(person_id, actor=actor):
        if promise.state != PromiseState.ON_HOLD:
            continue
        state = PROMISE.after(PromiseState(promise.state), PromiseEvent.RESUME)
        rule, level_rule = _rules(promise)
        window = followup.resumed(discharged_at, rule=rule, wish=reading.wish(promise), level_rule=level_rule)
        rows.claim_window(
            promise,
            window,
            actor=actor,
            now=now,
            cause=MoveCause.DISCHARGED,
            state=state,
            hold_since=None,
            extended_at=now,
            anchor_at=discharged_at,
        )
        rows.tell(Verb.PROMISE_RESUMED, promise, actor=actor, now=now)
        resumed.append(promise)
    return resumed


@transaction.atomic
def wishes_changed(*, actor: Actor, now: datetime, person_id: UUID) -> list[Promise]:
    """Take what the person now wishes over to the open promises. Their days stay; the way of reaching
    changes.
    """
    wish = people.card(people.person(people.root_of(person_id))).wish
    changed = []
    for promise in _open(person_id, *PromiseKind, actor=actor):
        fields = _wished(promise, wish)
        if any(getattr(promise, name) != value for name, value in fields.items()):
            rows.claim(promise, **fields)
            rows.tell(Verb.PROMISE_MOVED, promise, actor=actor, now=now, detail={"cause": "wish"})
            changed.append(promise)
    return changed


def _wished(promise: Promise, wish: Wish) -> dict[str, Any]:
    """Return what a wish changes. What was not said leaves what was said; a callback stays a callback."""
    fields = wish_fields(wish)
    if wish.may_ring is MayRing.NOT_STATED:
        del fields["may_ring"]
    if promise.kind == PromiseKind.CALLBACK:
        return {name: value for name, value in fields.items() if name in ("may_ring", "do_not_remind")}
    return fields


@transaction.atomic
def contact_linked(*, actor: Actor, now: datetime, contact: "Contact") -> list[Promise]:
    """Let the promises of a contact follow it to the person that it now belongs to, or to nobody.

    One that was closed a short while ago gets the follow-ups that it could not get while nobody was known.
    """
    followed = []
    for promise in selectors.of_contact(contact.pk):
        if promise.person_id == contact.person_id:
            continue
        Promise.objects.filter(pk=promise.pk).update(person_id=contact.person_id)
        promise.person_id = contact.person_id
        rows.tell(Verb.PROMISE_MOVED, promise, actor=actor, now=now, detail={"cause": "linked"})
        followed.append(promise)
    if contact.person_id and contact.closed_at and now - contact.closed_at < STILL_FRESH:
        contact_closed(actor=actor, now=now, contact=contact)
    return followed


@transaction.atomic
def level_changed(
    *, actor: Actor, now: datetime, contact: "Contact", previous: Level | None, level: Level | None
) -> list[Promise]:
    """Move the deadlines of the promises of a contact to those of its new level.

    A callback moves only when its time came from the level; an hour that was agreed with the person stands.
    """
    require(
        actor,
        Action.PROMISE_KEEP,
        municipality_id=actor.municipality_id,
        service_id=contact.service_id,
    )
    moved = []
    for promise in selectors.of_contact(contact.pk):
        if reading.is_closed(promise) or promise.state == PromiseState.ON_HOLD:
            continue
        window = _at_level(promise, previous=previous, level=level, now=now)
        if (
            window
            and (window.due < promise.due or not _agreed(promise))
            and rows.claim_window(promise, window, actor=actor, now=now, cause=MoveCause.LEVEL)
        ):
            moved.append(promise)
    return moved


def _ended(state: PromiseState, decision: Decision, *, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "state": state,
        "closed_at": now,
        "decision": decision,
        "decided_by_id": actor.id,
        "hold_since": None,
        "next_attempt_at": None,
    }


def _extend(promise: Promise, *, actor: Actor, now: datetime, new_due: datetime | None) -> None:
    if reading.may_not_be_rung(promise):
        raise Refused("may_not_ring")
    if new_due is None or new_due < now:
        raise InvalidField("new_due", "missing" if new_due is None else "past")
    if promise.kind == PromiseKind.CALLBACK:
        length = max(promise.closes - promise.opens, SHORTEST_CALLBACK)
        window = Window(opens=new_due, due=new_due + length, closes=new_due + length)
    else:
        window = Window(opens=new_due, due=new_due, closes=new_due + (promise.closes - promise.due))
    rows.claim_window(
        promise,
        window,
        actor=actor,
        now=now,
        cause=MoveCause.EXTENDED,
        state=PromiseState.PROMISED,
        extended_at=now,
        decision=Decision.EXTEND,
        decided_by_id=actor.id,
    )


def _open(person_id: UUID, *kinds: PromiseKind, actor: Actor) -> list[Promise]:
    """Return the open promises to a person in every service: what is true of the person is true in all of
    them.
    """
    require(actor, Action.PROMISE_KEEP, municipality_id=actor.municipality_id)
    return selectors.open_of_persons(people.group(people.root_of(person_id)), *kinds)


def _follow_ups(person_id: UUID, *, actor: Actor) -> list[Promise]:
    return _open(person_id, *FOLLOW_UPS, actor=actor)


def _rules(promise: Promise) -> tuple[followup.FollowUpRule, LevelRule]:
    """Return the rule of a follow-up on the day it was made, and what the level of its contact brings."""
    day = day_of(promise.made_at)
    level = contacts.contact(promise.contact_id).level if promise.contact_id else ""
    found = consequences(
        Level(level) if level else None,
        rules=tenancy_rules.level_rules(promise.service_id, day=day),
    )
    kind = PromiseKind(promise.kind)
    return tenancy_rules.follow_up_rule(promise.service_id, kind, day=day), found


def _at_level(
    promise: Promise, *, previous: Level | None, level: Level | None, now: datetime
) -> Window | None:
    if promise.kind == PromiseKind.CALLBACK:
        return _callback_at_level(promise, previous=previous, level=level)
    if promise.kind == PromiseKind.WELLBEING:
        return None
    rule, _ = _rules(promise)
    rules_now = tenancy_rules.level_rules(promise.service_id, day=day_of(now))
    return followup.window(
        promise.anchor_at,
        rule=rule,
        wish=reading.wish(promise),
        level_rule=consequences(level, rules=rules_now),
    )


def _agreed(promise: Promise) -> bool:
    """Tell whether a person has set the window by hand; a level may then only bring it forward."""
    return any(row.cause in (MoveCause.BY_HAND, MoveCause.EXTENDED) for row in promise.moves.all())


def _callback_at_level(promise: Promise, *, previous: Level | None, level: Level | None) -> Window | None:
    if promise.extended_at is not None:
        return None
    before = callback_length(promise.service_id, previous, now=promise.made_at)
    if promise.closes - promise.opens != before:
        return None
    closes = promise.opens + callback_length(promise.service_id, level, now=promise.made_at)
    return Window(opens=promise.opens, due=closes, closes=closes)
