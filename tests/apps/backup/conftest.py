import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import load_backend

from lygte.apps.backup.vault import Vault
from lygte.apps.contacts import services as contacts
from lygte.apps.people import services as people
from lygte.config.environment import SQLITE_OPTIONS
from lygte.domain.vocab import Channel
from tests.own_database import own_database, own_world
from tests.world import NOW, Place, World

__all__ = ["own_database", "own_world"]

KEY = bytes(range(32, 64))


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "copies", KEY)


@pytest.fixture
def blank(own_database: str, tmp_path: Path) -> Path:
    """A SQLite file with tables and no rows, when that is the database of the run."""
    path = tmp_path / "blank.sqlite3"
    if Path(own_database).exists():
        shutil.copy(own_database, path)
    return path


@pytest.fixture
def lived_in(blank: Path, own_world: World) -> World:
    """Two municipalities with persons and contacts, in a database of their own."""
    for place in (own_world.here, own_world.there):
        odd = "Åse\t\\ “nine”\r\nlines \\N"
        type(place.other_worker).objects.filter(pk=place.other_worker.pk).update(name=odd)
        with place.scope():
            for alias in ("Maage", "Zebrastribe", "Ørn"):
                told = {"alias": alias, "phone": f"200000{len(alias):02}", "keep_phone": True}
                people.create_person(
                    actor=place.worker, now=NOW, service=place.service, confirmed=True, **told
                )
                live_on(place)
    return own_world


def live_on(place: Place) -> None:
    """Let a call come in."""
    with place.scope():
        contacts.open_contact(actor=place.worker, now=NOW, service=place.service, channel=Channel.PHONE)


@pytest.fixture
def empty_database(blank: Path) -> Iterator[Callable[[str], Any]]:
    """Return a context in which every connection leads to an empty database of the kind that is asked for."""
    with ExitStack() as after:
        yield lambda vendor: _empty(vendor, blank, after)


@contextmanager
def _empty(vendor: str, blank: Path, after: ExitStack) -> Iterator[Any]:
    before = connections[DEFAULT_DB_ALIAS]
    wrapped = _sqlite(blank) if vendor == "sqlite" else _postgresql(before, after)
    connections[DEFAULT_DB_ALIAS] = wrapped
    try:
        yield wrapped
    finally:
        wrapped.close()
        connections[DEFAULT_DB_ALIAS] = before


def _sqlite(blank: Path) -> Any:
    path = blank.with_name(f"empty-{len(list(blank.parent.iterdir()))}.sqlite3")
    shutil.copy(blank, path) if blank.exists() else sqlite3.connect(path).close()
    return _wrapper({"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": SQLITE_OPTIONS})


def _postgresql(before: Any, after: ExitStack) -> Any:
    without_rows = str(before.settings_dict["NAME"]).removesuffix("_own")
    name = f"{without_rows}_empty"
    with before._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{without_rows}"')
    after.callback(_drop, before, name)
    return _wrapper({**before.settings_dict, "NAME": name})


def _drop(connection: Any, name: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _wrapper(told: dict[str, Any]) -> Any:
    settings = {**connections.settings[DEFAULT_DB_ALIAS], **told}
    return load_backend(settings["ENGINE"]).DatabaseWrapper(settings, DEFAULT_DB_ALIAS)
