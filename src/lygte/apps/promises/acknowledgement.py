"""The text that tells a caller that we have heard, and when we ring. Names nobody and says nothing of why."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, pgettext

from lygte.apps.outbox.length import parts
from lygte.domain.time import day_of, local

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

CLOCK = "{kl}"


def text(service: "Service", *, closes: datetime, now: datetime) -> str:
    """Return one text message in the language of the installation, with the clock time at which we ring at
    the latest.

    The service's own text is used when it has one; `{kl}` in it is the clock time, which is added at its end
    where the text does not hold it. One that does not fit into one message gives way to the standard text.
    """
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        when = _when(closes, now)
        own = str(getattr(service, f"received_text_{language}", "")).strip()
        if own and parts(written := _own(own, when)) == 1:
            return written
        return gettext(
            "The crisis service has heard your message. We ring before {when}. In danger of life: ring 112."
        ).format(when=when)


def _own(own: str, when: str) -> str:
    if CLOCK in own:
        return own.replace(CLOCK, when)
    return f"{own} {gettext('We ring before {when}.').format(when=when)}"


def _when(closes: datetime, now: datetime) -> str:
    """Return the clock time as it is said ("kl. 20.30"), with the weekday when it is not today."""
    clock = f"{local(closes):%H.%M}"
    if day_of(closes) == day_of(now):
        return pgettext("hour of the day", "{time}").format(time=clock)
    day = str(WEEKDAYS[day_of(closes).weekday()])
    return gettext("{weekday} at {time}").format(weekday=day, time=clock)
