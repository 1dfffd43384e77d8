from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from lygte.apps.accounts import selectors as accounts
from lygte.apps.audit import services as audit
from lygte.apps.contacts import selectors as contacts
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.saving import Conflict, FieldEdit, Ledger, SaveResult, Verdict, token
from lygte.apps.core.services import bump
from lygte.apps.people import selectors as people
from lygte.apps.plans import selectors
from lygte.apps.plans.models import Plan, PlanMark, PlanText, PlanVersion
from lygte.apps.plans.services.reading import admit
from lygte.domain.access import Action, Actor
from lygte.domain.events import Verb
from lygte.domain.transitions import PLAN_VERSION
from lygte.domain.vocab import PlanSection, PlanVersionEvent, PlanVersionState, ShareAudience

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

MARK = "share_"
LONGEST = 6000
BURST = timedelta(minutes=1)

Row = PlanText | PlanMark


@transaction.atomic
def start_version(
    *, actor: Actor, now: datetime, person_id: UUID, service: "Service", contact_id: UUID | None = None
) -> PlanVersion:
    """Return the running draft of the person's plan, or a new one copied from the newest version.

    With a contact the draft hangs on that contact. Raises `Refused("contact_of_another")` when the contact is
    not the person's.
    """
    admit(actor=actor, now=now, action=Action.PLAN_WRITE, person_id=person_id)
    if contact_id and contacts.contact(contact_id).person_id not in people.group(person_id):
        raise Refused("contact_of_another")
    plan = _plan(person_id=person_id, service=service, now=now)
    draft = plan.versions.filter(state=PlanVersionState.DRAFT).first()
    if draft is None:
        return _new_draft(plan, actor=actor, now=now, contact_id=contact_id)
    if contact_id and draft.contact_id != contact_id:
        plan.versions.filter(pk=draft.pk, state=PlanVersionState.DRAFT).update(contact_id=contact_id)
        draft.contact_id = contact_id
    return draft


def _plan(*, person_id: UUID, service: "Service", now: datetime) -> Plan:
    """Return the plan, locked, so that two who start at once share one draft."""
    plan = selectors.plan_of(person_id)
    if plan is None:
        plan, _made = Plan.objects.get_or_create(
            person_id=person_id, defaults={"service": service, "created_at": now}
        )
    return Plan.objects.select_for_update().get(pk=plan.pk)


def _new_draft(plan: Plan, *, actor: Actor, now: datetime, contact_id: UUID | None) -> PlanVersion:
    newest = plan.versions.order_by("-number").first()
    draft = PlanVersion.objects.create(
        plan=plan,
        number=newest.number + 1 if newest else 1,
        state=PlanVersionState.DRAFT,
        contact_id=contact_id,
        started_at=now,
        started_by_id=actor.id,
    )
    if newest is not None:
        for row in newest.texts.all():
            PlanText.objects.create(version=draft, section=row.section, text=row.text)
    _record(Verb.PLAN_STARTED, draft, actor=actor, now=now, detail={"number": draft.number})
    return draft


@transaction.atomic
def save_sections(
    *,
    actor: Actor,
    now: datetime,
    version_id: UUID,
    fields: Mapping[str, FieldEdit],
    saved_from: str = "",
    seq: int = 0,
) -> SaveResult:
    """Save sections of a draft (by section code) and who may be shown them (`share_` and the code).

    A field that somebody else changed meanwhile is not overwritten but returned as a conflict; what the same
    window (`saved_from`) wrote before is never one, and what arrives from it late or twice (`seq`, its
    running number) changes nothing. Raises `InvalidField`, or `Refused("plan_finished")`.
    """
    version = _locked_draft(version_id, actor=actor, now=now)
    texts = {row.section: row for row in version.texts.all()}
    marks = {row.section: row for row in version.plan.marks.all()}
    saving = _Saving(actor, _ledger(version, actor=actor, now=now, window=saved_from[:40], seq=seq))
    for name, edit in fields.items():
        section = _section(name)
        if name.startswith(MARK):
            mark = marks.get(section) or new_mark(version.plan, section, now=now)
            saving.write(mark, "audiences", name, FieldEdit(_audiences(name, edit.value), edit.base))
        else:
            text = texts.get(section) or PlanText(version=version, section=section, text="")
            saving.write(text, "text", name, FieldEdit(_words(name, edit.value), edit.base))
    saving.ledger.note_page()
    if saving.ledger.changed:
        version.ledger = saving.ledger.marks
        version.save(update_fields=["ledger"])
    if saving.begun:
        _record(Verb.PLAN_SAVED, version, actor=actor, now=now, detail={"fields": sorted(saving.begun)})
    return saving.result


