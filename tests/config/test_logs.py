"""No log line holds who somebody is: not in a message, an error, an address or a query."""

import json
import logging
from io import StringIO
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from lygte.config.logs import JsonLines, NoIdentity
from lygte.interfaces.web import health

CPR = ("010101-0001", "0101010001", "010101 0001")  # a serial number that nobody has
PHONES = ("20000001", "+4520000001", "+45 20 00 00 01", "20 00 00 01", "004520000001", "45 20000001")
TOKEN = "Zm9yLWVrc2VtcGVsLWhlbW1lbGlndA"
NAME = "Anemone Opdigtet"


@pytest.fixture
def written() -> Any:
    """What a logger writes through the filter, in either form."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(NoIdentity())
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("test.written")
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)


@pytest.mark.parametrize("identity", [*CPR, *PHONES])
def test_what_is_shaped_like_a_number_of_somebody_is_taken_out(identity: str, written: Any) -> None:
    logger, stream = written
    logger.warning("sent to %s, and again (%s)", identity, identity)
    assert identity not in stream.getvalue()
    assert "sent to …, and again (…)" in stream.getvalue()


def test_a_secret_link_and_a_search_are_taken_out(written: Any) -> None:
    logger, stream = written
    logger.error("Error handling request /k/%s/pdf?q=%s", TOKEN, "anemone")
    assert TOKEN not in stream.getvalue()
    assert "anemone" not in stream.getvalue()


def test_times_counts_and_versions_stay_readable(written: Any) -> None:
    logger, stream = written
    line = "2026-12-01 12:00:05 duty audit.seal took 1234 ms, 250000 rows, version 0.1.0"
    logger.setLevel(logging.INFO)
    logger.info(line)
    assert json.loads(stream.getvalue())["message"] == line


def test_an_error_keeps_its_type_and_place_and_loses_its_message(written: Any) -> None:
    logger, stream = written
    try:
        try:
            raise IntegrityError(f"DETAIL: Key (name)=({NAME}) already exists.")
        except IntegrityError as problem:
            raise ValueError(f"no room for {NAME}") from problem
    except ValueError:
        logger.exception("it went wrong")
    line = json.loads(stream.getvalue())
    assert NAME not in stream.getvalue()
    assert "ValueError\ncaused by\n" in line["error"]
    assert line["error"].endswith("IntegrityError")
    assert "test_logs.py" in line["error"]


@pytest.mark.django_db
def test_an_error_of_a_page_names_the_route_and_not_the_address(
    written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, stream = written
    handler = logging.getLogger("test.written").handlers[0]
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)

    def fails(*arguments: object) -> None:
        raise RuntimeError(NAME)

    monkeypatch.setattr(health.connection, "cursor", fails)
    try:
        Client(raise_request_exception=False).get("/sundhed", {"q": NAME})
        Client().get(f"/findes-ikke/{TOKEN}/")
    finally:
        logger.removeHandler(handler)
    messages = [json.loads(line)["message"] for line in stream.getvalue().splitlines()]
    assert messages == ["Internal Server Error: /sundhed", "Not Found: (no page)"]
    assert NAME not in stream.getvalue()
    assert TOKEN not in stream.getvalue()
