"""Slow down whoever tries links that open nothing, without keeping anybody's address."""

import hashlib
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

REFUSALS = 20
WITHIN_SECONDS = 600


def _key(request: HttpRequest) -> str:
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        # Behind the proxy of the house: the last address in the list is the one that the proxy itself saw.
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    mixed = hashlib.sha256(f"{settings.SECRET_KEY}\0{address}".encode()).hexdigest()
    return f"plan-link-refused:{mixed[:32]}"


def too_many(request: HttpRequest) -> bool:
    """Tell whether this address has had its share of refusals for now."""
    return int(cache.get(_key(request), 0)) >= REFUSALS


def count_refusal(request: HttpRequest) -> None:
    """Count one refusal; the count is forgotten some minutes after the first."""
    key = _key(request)
    if not cache.add(key, 1, WITHIN_SECONDS):
        with suppress(ValueError):  # forgotten in this very moment
            cache.incr(key)
