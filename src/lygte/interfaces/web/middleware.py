from collections.abc import Callable
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from lygte.apps.accounts import selectors as accounts
from lygte.apps.audit import services as audit
from lygte.apps.core.scope import municipality_scope
from lygte.domain.access import AccessDenied
from lygte.domain.events import Verb
from lygte.domain.time import day_of
from lygte.interfaces.web import errors

GetResponse = Callable[[HttpRequest], HttpResponse]
LOGOUT = "/konto/logout/"
OPEN_WHILE_LOCKED = (
    "/laas/",
    LOGOUT,
    "/konto/faelles/",
    "/static/",
    "/uden-net.js",
    "/sprog/",
    "/sundhed",
    "/metrics",
    "/k/",
    "/api/",
)
OPEN_WITHOUT_SECOND_FACTOR = ("/konto/", *OPEN_WHILE_LOCKED)


class HeadersMiddleware:
    """Set the security headers of every response."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self._policy(request))
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        if request.method == "POST" and request.path == LOGOUT:
            response.headers.setdefault("Clear-Site-Data", '"cache"')
        return response

    def _policy(self, request: HttpRequest) -> str:
        events = ""
        if settings.LYGTE_EVENTS_PORT:
            host = request.get_host().rsplit(":", 1)[0]
            events = f" {request.scheme}://{host}:{settings.LYGTE_EVENTS_PORT}"
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            f"connect-src 'self'{events}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
            "manifest-src 'self'"
        )


class ScopeMiddleware:
    """Give the request its actor and open the rooms of the user's municipality, and no other."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = timezone.now()  # type: ignore[attr-defined]
        request.service = None  # type: ignore[attr-defined]
        if not request.user.is_authenticated or request.path.startswith(("/api/", "/k/")):
            return self.get_response(request)
        with municipality_scope(request.user.municipality_id):
            request.actor = accounts.actor_for(  # type: ignore[attr-defined]
                request.user,
                today=day_of(request.now),  # type: ignore[attr-defined]
            )
            response = self.get_response(request)
            if response.status_code >= 500 and connection.vendor == "postgresql":
                transaction.set_rollback(True)
            return response


class DeskMiddleware:
    """Keep a locked desk locked; let nobody work with a password alone or with somebody else's choice."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if self._is_over(request):
            logout(request)
            request.actor = None  # type: ignore[attr-defined]
            return self.get_response(request)
        if request.session.get("locked") and not request.path.startswith(OPEN_WHILE_LOCKED):
            return self._locked(request)
        if request.user.must_change_password and not request.path.startswith(OPEN_WITHOUT_SECOND_FACTOR):
            return redirect("account_change_password")
        if not request.path.startswith(OPEN_WITHOUT_SECOND_FACTOR) and not _has_second_factor(request):
            return redirect("mfa_index")
        return self.get_response(request)

    def _is_over(self, request: HttpRequest) -> bool:
        """Tell whether a session has lasted a whole shift and more, however busy it was."""
        now = request.now.timestamp()  # type: ignore[attr-defined]
        return bool(now - request.session.get("began", now) > settings.SESSION_COOKIE_AGE)

    def _locked(self, request: HttpRequest) -> HttpResponse:
        if request.method != "GET" or request.headers.get("X-Requested-With"):
            return HttpResponse(status=423)
        return redirect(f"{reverse('staff:unlock')}?{urlencode({'next': request.get_full_path()})}")


def _has_second_factor(request: HttpRequest) -> bool:
    if not request.session.get("has_second_factor"):
        if not is_mfa_enabled(request.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
            return False
        request.session["has_second_factor"] = True
    return True


class RefusalMiddleware:
    """Turn a refused act into a page and an audit event, and an unknown row into "not found"."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, ObjectDoesNotExist):
            return errors.not_found(request, problem)
        if isinstance(problem, AccessDenied):
            self._record(request, problem)
            return errors.forbidden(request, problem)
        return None

    def _record(self, request: HttpRequest, problem: AccessDenied) -> None:
        audit.record(
            Verb.ACCESS_DENIED,
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            service_id=getattr(request.service, "pk", None),  # type: ignore[attr-defined]
            detail={"action": problem.action.value},
        )
