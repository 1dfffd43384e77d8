"""What every page shows around its own content: navigation by rights, the desk, and the clock."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lygte import __version__
from lygte.apps.core.labels import word
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Action, Actor, may
from lygte.domain.vocab import Role
from lygte.interfaces.web.first_page import first_page
from lygte.interfaces.web.requests import draft_tag

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
        "me": {"name": request.user.name, "role": _role_words(actor, service)},  # type: ignore[union-attr]
        "menu_links": _menu_links(actor, service),
        "lock_after": service.lock_after_seconds if service else 600,
        "desk": _desk(request, actor, service),
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


def _desk(request: HttpRequest, actor: Actor, service: "Service | None") -> dict[str, str]:
    """Return what the desk needs to go on without a line; nothing for whoever registers no contacts."""
    if service is None or not may(
        actor,
        Action.CONTACT_REGISTER,
        municipality_id=actor.municipality_id,
        service_id=service.pk,
    ):
        return {}
    pages = {"form": "offline_form", "sheet": "emergency_sheet", "receive": "offline_receive"}
    urls = {name: reverse(f"staff:{page}", args=[service.slug]) for name, page in pages.items()}
    return urls | {"tag": draft_tag(request), "keys": reverse("staff:drawer_keys")}


def _role_words(actor: Actor, service: "Service | None") -> str:
    """Return the roles that the user holds in the service of the page, in words."""
    here = {grant.role for grant in actor.grants if service and grant.service_id in (None, service.pk)}
    words = ", ".join(word(Role, role) for role in Role if role in here)
    return f"{words} · {service.name}" if words and service else words


def _menu_links(actor: Actor, service: "Service | None") -> list[dict[str, str]]:
    """Return the links of the user menu: other services of who works in several, and the sign-in."""
    links = []
    if len({grant.service_id for grant in actor.grants}) > 1 or any(
        grant.service_id is None for grant in actor.grants
    ):
        for other in tenancy.services_for_anything(actor):
            url = first_page(actor, other) if service is None or other.pk != service.pk else None
            if url:
                links.append({"label": _("Go to %(service)s") % {"service": other.name}, "url": url})
    if service and may(
        actor,
        Action.OUTAGE_CATCH_UP,
        municipality_id=actor.municipality_id,
        service_id=service.pk,
    ):
        links.append(
            {"label": _("When the line is down"), "url": reverse("staff:outages", args=[service.slug])}
        )
    links.append({"label": _("Your sign-in"), "url": reverse("mfa_index")})
    links.append({"label": _("Change the password"), "url": reverse("account_change_password")})
    return links


def _navigation(request: HttpRequest, actor: Actor, service: "Service | None") -> list[dict[str, Any]]:
    if service is None:
        return []
    items = [
        (Action.BOARD_SEE, _("The shift"), "staff:board", "g"),
        (Action.CONTACT_READ, _("Contacts"), "staff:contacts", "e"),
        (Action.PROMISE_READ, _("Promises"), "staff:promises", "j"),
        (Action.PERSON_SEARCH, _("People"), "staff:people", "u"),
        (Action.MONTH_SEE, _("The month"), "staff:month", "y"),
        (Action.SETTINGS_SEE, _("Settings"), "staff:settings", "x"),
    ]
    entries = [
        {"label": label, "url": reverse(name, args=[service.slug]), "key": key}
        for action, label, name, key in items
        if may(actor, action, municipality_id=actor.municipality_id, service_id=service.pk)
    ]
    return [entry | {"current": request.path.startswith(entry["url"])} for entry in entries]
