"""Numbers and names by which a person can be found again, all of them voluntary.

Civil registration numbers and their replacements, telephone numbers, aliases and names, return codes of three
words, and row identifiers. Nothing here prints a civil registration number.
Source: "Personnummeret i CPR", CPR-kontoret (century table; modulus 11 is not a validity rule since
1 October 2007); DK Core 3.5.0, HL7 Denmark (X-eCPR and D-eCPR); RFC 9562 (UUID version 7).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from lygte.domain.return_words import RETURN_WORDS

__all__ = [
    "RETURN_WORDS",
    "Cpr",
    "CprError",
    "CprKind",
    "CprProblem",
    "ReturnCode",
    "age_on",
    "fold_name",
    "initials",
    "make_return_code",
    "name_tokens",
    "normalise_alias",
    "normalise_phone",
    "normalise_return_code",
    "parse_cpr",
    "suggest_return_words",
    "uuid7",
]

CPR_LENGTH = 10
MODULUS_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
REPLACEMENT_DAY_SHIFT = 60
INVENTED_MONTH_SHIFT = 12
INVENTED_MONTHS = range(13, 20)


class CprKind(StrEnum):
    """What a number in the place of a civil registration number is."""

    CPR = "cpr"
    REPLACEMENT_X = "replacement_x"
    REPLACEMENT_D = "replacement_d"
    INVENTED = "invented"


class CprProblem(StrEnum):
    """Why a number is refused."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTERS = "characters"
    DATE = "date"
    FUTURE = "future"


class CprError(ValueError):
    """A number that cannot be a civil registration number. The text never holds the number."""

    def __init__(self, code: CprProblem) -> None:
        """Keep the reason as a code."""
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Cpr:
    """A civil registration number or a replacement for one.

    ``digits`` holds ten characters without hyphen (replacement numbers contain letters); ``birth_date`` is
    None when a replacement number does not tell the century; ``modulus11`` is only a flag, valid numbers may
    fail it.
    """

    digits: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    modulus11: bool
    kind: CprKind

    def __str__(self) -> str:
        """Return a mask."""
        return "******-****"


_SHAPES = (
    (re.compile(r"\d{10}"), CprKind.CPR),
    (re.compile(r"\d{6}[17][A-Z]{2}\d"), CprKind.REPLACEMENT_X),
    (re.compile(r"\d{6}[056][A-Z]{2}\d"), CprKind.REPLACEMENT_D),
    (re.compile(r"\d{6}[A-Z]{3}\d"), CprKind.REPLACEMENT_D),
)


def _full_year(year: int, seventh: int) -> int:
    """Return the birth year by the century table of CPR-kontoret."""
    if seventh <= 3:
        return 1900 + year
    if seventh in (4, 9):
        return (2000 if year <= 36 else 1900) + year
    return (2000 if year <= 57 else 1800) + year


def _modulus11(digits: str) -> bool:
    return sum(w * int(d) for w, d in zip(MODULUS_WEIGHTS, digits, strict=True)) % 11 == 0


def _shape(text: str) -> tuple[str, CprKind]:
    """Return the ten characters and the kind that their shape tells. Raises CprError."""
    compact = re.sub(r"[\s\-\u2010-\u2015.]", "", text).upper()
    if not compact:
        raise CprError(CprProblem.EMPTY)
    if len(compact) != CPR_LENGTH:
        raise CprError(CprProblem.LENGTH)
    for pattern, kind in _SHAPES:
        if compact.isascii() and pattern.fullmatch(compact):
            return compact, kind
    raise CprError(CprProblem.CHARACTERS)


def _kind_and_date(compact: str, shape: CprKind, allow_invented: bool) -> tuple[CprKind, tuple[int, int]]:
    """Return the kind, and the day and month that the number stands for."""
    day, month = int(compact[:2]), int(compact[2:4])
    if shape is CprKind.CPR and allow_invented and month in INVENTED_MONTHS:
        return CprKind.INVENTED, (day, month - INVENTED_MONTH_SHIFT)
    if shape is CprKind.CPR and day > REPLACEMENT_DAY_SHIFT:
        return CprKind.REPLACEMENT_X, (day - REPLACEMENT_DAY_SHIFT, month)
    return shape, (day, month)


def _birth_date(compact: str, day: int, month: int) -> date | None:
    """Return the birth date, None when the century is not told. Raises CprError when no such day exists."""
    short_year, seventh = int(compact[4:6]), compact[6]
    # 2000 is a leap year, so a day in February is judged by it where the century is unknown.
    year = _full_year(short_year, int(seventh)) if seventh.isdigit() else 2000 + short_year
    try:
        born = date(year, month, day)
    except ValueError:
        raise CprError(CprProblem.DATE) from None
    return born if seventh.isdigit() else None


def parse_cpr(text: str, *, today: date, allow_invented: bool = False) -> Cpr:
    """Read a civil registration number, or a replacement for one, as typed.

    Spaces, hyphens and full stops are ignored. A number whose day is raised by 60 is a replacement number.
    ``allow_invented`` accepts months 13 to 19, which no real number has, as January to July. Raises CprError
    with a code for an empty text, a wrong length or character, a day that does not exist, or a birth after
    ``today``. Modulus 11 never refuses a number.
    """
    compact, shape = _shape(text)
    kind, (day, month) = _kind_and_date(compact, shape, allow_invented)
    born = _birth_date(compact, day, month)
    if born is not None and born > today:
        raise CprError(CprProblem.FUTURE)
    checked = compact.isdigit() and _modulus11(compact)
    return Cpr(digits=compact, birth_date=born, modulus11=checked, kind=kind)


