"""A person is erased on request: prepared by one leader, decided by another. It cannot be undone."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.shredding import Subject
from lygte.apps.people import selectors as people
from lygte.apps.people.shredder import subject_of
from lygte.apps.privacy import selectors
from lygte.apps.privacy.models import ErasureRequest, LegalHold, Receipt
from lygte.apps.privacy.registry import SHREDDERS
from lygte.apps.privacy.services import receipts
from lygte.domain.access import Action, Actor, require
from lygte.domain.events import Verb
from lygte.domain.retention import Act

LONGEST_REASON = 300


@transaction.atomic
def ask(*, actor: Actor, now: datetime, person_id: UUID, service_id: UUID, reason: str) -> ErasureRequest:
    """Write down that a person asks to be erased. Raises `Refused` ("already_asked") and `InvalidField`."""
    root = people.root_of(people.person(person_id).pk)
    members = people.require_tie(actor, root, action=Action.PERSON_ERASE)
    require(actor, Action.PERSON_ERASE, municipality_id=actor.municipality_id, service_id=service_id)
    if ErasureRequest.objects.filter(person_id__in=members, decided_at__isnull=True).exists():
        raise Refused("already_asked")
    row = ErasureRequest(
        person_id=root, service_id=service_id, asked_at=now, asked_by_id=actor.id, reason=reason_of(reason)
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as problem:
        raise Refused("already_asked") from problem
    audit.record(Verb.ERASURE_ASKED, actor=actor, now=now, subject=row, person_id=root)
    return row


@transaction.atomic
def decide(*, actor: Actor, now: datetime, request_id: UUID, erase: bool, reason: str) -> Receipt | None:
    """Erase the person, or refuse with a reason because a duty to keep stands against it.

    Raises `Refused`: "own_request" (a second person decides), "already_decided", "on_hold", and
    "glass_waits" while a broken glass of the person has not been reviewed.
    """
    row = ErasureRequest.objects.select_for_update().get(pk=request_id)
    if row.decided_at is not None or row.person_id is None:
        raise Refused("already_decided")
    people.require_tie(actor, row.person_id, action=Action.PERSON_ERASE)
    if row.asked_by_id == actor.id:
        raise Refused("own_request")
    subject = subject_of(row.person_id)
    if erase:
        _refuse_while_needed(subject)
    row.outcome = ErasureRequest.Outcome.ERASED if erase else ErasureRequest.Outcome.REFUSED
    row.decided_at, row.decided_by_id, row.decision_reason = now, actor.id, reason_of(reason)
    row.save()
    verb = Verb.PERSON_ERASED if erase else Verb.ERASURE_REFUSED
    audit.record(verb, actor=actor, now=now, subject=row, person_id=row.person_id)
    if not erase:
        return None
    counts = erase_subject(subject, actor=actor, now=now)
    return receipts.write(
        actor=actor, now=now, act=Act.ERASE, counts=counts, ids=subject.person_ids, request_id=row.pk
    )


def _refuse_while_needed(subject: Subject) -> None:
    if LegalHold.objects.filter(person_id__in=subject.person_ids, lifted_at__isnull=True).exists():
        raise Refused("on_hold")
    if selectors.glass_waits(subject):
        raise Refused("glass_waits")


def erase_subject(subject: Subject, *, actor: Actor, now: datetime) -> Counter[str]:
    """Let every app let go of a person, in the running transaction; return how much of what."""
    counts: Counter[str] = Counter()
    for shredder in SHREDDERS:
        counts.update(shredder.erase(subject, actor, now))
    return counts


@transaction.atomic
def hold(*, actor: Actor, now: datetime, person_id: UUID, reason: str) -> LegalHold:
    """Let nothing on a person be let go of. Raises `Refused` ("already_held")."""
    root = people.root_of(people.person(person_id).pk)
    members = people.require_tie(actor, root, action=Action.PERSON_ERASE)
    if LegalHold.objects.filter(person_id__in=members, lifted_at__isnull=True).exists():
        raise Refused("already_held")
    row = LegalHold.objects.create(person_id=root, reason=reason_of(reason), set_at=now, set_by_id=actor.id)
    audit.record(Verb.HOLD_SET, actor=actor, now=now, subject=row, person_id=root)
    return row


@transaction.atomic
def lift(*, actor: Actor, now: datetime, person_id: UUID) -> None:
    """End the hold on a person. Raises `Refused` ("not_held")."""
    members = people.require_tie(actor, person_id, action=Action.PERSON_ERASE)
    row = LegalHold.objects.filter(person_id__in=members, lifted_at__isnull=True).first()
    if row is None:
        raise Refused("not_held")
    row.lifted_at, row.lifted_by_id = now, actor.id
    row.save(update_fields=["lifted_at", "lifted_by"])
    audit.record(Verb.HOLD_LIFTED, actor=actor, now=now, subject=row, person_id=row.person_id)


def reason_of(text: str) -> str:
    """Return a reason as typed, or raise `InvalidField` when it is empty or too long."""
    reason = " ".join(text.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidField("reason", "too_long" if reason else "empty")
    return reason
