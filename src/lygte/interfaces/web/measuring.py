"""Each request gets a number, is measured, and may leave a line in the log: the route, never the address."""

import logging
import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from lygte.apps.core.meters import meters, series

log = logging.getLogger("lygte.requests")
GetResponse = Callable[[HttpRequest], HttpResponseBase]
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class _Clock:
    """Adds up the time that one request spends in the database."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(
        self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            self.seconds += time.perf_counter() - began


class MeasuringMiddleware:
    """Count, time and number every request. Stands first, so that what others refuse is counted too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = _number_of(request)
        clock, began = _Clock(), time.perf_counter()
        with connection.execute_wrapper(clock):
            response = self.get_response(request)
        seconds = time.perf_counter() - began
        response.headers["X-Request-ID"] = number
        if request.path.startswith(settings.STATIC_URL):
            return response
        route = _route(request)
        _count(route, str(request.method), response.status_code, seconds, clock.seconds)
        if settings.LYGTE_LOG_REQUESTS:
            _write(request, number, route, response.status_code, seconds)
        return response


def _number_of(request: HttpRequest) -> str:
    """Return the number that a proxy gave the request, or a fresh one."""
    given = request.headers.get("X-Request-ID", "")
    return given if _REQUEST_ID.fullmatch(given) and settings.LYGTE_BEHIND_PROXY else str(uuid4())


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return f"/{match.route}" if match is not None else "none"


def _count(route: str, method: str, status: int, seconds: float, in_database: float) -> None:
    method = method if method in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE") else "other"
    own = meters()
    own.add(series("lygte_requests_total", route=route, method=method, status=str(status)))
    own.observe("lygte_request_seconds", seconds, route=route)
    own.add(series("lygte_request_database_seconds_total", route=route), in_database)


def _write(request: HttpRequest, number: str, route: str, status: int, seconds: float) -> None:
    actor = getattr(request, "actor", None)
    roles = sorted({grant.role.value for grant in actor.grants}) if actor is not None else []
    fields = {
        "request_id": number,
        "route": route,
        "method": request.method,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "role": ",".join(roles) or "none",
    }
    log.info("%s %s %s %.0f ms", request.method, route, status, seconds * 1000, extra=fields)
