"""What every test stands on: a fixed environment, one of two databases, and no way out to the network."""

import base64
import os
import sys
import tempfile
from pathlib import Path

import django
import django.apps
import pytest
from hypothesis import HealthCheck, settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NetworkRefused(RuntimeError):
    """A test reached for an address outside this machine."""


# 1. The environment, then Django. pyproject.toml does not name the settings, because pytest-django would load
#    them before this file has filled the environment.
def _database_url() -> str:
    choice = os.environ.get("LYGTE_TEST_DATABASE", "sqlite")
    if choice == "sqlite":
        return "sqlite:///:memory:"
    if choice != "postgresql":
        raise pytest.UsageError("LYGTE_TEST_DATABASE must be sqlite or postgresql.")
    url = os.environ.get("LYGTE_TEST_POSTGRESQL")
    if not url:
        raise pytest.UsageError(
            "Set LYGTE_TEST_POSTGRESQL to what `scripts/postgres.sh start FOLDER` prints."
        )
    return url


def _fill_environment() -> None:
    # A folder of its own: whatever the code writes when a test forgets to say where.
    scratch = Path(tempfile.gettempdir()) / f"lygte-test-{os.getuid()}"
    for name in [name for name in os.environ if name.startswith("LYGTE_") and not _of_the_suite(name)]:
        del os.environ[name]
    (scratch / "static").mkdir(parents=True, exist_ok=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="lygte.config.settings",
        LYGTE_TEST="1",
        LYGTE_DEBUG="0",
        LYGTE_HTTPS="0",
        LYGTE_SECRET_KEY="a-secret-that-guards-nothing-but-tests",
        LYGTE_MASTER_KEY=base64.b64encode(bytes(range(32))).decode(),
        LYGTE_DATABASE_URL=_database_url(),
        LYGTE_HOME=str(scratch),
        LYGTE_OUTBOX_FOLDER=str(scratch / "outbox"),
        LYGTE_AUDIT_ANCHORS="",
        LYGTE_STATIC_ROOT=str(scratch / "static"),
        LYGTE_METRICS_FOLDER=str(scratch / "metrics"),
        LYGTE_DRAIN_FILE=str(scratch / "draining"),
        LYGTE_ALERTS_FILE=str(scratch / "alerts.jsonl"),
    )


def _of_the_suite(name: str) -> bool:
    return name.startswith("LYGTE_TEST_") or name in {"LYGTE_SCREENSHOTS", "LYGTE_HYPOTHESIS"}


_fill_environment()
django.setup()
pytest_plugins = ["tests.world"]  # the fixtures that need Django, after it is set up


# 2. No way out. An audit hook sees every socket that Python opens, whichever library asked for it.
def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) and address else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = args[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if isinstance(host, str) and host and host not in LOOPBACK:
        raise NetworkRefused(f"{event} to {host}")


sys.addaudithook(_refuse_network)


# 3. Hypothesis: the same examples on every run; LYGTE_HYPOTHESIS=thorough looks for new ones.
_shared = {"deadline": None, "database": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("fast", max_examples=40, derandomize=True, **_shared)
settings.register_profile("thorough", max_examples=1000, print_blob=True, **_shared)
settings.load_profile(os.environ.get("LYGTE_HYPOTHESIS", "fast"))


# 5. Tests with real transactions empty every table afterwards; guards on growing tables step aside for it.
from django.db.backends.sqlite3.base import DatabaseOperations  # noqa: E402

from lygte.apps.tenancy import guards  # noqa: E402

_flush = DatabaseOperations.sql_flush


def _flush_around_guards(self: DatabaseOperations, *args: object, **kwargs: object) -> list[str]:
    models = [django.apps.apps.get_model(label) for label in guards.APPEND_ONLY]
    made = [sql for model in models for sql in guards.append_only(model, "sqlite")]
    dropped = [f"DROP TRIGGER IF EXISTS {sql.split(' ')[5]}" for sql in made]
    return [*dropped, *_flush(self, *args, **kwargs), *made]


DatabaseOperations.sql_flush = _flush_around_guards  # type: ignore[method-assign]
