"""Telling operations what must be looked at: at its beginning, each hour while it lasts, and at its end."""

import json
import logging
from datetime import datetime

from django.core.cache import cache

from lygte.apps.watch.outlet import Outlet, OutletFailed
from lygte.apps.watch.selectors import current
from lygte.domain.alerts import Alert, Trouble

log = logging.getLogger("lygte.alerts")
AGAIN_SECONDS = 60 * 60
OPEN = "alerts:open"


def tell(outlet: Outlet, *, now: datetime) -> tuple[Alert, ...]:
    """Tell what is new or still so, and what is over; return what is open.

    What was told is kept in the cache that all hosts share, so that two that look at the same moment tell it
    once.
    """
    _, found = current(now=now)
    was_open = {Alert(Trouble(trouble), subject) for trouble, subject in json.loads(cache.get(OPEN, "[]"))}
    is_open = {Alert(alert.trouble, alert.subject) for alert in found}
    for alert in found:
        if cache.add(_key(alert), 1, AGAIN_SECONDS) and not _told(outlet, alert, over=False):
            cache.delete(_key(alert))
    for alert in was_open - is_open:
        cache.delete(_key(alert))
        _told(outlet, alert, over=True)
    if was_open != is_open:
        pairs = sorted((alert.trouble.value, alert.subject) for alert in is_open)
        cache.set(OPEN, json.dumps(pairs), None)
    return found


def _key(alert: Alert) -> str:
    return f"alerts:{alert.trouble.value}:{alert.subject}"


def _told(outlet: Outlet, alert: Alert, *, over: bool) -> bool:
    try:
        outlet.tell(alert, over=over)
    except OutletFailed as problem:
        log.error("an alert could not be told: %s", problem)
        return False
    return True
