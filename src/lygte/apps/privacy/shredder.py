"""What this app itself keeps of a person: a hold, and a request to be erased."""

from datetime import datetime
from typing import Any

from lygte.apps.core.shredding import Holding, Shredder, Subject
from lygte.apps.privacy.models import ErasureRequest, LegalHold
from lygte.domain.access import Actor


def _holds(subject: Subject) -> Any:
    return LegalHold.objects.filter(person_id__in=subject.person_ids)


def _requests(subject: Subject) -> Any:
    return ErasureRequest.objects.filter(person_id__in=subject.person_ids)


def _erase(subject: Subject, actor: Actor, now: datetime) -> dict[str, int]:
    return {
        "privacy.LegalHold": _holds(subject).delete()[0],
        "privacy.ErasureRequest": _requests(subject).update(
            person_id=None, reason=None, decision_reason=None
        ),
    }


SHREDDER = Shredder(
    holdings=(
        Holding(
            "privacy.LegalHold",
            _holds,
            ("set_at", "reason", "lifted_at"),
            ("person",),
            speaks_of_others=True,
        ),
        Holding(
            "privacy.ErasureRequest",
            _requests,
            ("asked_at", "reason", "outcome", "decided_at", "decision_reason"),
            ("person_id",),
            speaks_of_others=True,
        ),
    ),
    erase=_erase,
    kept={"privacy.Receipt": "counts and codes only; names nobody"},
)
