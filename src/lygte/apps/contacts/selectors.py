from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lygte.apps.contacts.models import ChildNotification, Contact, ContactNote, LevelChange, Reopening
from lygte.domain.closing import ClosingFacts
from lygte.domain.vocab import (
    Caller,
    Channel,
    ContactState,
    Direction,
    LateKind,
    Level,
    MayRing,
    Measure,
    NoteField,
    NotificationChoice,
    Outcome,
    PlanState,
    Ternary,
)

CHUNK = 500
COUNTED = (
    "id", "direction", "outgoing_kind", "channel", "state", "started_at", "received_at", "ended_at",
    "closed_at", "minutes", "caller", "about", "level", "felt_acute", "causes", "children", "under_18", "sex",
    "first_time", "cpr_answer", "conversation_held", "plan_state", "outcome", "measures", "may_ring",
    "stay_from", "stay_left_at", "nights", "counted_as", "counted_first_time", "counted_at",
)  # fmt: skip


def contact(contact_id: UUID) -> Contact:
    """Return a contact with its service, or raise `Contact.DoesNotExist`."""
    return Contact.objects.select_related("service").get(pk=contact_id)


def notes(contact_id: UUID) -> dict[NoteField, str]:
    """Return the free texts of a contact, in one query; fields without text are left out."""
    rows = ContactNote.objects.filter(contact_id=contact_id)
    return {NoteField(row.field): row.text for row in rows if row.text}


def notes_of(contact_ids: Iterable[UUID]) -> dict[UUID, dict[NoteField, str]]:
    """Return the free texts of several contacts, in one query."""
    found: dict[UUID, dict[NoteField, str]] = {}
    for row in ContactNote.objects.filter(contact_id__in=list(contact_ids), text__isnull=False):
        found.setdefault(row.contact_id, {})[NoteField(row.field)] = row.text
    return found


def level_history(contact_id: UUID) -> list[LevelChange]:
    """Return every level that was set, oldest first."""
    return list(LevelChange.objects.filter(contact_id=contact_id).order_by("at", "id"))


def reopenings(contact_id: UUID) -> list[Reopening]:
    """Return when and why a contact was opened again, oldest first."""
    return list(Reopening.objects.filter(contact_id=contact_id).order_by("at", "id"))


def waiting(service_id: UUID) -> list[Contact]:
    """Return who waits to be received, the longest wait first."""
    rows = Contact.objects.filter(service_id=service_id, state=ContactState.WAITING)
    return list(rows.order_by("started_at", "id"))


def open_contacts(service_id: UUID) -> list[Contact]:
    """Return contacts that somebody is in, or has not closed, the oldest first."""
    rows = Contact.objects.filter(service_id=service_id, state=ContactState.OPEN)
    return list(rows.order_by("started_at", "id"))


def in_house(service_id: UUID) -> list[Contact]:
    """Return who is in the house: walk-ins that were received and have not gone, and guests who stay the
    night.
    """
    rows = Contact.objects.filter(service_id=service_id)
    # Two queries, since neither database finds an index for "or".
    walk_ins = rows.filter(channel=Channel.WALK_IN, state=ContactState.OPEN, ended_at__isnull=True)
    guests = rows.filter(stay_from__isnull=False, stay_left_at__isnull=True)
    here = {row.pk: row for row in [*walk_ins, *filter(_stays, guests)]}
    return sorted(here.values(), key=lambda row: (row.started_at, row.pk))


def _stays(row: Contact) -> bool:
    return Measure.OVERNIGHT in row.measures and row.stay_left_at is None


def stays_overnight(row: Contact) -> bool:
    """Tell whether a contact is a guest who stays the night and has not left."""
    return row.stay_from is not None and _stays(row)


def notification(contact_id: UUID) -> ChildNotification | None:
    """Return the decision on a child notification of a contact. Its words are read through services."""
    return ChildNotification.objects.filter(contact_id=contact_id, decided_at__isnull=False).first()


def notification_by_id(notification_id: UUID) -> ChildNotification:
    """Return a decision on a child notification, or raise `ChildNotification.DoesNotExist`."""
    return ChildNotification.objects.get(pk=notification_id)


def notifications_without_receipt(service_id: UUID, today: date) -> list[ChildNotification]:
    """Return notifications to send, or sent and not confirmed, those past their day first."""
    rows = ChildNotification.objects.filter(
        service_id=service_id,
        choice=NotificationChoice.NOTIFY,
        decided_at__isnull=False,
        receipt_on__isnull=True,
    )
    found = list(rows.order_by("receipt_due", "decided_at", "id"))
    return sorted(found, key=lambda row: row.receipt_due is None or row.receipt_due >= today)


