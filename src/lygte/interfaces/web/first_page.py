"""Where the work of a user begins in a service."""

from typing import TYPE_CHECKING

from django.urls import reverse

from lygte.domain.access import Action, Actor, may

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

_FIRST_PAGES = (
    (Action.BOARD_SEE, "staff:board"),
    (Action.MONTH_SEE, "staff:month"),
    (Action.SETTINGS_SEE, "staff:settings"),
)


def first_page(actor: Actor, service: "Service") -> str | None:
    """Return the address where the actor's work begins in a service; None without any right there."""
    for action, name in _FIRST_PAGES:
        if may(actor, action, municipality_id=actor.municipality_id, service_id=service.pk):
            return reverse(name, args=[service.slug])
    return None
