from datetime import datetime

from lygte.apps.jobs.duties import Duty
from lygte.apps.watch import services
from lygte.apps.watch.outlet import Outlet


def duties(outlet: Outlet) -> list[Duty]:
    """Return the duty that looks whether the others, and what was promised, stand still."""

    def look(now: datetime) -> None:
        services.tell(outlet, now=now)

    return [Duty("watch.alerts", 60, look, scoped=False)]
