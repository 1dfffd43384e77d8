from datetime import datetime

from lygte.apps.backup.services import DUTY
from lygte.apps.jobs import selectors as jobs


def last_good_backup() -> datetime | None:
    """Return the moment of the newest copy that was taken whole; None when there is none."""
    return jobs.last_success(DUTY)
