from collections.abc import Sequence
from typing import Any


class LikelyDuplicates(Exception):
    """The person may be known already. Holds what was found; `certain` when the same number is registered."""

    def __init__(self, hits: Sequence[Any], *, certain: bool) -> None:
        super().__init__("likely_duplicates")
        self.hits = tuple(hits)
        self.certain = certain
