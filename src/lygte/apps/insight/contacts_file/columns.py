"""The columns of the file, what they are called, and which words stand for which code.

Source: registration tool of the evaluation of 14 sociale akuttilbud (2017), section 2.1. The words are part
of the file format, so they stand here and not in the catalogues.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from lygte.domain import vocab
from lygte.domain.ids import fold_name
from lygte.domain.vocab import NOT_STATED, CodeList


class Kind(StrEnum):
    """What a cell of a column holds."""

    SERVICE = "service"
    DATE = "date"
    CLOCK = "clock"
    END = "end"
    CODE = "code"
    CODES = "codes"
    NUMBER = "number"
    CPR = "cpr"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its English name, which is also that of the field, its Danish name, and what it holds."""

    name: str
    danish: str
    kind: Kind
    codes: type[StrEnum] | None = None
    code_list: CodeList | None = None
    required: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("service", "akuttilbud", Kind.SERVICE),
    Column("date", "dato", Kind.DATE, required=True),
    Column("time", "klokken", Kind.CLOCK, required=True),
    Column("end", "slut", Kind.END),
    Column("direction", "retning", Kind.CODE, vocab.Direction),
    Column("outgoing_kind", "opkaldstype", Kind.CODE, vocab.OutgoingKind),
    Column("channel", "henvendelsesmåde", Kind.CODE, vocab.Channel, required=True),
    Column("minutes", "minutter", Kind.NUMBER),
    Column("first_time", "førstegang", Kind.CODE, vocab.FirstTime),
    Column("caller", "henvender", Kind.CODE, vocab.Caller),
    Column("about", "om_hvem", Kind.CODE, vocab.About),
    Column("level", "krisegrad", Kind.CODE, vocab.Level),
    Column("felt_acute", "føltes_akut", Kind.CODE, vocab.Ternary),
    Column("causes", "årsager", Kind.CODES, vocab.Cause, CodeList.CAUSE),
    Column("children", "børn_nævnt", Kind.CODE, vocab.Ternary),
    Column("under_18", "under_18_år", Kind.CODE, vocab.Ternary),
    Column("sex", "køn", Kind.CODE, vocab.Sex),
    Column("conversation_held", "krisesamtale", Kind.CODE, vocab.Ternary),
    Column("plan_state", "kriseplan", Kind.CODE, vocab.PlanState),
    Column("outcome", "situation_ved_afslutning", Kind.CODE, vocab.Outcome),
    Column("measures", "tiltag", Kind.CODES, vocab.Measure, CodeList.MEASURE),
    Column("nights", "nætter", Kind.NUMBER),
    Column("may_ring", "må_ringes_op", Kind.CODE, vocab.MayRing),
    Column("cpr_answer", "cpr_svar", Kind.CODE, vocab.CprAnswer),
    Column("cpr", "cpr", Kind.CPR),
    Column("person", "person", Kind.REFERENCE),
    Column("contact", "henvendelse", Kind.REFERENCE),
)
BY_NAME: Mapping[str, Column] = MappingProxyType({column.name: column for column in COLUMNS})
REQUIRED = tuple(column for column in COLUMNS if column.required)

