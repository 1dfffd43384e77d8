from datetime import datetime
from uuid import UUID

from lygte.apps.audit import selectors as audit
from lygte.apps.contacts import selectors as contacts
from lygte.apps.outages.models import LateContact, Outage
from lygte.domain.outages import Gap, gaps, overlaps


def outage(outage_id: UUID) -> Outage:
    """Return an outage with its service, or raise `Outage.DoesNotExist`."""
    return Outage.objects.select_related("service").get(pk=outage_id)


def outages(service_id: UUID, *, since: datetime) -> list[Outage]:
    """Return the outages of a service that are unfinished, or ended since a moment, the newest first."""
    rows = Outage.objects.filter(service_id=service_id).order_by("-began_at", "-id")
    return [row for row in rows[:100] if row.finished_at is None or row.ended_at >= since]


def late(contact_id: UUID) -> LateContact | None:
    """Return how a contact was registered late; None when it was registered as it happened."""
    return LateContact.objects.filter(contact_id=contact_id).first()


def registered_in(outage_id: UUID) -> list[LateContact]:
    """Return what has been registered of an outage, with the contacts, in the order in which it began."""
    rows = LateContact.objects.filter(outage_id=outage_id).select_related("contact")
    return list(rows.order_by("contact__started_at", "id"))


def silent(service_id: UUID, *, start: datetime, end: datetime) -> list[Gap]:
    """Return stretches in which nobody did anything in a service and no contact began, the newest first.

    What lies in an outage that has been noted is left out.
    """
    done = audit.moments_of_service(service_id, start, end)
    rows = contacts.rows_between(service_id, start, end, fields=("started_at",))
    noted = outages(service_id, since=start)
    found = gaps([*done, *(row["started_at"] for row in rows)], start=start, end=end)
    unknown = [
        gap for gap in found if not any(overlaps(gap, start=row.began_at, end=row.ended_at) for row in noted)
    ]
    return unknown[::-1]
