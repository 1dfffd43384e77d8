import logging
import re

_CPR_LIKE = re.compile(r"\b\d{6}-?\d{4}\b")
_SECRET_PATH = re.compile(r"/k/[^\s/?]+")


class NoIdentity(logging.Filter):
    """Take secret links and anything shaped like a CPR number out of log lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        record.msg = _SECRET_PATH.sub("/k/…", _CPR_LIKE.sub("…", message))
        record.args = ()
        return True
