"""What the settings pages share: their tabs, their form page, and saving without losing what was typed."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.tenancy.dated import Adoption, Kind, checked_adoption
from lygte.domain.access import Action, may
from lygte.domain.time import day_of
from lygte.interfaces.web.requests import StaffRequest
from lygte.interfaces.web.staff.views import settings_words as words

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service


def tabs(request: StaffRequest, service: "Service", current: str) -> list[dict[str, Any]]:
    """Return the settings pages that this user may see."""
    pages = [
        ("settings", _("Overview")),
        ("settings_facts", _("The service")),
        ("settings_opening", _("Opening")),
        ("settings_targets", _("Targets")),
        ("settings_levels", _("Levels")),
        ("settings_follow_ups", _("Follow-up")),
        ("settings_codes", _("Code lists")),
        ("settings_practice", _("Practice")),
        ("settings_users", _("Users")),
        ("settings_telephony", _("Telephony")),
    ]
    if allowed(request, service, Action.RETENTION_MANAGE):
        pages.append(("settings_retention", _("What is kept")))
    if allowed(request, service, Action.AUDIT_SEE):
        pages.append(("settings_audit", _("Trail")))
    return [
        {"label": label, "url": reverse(f"staff:{name}", args=[service.slug]), "current": name == current}
        for name, label in pages
    ]


def allowed(request: StaffRequest, service: "Service", action: Action = Action.SETTINGS_EDIT) -> bool:
    """Tell whether the user may do something in the service."""
    return may(request.actor, action, municipality_id=request.actor.municipality_id, service_id=service.pk)


def page(
    request: StaffRequest,
    service: "Service",
    current: str,
    template: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Return a settings page."""
    around = {
        "tabs": tabs(request, service, current),
        "service": service,
        "may_edit": allowed(request, service),
        "today": day_of(request.now),
    }
    return render(request, f"staff/settings/{template}.html", around | context, status=status)


def form_page(
    request: StaffRequest,
    service: "Service",
    current: str,
    form: forms.Form,
    *,
    title: str,
    submit: str,
    note: str = "",
    preview: str = "",
) -> HttpResponse:
    """Return a page with one form; with what was typed and what is wrong when it did not hold."""
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "note": note,
        "preview": preview,
        "back": reverse(f"staff:{current}", args=[service.slug]),
    }
    return page(request, service, current, "form", context, status=400 if form.errors else 200)


def bound(request: StaffRequest, kind: type[forms.Form], initial: dict[str, Any] | None = None) -> Any:
    """Return a form with what was posted, or with what is stored."""
    if request.method == "POST":
        return kind(request.POST, initial=initial)
    return kind(initial=initial)


def kept(form: forms.Form, act: Callable[[], object]) -> bool:
    """Do what a valid form asks for and tell whether it was done; else the form says what is wrong."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        act()
    except InvalidField as problem:
        form.add_error(problem.field if problem.field in form.fields else None, words.field_error(problem))
        return False
    except Refused as problem:
        form.add_error(None, words.refusal(problem))
        return False
    return True


def saved(request: StaffRequest, service: "Service", current: str, sentence: str) -> HttpResponseBase:
    """Say what was saved and go back to its page."""
    messages.success(request, sentence)
    return redirect(f"staff:{current}", service=service.slug)


def adoption_of(request: StaffRequest, form: forms.Form) -> Adoption | None:
    """Return who adopted what when, as typed."""
    typed = form.cleaned_data
    return checked_adoption(typed["adopted_by"], typed["adopted_on"], now=request.now)


def tomorrow(request: StaffRequest) -> date:
    """Return the usual first day of a change."""
    return day_of(request.now) + timedelta(days=1)


def adopt_url(service: "Service", kind: Kind, row: Any) -> str:
    """Return where the adoption of a proposed choice is recorded; empty when it is adopted."""
    if row is None or row.adopted_on is not None:
        return ""
    return reverse("staff:settings_adopt", args=[service.slug, kind.value, row.pk])
