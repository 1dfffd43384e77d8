"""What the audit table says of a person. It only grows, and so it holds no identity."""

from lygte.apps.audit.models import AuditEvent
from lygte.apps.core.shredding import Holding, Shredder, Subject


def _events(subject: Subject) -> object:
    return AuditEvent.objects.filter(person_id__in=subject.person_ids).order_by("at", "id")


SHREDDER = Shredder(
    holdings=(
        Holding(
            "audit.AuditEvent",
            _events,
            ("at", "verb", "actor_kind", "service_id"),
            ("actor_id", "subject", "subject_id", "person_id", "detail", "code"),
        ),
    ),
    erase=lambda subject, actor, now: {},
    kept={
        "audit.AuditEvent": "who did and read what must be provable; its identifiers lead nowhere then",
    },
)
