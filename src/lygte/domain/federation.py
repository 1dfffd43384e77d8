"""What a common sign-in says of somebody, and what it opens here.

The attributes are those of OIOSAML 3.0, the privileges those of the OIO Basic Privilege Profile. A statement
opens what the municipality has mapped, for its own CVR number and at a level that is high enough; whatever
cannot be read opens nothing.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any
from xml.parsers import expat

from lygte.domain.access import Grant

SPEC_VERSION = "https://data.gov.dk/model/core/specVersion"
LEVEL = "https://data.gov.dk/concept/core/nsis/loa"
CVR = "https://data.gov.dk/model/core/eid/professional/cvr"
SUBJECT = "https://data.gov.dk/model/core/eid/professional/uuid/persistent"
FULL_NAME = "https://data.gov.dk/model/core/eid/fullName"
PRIVILEGES = "https://data.gov.dk/model/core/eid/privilegesIntermediate"
SPOKEN_VERSIONS = frozenset({"OIO-SAML-3.0"})
SCOPE_OF_CVR = "urn:dk:gov:saml:cvrNumberIdentifier:"
LONGEST_LIST = 64 * 1024
LONGEST_TEXT = 300


class Level(IntEnum):
    """NSIS level of assurance of a sign-in."""

    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3


class Fault(StrEnum):
    """Why a statement opens nothing."""

    VERSION = "version"
    SUBJECT = "subject"
    CVR = "cvr"
    LEVEL = "level"
    PRIVILEGES = "privileges"
    NO_ROLE = "no_role"


class NotOpened(Exception):
    """The statement opens nothing. Carries why, never what was stated."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Privilege:
    """One right for one organisation. `narrowed` when the list limits it, to some subjects for instance."""

    name: str
    cvr: str
    narrowed: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """What a common sign-in says of one person."""

    subject: str
    name: str
    cvr: str
    level: Level
    privileges: tuple[Privilege, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A privilege gives a role in one service, or in every one, from a level upward."""

    privilege: str
    grant: Grant
    level: Level = Level.SUBSTANTIAL


def read_statement(claims: Mapping[str, Any]) -> Statement:
    """Read the attributes of a verified statement; raises `NotOpened` for what cannot be read."""
    if _text(claims, SPEC_VERSION) not in SPOKEN_VERSIONS:
        raise NotOpened(Fault.VERSION)
    subject, cvr = _text(claims, SUBJECT), _text(claims, CVR)
    if not subject or any(letter.isspace() for letter in subject):
        raise NotOpened(Fault.SUBJECT)
    if not is_cvr(cvr):
        raise NotOpened(Fault.CVR)
    try:
        level = Level[_text(claims, LEVEL).upper()]
    except KeyError:
        raise NotOpened(Fault.LEVEL) from None
    listed = claims.get(PRIVILEGES) or ""
    if not isinstance(listed, str):
        raise NotOpened(Fault.PRIVILEGES)
    return Statement(subject, _text(claims, FULL_NAME), cvr, level, read_privileges(listed))


def is_cvr(text: str) -> bool:
    """Tell whether a text is written as a CVR number: eight digits."""
    return len(text) == 8 and text.isascii() and text.isdigit()


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) and len(value) <= LONGEST_TEXT else ""


def read_privileges(text: str) -> tuple[Privilege, ...]:
    """Read a privilege list in base64; raises `NotOpened` unless every part of it is understood."""
    if not text:
        return ()
    if len(text) > LONGEST_LIST:
        raise NotOpened(Fault.PRIVILEGES)
    try:
        document = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise NotOpened(Fault.PRIVILEGES) from None
    return _Reader().read(document)


@dataclass(slots=True)
class _Reader:
    """Reads one list element by element. A document type is refused, and with it entities of every kind."""

    path: list[str] = field(default_factory=list)
    text: str = ""
    cvr: str = ""
    names: list[str] = field(default_factory=list)
    narrowed: bool = False
    found: list[Privilege] = field(default_factory=list)

    def read(self, document: bytes) -> tuple[Privilege, ...]:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._more
        try:
            parser.Parse(document, True)
        except (expat.ExpatError, UnicodeError, LookupError, ValueError):
            raise NotOpened(Fault.PRIVILEGES) from None
        return tuple(self.found)

    def _refuse(self, *_declared: object) -> None:
        raise NotOpened(Fault.PRIVILEGES)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(name.rpartition(" ")[2])
        self.text = ""
        if self.path == ["PrivilegeList", "PrivilegeGroup"]:
            self.cvr = _cvr_of(attributes.get("Scope", ""))
            self.names, self.narrowed = [], False
        elif self.path != ["PrivilegeList"] and self.path[:2] != ["PrivilegeList", "PrivilegeGroup"]:
            self._refuse()

    def _more(self, text: str) -> None:
        self.text += text

    def _end(self, _name: str) -> None:
        match self.path:
            case ["PrivilegeList", "PrivilegeGroup", "Privilege"]:
                self.names.append(self.text.strip())
            case ["PrivilegeList", "PrivilegeGroup", _]:
                self.narrowed = True
            case ["PrivilegeList", "PrivilegeGroup"]:
                self.found += [Privilege(name, self.cvr, self.narrowed) for name in self.names if name]
        self.path.pop()
        self.text = ""


def _cvr_of(scope: str) -> str:
    cvr = scope.removeprefix(SCOPE_OF_CVR)
    return cvr if scope.startswith(SCOPE_OF_CVR) and is_cvr(cvr) else ""


def grants_of(statement: Statement, mapped: Iterable[Mapped], *, cvr: str) -> frozenset[Grant]:
    """Return the roles that a statement opens in the municipality with a CVR number.

    Raises `NotOpened`: another CVR, no mapped privilege, or a level that is too low for every one. A
    privilege that the list narrows opens nothing, since no role here is so narrow.
    """
    if statement.cvr != cvr:
        raise NotOpened(Fault.CVR)
    held = {one.name for one in statement.privileges if one.cvr == cvr and not one.narrowed}
    meant = [one for one in mapped if one.privilege in held]
    if not meant:
        raise NotOpened(Fault.NO_ROLE)
    opened = frozenset(one.grant for one in meant if statement.level >= one.level)
    if not opened:
        raise NotOpened(Fault.LEVEL)
    return opened
