"""Rules of a service for one subject each: targets, levels, follow-up."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lygte.apps.core.labels import word
from lygte.apps.tenancy import dated, settings
from lygte.apps.tenancy.dated import Held, Kind
from lygte.domain.access import Action
from lygte.domain.time import day_of
from lygte.domain.vocab import AbandonRule, Channel, Level, PromiseKind
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
from lygte.interfaces.web.ui.templatetags.ui import danish_date

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

TARGET_CHANNELS = (Channel.PHONE, Channel.WALK_IN, Channel.SMS, Channel.EMAIL)


def card(
    service: "Service",
    kind: Kind,
    *,
    title: str,
    rows: Iterable[Any],
    lines: Any,
    day: date,
    may_edit: bool,
    edit_url: str = "",
) -> dict[str, Any]:
    """Return one subject of a rules page: what holds now, what is planned, and what held before."""
    found = list(rows)
    now = next((row for row in found if dated.held(row, day=day) is Held.NOW), None)
    planned = [row for row in found if dated.held(row, day=day) is Held.PLANNED]
    past = [row for row in found if row is not now and row not in planned]
    return {
        "title": title,
        "lines": lines(now) if now else [],
        "status": words.status(now) if now else None,
        "since": words.period(now, today=day) if now else "",
        "planned": [{"lines": lines(row), "period": words.period(row, today=day)} for row in planned],
        "past": [{"lines": lines(row), "period": words.period(row, today=day)} for row in past],
        "edit_url": edit_url if may_edit else "",
        "adopt_url": adopt_url(service, kind, now) if may_edit else "",
    }


@staff(Action.SETTINGS_SEE)
@require_safe
def targets(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Show how fast each channel should be answered, and how abandoned calls are counted."""
    day, rows = day_of(request.now), dated.rows_of(Kind.TARGET, service.pk)
    cards = [
        card(
            service,
            Kind.TARGET,
            title=word(Channel, channel).capitalize(),
            rows=[row for row in rows if row.channel == channel],
            lines=_target_lines,
            day=day,
            may_edit=allowed(request, service),
            edit_url=reverse("staff:settings_target_edit", args=[service.slug, channel.value]),
        )
        for channel in TARGET_CHANNELS
    ]
    context = {"cards": cards, "title": _("Targets"), "empty": _("No target adopted or proposed.")}
    return page(request, service, "settings_targets", "rules", context)


def _target_lines(row: Any) -> list[str]:
    return [words.target(row) + ".", str(words.ABANDON_SENTENCES[AbandonRule(row.abandon_rule)])]


