"""Template tags of the design system: days, clocks, shortcut keys and device choices in words."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext, ngettext

from lygte.domain import ids
from lygte.domain.time import local

register = template.Library()

KEY_NAMES = {"ctrl": "Ctrl", "enter": "Enter", "escape": "Esc", "shift": "Shift"}
PRIVACY_COOKIE = "lygte_privacy"
KEYS_COOKIE = "lygte_keys"


def _day(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


@register.filter
def danish_day(value: date | datetime | None) -> str:
    """Weekday and day as people write them: fredag 28/11."""
    if value is None:
        return ""
    day = _day(value)
    return f"{WEEKDAYS[day.weekday()]} {day.day}/{day.month}"


@register.filter
def danish_date(value: date | datetime | None) -> str:
    """Day with year: 28/11 2025."""
    if value is None:
        return ""
    day = _day(value)
    return f"{day.day}/{day.month} {day.year}"


@register.filter(name="clock")
def clock_time(value: datetime | None) -> str:
    """Local clock time with a full stop: 20.30."""
    return "" if value is None else f"{local(value):%H.%M}"


@register.filter
def minutes(seconds: float | None) -> str:
    """A duration in seconds as words: 42 sec, 12 min, 1 h 5 min."""
    if seconds is None:
        return ""
    whole = int(seconds)
    if whole < 60:
        return gettext("%(n)s sec") % {"n": whole}
    if whole < 3600:
        return gettext("%(n)s min") % {"n": whole // 60}
    return gettext("%(h)s h %(m)s min") % {"h": whole // 3600, "m": whole % 3600 // 60}


@register.filter
def ago(value: datetime | None, now: datetime | None = None) -> str:
    """How long ago a moment was, in the largest whole unit: 12 minutes ago."""
    if value is None:
        return ""
    seconds = max(0, int(((now or timezone.now()) - value).total_seconds()))
    if seconds < 60:
        return ngettext("%(n)s second ago", "%(n)s seconds ago", seconds) % {"n": seconds}
    if seconds < 3600:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", seconds // 60) % {"n": seconds // 60}
    if seconds < 86400:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)s day ago", "%(n)s days ago", seconds // 86400) % {"n": seconds // 86400}


@register.filter
def iso(value: datetime | None) -> str:
    """Machine-readable moment for the datetime attribute."""
    return "" if value is None else value.isoformat(timespec="seconds")


@register.filter
def initials(name: str | None) -> str:
    """Initials of a name: Anna Kirstine becomes A.K."""
    return ids.initials(name) if name else ""


@register.simple_tag
def server_now() -> str:
    """The server's clock, from which running clocks in the browser count."""
    return timezone.now().isoformat(timespec="milliseconds")


@register.simple_tag
def clock_now() -> str:
    """The local clock time of this page: true also where no script runs."""
    return clock_time(timezone.now())


@register.simple_tag
def language_name(code: str) -> str:
    """A language named in itself, with a capital letter."""
    return str(get_language_info(code)["name_local"]).capitalize()


@register.simple_tag
def key_attrs(combination: str) -> SafeString:
    """Attributes that bind a shortcut to the element: data-key and aria-keyshortcuts."""
    spoken = "+".join(
        {"ctrl": "Control"}.get(part, part.capitalize()) for part in combination.lower().split("+") if part
    )
    return format_html('data-key="{}" aria-keyshortcuts="{}"', combination.lower(), spoken or combination)


@register.simple_tag
def key(combination: str) -> SafeString:
    """The shortcut printed on the button that it presses."""
    parts = [part for part in combination.lower().split("+") if part] or [combination]
    shape = "key" if len(parts) == 1 else "key key-combination"
    return format_html_join(
        "", '<kbd class="{}" aria-hidden="true">{}</kbd>', ((shape, _key_name(part)) for part in parts)
    )


def _key_name(part: str) -> str:
    return KEY_NAMES.get(part, part.upper())


def _cookies(context: Context) -> Mapping[str, str]:
    request: Any = context.get("request")
    return request.COOKIES if request is not None else {}


@register.simple_tag(takes_context=True)
def keys_off(context: Context) -> bool:
    """Whether single-key shortcuts are turned off on this device."""
    return _cookies(context).get(KEYS_COOKIE) == "off"


@register.simple_tag(takes_context=True)
def privacy_on(context: Context) -> bool:
    """Whether this device shows initials only."""
    return _cookies(context).get(PRIVACY_COOKIE) == "on"


@register.simple_tag(takes_context=True)
def device_attrs(context: Context) -> SafeString:
    """Attributes of the html element for what is chosen on this device, so that no name flashes by."""
    chosen = []
    if privacy_on(context):
        chosen.append(("data-privacy", "on"))
    if keys_off(context):
        chosen.append(("data-keys", "off"))
    return format_html_join("", ' {}="{}"', chosen)
