"""Contacts of a person. The texts and the tie go; what was counted stays, under an identifier of its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from lygte.apps.contacts.models import ChildNotification, Contact, ContactNote, LevelChange, Reopening
from lygte.apps.core.ids import new_id
from lygte.apps.core.shredding import Holding, Shredder, Subject, Term
from lygte.domain.access import Actor
from lygte.domain.retention import Ground
from lygte.domain.vocab import ContactState

CODES = (
    *("started_at", "ended_at", "direction", "channel", "caller", "about", "level", "felt_acute", "causes"),
    *("children", "under_18", "sex", "first_time", "cpr_answer", "conversation_held", "plan_state"),
    *("outcome", "measures", "may_ring", "minutes", "nights", "stay_from", "stay_left_at"),
)


def _contacts(subject: Subject) -> Any:
    return Contact.objects.filter(pk__in=subject.contact_ids)


def _under(model: Any) -> Any:
    def rows(subject: Subject) -> Any:
        return model.objects.filter(contact_id__in=subject.contact_ids)

    return rows


def _erase(subject: Subject, actor: Actor, now: datetime) -> dict[str, int]:
    ids = list(subject.contact_ids)
    counts = _empty(ids)
    counts["contacts.ChildNotification"] = _empty_decisions(
        list(ChildNotification.objects.filter(contact_id__in=ids).values_list("pk", flat=True))
    )
    rename_in_counts(subject.person_ids)
    counts["contacts.Contact"] = _contacts(subject).update(person=None)
    return counts


def rename_in_counts(person_ids: frozenset[UUID]) -> None:
    """Count the contacts of a person on under an identifier that leads to nobody: no figure changes."""
    counted = Contact.objects.filter(counted_as__in=person_ids)
    for old in set(counted.values_list("counted_as", flat=True)):
        Contact.objects.filter(counted_as=old).update(counted_as=new_id())


def _empty(ids: list[UUID]) -> dict[str, int]:
    notes, _ = ContactNote.objects.filter(contact_id__in=ids).delete()
    changes = LevelChange.objects.filter(contact_id__in=ids, reason__isnull=False).update(reason=None)
    openings = Reopening.objects.filter(contact_id__in=ids, reason__isnull=False).update(reason=None)
    Contact.objects.filter(pk__in=ids).update(marks={})
    return {
        "contacts.ContactNote": notes,
        "contacts.LevelChange": changes,
        "contacts.Reopening": openings,
    }


def _due_contacts(cutoff: datetime, held: frozenset[UUID]) -> Any:
    def told(model: Any, **more: Any) -> Exists:
        return Exists(model.objects.filter(contact_id=OuterRef("pk"), **more))

    texts = (
        told(ContactNote) | told(LevelChange, reason__isnull=False) | told(Reopening, reason__isnull=False)
    )
    rows = Contact.objects.filter(texts, person__isnull=True, state=ContactState.CLOSED)
    return rows.filter(closed_at__lt=cutoff)


def _due_decisions(cutoff: datetime, held: frozenset[UUID]) -> Any:
    texts = Q(reason__isnull=False) | Q(sent_to__isnull=False) | Q(outcome__isnull=False)
    rows = ChildNotification.objects.filter(texts, decided_at__lt=cutoff)
    return rows.exclude(contact__person_id__in=held)


def _empty_decisions(ids: list[UUID]) -> int:
    rows = ChildNotification.objects.filter(pk__in=ids)
    return int(rows.update(reason=None, sent_to=None, outcome=None))


SHREDDER = Shredder(
    holdings=(
        Holding("contacts.Contact", _contacts, CODES, ("person", "counted_as", "follows", "marks")),
        Holding(
            "contacts.ContactNote", _under(ContactNote), ("field", "text", "saved_at"), speaks_of_others=True
        ),
        Holding(
            "contacts.LevelChange",
            _under(LevelChange),
            ("at", "previous", "level", "reason"),
            speaks_of_others=True,
        ),
        Holding(
            "contacts.Reopening", _under(Reopening), ("at", "closed_at", "reason"), speaks_of_others=True
        ),
        Holding(
            "contacts.ChildNotification",
            _under(ChildNotification),
            ("choice", "reason", "decided_at", "sent_on", "sent_to", "receipt_on", "outcome"),
            speaks_of_others=True,
        ),
    ),
    erase=_erase,
    terms=(
        Term(Ground.CONTACT_WITHOUT_PERSON, _due_contacts, _empty),
        Term(Ground.CHILD_NOTIFICATION, _due_decisions, _empty_decisions),
    ),
)
