"""Code lists of a service, and the days from which it registers in another way."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lygte.apps.core import labels
from lygte.apps.core.labels import word
from lygte.apps.tenancy import codes, dated
from lygte.apps.tenancy.dated import Held, Kind
from lygte.domain.access import Action
from lygte.domain.time import ONE_DAY, day_of
from lygte.domain.vocab import Cause, CodeList, Measure
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import settings_forms as forms
from lygte.interfaces.web.staff.views import settings_words as words
from lygte.interfaces.web.staff.views.settings_pages import (
    adopt_url,
    adoption_of,
    allowed,
    bound,
    form_page,
    kept,
    page,
    saved,
    tomorrow,
)

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

BUILT_IN = {CodeList.CAUSE: Cause, CodeList.MEASURE: Measure}


@staff(Action.SETTINGS_SEE)
@require_safe
def code_lists(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Show the codes of each list: those that everybody has, and those that this service added."""
    rows = list(reversed(dated.rows_of(Kind.CODE, service.pk)))
    lists = [
        {
            "title": word(CodeList, code_list).capitalize(),
            "shared": [str(labels.WORDS[codes_of][code]) for code in codes_of],
            "added": [_code_row(request, service, row) for row in rows if row.code_list == code_list],
        }
        for code_list, codes_of in BUILT_IN.items()
    ]
    return page(request, service, "settings_codes", "codes", {"lists": lists})


def _code_row(request: StaffRequest, service: "Service", row: Any) -> dict[str, Any]:
    day = day_of(request.now)
    stands = dated.held(row, day=day)
    running = stands in (Held.NOW, Held.PLANNED) and allowed(request, service)
    return {
        "label": row.label_en if get_language() == "en" else row.label_da,
        "other": row.label_da if get_language() == "en" else row.label_en,
        "period": words.period(row, today=day),
        "status": words.status(row),
        "ended": stands in (Held.ENDED, Held.WITHDRAWN),
        "end_url": reverse("staff:settings_code_end", args=[service.slug, row.pk]) if running else "",
        "adopt_url": adopt_url(service, Kind.CODE, row) if running else "",
    }


@staff(Action.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def code_new(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Add a code to a list."""
    form = bound(request, forms.CodeForm, {"valid_from": tomorrow(request)})
    if kept(form, lambda: _add_code(request, service, form)):
        return saved(request, service, "settings_codes", _("The code is added."))
    return form_page(request, service, "settings_codes", form, title=_("New code"), submit=_("Add"))


def _add_code(request: StaffRequest, service: "Service", form: Any) -> None:
    typed = form.cleaned_data
    codes.add_code(
        actor=request.actor,
        now=request.now,
        service_id=service.pk,
        code_list=CodeList(typed["code_list"]),
        label_da=typed["label_da"],
        label_en=typed["label_en"],
        starts=form.first_day,
        adoption=adoption_of(request, form),
    )


@staff(Action.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def code_end(request: StaffRequest, service: "Service", code: UUID) -> HttpResponseBase:
    """Let a code be chosen until a day. Old contacts keep it."""
    form = bound(request, forms.LastDayForm, {"last_day": day_of(request.now) - ONE_DAY})
    if kept(
        form,
        lambda: codes.end_code(
            actor=request.actor,
            now=request.now,
            service_id=service.pk,
            code_id=code,
            last_day=form.cleaned_data["last_day"],
        ),
    ):
        return saved(request, service, "settings_codes", _("The code ends. Contacts that hold it keep it."))
    note = _("Nobody can choose it afterwards. Contacts that hold it keep it.")
    return form_page(
        request, service, "settings_codes", form, title=_("End the code"), submit=_("End"), note=note
    )


@staff(Action.SETTINGS_SEE)
@require_safe
def practice(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Show the changes of registration practice."""
    rows = [
        {
            "day": row.on,
            "note": row.note_da,
            "note_en": row.note_en,
            "remove_url": reverse("staff:settings_practice_remove", args=[service.slug, row.pk]),
        }
        for row in reversed(codes.practice_changes(service.pk))
    ]
    return page(request, service, "settings_practice", "practice", {"changes": rows})


@staff(Action.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def practice_new(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Mark a day from which the service registers in another way."""
    form = bound(request, forms.PracticeForm, {"on": tomorrow(request)})
    if kept(
        form,
        lambda: codes.add_practice_change(
            actor=request.actor, now=request.now, service_id=service.pk, **form.cleaned_data
        ),
    ):
        return saved(request, service, "settings_practice", _("The change is marked."))
    title, note = (
        _("Mark a change of practice"),
        _("No number changes. Every figure that crosses the day shows a line."),
    )
    return form_page(request, service, "settings_practice", form, title=title, submit=_("Mark"), note=note)


@staff(Action.SETTINGS_EDIT)
@require_POST
def practice_remove(request: StaffRequest, service: "Service", change: UUID) -> HttpResponseBase:
    """Take away a mark that was set by mistake."""
    codes.remove_practice_change(
        actor=request.actor, now=request.now, service_id=service.pk, change_id=change
    )
    return saved(request, service, "settings_practice", _("The mark is gone."))