def age_on(cpr: Cpr, day: date) -> int | None:
    """Return the age in whole years on a day; None when the birth date is not known or lies after the day.

    Someone born on 29 February grows a year older on 1 March in other years.
    """
    born = cpr.birth_date
    if born is None or born > day:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


_PHONE_FILLING = re.compile(r"[\s()\-\u2010-\u2015./]")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_DANISH_NUMBER = re.compile(r"[2-9]\d{7}")


def normalise_phone(text: str) -> str | None:
    """Return a telephone number as E.164 (plus sign and 7 to 15 digits), or None when it is not one.

    Eight digits are a Danish number; ``00`` and a leading ``45`` are understood. Short numbers (112) are
    None. Source: ITU-T E.164; the Danish numbering plan (eight digits, first digit 2 to 9).
    """
    compact = _PHONE_FILLING.sub("", unicodedata.normalize("NFKC", text))
    if compact.startswith("00"):
        compact = "+" + compact[2:]
    elif _DANISH_NUMBER.fullmatch(compact):
        compact = "+45" + compact
    elif compact.startswith("45"):
        compact = "+" + compact
    if not compact.isascii() or not _PHONE.fullmatch(compact):
        return None
    if compact.startswith("+45") and not _DANISH_NUMBER.fullmatch(compact[3:]):
        return None
    return compact


_FOLDED = str.maketrans(
    {"å": "aa", "ø": "oe", "ö": "oe", "æ": "ae", "ä": "ae", "ð": "d", "đ": "d", "þ": "th", "ł": "l"}
)


def _fold_once(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_FOLDED)
    parts = unicodedata.normalize("NFKD", folded)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def fold_name(text: str) -> str:
    """Return a text as it is compared: lower case, å as aa, ø as oe, æ as ae, other accents removed.

    Folding a folded text changes nothing.
    """
    folded = _fold_once(text)
    while (again := _fold_once(folded)) != folded:
        folded = again
    return folded


def name_tokens(text: str) -> tuple[str, ...]:
    """Return the folded words of a name, in order, without punctuation."""
    return tuple(re.findall(r"[^\W_]+", re.sub(r"['\u2019`´]", "", fold_name(text))))


def normalise_alias(text: str) -> str:
    """Return an alias as it is looked up: folded words, one space between; empty when it has no letters."""
    return " ".join(name_tokens(text))


def initials(name: str) -> str:
    """Return the initials of a name, each with a full stop ("Anna Kirstine" is "A.K."); empty for no name."""
    words = re.findall(r"[^\W_]+", re.sub(r"['\u2019`´]", "", name))
    return "".join(f"{word[0].upper()}." for word in words)


@dataclass(frozen=True, slots=True)
class ReturnCode:
    """Three different plain words by which an anonymous person is recognised when they return."""

    words: tuple[str, str, str]

    def __str__(self) -> str:
        """Return the words with a space between."""
        return " ".join(self.words)


_DIGIT_WORDS: Mapping[str, str] = MappingProxyType(
    {"4": "fire", "5": "fem", "7": "syv", "8": "otte", "9": "ni", "11": "elleve", "12": "tolv", "20": "tyve"}
)
_FILLER = frozenset({"og"})
_BY_FOLDED: Mapping[str, str] = MappingProxyType({fold_name(word): word for word in RETURN_WORDS})


def make_return_code(choose: Callable[[Sequence[str]], str]) -> ReturnCode:
    """Return a code of three different words. ``choose`` picks one word and brings the randomness."""
    first = choose(RETURN_WORDS)
    second = choose([word for word in RETURN_WORDS if word != first])
    third = choose([word for word in RETURN_WORDS if word not in (first, second)])
    return ReturnCode((first, second, third))


def normalise_return_code(text: str) -> ReturnCode | None:
    """Return the code that a text spells, or None when it does not spell three different known words.

    Case, commas, hyphens, "og" between the words, and aa, oe and ae for å, ø and æ do not matter. The order
    does.
    """
    tokens = [_DIGIT_WORDS.get(token, token) for token in name_tokens(text)]
    words = [_BY_FOLDED.get(token) for token in tokens if token not in _FILLER]
    match words:
        case [str(first), str(second), str(third)] if len({first, second, third}) == 3:
            return ReturnCode((first, second, third))
    return None


def _edit_distance(one: str, other: str) -> int:
    """Return the number of letters to insert, remove or exchange (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def suggest_return_words(word: str, *, limit: int = 3) -> tuple[str, ...]:
    """Return the known words nearest to a heard word, nearest first, at most a third of its letters away.

    A Danish letter counts as one letter, and also when it is written out as two.
    """
    heard = unicodedata.normalize("NFC", word).casefold().strip()
    folded = "".join(name_tokens(word))
    near = (
        (min(_edit_distance(heard, known), _edit_distance(folded, written_out)), known)
        for written_out, known in _BY_FOLDED.items()
    )
    close = sorted(pair for pair in near if pair[0] * 3 <= len(heard) + 1)
    return tuple(known for _, known in close[:limit])


UUID7_MILLISECOND_BITS = 48
UUID7_RANDOM_BYTES = 10


def uuid7(*, milliseconds: int, randomness: bytes) -> UUID:
    """Return a version 7 UUID from Unix time in milliseconds and ten random bytes.

    Later milliseconds sort later. Six of the 80 random bits are replaced by version and variant. Raises
    ValueError when the time does not fit in 48 bits or there are not ten bytes.
    """
    if not 0 <= milliseconds < 1 << UUID7_MILLISECOND_BITS or len(randomness) != UUID7_RANDOM_BYTES:
        raise ValueError("a version 7 UUID takes 48 bits of time and ten random bytes")
    value = milliseconds << 80 | int.from_bytes(randomness, "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
