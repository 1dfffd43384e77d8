"""Facts become rows, in bulk. Identity fields are encrypted and indexed as everywhere else."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model

from lygte.apps.audit import services as audit
from lygte.apps.audit.models import AuditEvent
from lygte.apps.contacts.models import ChildNotification, Contact, ContactNote, LevelChange
from lygte.apps.insight.synth import words
from lygte.apps.insight.synth.facts import CallFact, ContactFact, PersonFact, PromiseFact, ServiceFacts
from lygte.apps.people.models import Consent, IdentityIndex, IdentityLink, Person, ServiceTie
from lygte.apps.people.selectors.finding import blinded, phone_digest
from lygte.apps.people.services.identity import values_of
from lygte.apps.plans.models import Plan, PlanText, PlanVersion
from lygte.apps.promises.models import Attempt, Move, Promise
from lygte.apps.queue.models import Call, TelephonyEndpoint
from lygte.apps.tenancy.models import Service
from lygte.domain.access import ActorKind
from lygte.domain.events import Verb
from lygte.domain.ids import CprKind
from lygte.domain.vocab import (
    AttemptOutcome,
    ConsentPurpose,
    IdentityLevel,
    NotificationChoice,
    PlanState,
    PlanVersionState,
    PromiseState,
)

BATCH = 400
NUMBERS_KEPT = timedelta(days=14)
TO_WRITE_A_PLAN = timedelta(minutes=6)
LEVEL_OF = {
    "cpr": IdentityLevel.IDENTIFIED,
    "alias": IdentityLevel.ALIAS,
    "thread": IdentityLevel.THREAD,
}
SAME_NAME = (
    "id", "direction", "outgoing_kind", "channel", "state", "started_at", "received_at", "ended_at",
    "closed_at", "minutes", "owner_id", "follows_id", "caller", "about", "level", "felt_acute", "causes",
    "children", "under_18", "sex", "first_time", "cpr_answer", "conversation_held", "plan_state", "outcome",
    "measures", "may_ring", "stay_from", "stay_until", "stay_left_at", "nights", "counted_as",
    "counted_first_time",
)  # fmt: skip


def write(facts: ServiceFacts, service: Service, endpoint: TelephonyEndpoint, now: datetime) -> Iterator[int]:
    """Write everything that was drawn for a service; yields how many rows were written each time."""
    for rows in (
        [_person(one) for one in facts.persons],
        [ServiceTie(person_id=one.id, service=service, since=one.created_at) for one in facts.persons],
        list(_consents(facts.persons)),
        list(_index(facts.persons)),
        [_contact(one, service) for one in facts.contacts],
        list(_links(facts)),
        list(_notes(facts.contacts)),
        list(_levels(facts.contacts)),
        list(_notifications(facts.contacts, service)),
        [_call(one, service, endpoint, now) for one in facts.calls],
        [_promise(one, service) for one in facts.promises],
        list(_attempts(facts.promises)),
        list(_moves(facts.promises)),
    ):
        yield from _save(rows)
    events = list(_events(facts, service))
    audit.sign(events)
    yield from _save(events)
    yield from _plans(facts.contacts, service)


def _save(rows: list[Any]) -> Iterator[int]:
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        model: type[Model] = type(batch[0])
        model._default_manager.bulk_create(batch, batch_size=BATCH)
        yield len(batch)


def _person(one: PersonFact) -> Person:
    return Person(
        id=one.id,
        level=LEVEL_OF[one.known_as],
        return_words=one.words,
        alias=one.alias,
        name=one.name,
        cpr=one.cpr,
        cpr_kind=CprKind.INVENTED if one.cpr else "",
        birth_year=one.birth_year,
        phone=one.phone,
        sex=one.sex,
        is_protected=one.is_protected,
        may_ring=one.may_ring,
        band=one.band,
        do_not_remind=one.do_not_remind,
        created_at=one.created_at,
        created_by_id=one.created_by,
    )


def _consents(persons: Iterable[PersonFact]) -> Iterator[Consent]:
    for one in persons:
        if one.phone:
            purpose = ConsentPurpose.KEEP_PHONE
            yield Consent(
                person_id=one.id, purpose=purpose, given=True, at=one.created_at, by_id=one.created_by
            )


def _index(persons: Iterable[PersonFact]) -> Iterator[IdentityIndex]:
    for one in persons:
        for kind, digests in blinded(values_of(_person(one))).items():
            for digest in dict.fromkeys(digests):
                yield IdentityIndex(person_id=one.id, kind=kind, digest=digest)


def _contact(one: ContactFact, service: Service) -> Contact:
    row = Contact(service=service, **{name: getattr(one, name) for name in SAME_NAME})
    row.person_id = one.person.id if one.person else None
    row.created_by_id, row.closed_by_id, row.counted_at = one.owner_id, one.owner_id, one.closed_at
    return row


def _links(facts: ServiceFacts) -> Iterator[IdentityLink]:
    for one in facts.contacts:
        if one.person:
            at, by = one.received_at or one.started_at, one.owner_id
            yield IdentityLink(contact_id=one.id, person_id=one.person.id, linked_at=at, linked_by_id=by)
    for thread, person, at in facts.thread_links:
        by = thread.contacts[-1].owner_id
        yield IdentityLink(
            thread_id=thread.id, person_id=person.id, reason=words.LINK_REASON, linked_at=at, linked_by_id=by
        )


def _notes(contacts: Iterable[ContactFact]) -> Iterator[ContactNote]:
    for one in contacts:
        for field, text in one.notes.items():
            at = one.closed_at or one.started_at
            yield ContactNote(
                contact_id=one.id, field=field, text=text, saved_at=at, saved_by_id=one.owner_id
            )


def _levels(contacts: Iterable[ContactFact]) -> Iterator[LevelChange]:
    for one in contacts:
        if not one.level:
            continue
        at = one.received_at or one.started_at
        steps = [level for level in (one.level_before, one.level) if level]
        for n, level in enumerate(steps):
            yield LevelChange(
                contact_id=one.id,
                previous=steps[n - 1] if n else "",
                level=level,
                at=at + timedelta(seconds=90 + 240 * n),
                by_id=one.owner_id,
            )


def _notifications(contacts: Iterable[ContactFact], service: Service) -> Iterator[ChildNotification]:
    for one in contacts:
        made = one.notification
        if made is not None:
            yield ChildNotification(
                contact_id=one.id,
                service=service,
                choice=NotificationChoice(made.choice),
                reason=made.reason,
                decided_at=made.decided_at,
                decided_by_id=one.owner_id,
                sent_on=made.sent_on,
                sent_to=made.sent_to,
                receipt_due=made.receipt_due,
                receipt_on=made.receipt_on,
                outcome=made.outcome,
            )


def _call(one: CallFact, service: Service, endpoint: TelephonyEndpoint, now: datetime) -> Call:
    number = one.number if one.rang_at > now - NUMBERS_KEPT else ""
    return Call(
        id=one.id,
        service=service,
        endpoint=endpoint,
        external_id=one.external_id,
        number=number,
        number_index=phone_digest(number) if number else None,
        state=one.state,
        handling=one.handling,
        rang_at=one.rang_at,
        answered_at=one.answered_at,
        voicemail_at=one.voicemail_at,
        ended_at=one.ended_at,
        taken_by_id=one.taken_by,
        contact_id=one.contact_id,
        let_go_reason=one.let_go_reason,
    )


def _promise(one: PromiseFact, service: Service) -> Promise:
    waits = one.state == PromiseState.PROMISED
    spaced = timedelta(minutes=one.spacing_minutes)
    return Promise(
        id=one.id,
        service=service,
        kind=one.kind,
        state=one.state,
        person_id=one.person.id if one.person else None,
        contact_id=one.contact_id,
        call_id=one.call_id,
        made_at=one.made_at,
        made_by_id=one.made_by,
        owner_id=one.owner,
        anchor_at=one.anchor_at,
        opens=one.opens,
        due=one.due,
        closes=one.closes,
        number=one.number,
        note=one.note,
        may_ring=one.may_ring,
        band=one.band,
        do_not_remind=one.do_not_remind,
        max_attempts=one.max_attempts,
        spacing_minutes=one.spacing_minutes,
        attempts_made=len(one.attempts),
        next_attempt_at=(one.attempts[-1].at + spaced if one.attempts else one.opens) if waits else None,
        closed_at=one.closed_at,
        kept_by_contact_id=one.kept_by,
        decision=one.decision,
        decision_reason=one.decision_reason,
        decided_by_id=one.decided_by,
    )


def _attempts(promises: Iterable[PromiseFact]) -> Iterator[Attempt]:
    for one in promises:
        for attempt in one.attempts:
            yield Attempt(
                promise_id=one.id,
                at=attempt.at,
                by_id=attempt.by,
                outcome=AttemptOutcome(attempt.outcome),
                contact_id=attempt.contact_id,
            )


def _moves(promises: Iterable[PromiseFact]) -> Iterator[Move]:
    for one in promises:
        for move in one.moves:
            yield Move(
                promise_id=one.id,
                at=move.at,
                by_id=move.by,
                cause="in_touch",
                due_before=move.due_before,
                due_after=move.due_after,
            )


def _plans(contacts: Iterable[ContactFact], service: Service) -> Iterator[int]:
    """Write plans round by round: a version is a draft until its texts are in place."""
    plans: dict[UUID, Plan] = {}
    rounds: dict[int, list[PlanVersion]] = {}
    number: dict[UUID, int] = {}
    for one in contacts:
        if one.plan_state == PlanState.WRITTEN and one.person is not None and one.closed_at is not None:
            person_id = one.person.id
            made = Plan(person_id=person_id, service=service, created_at=one.closed_at)
            plan = plans.setdefault(person_id, made)
            number[person_id] = number.get(person_id, 0) + 1
            version = _version(one, plan, number[person_id])
            rounds.setdefault(version.number, []).append(version)
    yield from _save(list(plans.values()))
    for _, versions in sorted(rounds.items()):
        yield from _save(versions)
        yield from _save([text for version in versions for text in _texts(version)])
        for version in versions:
            version.state = PlanVersionState.FINISHED
            version.finished_at = version.started_at + TO_WRITE_A_PLAN
            version.finished_by_id = version.started_by_id
        PlanVersion.objects.bulk_update(versions, ["state", "finished_at", "finished_by"], batch_size=BATCH)


def _version(one: ContactFact, plan: Plan, number: int) -> PlanVersion:
    return PlanVersion(
        plan=plan,
        number=number,
        state=PlanVersionState.DRAFT,
        contact_id=one.id,
        started_at=one.closed_at or one.started_at,
        started_by_id=one.owner_id,
    )


def _texts(version: PlanVersion) -> Iterator[PlanText]:
    written = words.PLAN_EARLIER if version.number == 1 else words.PLAN
    for section, text in written.items():
        yield PlanText(
            version=version,
            section=section,
            text=text,
            saved_at=version.started_at,
            saved_by_id=version.started_by_id,
        )


def _events(facts: ServiceFacts, service: Service) -> Iterator[AuditEvent]:
    for person in facts.persons:
        yield _event(
            Verb.PERSON_CREATED, person.created_at, service, person.created_by, "people.person", person.id
        )
    for one in facts.contacts:
        person_id = one.person.id if one.person else None
        if one.closed_at is not None:
            at, by = one.closed_at, one.owner_id
            yield _event(Verb.CONTACT_CLOSED, at, service, by, "contacts.contact", one.id, person_id)


def _event(
    verb: Verb,
    at: datetime,
    service: Service,
    by: UUID | None,
    subject: str,
    subject_id: UUID,
    person_id: UUID | None = None,
) -> AuditEvent:
    return AuditEvent(
        at=at,
        verb=verb,
        actor_kind=ActorKind.USER if by else ActorKind.SYSTEM,
        actor_id=by,
        service_id=service.pk,
        subject=subject,
        subject_id=subject_id,
        person_id=person_id or (subject_id if subject == "people.person" else None),
    )
