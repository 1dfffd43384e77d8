from datetime import datetime
from uuid import UUID

from django.db import transaction

from lygte.apps.audit import services as audit
from lygte.apps.core.scope import current_municipality_id
from lygte.apps.people import selectors as people
from lygte.apps.plans import selectors
from lygte.apps.plans.models import Plan
from lygte.domain.access import AccessDenied, Action, Actor, require
from lygte.domain.events import Verb


def admit(*, actor: Actor, now: datetime, action: Action, person_id: UUID) -> None:
    """Let an actor near the plan of a person whom the actor may read.

    A person of another municipality does not exist (`DoesNotExist`); otherwise raises `AccessDenied`.
    """
    person = people.person(person_id)
    require(actor, action, municipality_id=current_municipality_id())
    if not people.may_read(actor, person.pk, now):
        raise AccessDenied(action)


@transaction.atomic
def read(*, actor: Actor, now: datetime, person_id: UUID, verb: Verb = Verb.PLAN_READ) -> Plan | None:
    """Return the plan of a person, and record that it was read (or printed); None when there is none yet."""
    admit(actor=actor, now=now, action=Action.PLAN_READ, person_id=person_id)
    plan = selectors.plan_of(person_id)
    if plan is not None:
        audit.record(verb, actor=actor, now=now, subject=plan, person_id=plan.person_id)
    return plan
