"""Letting go: on request, and with time."""

from lygte.apps.privacy.services.erasing import ask, decide, hold, lift
from lygte.apps.privacy.services.exporting import Part, export
from lygte.apps.privacy.services.opening import Opening, openings, openings_by_link
from lygte.apps.privacy.services.receipts import is_genuine
from lygte.apps.privacy.services.retaining import choose, go_on, start

__all__ = [
    "Opening",
    "Part",
    "ask",
    "choose",
    "decide",
    "export",
    "go_on",
    "hold",
    "is_genuine",
    "lift",
    "openings",
    "openings_by_link",
    "start",
]
