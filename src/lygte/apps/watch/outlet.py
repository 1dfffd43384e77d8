"""The port through which operations are told. Adapters implement it."""

from typing import Protocol

from lygte.domain.alerts import Alert


class OutletFailed(Exception):
    """An alert was not taken; it is tried again at the next turn. `problem` is a code."""


class Outlet(Protocol):
    """Something that tells whoever keeps the service running."""

    def tell(self, alert: Alert, *, over: bool) -> None:
        """Tell of an alert, or that it is over; raises `OutletFailed`."""
        ...
