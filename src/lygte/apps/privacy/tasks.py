from datetime import datetime

from lygte.apps.core.scope import municipality_scope
from lygte.apps.jobs.duties import Duty
from lygte.apps.privacy.services import retaining
from lygte.apps.tenancy import selectors as tenancy

BATCHES_IN_ONE_TURN = 20


def let_go(now: datetime) -> None:
    """Go on with the retention runs that were asked for, some batches each, each a transaction of its own."""
    for municipality in tenancy.municipalities():
        for _ in range(BATCHES_IN_ONE_TURN):
            with municipality_scope(municipality.pk):
                if not retaining.go_on(now):
                    break


DUTIES = [Duty("privacy.retention", 10, let_go, scoped=False)]
