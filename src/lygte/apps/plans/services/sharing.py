import base64
import hashlib
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import F

from lygte.apps.audit import services as audit
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.scope import current_municipality_id, municipality_scope
from lygte.apps.core.services import bump
from lygte.apps.plans import selectors
from lygte.apps.plans.models import Plan, PlanShare, PlanVersion
from lygte.apps.plans.services.reading import admit
from lygte.apps.plans.services.writing import new_mark
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain import plan as plan_rules
from lygte.domain.access import Action, Actor, ActorKind
from lygte.domain.events import Verb
from lygte.domain.vocab import PlanSection, ShareAudience

SECRET_BYTES = 20  # 32 signs of base32, which can be typed and read aloud: case does not matter
LONGEST_DAYS = 366
LONGEST_LABEL = 80
_SECRET = re.compile(r"[a-z2-7]{32}")


class ShareClosed(Exception):
    """A link that opens nothing: unknown, withdrawn or expired. Says the same of all three."""


@dataclass(frozen=True, slots=True)
class SharedPlan:
    """What the holder of a link may see, and nothing else."""

    audience: ShareAudience
    service_name: str
    service_phone: str
    updated_at: datetime
    expires_at: datetime
    sections: dict[PlanSection, str]


def digest(secret: str) -> bytes:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


@transaction.atomic
def share(
    *,
    actor: Actor,
    now: datetime,
    plan_id: UUID,
    audience: ShareAudience,
    label: str,
    sections: Collection[PlanSection],
    days: int,
    share_id: UUID | None = None,
) -> tuple[PlanShare, str]:
    """Make a secret link to some sections of the newest finished version, and return it with its token.

    The token is known only now. The chosen sections become marked for the audience. Raises
    `Refused("share_exists")` when `share_id` was used before, `Refused("plan_not_finished")` when the plan
    has no finished version, and `InvalidField`.
    """
    plan = Plan.objects.select_for_update().get(pk=plan_id)
    admit(actor=actor, now=now, action=Action.PLAN_SHARE, person_id=plan.person_id)
    chosen = [section for section in plan_rules.SECTIONS if section in sections]
    _check_share(plan, label=label, chosen=chosen, days=days, share_id=share_id)
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode().lower()
    made = PlanShare(
        plan=plan,
        audience=audience,
        label=label.strip(),
        sections=[section.value for section in chosen],
        secret_digest=digest(secret),
        created_at=now,
        created_by_id=actor.id,
        expires_at=now + timedelta(days=days),
    )
    made.pk = share_id or made.pk
    made.save(force_insert=True)
    _mark(plan, chosen, audience, actor=actor, now=now)
    _record(Verb.PLAN_SHARED, made, actor=actor, now=now, sections=made.sections, days=days)
    bump(plan.service_id)
    return made, f"{tenancy.current_municipality().key}-{secret}"


def _check_share(
    plan: Plan, *, label: str, chosen: list[PlanSection], days: int, share_id: UUID | None
) -> None:
    if not chosen:
        raise InvalidField("sections", "none_chosen")
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidField("days", "out_of_range")
    if len(label) > LONGEST_LABEL:
        raise InvalidField("label", "too_long")
    if selectors.newest_finished_of(plan.pk) is None:
        raise Refused("plan_not_finished")
    if share_id and PlanShare.objects.filter(pk=share_id).exists():
        raise Refused("share_exists")


def _mark(
    plan: Plan, chosen: list[PlanSection], audience: ShareAudience, *, actor: Actor, now: datetime
) -> None:
    marks = {row.section: row for row in plan.marks.all()}
    for section in chosen:
        mark = marks.get(section) or new_mark(plan, section, now=now)
        if audience.value in mark.audiences:
            continue
        allowed = {*mark.audiences, audience.value}
        mark.audiences = [one.value for one in ShareAudience if one.value in allowed]
        mark.saved_at, mark.saved_by_id, mark.saved_from = now, actor.id, ""
        mark.save()


@transaction.atomic
def withdraw(*, actor: Actor, now: datetime, share_id: UUID) -> PlanShare:
    """Close a link; the next request finds nothing. Raises `Refused("share_closed")` for a closed one."""
    row = PlanShare.objects.select_related("plan").get(pk=share_id)
    admit(actor=actor, now=now, action=Action.PLAN_SHARE, person_id=row.plan.person_id)
    if PlanShare.objects.filter(pk=share_id, withdrawn_at__isnull=True).update(withdrawn_at=now) != 1:
        raise Refused("share_closed")
    row.withdrawn_at = now
    _record(Verb.PLAN_SHARE_WITHDRAWN, row, actor=actor, now=now, times_opened=row.times_opened)
    bump(row.plan.service_id)
    return row


