from enum import StrEnum


class LateKind(StrEnum):
    """How a contact came to be registered after it began."""

    OFFLINE = "offline"  # in the browser while the line was down, as it happened
    AFTERWARDS = "afterwards"  # from paper or memory, when the service was back
