"""Moments for the laws of the domain."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from lygte.domain.time import at_local

MICROSECONDS_A_DAY = 24 * 60 * 60 * 10**6


def moments_between(first: date, last: date) -> st.SearchStrategy[datetime]:
    """Return UTC moments from one Danish midnight on, about until another."""
    span = (last - first).days * MICROSECONDS_A_DAY
    return st.integers(0, span).map(lambda n: at_local(first, time.min) + timedelta(microseconds=n))
