from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from lygte.apps.queue.models import Call, TelephonyEndpoint
from lygte.domain.sla import CallRecord
from lygte.domain.vocab import CallHandling, CallState

UNREGISTERED_FOR = timedelta(hours=12)


def call(call_id: UUID) -> Call:
    """Return a call of the running municipality."""
    row: Call = Call.objects.get(pk=call_id)
    return row


def ringing(service_id: UUID) -> QuerySet[Call]:
    """Return the calls that ring and that nobody has taken, the longest waiting first."""
    return _unsettled(service_id).filter(state=CallState.RINGING)


def unanswered(service_id: UUID) -> QuerySet[Call]:
    """Return the missed calls that nobody has settled, oldest first."""
    return _unsettled(service_id).filter(state__in=[CallState.ABANDONED, CallState.VOICEMAIL])


def unsettled(service_id: UUID, *, now: datetime) -> list[Call]:
    """Return every call that waits for an act: ringing, missed, or answered lately without a contact."""
    recent = Q(state__in=[CallState.ANSWERED, CallState.ENDED], rang_at__gte=now - UNREGISTERED_FOR)
    waits = Q(state__in=[CallState.RINGING, CallState.ABANDONED, CallState.VOICEMAIL])
    return list(_unsettled(service_id).filter(waits | recent))


def _unsettled(service_id: UUID) -> QuerySet[Call]:
    rows: QuerySet[Call] = Call.objects.filter(service_id=service_id, handling=CallHandling.OPEN)
    return rows.order_by("rang_at", "id")


def calls_between(service_id: UUID, start: datetime, end: datetime) -> list[Call]:
    """Return the calls that rang in a half-open period, in order."""
    rows = Call.objects.filter(service_id=service_id, rang_at__gte=start, rang_at__lt=end)
    return list(rows.defer("number", "let_go_reason").order_by("rang_at", "id"))


def call_records(service_id: UUID, start: datetime, end: datetime) -> list[CallRecord]:
    """Return the calls of a half-open period as the service level counts them."""
    return [record_of(row) for row in calls_between(service_id, start, end)]


def counted_calls(
    service_id: UUID, start: datetime, end: datetime
) -> list[tuple[UUID, UUID | None, CallRecord]]:
    """Return the calls of a half-open period with the contact that each became, read as plain values."""
    rows = Call.objects.filter(service_id=service_id, rang_at__gte=start, rang_at__lt=end)
    names = ("id", "contact_id", "state", "rang_at", "answered_at", "voicemail_at", "ended_at")
    listed = rows.order_by("rang_at", "id").values_list(*names, named=True)
    return [(row.id, row.contact_id, record_of(row)) for row in listed]


def record_of(call: Call) -> CallRecord:
    """Return a call as the service level counts it: the wait ends at the answering machine too."""
    if call.state in (CallState.ANSWERED, CallState.ENDED):
        return CallRecord(rang_at=call.rang_at, answered_at=call.answered_at, ended_at=call.ended_at)
    stopped = call.voicemail_at if call.state == CallState.VOICEMAIL else call.ended_at
    return CallRecord(rang_at=call.rang_at, ended_at=stopped)


def endpoint(endpoint_id: UUID) -> TelephonyEndpoint:
    """Return an endpoint of the running municipality."""
    row: TelephonyEndpoint = TelephonyEndpoint.objects.select_related("service").get(pk=endpoint_id)
    return row


def endpoints(service_id: UUID) -> QuerySet[TelephonyEndpoint]:
    """Return the endpoints of a service, oldest first."""
    rows: QuerySet[TelephonyEndpoint] = TelephonyEndpoint.objects.filter(service_id=service_id)
    return rows.order_by("created_at", "id")
