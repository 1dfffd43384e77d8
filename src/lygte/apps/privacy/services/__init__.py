"""Letting go: on request, and with time."""

from lygte.apps.privacy.services.erasing import ask, decide, hold, lift
from lygte.apps.privacy.services.receipts import is_genuine
from lygte.apps.privacy.services.retaining import choose, go_on, start

__all__ = ["ask", "choose", "decide", "go_on", "hold", "is_genuine", "lift", "start"]
