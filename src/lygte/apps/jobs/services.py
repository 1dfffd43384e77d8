import logging
from datetime import datetime

from django.db import DatabaseError
from django.db.models import F

from lygte.apps.jobs.models import DutyRun

log = logging.getLogger("lygte.duties")


def note_run(name: str, *, now: datetime, problem: str = "") -> None:
    """Note how something went that is started from outside, beside the duties. Never fails itself."""
    try:
        row, _ = DutyRun.objects.get_or_create(name=name, defaults={"next_at": now})
        run = DutyRun.objects.filter(pk=row.pk)
        if problem:
            run.update(started_at=now, failures=F("failures") + 1, problem=problem[:200])
        else:
            run.update(started_at=now, finished_at=now, problem="")
    except DatabaseError:
        log.error("%s could not note how it went", name)
