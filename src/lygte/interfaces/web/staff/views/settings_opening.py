"""How the channels of a service may be used: rules by hour, and what they mean right now."""

from datetime import date, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lygte.apps.core.labels import word
from lygte.apps.tenancy import dated, opening, rules
from lygte.apps.tenancy.dated import Held, Kind
from lygte.domain.access import Action
from lygte.domain.time import ONE_DAY, OpeningRule, access_at, at_local, day_of, next_change
from lygte.domain.vocab import Access, Channel
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
from lygte.interfaces.web.ui.templatetags.ui import clock_time, danish_date, danish_day

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

SHOWN_CHANNELS = (Channel.PHONE, Channel.WALK_IN)
TONES = {Access.OPEN: "ok", Access.CALL_FIRST: "warn", Access.CLOSED: "quiet"}
HOURS = range(24)
STEPS = {Access.OPEN: 4, Access.CALL_FIRST: 2, Access.CLOSED: 0}


@staff(Action.SETTINGS_SEE)
@require_safe
def opening_rules(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Show how each channel may be used now and next, the rules behind it, and the week hour by hour."""
    day = day_of(request.now)
    stored = sorted(dated.rows_of(Kind.OPENING, service.pk), key=lambda row: -row.position)
    compiled = rules.opening_rules(service.pk, day=day)
    used = [code for code in Channel if code in SHOWN_CHANNELS or any(row.channel == code for row in stored)]
    channels = [
        {
            "title": word(Channel, channel).capitalize(),
            "preview": _preview(request, compiled, channel),
            "week": _week(request, compiled, channel),
            "rules": [
                _rule(request, service, row) for row in stored if row.channel == channel and _runs(row, day)
            ],
            "past": [
                {"text": words.opening(row), "period": words.period(row, today=day)}
                for row in stored
                if row.channel == channel and not _runs(row, day)
            ],
        }
        for channel in used
    ]
    context = {"channels": channels, "hours": [f"{hour:02d}" for hour in HOURS]}
    return page(request, service, "settings_opening", "opening", context)


def _runs(row: Any, day: date) -> bool:
    return dated.held(row, day=day) in (Held.NOW, Held.PLANNED)


def _preview(request: StaffRequest, compiled: tuple[OpeningRule, ...], channel: Channel) -> dict[str, str]:
    now = access_at(compiled, channel=channel, moment=request.now)
    coming = next_change(compiled, channel=channel, moment=request.now)
    if coming is None:
        following = _("no change the next fourteen days")
    else:
        facts = {
            "day": danish_day(coming[0]),
            "time": clock_time(coming[0]),
            "access": words.ACCESS_RULES[coming[1]],
        }
        following = _("from %(day)s %(time)s: %(access)s") % facts
    return {"tone": TONES[now], "now": str(words.ACCESS_RULES[now]), "next": following}


def _week(request: StaffRequest, compiled: tuple[OpeningRule, ...], channel: Channel) -> list[dict[str, Any]]:
    first = day_of(request.now)
    days = []
    for number in range(7):
        day = first + ONE_DAY * number
        found = [access_at(compiled, channel=channel, moment=at_local(day, time(hour))) for hour in HOURS]
        days.append({"label": danish_day(day), "cells": [_cell(access) for access in found]})
    return days


def _cell(access: Access) -> dict[str, Any]:
    signs = {Access.OPEN: "●", Access.CALL_FIRST: "○", Access.CLOSED: "–"}
    return {"step": STEPS[access], "sign": signs[access], "word": str(words.ACCESS_RULES[access])}


def _rule(request: StaffRequest, service: "Service", row: Any) -> dict[str, Any]:
    may_edit = allowed(request, service)
    return {
        "text": words.opening(row),
        "period": words.period(row, today=day_of(request.now)),
        "status": words.status(row),
        "edit_url": reverse("staff:settings_opening_edit", args=[service.slug, row.pk]) if may_edit else "",
        "end_url": reverse("staff:settings_opening_end", args=[service.slug, row.pk]) if may_edit else "",
        "adopt_url": adopt_url(service, Kind.OPENING, row) if may_edit else "",
    }


@staff(Action.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def opening_new(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Add a rule, which beats those before it."""
    initial = {"weekdays": list(words.EVERY_DAY), "valid_from": tomorrow(request)}
    form = bound(request, forms.OpeningForm, initial)
    if kept(
        form,
        lambda: opening.add(
            actor=request.actor,
            now=request.now,
            service_id=service.pk,
            values=form.values(),
            starts=form.first_day,
            adoption=adoption_of(request, form),
        ),
    ):
        return saved(request, service, "settings_opening", _("The rule is added."))
    note = _("The newest rule wins where two of them meet. Where no rule is, it is closed.")
    return form_page(
        request, service, "settings_opening", form, title=_("New rule"), submit=_("Add"), note=note
    )


@staff(Action.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def opening_edit(request: StaffRequest, service: "Service", rule: UUID) -> HttpResponseBase:
    """End a rule the day before and begin another in its place."""
    row = opening.rule(service.pk, rule)
    initial = {
        "channel": row.channel,
        "access": row.access,
        "weekdays": list(row.weekdays),
        "starts": row.starts,
        "ends": row.ends,
        "on_holidays": {True: "yes", False: "no", None: ""}[row.on_holidays],
        "valid_from": tomorrow(request),
    }
    form = bound(request, forms.OpeningForm, initial)
    if kept(
        form,
        lambda: opening.change(
            actor=request.actor,
            now=request.now,
            service_id=service.pk,
            rule_id=rule,
            values=form.values(),
            starts=form.first_day,
            adoption=adoption_of(request, form),
        ),
    ):
        sentence = _("Saved. It holds from %(day)s; what holds until then is kept.")
        return saved(request, service, "settings_opening", sentence % {"day": danish_date(form.first_day)})
    return form_page(
        request,
        service,
        "settings_opening",
        form,
        title=_("Change the rule"),
        submit=_("Save"),
        note=words.opening(row),
    )


@staff(Action.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def opening_end(request: StaffRequest, service: "Service", rule: UUID) -> HttpResponseBase:
    """Let a rule hold until a day."""
    row = opening.rule(service.pk, rule)
    form = bound(request, forms.LastDayForm, {"last_day": day_of(request.now)})
    if kept(
        form,
        lambda: opening.end(
            actor=request.actor,
            now=request.now,
            service_id=service.pk,
            rule_id=rule,
            last_day=form.cleaned_data["last_day"],
        ),
    ):
        return saved(request, service, "settings_opening", _("The rule ends."))
    note = words.opening(row)
    return form_page(
        request, service, "settings_opening", form, title=_("End the rule"), submit=_("End"), note=note
    )
