"""When nothing can be saved: which trouble it is, told on a page that asks the database for nothing."""

import logging
from collections.abc import Iterator
from enum import StrEnum

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

log = logging.getLogger("lygte.storage")
RETRY_SECONDS = 10


class Trouble(StrEnum):
    """Why the database does not take what is written."""

    FULL = "full"
    READ_ONLY = "read_only"
    AWAY = "away"


_SQLSTATES = {"53100": Trouble.FULL, "25006": Trouble.READ_ONLY}
_SQLITE = {"disk is full": Trouble.FULL, "readonly database": Trouble.READ_ONLY, "disk i/o": Trouble.AWAY}


def trouble_of(problem: BaseException | None) -> Trouble | None:
    """Return which trouble of the database is behind an exception; None for every other kind."""
    for one in _chain(problem):
        if found := _SQLSTATES.get(getattr(one, "sqlstate", None) or ""):
            return found
        if isinstance(one, DatabaseError):
            said = str(one).lower()
            if found := next((kind for words, kind in _SQLITE.items() if words in said), None):
                return found
        if isinstance(one, OperationalError | InterfaceError):
            return Trouble.AWAY
    return None


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        # The driver's own error names the trouble more exactly than the framework's around it.
        if problem.__cause__ is not None and isinstance(problem, DatabaseError):
            yield problem.__cause__
        yield problem
        problem = problem.__cause__ or problem.__context__


def unavailable(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Say that nothing can be saved now, and what becomes of what was typed."""
    log.error("nothing can be saved: %s", trouble.value)
    language = (translation.get_language() or "da")[:2]
    body = render_to_string(
        "staff/errors/storage.html", {"trouble": trouble.value, "page_language": language}
    )
    return HttpResponse(
        body, status=503, headers={"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    )
