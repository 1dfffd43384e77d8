"""What is past its term is let go of: chosen by the municipality, asked for by name, done in batches."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.scope import current_municipality_id
from lygte.apps.people.shredder import subject_of
from lygte.apps.privacy import selectors
from lygte.apps.privacy.models import RetentionChoice, RetentionRun
from lygte.apps.privacy.registry import TERMS
from lygte.apps.privacy.services import receipts
from lygte.apps.privacy.services.erasing import erase_subject, reason_of
from lygte.domain.access import Actor, system
from lygte.domain.events import Verb
from lygte.domain.retention import RULES, Act, Ground, allowed
from lygte.domain.time import day_of

BATCH = 200


@transaction.atomic
def choose(*, actor: Actor, now: datetime, ground: Ground, months: int, reason: str) -> RetentionChoice:
    """Let the municipality keep a ground for so many months from today. Raises `InvalidField`."""
    selectors.require_everywhere(actor)
    if RULES[ground].act is Act.KEEP or not allowed(ground, months):
        raise InvalidField("months", "out_of_range")
    row = RetentionChoice.objects.create(
        ground=ground,
        months=months,
        valid_from=day_of(now),
        reason=reason_of(reason),
        set_at=now,
        set_by_id=actor.id,
    )
    detail = {"what": "retention", "ground": ground.value, "months": months}
    audit.record(Verb.SETTINGS_CHANGED, actor=actor, now=now, subject=row, detail=detail)
    return row


@transaction.atomic
def start(*, actor: Actor, now: datetime) -> RetentionRun:
    """Ask for everything past its term to be let go of. Raises `Refused` ("already_running")."""
    selectors.require_everywhere(actor)
    try:
        with transaction.atomic():
            row = RetentionRun.objects.create(asked_at=now, asked_by_id=actor.id)
    except IntegrityError as problem:
        raise Refused("already_running") from problem
    audit.record(Verb.RETENTION_STARTED, actor=actor, now=now, subject=row)
    return row


def go_on(now: datetime, *, batch: int = BATCH) -> int:
    """Do one batch of a run that is under way in the running municipality; return how many rows it took.

    The batch, its receipt and the end of the run are one transaction: a process that is killed leaves nothing
    half done, and the next one finds what is left.
    """
    with transaction.atomic():
        run = RetentionRun.objects.select_for_update().filter(finished_at__isnull=True).first()
        if run is None:
            return 0
        for ground in TERMS_IN_ORDER:
            if taken := _batch(run, ground, now=now, batch=batch):
                return taken
        run.finished_at = now
        run.save(update_fields=["finished_at"])
        actor = system(current_municipality_id())
        audit.record(Verb.RETENTION_FINISHED, actor=actor, now=now, subject=run)
    return 0


# Whole persons first: what is theirs need not be taken piece by piece.
TERMS_IN_ORDER = (Ground.PERSON_RECORD, *TERMS)


def _batch(run: RetentionRun, ground: Ground, *, now: datetime, batch: int) -> int:
    # Counted back from when it was asked for, so that what was previewed is what goes.
    cutoff = selectors.cutoff_of(ground, now=run.asked_at)
    ids = list(selectors.due(ground, cutoff).values_list("pk", flat=True)[:batch])
    if not ids:
        return 0
    actor = system(current_municipality_id())
    counts = Counter({ground.value: len(ids)})
    if ground is Ground.PERSON_RECORD:
        for person_id in ids:
            counts.update(erase_subject(subject_of(person_id), actor=actor, now=now))
    else:
        TERMS[ground].act(ids)
    receipts.write(
        actor=_asker(run),
        now=now,
        act=RULES[ground].act,
        counts=counts,
        ids=ids,
        ground=ground.value,
        cutoff=cutoff,
        run_id=run.pk,
    )
    return len(ids)


def _asker(run: RetentionRun) -> Actor:
    """Return who asked for a run; the receipt carries their name."""
    asked_by: UUID | None = run.asked_by_id
    base = system(current_municipality_id())
    return Actor(base.kind, base.municipality_id, asked_by)
