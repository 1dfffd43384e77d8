"""Looking at the month and its rows, and taking contacts in and out: all of it is written down."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from lygte.apps.audit import services as audit
from lygte.apps.contacts import selectors as contacts
from lygte.apps.contacts.services import attach, store_past
from lygte.apps.core.ids import new_id
from lygte.apps.core.reading import from_replica
from lygte.apps.insight import csv_files, selectors
from lygte.apps.insight.contacts_file import exporting
from lygte.apps.insight.contacts_file.checking import Past, Rules, check
from lygte.apps.insight.contacts_file.columns import contact_of
from lygte.apps.insight.contacts_file.problems import Problem
from lygte.apps.insight.contacts_file.reading import Limits, read
from lygte.apps.insight.contacts_file.storing import Persons, identified, past_contact
from lygte.apps.insight.month import AnyRow, Month
from lygte.apps.people import selectors as people
from lygte.apps.tenancy import rules
from lygte.apps.tenancy import selectors as tenancy
from lygte.domain.access import Action, Actor, may, require, system
from lygte.domain.events import Verb
from lygte.domain.vocab import CodeList

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class RowsSeen:
    """The rows behind a number; `with_links` says whether the reader may open what they are about."""

    month: Month
    rows: Sequence[AnyRow]
    with_links: bool


@transaction.atomic
def see_month(
    *, actor: Actor, now: datetime, service: "Service", year: int, month: int, how: str
) -> tuple[Month, Month]:
    """Return a month and the one before it, and note who saw it and `how` (a code: page, csv, print)."""
    require(actor, Action.MONTH_SEE, municipality_id=actor.municipality_id, service_id=service.pk)
    read = selectors.kept_month_and_before if how == "page" else selectors.month_and_before
    with from_replica():
        found = read(service, year, month, as_of=now)
    detail = {"year": year, "month": month, "as": how}
    audit.record(Verb.MONTH_SEEN, actor=actor, now=now, service_id=service.pk, detail=detail)
    return found


@transaction.atomic
def see_rows(
    *, actor: Actor, now: datetime, service: "Service", year: int, month: int, indicator: str
) -> RowsSeen:
    """Return the rows behind a number, and note who saw how many of them.

    Who may not open contacts gets pseudonymous rows. Raises `AccessDenied`, or `UnknownIndicator`.
    """
    with_links = may(actor, Action.MONTH_ROWS, municipality_id=actor.municipality_id, service_id=service.pk)
    if not with_links:
        require(
            actor,
            Action.MONTH_ROWS_PSEUDONYMOUS,
            municipality_id=actor.municipality_id,
            service_id=service.pk,
        )
    found = selectors.month(service, year, month, as_of=now)
    rows = found.rows(indicator)
    detail = {"year": year, "month": month, "indicator": indicator, "count": len(rows), "links": with_links}
    audit.record(Verb.CONTACTS_LISTED, actor=actor, now=now, service_id=service.pk, detail=detail)
    return RowsSeen(month=found, rows=rows, with_links=with_links)


@dataclass(frozen=True, slots=True)
class FileLooked:
    """What is in a file: rows that are new, how many are here already, and everything that is wrong."""

    fresh: tuple[tuple[UUID, Past], ...]
    known: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class FileStored:
    """What was stored. With any problem nothing was."""

    stored: int
    known: int
    persons_made: int
    problems: tuple[Problem, ...]


def look_at_file(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    file: BinaryIO,
    limits: Limits = DEFAULT_LIMITS,
    stop_at_first: bool = False,
) -> FileLooked:
    """Read and check a file of contacts, and store nothing. Raises `FileProblem` when it cannot be read."""
    require(actor, Action.CONTACTS_IMPORT, municipality_id=actor.municipality_id, service_id=service.pk)
    rules_ = _rules(service, now)
    past: list[Past] = []
    problems: list[Problem] = []
    for found in check(read(file, limits=limits), rules_):
        if isinstance(found, Past):
            past.append(found)
            continue
        problems += found
        if stop_at_first:
            break
    every = identified(past, service=service)
    named = {one.contact: contact_of(one.contact) for one in past if one.contact}
    asked = {contact_id for contact_id, _past in every} | {found for found in named.values() if found}
    here = contacts.known_ids(asked)
    fresh = tuple(
        (contact_id, one)
        for contact_id, one in every
        if contact_id not in here and named.get(one.contact) not in here
    )
    return FileLooked(fresh=fresh, known=len(every) - len(fresh), problems=tuple(problems))


def _rules(service: "Service", now: datetime) -> Rules:
    return Rules(
        service=service,
        now=now,
        own_codes={kind: frozenset(rules.local_words(service.pk, kind)) for kind in CodeList},
        allow_invented=tenancy.current_municipality().is_invented,
    )


@transaction.atomic
def import_contacts(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    file: BinaryIO,
    limits: Limits = DEFAULT_LIMITS,
    stop_at_first: bool = False,
) -> FileStored:
    """Store the contacts of a file: all, or with any problem none. Rows that are here already stay."""
    looked = look_at_file(
        actor=actor, now=now, service=service, file=file, limits=limits, stop_at_first=stop_at_first
    )
    if looked.problems or not looked.fresh:
        return FileStored(0, looked.known, 0, looked.problems)
    # Made by the system: looking so many people up would otherwise use up the searches of a person.
    persons = Persons(actor=system(actor.municipality_id), now=now, service=service)
    rows = [past_contact(contact_id, past, persons) for contact_id, past in looked.fresh]
    store_past(actor=actor, now=now, service=service, batch=new_id(), rows=rows)
    for contact_id, past in looked.fresh:
        if past.cpr in persons.linked:
            attach(
                actor=persons.actor,
                now=now,
                contact_id=contact_id,
                person_id=persons.linked[past.cpr],
                reason=gettext("from a file"),
            )
    return FileStored(len(rows), looked.known, persons.made, ())


@transaction.atomic
def export_contacts(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    start: datetime,
    end: datetime,
    pseudonymous: bool,
) -> str:
    """Return the contacts of a half-open period as CSV, and note who took how many, and whose number left.

    Pseudonymous: no number, days instead of times, a keyed pseudonym for each person.
    """
    _require_export(actor, service, pseudonymous=pseudonymous)
    rows = contacts.rows_between(service.pk, start, end)
    numbers = {} if pseudonymous else _numbers(rows, service)
    _note_export(
        actor=actor, now=now, service=service, rows=len(rows), persons=numbers, pseudonymous=pseudonymous
    )
    lines = exporting.lines(rows, slug=service.slug, numbers=numbers, pseudonymous=pseudonymous)
    return csv_files.table(exporting.header(pseudonymous=pseudonymous), lines)


def _require_export(actor: Actor, service: "Service", *, pseudonymous: bool) -> None:
    """Raise `AccessDenied`, unless the actor may take the file; who may take the full one may take both."""
    enough = Action.CONTACTS_EXPORT
    if pseudonymous and not may(actor, enough, municipality_id=actor.municipality_id, service_id=service.pk):
        enough = Action.CONTACTS_EXPORT_PSEUDONYMOUS
    require(actor, enough, municipality_id=actor.municipality_id, service_id=service.pk)


def _numbers(rows: Sequence[Mapping[str, Any]], service: "Service") -> dict[UUID, str]:
    counted = {row["counted_as"] for row in rows if row["counted_as"]}
    return people.registration_numbers(counted, service_id=service.pk)


def _note_export(
    *,
    actor: Actor,
    now: datetime,
    service: "Service",
    rows: int,
    persons: Iterable[UUID],
    pseudonymous: bool,
) -> None:
    listed = sorted(persons)
    detail = {"count": rows, "numbers": len(listed), "pseudonymous": pseudonymous}
    audit.record(Verb.CONTACTS_EXPORTED, actor=actor, now=now, service_id=service.pk, detail=detail)
    for person_id in listed:
        audit.record(
            Verb.CONTACTS_EXPORTED,
            actor=actor,
            now=now,
            service_id=service.pk,
            person_id=person_id,
            detail={"number": True},
        )
