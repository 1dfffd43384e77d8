"""What tests of crisis plans begin with: a person whom the service knows, and a plan in some state."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lygte.apps.audit.models import AuditEvent
from lygte.apps.core.saving import FieldEdit
from lygte.apps.people import services as people
from lygte.apps.plans import services as plans
from lygte.domain.events import Verb
from lygte.domain.plan import SECTIONS
from lygte.domain.vocab import PlanSection, ShareAudience
from tests.world import NOW, Place

WORDS = {
    PlanSection.EARLY_SIGNS: "Jeg holder op med at svare på beskeder.",
    PlanSection.HELPS: "At gå en tur langs vandet.",
    PlanSection.WHOM_TO_CALL: "Mia, 00 00 00 00, kl. 16-22\nLægevagten 1813",
    PlanSection.NEXT_STEP: "Jeg drikker et glas vand og ringer til Mia.",
}


def thread(place: Place) -> Any:
    """Return an anonymous person whom the first service knows. Needs the scope of the place."""
    person, _words = people.new_thread(actor=place.worker, now=NOW, service=place.service)
    return person


def draft(place: Place, person: Any, words: Mapping[PlanSection, str] = WORDS, *, now: datetime = NOW) -> Any:
    """Return a draft in which these words are written."""
    version = plans.start_version(actor=place.worker, now=now, person_id=person.pk, service=place.service)
    fields = {section.value: FieldEdit(text) for section, text in words.items()}
    plans.save_sections(actor=place.worker, now=now, version_id=version.pk, fields=fields)
    return version


def finished(
    place: Place, person: Any, words: Mapping[PlanSection, str] = WORDS, *, now: datetime = NOW
) -> Any:
    """Return a finished version."""
    version = draft(place, person, words, now=now)
    return plans.finish(actor=place.worker, now=now, version_id=version.pk)


def shared(place: Place, plan: Any, **changes: Any) -> tuple[Any, str]:
    """Return a link to all sections, and its token."""
    choice: dict[str, Any] = {
        "audience": ShareAudience.CITIZEN,
        "label": "til telefonen",
        "sections": SECTIONS,
        "days": 30,
        "now": NOW,
    }
    return plans.share(actor=place.worker, plan_id=plan.pk, **(choice | changes))


def events(verb: Verb) -> list[AuditEvent]:
    """Return the audit events of a verb in the running scope, oldest first."""
    return list(AuditEvent.objects.filter(verb=verb.value).order_by("at", "id"))
