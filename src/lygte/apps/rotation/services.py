"""Keys that turn while the service runs. Every step may be repeated: what is done is seen in the rows."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import Refused
from lygte.apps.core.scope import current_municipality_id, municipality_scope
from lygte.apps.crypto import keyring, turning
from lygte.apps.people import services as people
from lygte.apps.queue import indexing as queue
from lygte.apps.rotation import resealing
from lygte.domain.access import system
from lygte.domain.events import Verb

SETTLED = timedelta(minutes=10)  # longer than any request that began with the old key
Progress = Callable[[int, int], object]  # rows done, rows in all
Sleep = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class State:
    """How far the keys of a municipality are."""

    running_since: datetime
    replaced: int
    index_is_changing: bool
    sealed_with_replaced: int


def state(municipality_id: UUID) -> State:
    """Return how far a municipality is."""
    with municipality_scope(municipality_id):
        replaced = turning.replaced_keys()
        return State(
            turning.running_since(),
            len(replaced),
            turning.index_is_changing(),
            resealing.still_sealed(replaced) if replaced else 0,
        )


def rotate(
    municipality_id: UUID,
    *,
    now: datetime,
    progress: Progress = lambda done, of: None,
    sleep: Sleep = time.sleep,
) -> int:
    """Give a municipality new keys and seal everything with them; return how many fields were sealed anew.

    Goes on with a change that was cut off. Everything can be read and everybody found throughout: fields
    name their key, and people are listed under both index keys before the new one takes over.
    """
    _begin(municipality_id, now=now)
    pause = keyring.FRESH + 5  # every process knows the new keys by then
    sleep(pause)
    tell = _Tell(municipality_id, progress)
    _list_everybody(municipality_id, tell)
    _take_over(municipality_id, now=now)
    _list_calls(municipality_id)
    changed = resealing.reseal(municipality_id, step=tell.step)
    sleep(pause)
    _list_calls(municipality_id)
    while again := resealing.reseal(municipality_id):
        changed += again
    return changed


def _begin(municipality_id: UUID, *, now: datetime) -> None:
    with municipality_scope(municipality_id), transaction.atomic():
        if turning.begin(now):
            _note(Verb.KEY_ROTATED, now, step="begun")


def _take_over(municipality_id: UUID, *, now: datetime) -> None:
    with municipality_scope(municipality_id), transaction.atomic():
        if turning.let_index_take_over(now):
            _note(Verb.KEY_ROTATED, now, step="index")


def _list_everybody(municipality_id: UUID, tell: "_Tell") -> None:
    last: UUID | None = None
    while True:
        with municipality_scope(municipality_id), transaction.atomic():
            found = people.index_again(last, most=resealing.BATCH)
        if not found:
            return
        last = found[-1]
        tell.step(len(found))


def _list_calls(municipality_id: UUID) -> None:
    last: UUID | None = None
    while True:
        with municipality_scope(municipality_id), transaction.atomic():
            found = queue.index_again(last, most=resealing.BATCH)
        if not found:
            return
        last = found[-1]


class _Tell:
    def __init__(self, municipality_id: UUID, progress: Progress) -> None:
        self.progress = progress
        self.done = 0
        with municipality_scope(municipality_id):
            self.rows = resealing.rows_in_all() + people.count_all()

    def step(self, rows: int) -> None:
        self.done = min(self.done + rows, self.rows)
        self.progress(self.done, self.rows)


def retire(municipality_id: UUID, *, now: datetime, settled: timedelta = SETTLED) -> int:
    """Destroy the keys that have been replaced; return how many.

    Raises `Refused`: "not_settled" when one was replaced a moment ago, "still_sealed" when a field needs one,
    "index_changing" when the change of the index is not through.
    """
    with municipality_scope(municipality_id):
        if turning.index_is_changing():
            raise Refused("index_changing")
        if turning.replaced_after(now - settled):
            raise Refused("not_settled")
        gone = turning.replaced_keys()
        if not gone:
            return 0
        if resealing.still_sealed(gone):
            raise Refused("still_sealed")
        with transaction.atomic():
            turning.destroy(gone)
            _note(Verb.KEY_DESTROYED, now, keys=len(gone))
    _list_everybody(municipality_id, _Tell(municipality_id, lambda done, of: None))
    return len(gone)


def wrap_for(municipality_id: UUID, new: bytes, *, now: datetime) -> int:
    """Wrap the keys of a municipality under the coming master key too; return how many."""
    with municipality_scope(municipality_id), transaction.atomic():
        wrapped = turning.wrap_for(new)
        _note(Verb.KEY_REWRAPPED, now, step="begun", keys=wrapped)
        return wrapped


def finish_wrapping(municipality_id: UUID, *, now: datetime) -> int:
    """Leave the old master key behind in a municipality; return how many keys."""
    with municipality_scope(municipality_id), transaction.atomic():
        finished = turning.finish_wrapping()
        _note(Verb.KEY_REWRAPPED, now, step="ended", keys=finished)
        return finished


def _note(verb: Verb, now: datetime, **detail: object) -> None:
    audit.record(verb, actor=system(current_municipality_id()), now=now, detail=detail)
