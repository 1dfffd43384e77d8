"""Settings of a service: what holds, and who adopted it."""

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lygte.apps.core.labels import word
from lygte.apps.core.refusals import InvalidField
from lygte.apps.tenancy import dated, settings
from lygte.apps.tenancy.dated import Held, Kind
from lygte.domain.access import Action
from lygte.domain.time import day_of
from lygte.domain.vocab import Channel, CodeList, Level, PromiseKind
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import settings_forms as forms
from lygte.interfaces.web.staff.views import settings_words as words
from lygte.interfaces.web.staff.views.settings_pages import adoption_of, bound, form_page, kept, page, saved

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

RULE_PAGES = {
    Kind.OPENING: "settings_opening",
    Kind.TARGET: "settings_targets",
    Kind.LEVEL: "settings_levels",
    Kind.FOLLOW_UP: "settings_follow_ups",
    Kind.CODE: "settings_codes",
}


@staff(Action.SETTINGS_SEE)
@require_safe
def overview(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Show every rule in a line, and whether it is adopted or only proposed."""
    day = day_of(request.now)
    table = [_overview_rows(service, kind, day) for kind in Kind]
    context = {
        "groups": [group for group in table if group["rows"]],
        "proposed": sum(row["proposed"] for group in table for row in group["rows"]),
    }
    return page(request, service, "settings", "overview", context)


def _overview_rows(service: "Service", kind: Kind, day: date) -> dict[str, Any]:
    titles = {
        Kind.OPENING: _("Opening"),
        Kind.TARGET: _("Targets"),
        Kind.LEVEL: _("Levels"),
        Kind.FOLLOW_UP: _("Follow-up"),
        Kind.CODE: _("Added codes"),
    }
    rows = [row for row in dated.rows_of(kind, service.pk) if dated.held(row, day=day) is Held.NOW]
    return {
        "title": titles[kind],
        "url": reverse(f"staff:{RULE_PAGES[kind]}", args=[service.slug]),
        "rows": [
            {"text": _line(kind, row), "status": words.status(row), "proposed": row.adopted_on is None}
            for row in sorted(rows, key=_order)
        ],
    }


def _order(row: Any) -> tuple[Any, ...]:
    levels = list(Level)
    return (
        getattr(row, "code_list", ""),
        getattr(row, "channel", ""),
        levels.index(row.level) if hasattr(row, "level") else getattr(row, "position", 0),
    )


def _line(kind: Kind, row: Any) -> str:
    if kind is Kind.OPENING:
        return f"{word(Channel, row.channel).capitalize()}: {words.opening(row)}"
    if kind is Kind.TARGET:
        return f"{word(Channel, row.channel).capitalize()}: {words.target(row)}"
    if kind is Kind.LEVEL:
        return f"{word(Level, row.level).capitalize()}: {words.level(row)}"
    if kind is Kind.FOLLOW_UP:
        return f"{word(PromiseKind, row.kind).capitalize()}: {words.follow_up(row)[0]}"
    return f"{word(CodeList, row.code_list).capitalize()}: {row.label_da}"


@staff(Action.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: StaffRequest, service: "Service", kind: str, row: UUID) -> HttpResponseBase:
    """Record that a proposed choice was adopted."""
    if kind not in set(Kind):
        raise Http404
    subject = next((one for one in dated.rows_of(Kind(kind), service.pk) if one.pk == row), None)
    if subject is None:
        raise Http404
    form = bound(request, forms.AdoptForm, {"adopted_on": day_of(request.now)})
    if kept(form, lambda: _adopt(request, service, Kind(kind), row, form)):
        return saved(request, service, RULE_PAGES[Kind(kind)], _("The adoption is recorded."))
    return form_page(
        request,
        service,
        RULE_PAGES[Kind(kind)],
        form,
        title=_("Record the adoption"),
        submit=_("Record"),
        note=_line(Kind(kind), subject),
    )


def _adopt(request: StaffRequest, service: "Service", kind: Kind, row: UUID, form: Any) -> None:
    adoption = adoption_of(request, form)
    if adoption is None:
        raise InvalidField("adopted_by", "required")
    settings.adopt(
        actor=request.actor, now=request.now, service_id=service.pk, kind=kind, row_id=row, adoption=adoption
    )
