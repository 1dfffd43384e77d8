"""What is known of the person, so that nobody has to tell the same story twice."""

from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from lygte.apps.contacts import selectors as contacts_read
from lygte.apps.core.labels import word
from lygte.apps.people import selectors as people
from lygte.apps.plans import selectors as plans
from lygte.domain.access import Action, may
from lygte.domain.followup import Wish
from lygte.domain.vocab import Channel, DayBand, Level, MayRing, Medium, NoteField, PlanSection, Stage
from lygte.interfaces.web.requests import StaffRequest
from lygte.interfaces.web.staff.views.contacts_words import QUESTIONS

LATEST = 3
TOLD_FIRST = (
    NoteField.OWN_WORDS,
    NoteField.PROBLEM,
    NoteField.OPTIONS,
    NoteField.AGREEMENT,
    NoteField.CLOSING,
)


def who(row: Any) -> dict[str, str] | None:
    """Return how the person is shown; None while anonymous."""
    if row.person_id is None:
        return None
    card = people.cards([row.person_id])[row.person_id]
    return {"name": card.shown_name, "initials": card.initials}


def earlier(request: StaffRequest, row: Any) -> dict[str, Any] | None:
    """Return what was said before, the crisis plan and the wishes of a known person; the reading is noted.

    None while anonymous, or when this service may not read the person's record.
    """
    if row.person_id is None or not people.may_read(request.actor, row.person_id, request.now):
        return None
    person = people.read_person(actor=request.actor, now=request.now, person_id=row.person_id)
    latest = contacts_read.latest_of_persons(people.group(row.person_id), but=row.pk, limit=LATEST)
    wish = people.wish_of(people.person(people.root_of(row.person_id)))
    return {
        "contacts": [_contact(request, one) for one in latest],
        "words": _last_words(request, latest),
        "plan": _plan(row.person_id),
        "wishes": wishes(wish),
        "do_not_remind": wish.do_not_remind,
        "admitted_on": person.admitted_on,
    }


def _readable(request: StaffRequest, one: Any) -> bool:
    return may(
        request.actor, Action.CONTACT_READ, municipality_id=one.municipality_id, service_id=one.service_id
    )


def _contact(request: StaffRequest, one: Any) -> dict[str, Any]:
    return {
        "id": one.pk if _readable(request, one) else None,
        "at": one.started_at,
        "service": one.service.name,
        "channel": word(Channel, one.channel),
        "level": word(Level, one.level),
        "recorded": bool(one.level),
    }


def _last_words(request: StaffRequest, latest: list[Any]) -> list[dict[str, str]]:
    """The free texts of the newest contact that has any and that this service may read."""
    texts = contacts_read.notes_of(one.pk for one in latest if _readable(request, one))
    for one in latest:
        notes = texts.get(one.pk, {})
        told = [{"label": note_label(field), "text": notes[field]} for field in TOLD_FIRST if field in notes]
        if told:
            return told
    return []


def note_label(field: NoteField) -> str:
    """Return the heading of a free text of a contact."""
    if field.value in set(Stage):
        return word(Stage, Stage(field.value))
    return str(QUESTIONS[field.value])


def _plan(person_id: Any) -> dict[str, Any] | None:
    version = plans.newest_finished(person_id)
    if version is None:
        return None
    written = plans.sections(version.pk)
    return {
        "finished_at": version.finished_at,
        "sections": [
            {"label": word(PlanSection, section), "text": text} for section, text in written.items() if text
        ],
    }


def wishes(wish: Wish) -> list[str]:
    """Return how the person wishes to be contacted, in words; only what was told."""
    told = []
    if wish.may_ring is not MayRing.NOT_STATED:
        told.append(word(MayRing, wish.may_ring))
    if wish.band:
        told.append(word(DayBand, wish.band))
    if wish.medium is not Medium.PHONE:
        told.append(word(Medium, wish.medium))
    if wish.avoid_weekdays:
        days = ", ".join(str(WEEKDAYS[day]) for day in sorted(wish.avoid_weekdays))
        told.append(_("not on %(days)s") % {"days": days})
    return told
