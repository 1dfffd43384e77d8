"""What the generator has drawn: plain facts, written as rows and counted for the sheet of right answers."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


@dataclass(slots=True, kw_only=True, eq=False)
class PersonFact:
    """An invented person, as far as known."""

    id: UUID
    known_as: str
    created_at: datetime
    created_by: UUID | None = None
    name: str = ""
    alias: str = ""
    words: str = ""
    cpr: str = ""
    birth_year: int | None = None
    sex: str = ""
    phone: str = ""
    may_ring: str = ""
    band: str = ""
    do_not_remind: bool = False
    is_protected: bool = False
    weight: float = 1.0
    plan: "PromiseFact | None" = None
    measured: bool = False
    merged_into: "PersonFact | None" = None
    contacts: "list[ContactFact]" = field(default_factory=list)


@dataclass(slots=True, kw_only=True, eq=False)
class ContactFact:
    """One contact. Fields are named as those of the row."""

    id: UUID
    direction: str
    outgoing_kind: str = ""
    channel: str
    state: str = "closed"
    started_at: datetime
    received_at: datetime | None = None
    ended_at: datetime | None = None
    closed_at: datetime | None = None
    minutes: int | None = None
    owner_id: UUID | None = None
    follows_id: UUID | None = None
    caller: str = ""
    about: str = ""
    level: str = ""
    level_before: str = ""
    felt_acute: str = ""
    causes: list[str] = field(default_factory=list)
    children: str = ""
    under_18: str = ""
    sex: str = ""
    first_time: str = ""
    cpr_answer: str = ""
    conversation_held: str = ""
    plan_state: str = ""
    outcome: str = ""
    measures: list[str] = field(default_factory=list)
    may_ring: str = ""
    stay_from: datetime | None = None
    stay_until: datetime | None = None
    stay_left_at: datetime | None = None
    nights: int | None = None
    person: PersonFact | None = None
    counted_as: UUID | None = None
    counted_first_time: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    notification: "NotificationFact | None" = None


@dataclass(slots=True, kw_only=True, eq=False)
class NotificationFact:
    """A decision on notifying about a child."""

    choice: str
    reason: str
    decided_at: datetime
    sent_on: date | None = None
    sent_to: str = ""
    receipt_due: date | None = None
    receipt_on: date | None = None
    outcome: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class CallFact:
    """A call as the telephone system told it."""

    id: UUID
    external_id: str
    rang_at: datetime
    state: str
    handling: str
    answered_at: datetime | None = None
    voicemail_at: datetime | None = None
    ended_at: datetime | None = None
    number: str = ""
    taken_by: UUID | None = None
    contact_id: UUID | None = None
    let_go_reason: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class AttemptFact:
    """One attempt to keep a promise, with the outgoing contact that it was."""

    at: datetime
    outcome: str
    by: UUID
    contact_id: UUID


@dataclass(slots=True, kw_only=True, eq=False)
class MoveFact:
    """A promise was moved because the person was in touch."""

    at: datetime
    by: UUID
    due_before: datetime
    due_after: datetime


@dataclass(slots=True, kw_only=True, eq=False)
class PromiseFact:
    """A promise to be in touch."""

    id: UUID
    kind: str
    made_at: datetime
    anchor_at: datetime
    opens: datetime
    due: datetime
    closes: datetime
    state: str = "promised"
    person: PersonFact | None = None
    contact_id: UUID | None = None
    call_id: UUID | None = None
    made_by: UUID | None = None
    owner: UUID | None = None
    number: str = ""
    may_ring: str = ""
    band: str = "any"
    do_not_remind: bool = False
    max_attempts: int = 3
    spacing_minutes: int = 1200
    attempts: list[AttemptFact] = field(default_factory=list)
    moves: list[MoveFact] = field(default_factory=list)
    closed_at: datetime | None = None
    kept_by: UUID | None = None
    decision: str = ""
    decision_reason: str = ""
    decided_by: UUID | None = None
    note: str = ""
    ends: str = ""
    attempts_due: list[tuple[datetime, str]] = field(default_factory=list)
    ends_at: datetime | None = None


@dataclass(slots=True)
class ServiceFacts:
    """Everything that was drawn for one service."""

    slug: str
    persons: list[PersonFact] = field(default_factory=list)
    contacts: list[ContactFact] = field(default_factory=list)
    calls: list[CallFact] = field(default_factory=list)
    promises: list[PromiseFact] = field(default_factory=list)
    thread_links: list[tuple[PersonFact, PersonFact, datetime]] = field(default_factory=list)
