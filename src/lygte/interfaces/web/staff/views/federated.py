"""The common sign-in of a municipality: out to it, and back with a statement that is verified."""

import logging
from datetime import datetime
from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lygte.adapters.oidc import Attempt, Client, NotBelieved
from lygte.apps.accounts import federation, signin
from lygte.apps.core.refusals import Refused
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.federation import Level, NotOpened

log = logging.getLogger("lygte.federation")
UNDER_WAY = "federation"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SENTENCES = {
    "no_role": gettext_lazy(
        "You are signed in at your municipality, but nothing there gives you a role here. "
        "Ask your administrator."
    ),
    "level": gettext_lazy(
        "Your work asks for a sign-in at a higher level. Sign in with a second step at your municipality."
    ),
    "cvr": gettext_lazy("You are signed in for another organisation than the one you came to."),
    "closed": gettext_lazy("The account is closed."),
}
OTHERWISE = gettext_lazy("The answer from your municipality's sign-in could not be used. Try again.")


@require_safe
def start(request: HttpRequest, municipality: str) -> HttpResponseBase:
    """Go out to the common sign-in of a municipality."""
    attempt = Attempt.begin(timezone.now())
    try:
        address = _client(request, municipality).address(attempt)
    except (Refused, NotBelieved) as problem:
        return _refused(request, municipality, str(problem))
    request.session[UNDER_WAY] = attempt.stored() | {"municipality": municipality}
    return redirect(address)


@require_safe
def back(request: HttpRequest, municipality: str) -> HttpResponseBase:
    """Come back from it: verify, map, sign in. An attempt is used once, whatever becomes of it."""
    under_way = request.session.pop(UNDER_WAY, None)
    if under_way is None or under_way.pop("municipality") != municipality:
        return _refused(request, municipality, "no_attempt")
    now = timezone.now()
    try:
        claims = _claims(request, municipality, Attempt(**under_way), now)
        with tenancy.scope_of_key(municipality):
            user, level = federation.admit(now=now, claims=claims)
    except (NotBelieved, NotOpened, Refused) as problem:
        with tenancy.scope_of_key(municipality):
            federation.refused(now=now, code=str(problem))
        return _refused(request, municipality, str(problem))
    login(request, user, backend=BACKEND)
    request.session["locked"] = False
    request.session["has_second_factor"] = level >= Level.SUBSTANTIAL
    signin.succeeded(user, now=now)
    return redirect("/")


def _client(request: HttpRequest, municipality: str) -> Client:
    """Return what is known of the common sign-in. It is asked outside of any scope: no lock waits for it."""
    address = request.build_absolute_uri(reverse("federated_back", args=[municipality]))
    with tenancy.scope_of_key(municipality):
        found = federation.settings()
        return Client(found.issuer, found.client_id, found.client_secret, address)


def _claims(request: HttpRequest, municipality: str, attempt: Attempt, now: datetime) -> dict[str, Any]:
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    return _client(request, municipality).claims(attempt, state=state, code=code, now=now)


def _refused(request: HttpRequest, municipality: str, code: str) -> HttpResponse:
    log.warning("common sign-in refused: %s", code)
    context = {"sentence": SENTENCES.get(code, OTHERWISE), "again": reverse("federated", args=[municipality])}
    return render(request, "staff/desk/federated_refused.html", context, status=403)
