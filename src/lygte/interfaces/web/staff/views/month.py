"""The leader's month: the page, the paper and the file."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from lygte.apps.insight import selectors, services
from lygte.apps.insight.month import Month
from lygte.domain.access import Action, may
from lygte.domain.time import day_of, local, month_bounds
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import month_file
from lygte.interfaces.web.staff.views.month_page import Page
from lygte.interfaces.web.staff.views.month_words import Words, month_name

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

FIRST_YEAR = 2000


@require_GET
@staff(Action.MONTH_SEE)
def month(request: StaffRequest, service: "Service") -> HttpResponse:
    """The running month."""
    today = day_of(request.now)
    return _shown(request, service, today.year, today.month)


@require_GET
@staff(Action.MONTH_SEE)
def month_of(request: StaffRequest, service: "Service", year: int, month: int) -> HttpResponse:
    """One month."""
    return _shown(request, service, year, month)


def _shown(request: StaffRequest, service: "Service", year: int, month: int) -> HttpResponse:
    found, before = _seen(request, service, year, month, how="page")
    page = Page(found, before, Words(service))
    return render(
        request, "staff/month/month.html", page.context() | around(request, service, found, "staff:month_of")
    )


@require_GET
@staff(Action.MONTH_SEE)
def month_print(request: StaffRequest, service: "Service", year: int, month: int) -> HttpResponse:
    """The month on paper."""
    found, before = _seen(request, service, year, month, how="print")
    page = Page(found, before, Words(service), on_paper=True)
    shown = page.context() | around(request, service, found, "staff:month_print")
    return render(request, "staff/month/print.html", shown | {"now": request.now})


@require_GET
@staff(Action.MONTH_SEE)
def month_csv(request: StaffRequest, service: "Service", year: int, month: int) -> HttpResponse:
    """The month as a file for a spreadsheet."""
    found, _before = _seen(request, service, year, month, how="csv")
    response = HttpResponse(month_file.text(found, Words(service)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{service.slug}-{year}-{month:02d}.csv"'
    return response


def _seen(
    request: StaffRequest, service: "Service", year: int, month: int, *, how: str
) -> tuple[Month, Month]:
    require_month(year, month, now=request.now)
    return services.see_month(
        actor=request.actor, now=request.now, service=service, year=year, month=month, how=how
    )


def require_month(year: int, month: int, *, now: datetime) -> None:
    """Raise `Http404` for a month that does not exist or has not begun."""
    today = local(now)
    if not (1 <= month <= 12 and FIRST_YEAR <= year <= today.year) or month_bounds(year, month)[0] > now:
        raise Http404("no such month")


def around(request: StaffRequest, service: "Service", found: Month, name: str) -> dict[str, Any]:
    """Return the name of a month and the addresses of the pages around it."""
    which = (service.slug, found.year, found.month)
    earlier, later = (move(found.year, found.month) for move in (selectors.previous, selectors.following))
    begun = month_bounds(*later)[0] <= request.now
    full = may(
        request.actor,
        Action.CONTACTS_EXPORT,
        municipality_id=request.actor.municipality_id,
        service_id=service.pk,
    )
    return {
        "month_name": month_name(found.year, found.month),
        "service_name": service.name,
        "earlier": {"url": reverse(name, args=[service.slug, *earlier]), "label": month_name(*earlier)},
        "later": {"url": reverse(name, args=[service.slug, *later]), "label": month_name(*later)}
        if begun
        else None,
        "page_url": reverse("staff:month_of", args=which),
        "csv_url": reverse("staff:month_csv", args=which),
        "print_url": reverse("staff:month_print", args=which),
        "export_url": reverse("staff:contacts_export", args=which),
        "import_url": reverse("staff:contacts_import", args=[service.slug]) if full else "",
        "pseudonymous": not full,
    }
