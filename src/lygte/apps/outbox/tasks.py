from datetime import datetime

from lygte.apps.jobs.duties import Duty
from lygte.apps.outbox import services
from lygte.apps.outbox.gateway import SmsGateway
from lygte.apps.tenancy import selectors as tenancy


def duties(gateway: SmsGateway) -> list[Duty]:
    """Return the duty that hands waiting messages to a gateway."""

    def deliver(now: datetime) -> None:
        for municipality in tenancy.municipalities():
            services.deliver_due(municipality_id=municipality.pk, now=now, gateway=gateway)

    return [Duty("outbox.deliver", 2, deliver, scoped=False)]
