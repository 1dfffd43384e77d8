from typing import Any


class Refused(Exception):
    """An act that was allowed but could not be done: somebody was faster, or the state has moved on."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class InvalidField(ValueError):
    """A typed value that cannot be stored. Names the field and what is wrong, never the value."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
