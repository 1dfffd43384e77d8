from datetime import datetime

from lygte.apps.jobs.models import DutyRun


def last_success(name: str) -> datetime | None:
    """Return the moment that a duty last covered everywhere; None before its first success."""
    return DutyRun.objects.filter(name=name).values_list("finished_at", flat=True).first()


def failing() -> list[tuple[str, str, int]]:
    """Return name, problem and number of failures of every duty whose last run failed."""
    rows = DutyRun.objects.exclude(problem="").order_by("name")
    return list(rows.values_list("name", "problem", "failures"))


def runs() -> list[DutyRun]:
    """Return how every duty last went, by name."""
    return list(DutyRun.objects.order_by("name"))
