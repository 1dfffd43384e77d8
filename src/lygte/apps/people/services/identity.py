"""The identity fields of a person: read as typed, stored encrypted, found again by their blind index."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.crypto import services as crypto
from lygte.apps.people.models import IdentityIndex, Person
from lygte.apps.people.selectors.reading import check_cpr
from lygte.domain.ids import (
    CprError,
    name_tokens,
    normalise_alias,
    normalise_phone,
    normalise_return_code,
)
from lygte.domain.vocab import IdentityLevel, Sex

Kind = IdentityIndex.Kind

LONGEST = {"alias": 60, "name": 120, "address": 200, "phone": 24, "cpr": 14}
MUNICIPALITY_CODE = re.compile(r"\d{3,4}")
OLDEST_YEARS = 120


def write(person: Person, fields: Mapping[str, object], *, now: datetime) -> set[str]:
    """Set typed identity fields on a person, unsaved; return the names of those that changed.

    Raises `InvalidField` with the field and what is wrong with it, never the value.
    """
    before = {name: getattr(person, name) for name in fields}
    for name, value in fields.items():
        _WRITERS[name](person, value, now)
    person.level = level_of(person)
    if person.level == IdentityLevel.THREAD and not person.return_words:
        raise InvalidField("alias", "empty")
    return {name for name in fields if getattr(person, name) != before[name]}


def level_of(person: Person) -> IdentityLevel:
    """Return how well a person is known by what is recorded."""
    if person.cpr or person.name:
        return IdentityLevel.IDENTIFIED
    return IdentityLevel.ALIAS if person.alias or person.phone else IdentityLevel.THREAD


def index(person: Person) -> None:
    """Bring a person's blind index entries in line with the saved fields.

    Raises `Refused` ("identity_taken") when a number or a set of words belongs to somebody else by now.
    """
    wanted = {
        (kind, digest)
        for kind, texts in values_of(person).items()
        for text in texts
        for digest in crypto.blind_by_all(kind, text)
    }
    rows = {(Kind(row.kind), bytes(row.digest)): row.pk for row in _entries(person)}
    IdentityIndex.objects.filter(pk__in=[pk for entry, pk in rows.items() if entry not in wanted]).delete()
    missing = [
        IdentityIndex(person=person, kind=kind, digest=digest) for kind, digest in wanted - rows.keys()
    ]
    try:
        with transaction.atomic():
            IdentityIndex.objects.bulk_create(missing)
    except IntegrityError as problem:
        raise Refused("identity_taken") from problem


def index_again(last: UUID | None, *, most: int) -> list[UUID]:
    """Bring the entries of the next persons in line with the keys in use; return whom, in order."""
    rows = (
        Person.objects.order_by("pk") if last is None else Person.objects.order_by("pk").filter(pk__gt=last)
    )
    found = list(rows.select_for_update()[:most])
    for person in found:
        index(person)
    return [person.pk for person in found]


def count_all() -> int:
    """Return how many persons the municipality has."""
    return Person.objects.count()


def values_of(person: Person) -> dict[Kind, Iterable[str]]:
    """Return the normalised values under which a person can be found."""
    return {
        Kind.CPR: [person.cpr] if person.cpr else [],
        Kind.PHONE: [person.phone] if person.phone else [],
        Kind.ALIAS: [alias] if (alias := normalise_alias(person.alias)) else [],
        Kind.NAME: dict.fromkeys(name_tokens(person.name)),
        Kind.RETURN_WORDS: [str(code)] if (code := normalise_return_code(person.return_words)) else [],
    }


def typed_values(fields: Mapping[str, object], *, now: datetime) -> dict[Kind, Iterable[str]]:
    """Return the normalised values of typed fields, for looking whether somebody is known already."""
    shadow = Person()
    for name in ("alias", "name", "cpr", "phone"):
        if fields.get(name):
            _WRITERS[name](shadow, fields[name], now)
    return values_of(shadow)


def _entries(person: Person) -> Iterable[IdentityIndex]:
    found: Iterable[IdentityIndex] = IdentityIndex.objects.filter(person=person)
    return found


def _text(name: str, value: object) -> str:
    text = " ".join(str(value or "").split())
    if len(text) > LONGEST.get(name, 200):
        raise InvalidField(name, "too_long")
    return text


def _plain(name: str, person: Person, value: object) -> None:
    setattr(person, name, _text(name, value))


def _cpr(person: Person, value: object, now: datetime) -> None:
    text = _text("cpr", value)
    if not text:
        person.cpr, person.cpr_kind = "", ""
        return
    try:
        cpr = check_cpr(text, now=now)
    except CprError as problem:
        raise InvalidField("cpr", problem.code.value) from None
    person.cpr, person.cpr_kind = cpr.digits, cpr.kind.value
    if cpr.birth_date:
        person.birth_year = cpr.birth_date.year


def _phone(person: Person, value: object, now: datetime) -> None:
    text = _text("phone", value)
    phone = normalise_phone(text) if text else ""
    if phone is None:
        raise InvalidField("phone", "not_a_number")
    person.phone = phone


def _birth_year(person: Person, value: object, now: datetime) -> None:
    text = str(value or "").strip()
    newest = now.year
    if text and not (text.isdecimal() and newest - OLDEST_YEARS <= int(text) <= newest):
        raise InvalidField("birth_year", "not_a_year")
    person.birth_year = int(text) if text else None


def _municipality_code(person: Person, value: object, now: datetime) -> None:
    text = str(value or "").strip()
    if text and not MUNICIPALITY_CODE.fullmatch(text):
        raise InvalidField("home_municipality_code", "not_a_code")
    person.home_municipality_code = text


def _sex(person: Person, value: object, now: datetime) -> None:
    if value and value not in set(Sex):
        raise InvalidField("sex", "unknown")
    person.sex = str(value or "")


def _protected(person: Person, value: object, now: datetime) -> None:
    person.is_protected = bool(value)


_WRITERS = {
    "alias": lambda person, value, now: _plain("alias", person, value),
    "name": lambda person, value, now: _plain("name", person, value),
    "address": lambda person, value, now: _plain("address", person, value),
    "cpr": _cpr,
    "phone": _phone,
    "birth_year": _birth_year,
    "home_municipality_code": _municipality_code,
    "sex": _sex,
    "is_protected": _protected,
}
EDITABLE = frozenset(_WRITERS)
