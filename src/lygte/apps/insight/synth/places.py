"""The invented municipalities, their services, and the colleagues who work there."""

import base64
import random
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password

from lygte.apps.accounts import selectors as accounts_read
from lygte.apps.accounts import services as accounts
from lygte.apps.accounts.invented import PASSWORD
from lygte.apps.accounts.models import User
from lygte.apps.audit import services as audit
from lygte.apps.queue import services as queue
from lygte.apps.tenancy import services as tenancy
from lygte.apps.tenancy.models import Municipality, OpeningHours, PracticeChange, Service, ServiceTarget
from lygte.domain.access import Actor, system
from lygte.domain.events import Verb
from lygte.domain.time import day_of
from lygte.domain.vocab import AbandonRule, Access, Channel, OrganisationModel, Role

ALL_ROUND_THE_CLOCK = "0123456"


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """A service to be invented."""

    slug: str
    name: str
    model: OrganisationModel
    phone: str
    address: str
    abandon_rule: AbandonRule
    leader: tuple[str, str]
    workers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MunicipalityPlan:
    """A municipality to be invented."""

    key: str
    name: str
    evaluator: tuple[str, str]
    administrator: tuple[str, str]
    services: tuple[ServicePlan, ...]


@dataclass(slots=True)
class ServicePlace:
    """An invented service that exists now."""

    municipality: Municipality
    service: Service
    workers: list[Any] = field(default_factory=list)
    leader: Any = None
    endpoint: Any = None
    secret: str = ""

    def actor(self, user: Any, now: datetime) -> Actor:
        """Return the actor of one of its users."""
        return accounts_read.actor_for(user, today=day_of(now))


HAVNEGADE = ServicePlan(
    "havnegade",
    "Akuttilbuddet Havnegade",
    OrganisationModel.SEMI_INTEGRATED,
    "20 00 00 02",
    "Havnegade 0, Lysborg (opdigtet)",
    AbandonRule.LATE_COUNT_AGAINST,
    ("leder-havnegade", "Lene Opdigtet"),
    (("mette", "Mette Opdigtet"), ("jonas", "Jonas Opdigtet"), ("karin", "Karin Opdigtet")),
)
SKOVBRYNET = ServicePlan(
    "skovbrynet",
    "Akuttilbuddet Skovbrynet",
    OrganisationModel.INTEGRATED,
    "20 00 00 03",
    "Skovbrynet 0, Lysborg (opdigtet)",
    AbandonRule.ALL_COUNT_AGAINST,
    ("leder-skovbrynet", "Leif Opdigtet"),
    (("birgit", "Birgit Opdigtet"), ("anton", "Anton Opdigtet")),
)
MOLEN = ServicePlan(
    "molen",
    "Akuttilbuddet Molen",
    OrganisationModel.INTEGRATED,
    "20 00 00 04",
    "Molen 0, Fyrnæs (opdigtet)",
    AbandonRule.NEVER_COUNTED,
    ("leder-molen", "Lisbeth Opdigtet"),
    (("freja", "Freja Opdigtet"), ("ib", "Ib Opdigtet")),
)
MUNICIPALITIES = (
    MunicipalityPlan(
        "lysborg",
        "Lysborg Kommune",
        ("evaluator", "Eva Opdigtet"),
        ("administrator", "Adam Opdigtet"),
        (HAVNEGADE, SKOVBRYNET),
    ),
    MunicipalityPlan(
        "fyrnes",
        "Fyrnæs Kommune",
        ("evaluator-fyrnes", "Esther Opdigtet"),
        ("administrator-fyrnes", "Alma Opdigtet"),
        (MOLEN,),
    ),
)


def make_services(
    plan: MunicipalityPlan, municipality: Municipality, *, start: datetime, now: datetime, seed: int
) -> list[ServicePlace]:
    """Make the services and users of a municipality, inside its scope."""
    actor = system(municipality.pk)
    places = [_service(one, municipality, start=start, now=now, seed=seed) for one in plan.services]
    for who, role in ((plan.evaluator, Role.EVALUATOR), (plan.administrator, Role.ADMINISTRATOR)):
        _user(actor, who, role, None, start=start, seed=seed)
    return places


def _service(
    plan: ServicePlan, municipality: Municipality, *, start: datetime, now: datetime, seed: int
) -> ServicePlace:
    actor = system(municipality.pk)
    service = tenancy.create_service(
        actor=actor,
        now=start,
        name=plan.name,
        slug=plan.slug,
        organisation_model=plan.model,
        phone=plan.phone,
        address=plan.address,
    )
    place = ServicePlace(municipality, service)
    _choose(plan, service, start=start, now=now)
    place.leader = _user(actor, plan.leader, Role.LEADER, service.pk, start=start, seed=seed)
    place.workers = [
        _user(actor, one, Role.WORKER, service.pk, start=start, seed=seed) for one in plan.workers
    ]
    place.endpoint, place.secret = queue.create_endpoint(
        actor=actor, now=start, service=service, name="Telefonen (opdigtet)", mapping={}
    )
    return place


def _choose(plan: ServicePlan, service: Service, *, start: datetime, now: datetime) -> None:
    """Adopt the suggested rules by name, let walk-ins ring first at night, and change practice once."""
    service.on_call_phone, service.emergency_room_phone = "20 00 00 05", "20 00 00 06"
    service.received_text_da = "Vi har hørt dig og ringer senest {kl}. Ved livsfare: ring 112."
    service.received_text_en = "We have heard you and ring by {kl}. In danger of life: ring 112."
    service.save()
    adopted = {"adopted_by": plan.leader[1], "adopted_on": service.opened_on}
    for model in (OpeningHours, ServiceTarget):
        model.objects.filter(service=service).update(**adopted)
    ServiceTarget.objects.filter(service=service).update(abandon_rule=plan.abandon_rule)
    OpeningHours.objects.create(
        service=service,
        valid_from=day_of(start),
        channel=Channel.WALK_IN,
        access=Access.CALL_FIRST,
        weekdays=ALL_ROUND_THE_CLOCK,
        starts=time(23),
        ends=time(8),
        position=9,
        **adopted,
    )
    PracticeChange.objects.create(
        service=service,
        on=day_of(now).replace(day=1) - timedelta(days=40),
        note_da="Opdigtet: krisens grad spørges der til ved hver henvendelse",
        note_en="Invented: the crisis level is asked for at every contact",
    )


def _user(
    actor: Actor,
    who: tuple[str, str],
    role: Role,
    service_id: UUID | None,
    *,
    start: datetime,
    seed: int,
) -> Any:
    username, name = who
    user = User.objects.create(
        username=username, name=name, municipality_id=actor.municipality_id, password=_password()
    )
    audit.record(Verb.USER_CREATED, actor=actor, now=start, subject=user)
    accounts.give_role(actor=actor, now=start, user=user, role=role, service_id=service_id)
    TOTP.activate(user, second_factor(seed, username))
    return user


@cache
def _password() -> str:
    """Return the printed password as it is kept, hashed once for all: hashing is slow on purpose."""
    return make_password(PASSWORD)


def second_factor(seed: int, username: str) -> str:
    """Return the secret of the code app of an invented colleague."""
    rng = random.Random(f"{seed}:{username}")  # noqa: S311 - invented colleagues, printed codes
    return base64.b32encode(rng.randbytes(20)).decode()
