from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from lygte.apps.people import selectors as people
from lygte.apps.plans.models import Plan, PlanMark, PlanShare, PlanText, PlanVersion
from lygte.domain.plan import SECTIONS
from lygte.domain.vocab import PlanSection, PlanVersionState, ShareAudience

__all__ = [
    "Plan",
    "PlanShare",
    "PlanVersion",
    "draft",
    "marks",
    "newest_finished",
    "newest_finished_of",
    "plan_of",
    "sections",
    "share",
    "shares",
    "unopened_shares",
    "version",
    "versions",
]

UNMARKED = (ShareAudience.CITIZEN.value,)


def plan_of(person_id: UUID) -> Plan | None:
    """Return the person's plan: the own one, else the newest of a thread that is linked to the person now."""
    plans = Plan.objects.select_related("service").filter(person_id__in=people.group(person_id))
    ordered = sorted(plans, key=lambda plan: (plan.person_id == person_id, plan.created_at))
    return ordered[-1] if ordered else None


def versions(plan_id: UUID) -> list[PlanVersion]:
    """Return all versions, oldest first."""
    return list(PlanVersion.objects.filter(plan_id=plan_id).order_by("number"))


def version(version_id: UUID) -> PlanVersion:
    """Return a version with its plan."""
    found: PlanVersion = PlanVersion.objects.select_related("plan__service", "contact").get(pk=version_id)
    return found


def draft(plan_id: UUID) -> PlanVersion | None:
    """Return the running draft."""
    rows = PlanVersion.objects.select_related("plan", "contact")
    return rows.filter(plan_id=plan_id, state=PlanVersionState.DRAFT).first()


def newest_finished_of(plan_id: UUID) -> PlanVersion | None:
    """Return the newest finished version of a plan."""
    rows = PlanVersion.objects.filter(plan_id=plan_id, state=PlanVersionState.FINISHED)
    return rows.order_by("-number").first()


def newest_finished(person_id: UUID) -> PlanVersion | None:
    """Return the newest finished version of a person's plan."""
    plan = plan_of(person_id)
    return newest_finished_of(plan.pk) if plan else None


def sections(version_id: UUID) -> dict[PlanSection, str]:
    """Return every section of a version in order; empty where nothing is written."""
    written = {row.section: row.text for row in PlanText.objects.filter(version_id=version_id)}
    return {section: written.get(section, "") for section in SECTIONS}


def marks(plan_id: UUID) -> dict[PlanSection, tuple[ShareAudience, ...]]:
    """Return who may be shown each section; the person alone until marked otherwise."""
    marked = {row.section: row.audiences for row in PlanMark.objects.filter(plan_id=plan_id)}
    return {
        section: tuple(ShareAudience(one) for one in marked.get(section, UNMARKED)) for section in SECTIONS
    }


def shares(plan_id: UUID) -> list[PlanShare]:
    """Return every link to a plan, newest first, closed ones included."""
    return list(PlanShare.objects.filter(plan_id=plan_id).order_by("-created_at", "-id"))


def share(share_id: UUID) -> PlanShare:
    """Return a link with its plan."""
    found: PlanShare = PlanShare.objects.select_related("plan").get(pk=share_id)
    return found


def unopened_shares(service_id: UUID, *, now: datetime | None = None) -> list[PlanShare]:
    """Return the links of a service's plans that still work and that nobody has opened, oldest first."""
    rows = PlanShare.objects.select_related("plan").filter(
        plan__service_id=service_id,
        withdrawn_at__isnull=True,
        expires_at__gt=now or timezone.now(),
        times_opened=0,
    )
    return list(rows.order_by("created_at", "id"))


def persons_since(moment: datetime) -> "QuerySet[PlanVersion, UUID]":
    """Return the persons whose plan was written in since a moment."""
    rows = PlanVersion.objects.filter(Q(started_at__gte=moment) | Q(finished_at__gte=moment))
    return rows.order_by().values_list("plan__person_id", flat=True)
