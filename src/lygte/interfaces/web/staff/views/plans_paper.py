"""How large the letters of a crisis plan can be on one sheet of A4. All lengths in millimetres.

The browser breaks the lines; this estimates where, from the widths of the typeface, on the safe side.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lygte.apps.plans.calls import CallLine, call_lines
from lygte.domain.vocab import PlanSection

POINT = 0.3528
SHEET = 297 - 13 - 12
HEAD_AND_FOOT = 44.0
TITLE_WIDTH = 38.0
TITLE_SIZE = 1.06 * 1.04  # bold letters are wider
TEXT_WIDTH = 178 - TITLE_WIDTH - 6
NUMBER_WIDTH = 40.0
LINE = 1.42
SECTION_GAP = 5.2
CALL_GAP = 2.2
CALL_LINES = 1.25
SAFETY = 1.02

# Widths in thousandths of the size: IBM Plex Sans, regular, as a browser measures it.
_BLANK, _USUAL = 236, 600
_WIDTHS = {
    sign: width
    for width, signs in (
        (_BLANK, " "),
        (250, "ij'"),
        (272, "l.,"),
        (292, ":;!"),
        (330, "f()"),
        (360, "tr"),
        (390, "/-"),
        (410, 'I"'),
        (490, "svyz?"),
        (505, "cxLJ"),
        (530, "kgaå"),
        (550, "eéoöF"),
        (568, "hnuø"),
        (582, "bdpqZTSE–"),
        (600, "0123456789PVYX"),
        (640, "CKRAÅB"),
        (700, "DUGHNOQØ"),
        (770, "w"),
        (812, "M"),
        (873, "mæ"),
        (905, "WÆ"),
    )
    for sign in signs
}


@dataclass(frozen=True, slots=True)
class Size:
    """A size of letters: the class in the style sheet, and points."""

    name: str
    points: float


SIZES = (Size("roomy", 13), Size("large", 12), Size("usual", 11), Size("small", 10.25), Size("least", 9.5))


@dataclass(frozen=True, slots=True)
class Fit:
    """The size to print in, and whether everything then goes on one page."""

    size: Size
    one_page: bool


def fit(texts: Mapping[PlanSection, str], titles: Mapping[PlanSection, str]) -> Fit:
    """Return the largest size in which the plan goes on one page; the least one when none does."""
    for size in SIZES:
        if _height(texts, titles, size) <= SHEET - HEAD_AND_FOOT:
            return Fit(size, one_page=True)
    return Fit(SIZES[-1], one_page=False)


def _height(texts: Mapping[PlanSection, str], titles: Mapping[PlanSection, str], size: Size) -> float:
    line = size.points * POINT * LINE
    total = 0.0
    for section, text in texts.items():
        if not text.strip():
            continue
        title = lines_of(titles[section], TITLE_WIDTH, size.points * TITLE_SIZE) * line
        if section is PlanSection.WHOM_TO_CALL:
            body = _calls_height(call_lines(text), size)
        else:
            body = lines_of(text.strip(), TEXT_WIDTH, size.points) * line
        total += max(title, body) + SECTION_GAP
    return total


def _calls_height(calls: Sequence[CallLine], size: Size) -> float:
    line = size.points * POINT * LINE
    half = (TEXT_WIDTH - NUMBER_WIDTH) / 2 - 3
    height = 0.0
    for call in calls:
        lines = max(lines_of(call.who, half, size.points), lines_of(call.when, half, size.points))
        height += max(lines, CALL_LINES) * line + CALL_GAP
    return height


def lines_of(text: str, width: float, points: float) -> int:
    """Return how many lines a text takes at a width; a blank line counts."""
    room = width / (points * POINT * SAFETY)
    return sum(_wrapped(paragraph.split(), room) for paragraph in text.split("\n"))


def _wrapped(words: Iterable[str], room: float) -> int:
    lines, used = 1, 0.0
    for word in words:
        wide = _ems(word)
        if used and used + _BLANK / 1000 + wide > room:
            lines, used = lines + 1, 0.0
        elif used:
            used += _BLANK / 1000
        # A word longer than the line is broken where the line ends.
        lines += int((used + wide) // room) if used + wide > room else 0
        used = (used + wide) % room if used + wide > room else used + wide
    return lines


def _ems(word: str) -> float:
    return sum(_WIDTHS.get(sign, _USUAL) for sign in word) / 1000
