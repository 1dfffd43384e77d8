"""A database of its own for tests in which several connections write at once, on SQLite or PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.world import World, make_place


@pytest.fixture
def own_database(transactional_db: None, django_db_blocker: Any, tmp_path: Path) -> Iterator[str]:
    """Point every connection of the process to a fresh copy of the empty test database; drop it after."""
    with django_db_blocker.unblock():  # threads too
        shared = connections["default"]
        before = shared.settings_dict["NAME"]
        name = _copy_sqlite(shared, tmp_path) if shared.vendor == "sqlite" else _copy_postgresql(shared)
        with _instead_of(shared, name):
            yield name
        shared.settings_dict["NAME"] = before
        if shared.vendor == "postgresql":
            _alone(shared, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _instead_of(shared: Any, name: str) -> Iterator[None]:
    del connections["default"]
    shared.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = shared


def _copy_sqlite(shared: Any, folder: Path) -> str:
    shared.ensure_connection()
    path = folder / "own.sqlite3"
    target = sqlite3.connect(path)
    shared.connection.backup(target)
    target.close()
    return str(path)


def _copy_postgresql(shared: Any) -> str:
    name = shared.settings_dict["NAME"]
    shared.close()
    _alone(shared, f'CREATE DATABASE "{name}_own" TEMPLATE "{name}"')
    return f"{name}_own"


def _alone(shared: Any, statement: str) -> None:
    with shared._nodb_cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def own_world(own_database: str) -> World:
    """The invented world in a database of its own, committed."""
    return World(here=make_place("lysborg"), there=make_place("fyrnes"))