def _ledger(version: PlanVersion, *, actor: Actor, now: datetime, window: str, seq: int) -> Ledger:
    by = str(actor.id) if actor.id else ""
    return Ledger(marks=dict(version.ledger or {}), by=by, now=now, client=window, seq=seq)


def new_mark(plan: Plan, section: PlanSection, *, now: datetime) -> PlanMark:
    """Return an unsaved mark as it holds until somebody sets another: the person alone."""
    return PlanMark(plan=plan, section=section, audiences=list(selectors.UNMARKED), saved_at=now)


@dataclass(slots=True)
class _Saving:
    """One message of fields: what came of each, and which began a burst worth an audit event."""

    actor: Actor
    ledger: Ledger
    result: SaveResult = field(default_factory=SaveResult)
    begun: list[str] = field(default_factory=list)

    def write(self, row: Row, column: str, name: str, edit: FieldEdit) -> None:
        """Write one field, or report its conflict."""
        current = getattr(row, column)
        verdict = self.ledger.judge(name, edit, current)
        if verdict is Verdict.CONFLICT:
            self.result.conflicts[name] = Conflict(current, _name_of(row.saved_by_id), row.saved_at)
            return
        self.result.saved[name] = token(edit.value if verdict is Verdict.WRITE else current)
        if verdict is Verdict.STANDS:
            return
        if not current or self._begins(row):
            self.begun.append(name)
        setattr(row, column, edit.value)
        row.saved_at, row.saved_by_id = self.ledger.now, self.actor.id
        row.saved_from = self.ledger.client
        row.save()
        self.ledger.write(name, edit.value)

    def _begins(self, row: Row) -> bool:
        paused = row.saved_at is None or self.ledger.now - row.saved_at > BURST
        return paused or row.saved_by_id != self.actor.id


def _name_of(user_id: UUID | None) -> str:
    return accounts.user_names([user_id]).get(user_id, "") if user_id else ""


def _locked_draft(version_id: UUID, *, actor: Actor, now: datetime) -> PlanVersion:
    version = PlanVersion.objects.select_for_update().get(pk=version_id)
    admit(actor=actor, now=now, action=Action.PLAN_WRITE, person_id=version.plan.person_id)
    if version.state != PlanVersionState.DRAFT:
        raise Refused("plan_finished")
    return version


def _section(name: str) -> PlanSection:
    try:
        return PlanSection(name.removeprefix(MARK))
    except ValueError:
        raise InvalidField(name, "unknown_field") from None


def _words(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidField(name, "not_text")
    words = value.replace("\r\n", "\n").replace("\x00", "")
    if len(words) > LONGEST:
        raise InvalidField(name, "too_long")
    return words


def _audiences(name: str, value: Any) -> list[str]:
    if not isinstance(value, list | tuple | type(None)):
        raise InvalidField(name, "unknown_code")
    try:
        chosen = {ShareAudience(one) for one in value or ()}
    except ValueError:
        raise InvalidField(name, "unknown_code") from None
    return [audience.value for audience in ShareAudience if audience in chosen]


@transaction.atomic
def finish(*, actor: Actor, now: datetime, version_id: UUID) -> PlanVersion:
    """Finish a draft; from then on it never changes.

    Raises `TransitionRefused` when it is finished already, `Refused("plan_empty")` when nothing is written.
    """
    version = PlanVersion.objects.select_for_update().get(pk=version_id)
    admit(actor=actor, now=now, action=Action.PLAN_WRITE, person_id=version.plan.person_id)
    after = PLAN_VERSION.after(PlanVersionState(version.state), PlanVersionEvent.FINISH)
    written = [section for section, text in selectors.sections(version_id).items() if text.strip()]
    if not written:
        raise Refused("plan_empty")
    draft = PlanVersion.objects.filter(pk=version_id, state=PlanVersionState.DRAFT)
    if draft.update(state=after, finished_at=now, finished_by_id=actor.id) != 1:
        raise Refused("plan_finished")
    version.refresh_from_db()
    _record(
        Verb.PLAN_FINISHED,
        version,
        actor=actor,
        now=now,
        detail={"number": version.number, "sections": [section.value for section in written]},
    )
    bump(version.plan.service_id)
    return version


def _record(
    verb: Verb, version: PlanVersion, *, actor: Actor, now: datetime, detail: Mapping[str, Any]
) -> None:
    audit.record(
        verb,
        actor=actor,
        now=now,
        subject=version,
        person_id=version.plan.person_id,
        service_id=version.plan.service_id,
        detail=detail,
    )
