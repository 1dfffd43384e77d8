"""The crisis plan of a person, every version of it. A link to it opens nothing from that moment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from lygte.apps.core.shredding import Holding, Shredder, Subject, Term
from lygte.apps.plans.models import Plan, PlanErasure, PlanMark, PlanShare, PlanText, PlanVersion
from lygte.domain.access import Actor
from lygte.domain.retention import Ground


def _plans(subject: Subject) -> Any:
    return Plan.objects.filter(person_id__in=subject.person_ids)


def _under(model: Any, path: str) -> Any:
    def rows(subject: Subject) -> Any:
        return model.objects.filter(**{f"{path}__person_id__in": subject.person_ids})

    return rows


def _erase(subject: Subject, actor: Actor, now: datetime) -> dict[str, int]:
    """Erase the plans. The database lets go of a finished version only while its erasure is announced."""
    ids = list(_plans(subject).values_list("pk", flat=True))
    announced = PlanErasure.objects.bulk_create([PlanErasure(plan_id=plan_id) for plan_id in ids])
    counts = {
        "plans.PlanShare": PlanShare.objects.filter(plan_id__in=ids).delete()[0],
        "plans.PlanMark": PlanMark.objects.filter(plan_id__in=ids).delete()[0],
        "plans.PlanText": PlanText.objects.filter(version__plan_id__in=ids).delete()[0],
        "plans.PlanVersion": PlanVersion.objects.filter(plan_id__in=ids).delete()[0],
        "plans.Plan": Plan.objects.filter(pk__in=ids).delete()[0],
    }
    PlanErasure.objects.filter(pk__in=[row.pk for row in announced]).delete()
    return counts


def _due_shares(cutoff: datetime, held: frozenset[UUID]) -> Any:
    rows = PlanShare.objects.filter(Q(withdrawn_at__lt=cutoff) | Q(expires_at__lt=cutoff))
    return rows.exclude(plan__person_id__in=held)


def _let_shares_go(ids: list[UUID]) -> object:
    return PlanShare.objects.filter(pk__in=ids).delete()


SHREDDER = Shredder(
    holdings=(
        Holding("plans.Plan", _plans, ("created_at",), ("person",)),
        Holding(
            "plans.PlanVersion",
            _under(PlanVersion, "plan"),
            ("number", "state", "started_at", "finished_at"),
            ("ledger",),
        ),
        Holding(
            "plans.PlanText",
            _under(PlanText, "version__plan"),
            ("section", "text", "saved_at"),
            ("saved_from",),
            speaks_of_others=True,
        ),
        Holding(
            "plans.PlanMark",
            _under(PlanMark, "plan"),
            ("section", "audiences", "saved_at"),
            ("saved_from",),
        ),
        Holding(
            "plans.PlanShare",
            _under(PlanShare, "plan"),
            (
                *("audience", "label", "sections", "created_at", "expires_at", "withdrawn_at"),
                *("last_opened_at", "times_opened"),
            ),
            ("secret_digest",),
        ),
    ),
    erase=_erase,
    terms=(Term(Ground.ENDED_SHARE, _due_shares, _let_shares_go),),
)
