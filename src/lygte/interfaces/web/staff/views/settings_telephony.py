"""Telephone systems that may announce calls to a service."""

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lygte.adapters.telephony import mapping as vendor
from lygte.apps.core.refusals import InvalidField
from lygte.apps.queue import selectors as queue
from lygte.apps.queue import services
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Action
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import settings_forms as forms
from lygte.interfaces.web.staff.views.settings_pages import allowed, bound, form_page, kept, page, saved

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

REFERENCE = "docs/reference/telephony.md"


@staff(Action.SETTINGS_SEE)
@require_safe
def telephony(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Show the accesses of a service and the address to which each telephone system delivers."""
    rows = [
        {
            "name": row.name,
            "is_active": row.is_active,
            "address": _address(request, row),
            "created_at": row.created_at,
            "edit_url": reverse("staff:settings_endpoint", args=[service.slug, row.pk]),
            "secret_url": reverse("staff:settings_endpoint_secret", args=[service.slug, row.pk]),
        }
        for row in queue.endpoints(service.pk)
    ]
    context = {"rows": rows, "may_manage": allowed(request, service, Action.TELEPHONY_MANAGE)}
    return page(request, service, "settings_telephony", "telephony", context | {"reference": REFERENCE})


def _address(request: StaffRequest, endpoint: Any) -> str:
    path = reverse("api:telephony", args=[tenancy.current_municipality().key, endpoint.pk])
    base = settings.LYGTE_PUBLIC_URL.rstrip("/")
    return f"{base}{path}" if base else request.build_absolute_uri(path)


@staff(Action.TELEPHONY_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def endpoint_new(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Make an access and show its secret this once."""
    initial = {"mapping": json.dumps(vendor.standard(), indent=2), "is_active": True}
    form = bound(request, forms.EndpointForm, initial)
    made: list[Any] = []
    if kept(form, lambda: made.append(_create(request, service, form))):
        endpoint, secret = made[0]
        return _secret_page(request, service, endpoint, secret)
    title = _("New access for a telephone system")
    return form_page(request, service, "settings_telephony", form, title=title, submit=_("Make"))


def _create(request: StaffRequest, service: "Service", form: Any) -> Any:
    return services.create_endpoint(
        actor=request.actor,
        now=request.now,
        service=service,
        name=form.cleaned_data["name"],
        mapping=_mapping(form),
    )


def _mapping(form: Any) -> dict[str, Any]:
    try:
        document = json.loads(form.cleaned_data["mapping"])
        if not isinstance(document, dict):
            raise InvalidField("mapping", "json")
        vendor.parse(document)
    except vendor.MappingProblem as problem:
        raise InvalidField("mapping", f"mapping {problem.place}") from problem
    except json.JSONDecodeError as problem:
        raise InvalidField("mapping", "json") from problem
    return document


def _secret_page(request: StaffRequest, service: "Service", endpoint: Any, secret: str) -> HttpResponse:
    context = {
        "title": _("The secret of %(name)s") % {"name": endpoint.name},
        "lead": _("Give the telephone system this secret and this address:"),
        "secret": secret,
        "address": _address(request, endpoint),
        "note": _("The secret is shown this once. Keep it where the telephone system is set up."),
        "back": reverse("staff:settings_telephony", args=[service.slug]),
    }
    return page(request, service, "settings_telephony", "secret", context)


def _endpoint(service: "Service", endpoint_id: UUID) -> Any:
    found = next((row for row in queue.endpoints(service.pk) if row.pk == endpoint_id), None)
    if found is None:
        raise Http404
    return found


@staff(Action.TELEPHONY_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def endpoint(request: StaffRequest, service: "Service", endpoint: UUID) -> HttpResponseBase:
    """Change name or mapping of an access, or close and open it."""
    row = _endpoint(service, endpoint)
    initial = {
        "name": row.name,
        "mapping": json.dumps(row.mapping, indent=2, ensure_ascii=False),
        "is_active": row.is_active,
    }
    form = bound(request, forms.EndpointForm, initial)
    if kept(
        form,
        lambda: services.change_endpoint(
            actor=request.actor,
            now=request.now,
            endpoint_id=row.pk,
            name=form.cleaned_data["name"],
            mapping=_mapping(form),
            is_active=form.cleaned_data["is_active"],
        ),
    ):
        return saved(request, service, "settings_telephony", _("The access is saved."))
    return form_page(
        request, service, "settings_telephony", form, title=_("Change the access"), submit=_("Save")
    )


@staff(Action.TELEPHONY_MANAGE)
@require_POST
def endpoint_secret(request: StaffRequest, service: "Service", endpoint: UUID) -> HttpResponseBase:
    """Give an access a new secret and show it this once; the old one stops working now."""
    row = _endpoint(service, endpoint)
    secret = services.renew_secret(actor=request.actor, now=request.now, endpoint_id=row.pk)
    return _secret_page(request, service, row, secret)