def open_share(*, now: datetime, token: str) -> SharedPlan:
    """Return what a secret link shows now; the opening is counted and recorded.

    Opens the scope of the municipality that the token names, so it needs none around it. Raises `ShareClosed`
    for every other token; the refusal is recorded in the municipality that it names, if there is such a one.
    """
    key, _dash, secret = token.lower().rpartition("-")
    try:
        municipality = tenancy.municipality_by_key(key)
    except ObjectDoesNotExist:
        raise ShareClosed from None
    # Nothing is raised inside the scope: where it is a transaction, that would undo the recorded refusal.
    with municipality_scope(municipality.pk):
        shared = _open(now=now, secret=secret)
    if shared is None:
        raise ShareClosed
    return shared


@transaction.atomic
def _open(*, now: datetime, secret: str) -> SharedPlan | None:
    row = _share_of(secret)
    if row is None:
        link = Actor(ActorKind.LINK, current_municipality_id())
        audit.record(Verb.ATTACK_REFUSED, actor=link, now=now, detail={"door": "plan_link"})
        return None
    link = Actor(ActorKind.LINK, current_municipality_id(), row.pk)
    closed = "withdrawn" if row.withdrawn_at else "expired" if row.expires_at <= now else ""
    version = selectors.newest_finished_of(row.plan_id)
    if closed or version is None:
        _record(Verb.ATTACK_REFUSED, row, actor=link, now=now, door="plan_link", closed=closed)
        return None
    PlanShare.objects.filter(pk=row.pk).update(times_opened=F("times_opened") + 1, last_opened_at=now)
    shared = _shown(row, version)
    _record(Verb.PLAN_OPENED_BY_LINK, row, actor=link, now=now, sections=list(shared.sections))
    return shared


@dataclass(frozen=True, slots=True)
class OwnLink:
    """A link that a person holds to their own plan."""

    share_id: UUID
    person_id: UUID


@contextmanager
def own_link(*, now: datetime, token: str) -> Iterator[OwnLink | None]:
    """Open the scope that a token names, and give the person's own link, or None when it is not one.

    Whoever was shown a plan by its owner learns nothing of the record. Raises `ShareClosed` where the token
    names no municipality.
    """
    key, _dash, secret = token.lower().rpartition("-")
    try:
        municipality = tenancy.municipality_by_key(key)
    except ObjectDoesNotExist:
        raise ShareClosed from None
    with municipality_scope(municipality.pk):
        row = _share_of(secret)
        runs = row is not None and row.withdrawn_at is None and row.expires_at > now
        if row is None or not runs or row.audience != ShareAudience.CITIZEN:
            link = Actor(ActorKind.LINK, current_municipality_id())
            audit.record(Verb.ATTACK_REFUSED, actor=link, now=now, detail={"door": "openings_link"})
            yield None
        else:
            yield OwnLink(row.pk, row.plan.person_id)


def _share_of(secret: str) -> PlanShare | None:
    if not _SECRET.fullmatch(secret):
        return None
    rows = PlanShare.objects.select_related("plan__service").filter(secret_digest=digest(secret))
    found: PlanShare | None = rows.first()
    return found


def _shown(row: PlanShare, version: PlanVersion) -> SharedPlan:
    audience = ShareAudience(row.audience)
    marks = selectors.marks(row.plan_id)
    shared = [section for section in marks if section in row.sections and audience in marks[section]]
    return SharedPlan(
        audience=audience,
        service_name=row.plan.service.name,
        service_phone=row.plan.service.phone,
        updated_at=version.finished_at or row.created_at,
        expires_at=row.expires_at,
        sections=plan_rules.visible_sections(selectors.sections(version.pk), shared),
    )


def _record(verb: Verb, row: PlanShare, *, actor: Actor, now: datetime, **detail: object) -> None:
    audit.record(
        verb,
        actor=actor,
        now=now,
        subject=row,
        person_id=row.plan.person_id,
        service_id=row.plan.service_id,
        detail={"audience": row.audience, **detail},
    )
