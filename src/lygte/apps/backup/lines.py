"""One row is one line: the text that PostgreSQL's COPY reads, the same from both databases.

The key comes first. Identifiers are 32 hexadecimal digits, moments are UTC with six decimals, JSON has its
keys in the order of `jsonb`. So the same content gives the same bytes, wherever it lies.
"""

import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

Row = Sequence[Any]
NULL = r"\N"
_ODD = re.compile(r"[\\\x08-\x0d]")
_ESCAPED = {"\\": r"\\", "\b": r"\b", "\t": r"\t", "\n": r"\n", "\v": r"\v", "\f": r"\f", "\r": r"\r"}
_PLAIN = {escaped[1]: plain for plain, escaped in _ESCAPED.items()}
_ESCAPE = re.compile(r"\\(.)")


def encoder(kinds: Sequence[str]) -> Callable[[Row], bytes]:
    """Return what makes a line of a row as SQLite gives it."""
    makers = [_MAKERS[kind] for kind in kinds]

    def encode(row: Row) -> bytes:
        cells = [NULL if value is None else make(value) for make, value in zip(makers, row, strict=True)]
        return "\t".join(cells).encode() + b"\n"

    return encode


def decoder(kinds: Sequence[str]) -> Callable[[str], list[Any]]:
    """Return what makes of a line a row as Django would have given it to SQLite."""
    readers = [_READERS[kind] for kind in kinds]

    def decode(line: str) -> list[Any]:
        cells = line.split("\t")
        return [None if cell == NULL else read(cell) for read, cell in zip(readers, cells, strict=True)]

    return decode


def selected(column: str, kind: str) -> str:
    """Return the PostgreSQL expression that gives a column as it stands in a line."""
    quoted = f'"{column}"'
    return {
        "uuid": f"replace({quoted}::text, '-', '')",
        "datetime": f"to_char({quoted} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
        "bool": f"{quoted}::int",
    }.get(kind, quoted)


def _text(value: Any) -> str:
    text = str(value)
    return _ODD.sub(lambda odd: _ESCAPED[odd[0]], text) if _ODD.search(text) else text


def _unescaped(cell: str) -> str:
    return _ESCAPE.sub(lambda odd: _PLAIN.get(odd[1], odd[1]), cell) if "\\" in cell else cell


def _moment(value: str) -> str:
    return value if "." in value else f"{value}.000000"


def _time(value: str) -> str:
    return value.rstrip("0").rstrip(".") if "." in value else value


def _stored_time(cell: str) -> str:
    whole, dot, fraction = cell.partition(".")
    return f"{whole}.{fraction.ljust(6, '0')}" if dot else cell


@lru_cache(maxsize=4096)
def _json(value: str) -> str:
    told = json.dumps(_ordered(json.loads(value)), ensure_ascii=False)
    return _text(told)


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return {key: _ordered(value[key]) for key in keys}
    return [_ordered(one) for one in value] if isinstance(value, list) else value


_MAKERS: dict[str, Callable[[Any], str]] = {
    "uuid": str,
    "datetime": _moment,
    "date": str,
    "time": _time,
    "bool": lambda value: "1" if value else "0",
    "json": _json,
    "bytes": lambda value: r"\\x" + value.hex(),
    "int": str,
    "text": _text,
}
_READERS: dict[str, Callable[[str], Any]] = {
    "uuid": str,
    "datetime": lambda cell: cell.removesuffix(".000000"),
    "date": str,
    "time": _stored_time,
    "bool": int,
    "json": _unescaped,
    "bytes": lambda cell: bytes.fromhex(cell[3:]),
    "int": int,
    "text": _unescaped,
}
KINDS = frozenset(_MAKERS)
