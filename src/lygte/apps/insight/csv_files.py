"""CSV that a Danish spreadsheet opens as it is, and that never runs as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
DELIMITER = ";"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def text_of(value: object) -> str:
    """Return a cell: nothing for None, a decimal comma, and text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a whole file as text, with byte order mark, semicolons and CR LF."""
    file = io.StringIO()
    file.write(BOM)
    writer = csv.writer(file, delimiter=DELIMITER, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([text_of(value) for value in row])
    return file.getvalue()
