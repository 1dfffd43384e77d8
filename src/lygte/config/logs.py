"""Log lines that say what happened and to which part, and never to whom."""

import json
import logging
import re
import traceback
from types import TracebackType
from typing import Any

_EIGHT = r"(?:\d{8}|\d{4} \d{4}|\d\d(?: \d\d){3}|\d\d(?:-\d\d){3})"
_SCRUBBED = (
    (re.compile(r"/k/[^\s/?\"']+"), "/k/…"),  # the link of a shared crisis plan is a secret
    (re.compile(r"\+\d[\d -]{6,}\d"), "…"),  # a phone number with its country
    (re.compile(r"(?<![\w-])\d{6}[- ]?\d{4}(?![\w-])"), "…"),  # a CPR number
    (re.compile(rf"(?<![\w+-])(?:(?:\+|00)?45[ -]?)?{_EIGHT}(?![\w-])"), "…"),  # a phone number
    (re.compile(r"\?[^\s\"']*=[^\s\"']*"), "?…"),  # what somebody searched for
)
FIELDS = ("request_id", "route", "method", "status", "ms", "role")
_ExcInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None] | None | bool
)


def scrub(line: str) -> str:
    """Take out secret links, queries and anything shaped like a CPR or phone number."""
    for pattern, instead in _SCRUBBED:
        line = pattern.sub(instead, line)
    return line


class NoIdentity(logging.Filter):
    """Take identity out of a record before anything writes it.

    An error keeps its type and its place in the code. Its message goes, since a database puts the refused
    row into it. The address of a request becomes the name of its route.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        request = getattr(record, "request", None)
        path = getattr(request, "path", "")
        if isinstance(path, str) and len(path) > 1:
            message = message.replace(path, route_of(request))
        record.msg, record.args = scrub(message), ()
        if record.exc_info:
            record.exc_text = _without_message(record.exc_info)
            record.exc_info = None
        record.stack_info = None
        return True


def route_of(request: Any) -> str:
    """Return the pattern of a request's address, without what stands in its places."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match is not None else "(no page)"


def _without_message(info: _ExcInfo) -> str:
    told: list[str] = []
    problem: BaseException | None = info[1] if isinstance(info, tuple) else None
    while problem is not None:
        told.append("".join(traceback.format_tb(problem.__traceback__)) + type(problem).__name__)
        problem = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    return "\ncaused by\n".join(told)


class JsonLines(logging.Formatter):
    """One JSON object a line, for a log collector."""

    default_msec_format = "%s.%03d"

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_text:
            line["error"] = record.exc_text
        return json.dumps(line, ensure_ascii=False)
