import secrets
import time
from uuid import UUID

from lygte.domain.ids import uuid7


def new_id() -> UUID:
    """Return a fresh time-ordered identifier for a row."""
    return uuid7(milliseconds=time.time_ns() // 1_000_000, randomness=secrets.token_bytes(10))
