"""What every request of a signed-in user carries, and the check that every staff view makes."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from lygte.apps.outages import drawers
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Action, Actor, require

if TYPE_CHECKING:
    from lygte.apps.accounts.models import User
    from lygte.apps.tenancy.models import Service

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of a signed-in user in the scope of the user's municipality."""

    actor: Actor
    user: "User"
    now: datetime
    service: "Service | None"


def staff(
    action: Action,
) -> Callable[
    [Callable[Concatenate[StaffRequest, P], HttpResponseBase]],
    Callable[Concatenate[StaffRequest, P], HttpResponseBase],
]:
    """Let a view run only for a signed-in user who may do `action` somewhere.

    A view with a `service` keyword in its address gets the `Service`; the action must be allowed there.
    A service of another municipality does not exist for the asker.
    """

    def decorate(
        view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[StaffRequest, P], HttpResponseBase]:
        @wraps(view)
        def checked(request: StaffRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if getattr(request, "actor", None) is None:
                return redirect_to_login(request.get_full_path())
            _admit(request, action, kwargs)
            return view(request, *args, **kwargs)

        checked.action = action  # type: ignore[attr-defined]
        return cast("Callable[Concatenate[StaffRequest, P], HttpResponseBase]", checked)

    return decorate


def _admit(request: StaffRequest, action: Action, kwargs: dict[str, Any]) -> None:
    service_id: UUID | None = None
    if "service" in kwargs:
        service = tenancy.service_by_slug(kwargs["service"])
        kwargs["service"] = request.service = service
        service_id = service.pk
    require(request.actor, action, municipality_id=request.actor.municipality_id, service_id=service_id)
    if service_id and request.session.get("service") != str(service_id):
        request.session["service"] = str(service_id)


def draft_key(request: StaffRequest) -> str:
    """Return the user's AES key (base64) for unsent edits in the browser. A page holds it, a browser never
    keeps it; the same person gets the same key after signing in again.
    """
    held = request.session.get("drawer", {})
    if held.get("user") != str(request.user.pk):
        drawer = drawers.drawer_of(request.user.pk, now=request.now)
        held = {"user": str(request.user.pk), "tag": drawer.tag, "text": drawer.text_key}
        request.session["drawer"] = held
    return str(held["text"])


def draft_tag(request: HttpRequest) -> str:
    """Return the name of the user's drawer, which says nobody whose it is; empty before it was opened."""
    held = request.session.get("drawer", {})
    return str(held.get("tag", "")) if held.get("user") == str(request.user.pk) else ""