def listed(
    service_id: UUID,
    *,
    limit: int,
    state: ContactState | None = None,
    channel: Channel | None = None,
    level: Level | None = None,
    direction: Direction | None = None,
    before: tuple[datetime, UUID] | None = None,
) -> list[Contact]:
    """Return contacts of a service, newest first, narrowed by the given codes; `before` is the last one
    already seen.
    """
    rows = Contact.objects.filter(service_id=service_id)
    for field, code in (("state", state), ("channel", channel), ("level", level), ("direction", direction)):
        if code is not None:
            rows = rows.filter(**{field: code})
    return list(_before(rows, before).order_by("-started_at", "-id")[:limit])


def _before(rows: "QuerySet[Contact]", seen: tuple[datetime, UUID] | None) -> "QuerySet[Contact]":
    if seen is None:
        return rows
    at, contact_id = seen
    return rows.filter(Q(started_at__lt=at) | Q(started_at=at, id__lt=contact_id))


def recent(service_id: UUID, *, limit: int, before: datetime | None = None) -> list[Contact]:
    """Return contacts of any state, newest first."""
    rows = Contact.objects.filter(service_id=service_id)
    if before:
        rows = rows.filter(started_at__lt=before)
    return list(rows.order_by("-started_at", "-id")[:limit])


def of_persons(person_ids: Iterable[UUID]) -> list[Contact]:
    """Return the contacts of some persons, newest first."""
    return list(Contact.objects.filter(person_id__in=list(person_ids)).order_by("-started_at", "-id"))


def latest_of_persons(person_ids: Collection[UUID], *, but: UUID, limit: int) -> list[Contact]:
    """Return the newest contacts of some persons, except one, with their service."""
    rows = Contact.objects.filter(person_id__in=list(person_ids)).exclude(pk=but).select_related("service")
    return list(rows.order_by("-started_at", "-id")[:limit])


def rows_between(
    service_id: UUID, start: datetime, end: datetime, *, fields: Iterable[str] = COUNTED
) -> list[dict[str, Any]]:
    """Return what is counted of every contact that began in a half-open period, oldest first, as plain
    values. `fields` narrows what is read.
    """
    rows = Contact.objects.filter(service_id=service_id, started_at__gte=start, started_at__lt=end)
    return list(rows.order_by("started_at", "id").values(*fields))


def notification_choices(service_id: UUID, start: datetime, end: datetime) -> dict[UUID, str]:
    """Return the decision on a child notification of every contact that began in a half-open period and has
    one.
    """
    rows = ChildNotification.objects.filter(
        service_id=service_id, contact__started_at__gte=start, contact__started_at__lt=end
    ).exclude(choice="")
    rows = rows.filter(decided_at__isnull=False)
    return dict(rows.values_list("contact_id", "choice"))


def known_ids(contact_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these contacts exist."""
    wanted, known = list(contact_ids), set[UUID]()
    for start in range(0, len(wanted), CHUNK):
        rows = Contact.objects.filter(pk__in=wanted[start : start + CHUNK])
        known |= set(rows.values_list("pk", flat=True))
    return known


def late_kind(row: Contact) -> LateKind | None:
    """Return how a contact was registered after it began; None when it was registered as it happened."""
    return LateKind(row.marks["_late"]) if "_late" in row.marks else None


def closing_facts(row: Contact) -> ClosingFacts:
    """Return what is recorded on a contact, as the rules of closing understand it."""
    held = {Ternary.YES: True, Ternary.NO: False}
    return ClosingFacts(
        direction=Direction(row.direction),
        channel=Channel(row.channel) if row.channel else None,
        level=Level(row.level) if row.level else None,
        caller=Caller(row.caller) if row.caller else None,
        causes=frozenset(row.causes),
        outcome=Outcome(row.outcome) if row.outcome else None,
        measures=frozenset(row.measures),
        may_ring=MayRing(row.may_ring) if row.may_ring else None,
        children=Ternary(row.children) if row.children else None,
        under_18=Ternary(row.under_18) if row.under_18 else None,
        notification_decided=notification(row.pk) is not None,
        minutes=row.minutes,
        plan_state=PlanState(row.plan_state) if row.plan_state else None,
        conversation_held=held.get(Ternary(row.conversation_held)) if row.conversation_held else None,
    )


def persons_since(moment: datetime) -> "QuerySet[Contact, UUID | None]":
    """Return the persons and threads with a contact that began, or is still open, since a moment."""
    rows = Contact.objects.filter(Q(started_at__gte=moment) | Q(closed_at__isnull=True))
    return rows.filter(person__isnull=False).values_list("person_id", flat=True)
