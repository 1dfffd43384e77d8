"""What a monitor and a load balancer ask. Nothing here tells of people, and nobody signs in."""

import hmac
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseProblem
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from lygte import __version__
from lygte.apps.core import meters
from lygte.apps.watch import selectors as watch
from lygte.domain.alerts import Alert, Facts

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
LOOPBACK = ("127.0.0.1", "::1")
HELPS = {
    "lygte_requests": ("counter", "Requests, by route, method and status."),
    "lygte_request_seconds": ("histogram", "Time until a request was answered, by route."),
    "lygte_request_database_seconds": ("counter", "Time that requests spent in the database, by route."),
    "lygte_event_streams": ("gauge", "Open boards that the event process serves."),
    "lygte_process_resident_bytes": ("gauge", "Memory of each process."),
    "lygte_duty_age_seconds": ("gauge", "Time since a periodic duty last succeeded."),
    "lygte_duty_failing": ("gauge", "1 when the last run of a periodic duty failed."),
    "lygte_callbacks_overdue": ("gauge", "Callbacks past the promised time."),
    "lygte_callback_oldest_seconds": ("gauge", "How long the oldest overdue callback is overdue."),
    "lygte_messages_waiting": ("gauge", "Text messages that wait to be sent."),
    "lygte_messages_given_up": ("gauge", "Text messages of the last day that could not be sent."),
    "lygte_audit_unsealed_seconds": ("gauge", "Age of the oldest audit event that is not sealed."),
    "lygte_backup_age_seconds": ("gauge", "Time since the last backup."),
    "lygte_alerts": ("gauge", "What somebody must look at, by kind and duty."),
    "lygte_info": ("gauge", "Version of the program."),
}
_migrated: list[bool] = []


def health(request: HttpRequest) -> JsonResponse:
    """Tell that the process answers and reaches its database. Needs no sign-in and tells nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"status": "ok"})


def alive(request: HttpRequest) -> JsonResponse:
    """Tell that the process answers, whatever the database does: it need not be started again."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """Tell whether requests should be sent here; if not, why, in codes. A balancer leaves out who is not."""
    reasons = not_ready()
    return JsonResponse({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)


def not_ready() -> list[str]:
    """Return why no request should come here."""
    reasons = ["draining"] if Path(settings.LYGTE_DRAIN_FILE).exists() else []
    try:
        if _read_only():
            reasons.append("database_read_only")
        if not _migrated and _pending():
            reasons.append("migrations_pending")
        else:
            _migrated[:] = [True]  # what was applied stays so while this version runs
    except DatabaseProblem:
        reasons.append("database_unreachable")
    return reasons


def _read_only() -> bool:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_setting('transaction_read_only') = 'on' OR pg_is_in_recovery()")
        else:
            cursor.execute("PRAGMA query_only")
        return bool(cursor.fetchone()[0])


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def metrics(request: HttpRequest) -> HttpResponse:
    """Return figures as OpenMetrics, to this machine alone or to who knows the token."""
    if not _may_read(request):
        raise Http404
    meters.meters().write()
    now = timezone.now()
    facts, alerts = watch.current(now=now)
    values = meters.sums(Path(settings.LYGTE_METRICS_FOLDER)) | _state(facts, alerts, now)
    return HttpResponse(meters.rendered(values, HELPS), content_type=OPENMETRICS)


def _may_read(request: HttpRequest) -> bool:
    token = settings.LYGTE_METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {token}".encode())
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded


def _state(facts: Facts, alerts: tuple[Alert, ...], now: datetime) -> dict[str, float]:
    values: dict[str, Any] = {
        meters.series("lygte_info", version=__version__): 1,
        "lygte_callbacks_overdue": facts.callbacks_overdue,
        "lygte_callback_oldest_seconds": _age(facts.oldest_callback_due, now) or 0,
        "lygte_messages_waiting": facts.messages_waiting,
        "lygte_messages_given_up": facts.messages_given_up,
        "lygte_audit_unsealed_seconds": _age(facts.events_waiting_since, now) or 0,
        "lygte_backup_age_seconds": _age(facts.backup_at, now),
    }
    for duty in facts.duties:
        values[meters.series("lygte_duty_age_seconds", duty=duty.name)] = _age(duty.finished_at, now)
        values[meters.series("lygte_duty_failing", duty=duty.name)] = int(duty.failing)
    for alert in alerts:
        values[meters.series("lygte_alerts", alert=alert.trouble.value, subject=alert.subject)] = 1
    return {key: float(value) for key, value in values.items() if value is not None}


def _age(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else max(0.0, (now - moment).total_seconds())
