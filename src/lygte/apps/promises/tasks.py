"""Sweeps over promises. They change none: they let open boards know that the clock has changed how one
stands.
"""

from datetime import datetime, timedelta

from lygte.apps.core import services as core
from lygte.apps.jobs import selectors as jobs
from lygte.apps.jobs.duties import Duty
from lygte.apps.promises import selectors

TURNING = "promises.turning"
FIRST_LOOK_BACK = timedelta(hours=1)


def tell_boards(now: datetime) -> None:
    """Refresh the boards of services where a promise opened, fell due or ran out since the last success.

    Counted from the last success and not from the last run, so that a standstill is caught up with.
    """
    since = jobs.last_success(TURNING) or now - FIRST_LOOK_BACK
    for service_id in selectors.services_turning(since, now):
        core.bump(service_id)


DUTIES = [Duty(TURNING, 10, tell_boards)]
