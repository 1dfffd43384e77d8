"""What every change of a promise shares: the right, the claim, the move and the event."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lygte.apps.accounts import selectors as accounts
from lygte.apps.audit import services as audit
from lygte.apps.core import services as core
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.promises import reading
from lygte.apps.promises.codes import MoveCause
from lygte.apps.promises.models import CLOSED, Move, Promise
from lygte.apps.tenancy import rules as tenancy
from lygte.domain import followup
from lygte.domain import promises as rules
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb
from lygte.domain.followup import Window
from lygte.domain.time import day_of
from lygte.domain.vocab import PromiseKind


def fetch(promise_id: UUID, *, actor: Actor, action: Action) -> Promise:
    """Return a promise that the actor may do something with."""
    promise: Promise = Promise.objects.get(pk=promise_id)
    require(actor, action, municipality_id=actor.municipality_id, service_id=promise.service_id)
    return promise


def claim(promise: Promise, **changes: Any) -> None:
    """Change a promise only if it still is as it was read. Raises Refused when somebody was faster."""
    as_read = Promise.objects.filter(
        pk=promise.pk,
        state=promise.state,
        attempts_made=promise.attempts_made,
        attempt_started_at=promise.attempt_started_at,
        due=promise.due,
        extended_at=promise.extended_at,
    )
    if as_read.exclude(state__in=CLOSED).update(**changes) != 1:
        raise Refused("promise_changed")
    for name, value in changes.items():
        setattr(promise, name, value)


def refuse_while_attempted(promise: Promise) -> None:
    """Raise Refused, with the name of who is at it, while the outcome of an attempt is not recorded."""
    if promise.attempt_started_at is not None:
        names = accounts.user_names([promise.attempt_by_id])
        raise Refused("being_attempted", by=next(iter(names.values()), ""))


def claim_window(
    promise: Promise, window: Window, *, actor: Actor, now: datetime, cause: MoveCause, **changes: Any
) -> bool:
    """Move a promise and keep where it was; tells whether anything moved."""
    if not window.opens <= window.due <= window.closes:
        raise InvalidField("due", "not_in_order")
    before, moves = promise.due, window != reading.window(promise)
    if not moves and not changes:
        return False
    claim(promise, opens=window.opens, due=window.due, closes=window.closes, **changes)
    promise.next_attempt_at = next_attempt(promise)
    promise.save(update_fields=["next_attempt_at"])
    if not moves:
        return False
    Move.objects.create(
        promise=promise, at=now, by_id=actor.id, cause=cause, due_before=before, due_after=window.due
    )
    tell(Verb.PROMISE_MOVED, promise, actor=actor, now=now, detail={"cause": cause.value})
    return True


def next_attempt(promise: Promise, *, last: datetime | None = None) -> datetime | None:
    """Return the earliest next attempt of a promise, or None when none is to be made.

    After the spacing and, for a follow-up, inside the ring hours. `last` is an attempt that is not written
    yet.
    """
    known = reading.facts(promise)
    earliest = rules.next_attempt_at(known)
    last = last or max((attempt.at for attempt in known.attempts), default=None)
    if earliest is None or last is None:
        return earliest
    spacing = timedelta(minutes=promise.spacing_minutes)
    if promise.kind == PromiseKind.CALLBACK:
        return max(promise.opens, last + spacing)
    rule = tenancy.follow_up_rule(promise.service_id, PromiseKind(promise.kind), day=day_of(promise.made_at))
    rule = replace(rule, spacing_hours=-(-promise.spacing_minutes // 60))
    return max(promise.opens, followup.spaced_attempt(last, rule=rule, wish=reading.wish(promise)))


def tell(
    verb: Verb, promise: Promise, *, actor: Actor, now: datetime, detail: Mapping[str, Any] | None = None
) -> None:
    """Write the event and let open boards know."""
    audit.record(verb, actor=actor, now=now, subject=promise, detail={"kind": promise.kind, **(detail or {})})
    core.bump(promise.service_id)