@staff(Action.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def target_edit(request: StaffRequest, service: "Service", channel: str) -> HttpResponseBase:
    """Give a channel a new target from a day on."""
    if channel not in TARGET_CHANNELS:
        raise Http404
    stored = _stored(request, service, Kind.TARGET, "channel", channel)
    initial = {
        "seconds": 60,
        "share_percent": 90,
        "abandon_rule": AbandonRule.LATE_COUNT_AGAINST.value,
    } | stored
    form = bound(request, forms.TargetForm, initial)
    if kept(
        form,
        lambda: settings.set_target(
            actor=request.actor,
            now=request.now,
            service_id=service.pk,
            channel=Channel(channel),
            values=form.values(),
            starts=form.first_day,
            adoption=adoption_of(request, form),
        ),
    ):
        return saved(request, service, "settings_targets", _from_sentence(form.first_day))
    title = _("New target: %(channel)s") % {"channel": word(Channel, channel)}
    return form_page(request, service, "settings_targets", form, title=title, submit=_("Save"))


def _stored(request: StaffRequest, service: "Service", kind: Kind, field: str, value: str) -> dict[str, Any]:
    """Return what holds now as a form begins with it."""
    day = day_of(request.now)
    rows = dated.rows_of(kind, service.pk)
    row = next(
        (row for row in rows if getattr(row, field) == value and dated.held(row, day=day) is Held.NOW), None
    )
    names = {column.name for column in row._meta.fields} if row else set()
    apart = {"valid_from", "valid_to", "adopted_by", "adopted_on"}
    return {name: getattr(row, name) for name in names - apart} | {"valid_from": tomorrow(request)}


def _from_sentence(day: date) -> str:
    return _("Saved. It holds from %(day)s; what holds until then is kept.") % {"day": danish_date(day)}


@staff(Action.SETTINGS_SEE)
@require_safe
def levels(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Show what each crisis level sets in motion."""
    day, rows = day_of(request.now), dated.rows_of(Kind.LEVEL, service.pk)
    cards = [
        card(
            service,
            Kind.LEVEL,
            title=word(Level, level).capitalize(),
            rows=[row for row in rows if row.level == level],
            lines=_level_lines,
            day=day,
            may_edit=allowed(request, service),
            edit_url=reverse("staff:settings_level_edit", args=[service.slug, level.value]),
        )
        for level in settings.LEVELS
    ]
    context = {"cards": cards, "title": _("Levels"), "empty": _("Nothing is set.")}
    return page(request, service, "settings_levels", "rules", context)


def _level_lines(row: Any) -> list[str]:
    line = words.level(row)
    return [f"{line[0].upper()}{line[1:]}."]


@staff(Action.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def level_edit(request: StaffRequest, service: "Service", level: str) -> HttpResponseBase:
    """Give a level new consequences from a day on."""
    if level not in settings.LEVELS:
        raise Http404
    form = bound(request, forms.LevelForm, _stored(request, service, Kind.LEVEL, "level", level))
    if kept(
        form,
        lambda: settings.set_level(
            actor=request.actor,
            now=request.now,
            service_id=service.pk,
            level=Level(level),
            values=form.values(),
            starts=form.first_day,
            adoption=adoption_of(request, form),
        ),
    ):
        return saved(request, service, "settings_levels", _from_sentence(form.first_day))
    title = _("New rule: %(what)s") % {"what": word(Level, level)}
    return form_page(request, service, "settings_levels", form, title=title, submit=_("Save"))


@staff(Action.SETTINGS_SEE)
@require_safe
def follow_ups(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Show when and how often a follow-up is tried."""
    day, rows = day_of(request.now), dated.rows_of(Kind.FOLLOW_UP, service.pk)
    cards = [
        card(
            service,
            Kind.FOLLOW_UP,
            title=word(PromiseKind, kind).capitalize(),
            rows=[row for row in rows if row.kind == kind],
            lines=words.follow_up,
            day=day,
            may_edit=allowed(request, service),
            edit_url=reverse("staff:settings_follow_up_edit", args=[service.slug, kind.value]),
        )
        for kind in settings.FOLLOW_UP_KINDS
    ]
    context = {"cards": cards, "title": _("Follow-up"), "empty": _("Nothing is set.")}
    return page(request, service, "settings_follow_ups", "rules", context)


@staff(Action.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_edit(request: StaffRequest, service: "Service", kind: str) -> HttpResponseBase:
    """Give a kind of follow-up a new rule from a day on."""
    if kind not in settings.FOLLOW_UP_KINDS:
        raise Http404
    form = bound(request, forms.FollowUpForm, _stored(request, service, Kind.FOLLOW_UP, "kind", kind))
    if kept(
        form,
        lambda: settings.set_follow_up(
            actor=request.actor,
            now=request.now,
            service_id=service.pk,
            kind=PromiseKind(kind),
            values=form.values(),
            starts=form.first_day,
            adoption=adoption_of(request, form),
        ),
    ):
        return saved(request, service, "settings_follow_ups", _from_sentence(form.first_day))
    title = _("New rule: %(what)s") % {"what": word(PromiseKind, kind)}
    return form_page(request, service, "settings_follow_ups", form, title=title, submit=_("Save"))
