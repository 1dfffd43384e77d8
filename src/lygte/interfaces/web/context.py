"""What every page shows around its own content: navigation by rights, the desk, and the clock."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lygte import __version__
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Action, Actor, may

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service


def page(request: HttpRequest) -> dict[str, Any]:
    """Return navigation, service and lock settings for a signed-in user; only the clock for others."""
    base = {"server_now": timezone.now(), "demo": settings.LYGTE_DEMO, "version": __version__}
    actor = getattr(request, "actor", None)
    if actor is None or request.session.get("locked"):
        return base
    service = _service(request, actor)
    return base | {
        "actor": actor,
        "service": service,
        "nav": _navigation(request, actor, service),
        "lock_after": service.lock_after_seconds if service else 600,
    }


def _service(request: HttpRequest, actor: Actor) -> "Service | None":
    chosen = getattr(request, "service", None)
    if chosen is None:
        services = tenancy.services_for_anything(actor)
        remembered = request.session.get("service")
        chosen = next((row for row in services if str(row.pk) == remembered), None)
        chosen = chosen or (services[0] if services else None)
        request.service = chosen  # type: ignore[attr-defined]
    return chosen


def _navigation(request: HttpRequest, actor: Actor, service: "Service | None") -> list[dict[str, Any]]:
    if service is None:
        return []
    items = [
        (Action.BOARD_SEE, _("The shift"), reverse("staff:board", args=[service.slug])),
        (Action.CONTACT_READ, _("Contacts"), reverse("staff:contacts", args=[service.slug])),
        (Action.PROMISE_READ, _("Promises"), reverse("staff:promises", args=[service.slug])),
        (Action.PERSON_SEARCH, _("People"), reverse("staff:people", args=[service.slug])),
        (Action.MONTH_SEE, _("The month"), reverse("staff:month", args=[service.slug])),
        (Action.SETTINGS_SEE, _("Settings"), reverse("staff:settings", args=[service.slug])),
    ]
    return [
        {"label": label, "url": url, "current": request.path.startswith(url)}
        for action, label, url in items
        if may(actor, action, municipality_id=service.municipality_id, service_id=service.pk)
    ]