_NOT_STATED = ("ikke oplyst", "uoplyst", "not stated")
_TERNARY = {"yes": ("ja", "j"), "no": ("nej", "n")}
DANISH: Mapping[type[StrEnum], Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        vocab.Direction: {
            "incoming": ("ind", "indgående", "til os"),
            "outgoing": ("ud", "udgående", "fra os"),
        },
        vocab.OutgoingKind: {
            "callback": ("ring tilbage", "tilbagekald"),
            "plan_follow_up": ("opfølgning på kriseplan", "opfølgning"),
            "wellbeing": ("trivselsmåling", "progressionsmåling"),
            "security_call": ("tryghedsopkald",),
            "other": ("andet",),
        },
        vocab.Channel: {
            "phone": ("telefon", "telefonisk"),
            "walk_in": ("fremmøde", "personlig", "personlig henvendelse", "personligt fremmøde"),
            "sms": ("sms", "sms-besked"),
            "email": ("mail", "e-mail"),
            "outreach": ("udkørende", "vi kørte ud"),
            "other": ("anden", "andet", "anden henvendelsesmåde"),
        },
        vocab.FirstTime: {
            "first": ("førstegang", "førstegangsbruger", "første gang"),
            "repeat": ("flergang", "flergangsbruger"),
        },
        vocab.Caller: {
            "citizen": ("borger", "borgeren selv"),
            "relative": ("pårørende",),
            "professional": ("fagperson", "samarbejdspartner"),
            "other": ("anden", "andre"),
        },
        vocab.About: {
            "self": ("sig selv",),
            "relative": ("pårørende",),
            "citizen_of_professional": ("fagpersonens borger",),
            "other": ("anden", "andre"),
            "general": ("ingen bestemt", "generelt"),
        },
        vocab.Level: {
            "not_crisis": ("ikke krise", "ikke kriserelateret"),
            "mild": ("let", "let krise"),
            "moderate": ("middelsvær", "middelsvær krise"),
            "severe": ("alvorlig", "alvorlig krise"),
        },
        vocab.Ternary: _TERNARY,
        vocab.Cause: {
            "loneliness": ("ensomhed", "ensomhed/social isolation", "social isolation"),
            "anxiety": ("angst", "angst/nervøsitet", "nervøsitet"),
            "hopelessness": ("håbløshed", "håbløshed/manglende overskud", "manglende overskud"),
            "depression": ("depression",),
            "self_harm_suicidal": ("selvskade", "selvskadende adfærd/selvmordstanker", "selvmordstanker"),
            "information": ("information", "oplysning og vejledning", "information og vejledning"),
            "conflict": ("konflikt",),
            "substance_use": ("misbrug", "alkohol eller stoffer"),
            "psychosis_like": ("psykoselignende oplevelser",),
            "practical": ("praktisk", "penge, bolig eller arbejde"),
            "other": ("andet", "anden"),
        },
        vocab.Sex: {"female": ("kvinde", "k"), "male": ("mand", "m"), "other": ("andet",)},
        vocab.PlanState: {
            "written": ("ja", "skriftlig", "skrevet"),
            "oral": ("mundtlig", "kun mundtlig"),
            "not_possible": ("ikke mulig", "ikke muligt"),
            "declined": ("takket nej", "afslået"),
            "not_relevant": ("ikke relevant", "nej"),
        },
        vocab.Outcome: {
            "stabilised": ("stabiliseret",),
            "partly": ("delvis stabiliseret", "delvist stabiliseret"),
            "not_stabilised": ("ikke stabiliseret",),
        },
        vocab.Measure: {
            "none": ("ingen", "ingen tiltag"),
            "new_conversation": ("ny samtale", "aftale om ny samtale"),
            "urged_to_come": ("opfordret til at møde op", "opfordring til at møde op"),
            "overnight": ("overnatning",),
            "service_contacts_others": ("henvendelse til andre myndigheder", "tilbuddet kontakter andre"),
            "urged_to_contact_others": (
                "opfordring til at kontakte andre aktører",
                "opfordret til at kontakte andre",
            ),
            "helped_on": ("hjulpet videre", "sagsbehandler, praktiserende læge, andre tilbud"),
            "emergency": ("skadestue, 112 eller politi", "skadestue"),
            "other": ("andet", "anden"),
        },
        vocab.MayRing: {
            "yes": ("ja",),
            "yes_no_message": ("ja, uden besked", "ja uden besked"),
            "no": ("nej",),
        },
        vocab.CprAnswer: {
            "given": ("oplyst",),
            "declined": ("ønsker ikke", "takket nej"),
            "not_asked": ("ikke spurgt",),
        },
    }
)


# References hold letters only, so that none can be taken for a civil registration number.
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_DIGITS = str.maketrans("ghijklmnop", "0123456789")


def lettered(value: bytes) -> str:
    """Return bytes as lower-case letters."""
    return value.hex().translate(_LETTERS)


def contact_of(reference: str) -> UUID | None:
    """Return the contact that a reference written by an export names; None for any other reference."""
    try:
        return UUID(hex=reference.translate(_DIGITS)) if reference.isalpha() else None
    except ValueError:
        return None


def folded(text: str) -> str:
    """Return a word of the file without case, accents and signs, so that spellings of it are one."""
    return re.sub(r"[^0-9a-z]+", "_", fold_name(text)).strip("_")


def column_of(head: str) -> Column | None:
    """Return the column that a head names, in Danish or English; None for an unknown one."""
    return _HEADS.get(folded(head))


def _table_of(codes: type[StrEnum]) -> dict[str, str]:
    words = {folded(code.value): code.value for code in codes}
    for code, spoken in DANISH[codes].items():
        words |= {folded(word): code for word in spoken}
    if NOT_STATED in set(codes):
        words |= {folded(word): NOT_STATED for word in _NOT_STATED}
    return words


def accepted(codes: type[StrEnum]) -> dict[str, tuple[str, ...]]:
    """Return, for each code of a list, the Danish words that stand for it."""
    spoken = DANISH[codes]
    return {
        code.value: spoken.get(code.value, _NOT_STATED if code.value == NOT_STATED else ()) for code in codes
    }


def code_of(codes: type[StrEnum], word: str, *, own: Iterable[str] = ()) -> str | None:
    """Return the code that a word stands for, or None; `own` are codes that the service has added."""
    return _WORDS[codes].get(folded(word)) or next((code for code in own if code == word.strip()), None)


_HEADS = {folded(name): column for column in COLUMNS for name in (column.name, column.danish)}
_WORDS = {codes: _table_of(codes) for codes in DANISH}
