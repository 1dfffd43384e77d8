"""The crisis plan: its sections in order, the comparison of two versions, and what a reader may see.

Source: Model description, 2014-2017 (a plan made with the person, from the person's wishes and in own words).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from lygte.domain.vocab import PlanSection

SECTIONS: tuple[PlanSection, ...] = tuple(PlanSection)
_PIECE = re.compile(r"\s+|\w+|[^\w\s]")


class ChangeKind(StrEnum):
    """What became of a section between two versions. A section of blanks only is empty."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class PieceOp(StrEnum):
    """Whether a piece of text is in both versions, only in the new one, or only in the old one."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


Pieces = tuple[tuple[PieceOp, str], ...]


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One section in two versions.

    The pieces that are not added, joined, are the old text; those that are not removed are the new one.
    """

    section: PlanSection
    kind: ChangeKind
    pieces: Pieces


def _kind(old: str, new: str) -> ChangeKind:
    if old == new or not (old.strip() or new.strip()):
        return ChangeKind.SAME
    if not old.strip():
        return ChangeKind.ADDED
    return ChangeKind.CHANGED if new.strip() else ChangeKind.REMOVED


def _pieces(old: str, new: str) -> Iterator[tuple[PieceOp, str]]:
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield PieceOp.SAME, "".join(before[i1:i2])
            continue
        if i1 < i2:
            yield PieceOp.REMOVED, "".join(before[i1:i2])
        if j1 < j2:
            yield PieceOp.ADDED, "".join(after[j1:j2])


def compare(old: Mapping[PlanSection, str], new: Mapping[PlanSection, str]) -> tuple[SectionChange, ...]:
    """Return every section of the plan, in order, with its difference word by word.

    A section that a version lacks is empty.
    """
    pairs = ((section, old.get(section, ""), new.get(section, "")) for section in SECTIONS)
    return tuple(SectionChange(section, _kind(a, b), tuple(_pieces(a, b))) for section, a, b in pairs)


def visible_sections(
    all_sections: Mapping[PlanSection, str], shared: Collection[PlanSection]
) -> dict[PlanSection, str]:
    """Return the shared sections that hold text, in order. What is not shared is not there at all."""
    return {
        section: all_sections[section]
        for section in SECTIONS
        if section in shared and all_sections.get(section, "").strip()
    }
