"""Where a backup is cut into pieces, and which copies are kept. Both give the same answer every night."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

CUT_MASK = 0x7FF  # one key in 2,048 ends a piece
MOST_ROWS = 8192
MOST_BYTES = 8 * 1024 * 1024


def key_of(line: bytes) -> bytes:
    """Return the key of a line: its first cell."""
    return line[: line.index(b"\t")] if b"\t" in line else line.rstrip(b"\n")


def pieces(
    lines: Iterable[bytes], *, mask: int = CUT_MASK, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES
) -> Iterator[tuple[bytes, int]]:
    """Cut lines in key order into pieces; yield each with its number of lines.

    The key alone says whether a piece ends with it. So a line that is added, changed or removed alters the
    piece that it lies in and leaves the others as they were: they need not be written again.
    """
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if not crc32(key_of(line)) & mask or len(held) >= most_rows or size >= most_bytes:
            yield b"".join(held), len(held)
            held, size = [], 0
    if held:
        yield b"".join(held), len(held)


@dataclass(frozen=True, slots=True)
class Keep:
    """How many copies to keep: the newest of so many days, weeks and months that have one."""

    days: int = 14
    weeks: int = 8
    months: int = 12


def kept(moments: Sequence[datetime], *, keep: Keep) -> set[datetime]:
    """Return the moments of the copies that stay. The newest copy always stays."""
    newest_first = sorted(moments, reverse=True)
    staying = set(newest_first[:1])
    for form, most in (("%Y-%m-%d", keep.days), ("%G-%V", keep.weeks), ("%Y-%m", keep.months)):
        newest: dict[str, datetime] = {}
        for moment in newest_first:
            newest.setdefault(moment.strftime(form), moment)
        staying |= set(list(newest.values())[:most])
    return staying
