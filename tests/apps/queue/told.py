"""A telephone system that tells what the test wants, when the test wants."""

from datetime import datetime
from typing import Any

from lygte.adapters.telephony.mapping import standard
from lygte.apps.queue import services as queue
from lygte.domain.access import Actor, ActorKind, system
from lygte.domain.vocab import CallEvent
from tests.world import NOW, Place

NUMBER = "20 00 00 01"


def endpoint(place: Place, **mapping: Any) -> Any:
    with place.scope():
        made, _ = queue.create_endpoint(
            actor=system(place.municipality.pk),
            now=NOW,
            service=place.service,
            name="Opdigtet central",
            mapping=standard() | mapping,
        )
    return made


class Phone:
    """One telephone system at one service."""

    def __init__(self, place: Place, **mapping: Any) -> None:
        self.place = place
        self.endpoint = endpoint(place, **mapping)
        self.actor = Actor(ActorKind.WEBHOOK, place.municipality.pk, self.endpoint.pk)

    def tell(
        self,
        call_id: str,
        event: CallEvent,
        at: datetime,
        *,
        number: str | None = NUMBER,
        by: Any = None,
        now: datetime | None = None,
    ) -> Any:
        with self.place.scope():
            return queue.announce(
                actor=self.actor,
                now=now or max(at, NOW),
                endpoint_id=self.endpoint.pk,
                service=self.place.service,
                external_id=call_id,
                event=event,
                at=at,
                number=number,
                answered_by_user_id=by.pk if by else None,
            )
