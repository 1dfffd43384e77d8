"""The lines of "whom I can call": who, number, when. Plain text becomes numbers that can be rung."""

import re
from dataclasses import dataclass

from lygte.domain.ids import normalise_phone

_LONG = re.compile(r"(?:\+|00)?\d(?: ?\d){7,13}(?!\d)")
_SHORT = re.compile(r"(?<![\d.:-])(?:11[24]|1813|116 ?\d{3})(?![\d.:-])")
_EDGES = " \t,;:·–-"


@dataclass(frozen=True, slots=True)
class CallLine:
    """One line. `number` is as typed, `dial` what a telephone dials; both empty when there is no number."""

    who: str
    number: str = ""
    dial: str = ""
    when: str = ""


def call_lines(text: str) -> tuple[CallLine, ...]:
    """Return the lines that hold something, in order. Nothing that was typed is left out."""
    return tuple(_line(line.strip()) for line in text.splitlines() if line.strip())


def _line(line: str) -> CallLine:
    found = _LONG.search(line) or _SHORT.search(line)
    if found is None:
        return CallLine(line)
    number = found.group()
    dial = normalise_phone(number) or re.sub(r"\D", "", number)
    return CallLine(line[: found.start()].strip(_EDGES), number, dial, line[found.end() :].strip(_EDGES))
