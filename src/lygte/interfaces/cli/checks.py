"""What `lygte doctor` looks at. Each check returns what it found and, when it is not well, the remedy."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

GOOD, DOUBT, BAD = "ok", "warning", "wrong"
LEAST_DISK = 1_000_000_000
MOST_SKEW = timedelta(seconds=5)
OLDEST_POSTGRESQL = 130000
TIMEOUT_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is."""

    check: str
    state: str
    saying: str


def all_checks() -> list[tuple[str, Callable[[], list[tuple[str, str]]]]]:
    """Return every check by name; Django is set up."""
    return [
        ("settings", settings_in_use),
        ("database", database),
        ("row security", row_security),
        ("migrations", migrations),
        ("keys", keys),
        ("clock", clock),
        ("disk", disk),
        ("static files", static_files),
        ("duties and promises", alerts),
        ("event stream", event_stream),
    ]


def findings() -> list[Finding]:
    """Run every check; one that fails itself is a finding too."""
    found = []
    for name, check in all_checks():
        try:
            said = check()
        except Exception as problem:  # noqa: BLE001 - the next check may tell why
            said = [(BAD, f"could not be looked at: {type(problem).__name__}")]
        found += [Finding(name, state, saying) for state, saying in said]
    return found


def settings_in_use() -> list[tuple[str, str]]:
    """Return what is unusual in the settings, and names in the environment that mean nothing."""
    from django.conf import settings

    said = []
    if settings.LYGTE_DEMO:
        said.append((DOUBT, "LYGTE_DEMO is 1: invented people only, sign-ins are shown."))
    if not settings.LYGTE_HTTPS:
        said.append((DOUBT, "LYGTE_HTTPS is 0: for this machine alone. Set it to 1 behind TLS."))
    if "*" in settings.ALLOWED_HOSTS:
        said.append((BAD, "LYGTE_ALLOWED_HOSTS holds *: name the host names, and no others."))
    if settings.LYGTE_HTTPS and not settings.LYGTE_PUBLIC_URL:
        said.append((DOUBT, "LYGTE_PUBLIC_URL is not set: links to citizens follow the request's address."))
    if settings.SECURE_PROXY_SSL_HEADER and not settings.CSRF_TRUSTED_ORIGINS:
        said.append((BAD, "LYGTE_TRUSTED_ORIGINS is not set: behind the proxy every form is refused."))
    if settings.LYGTE_SMS_GATEWAY == "file":
        said.append((DOUBT, "LYGTE_SMS_GATEWAY is file: text messages are written to a folder, not sent."))
    return said or [(GOOD, "as for people who depend on it")]


def database() -> list[tuple[str, str]]:
    """Return whether the database answers, may be written and writes through to the disk."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return _sqlite(str(connection.settings_dict["NAME"]))
    version, synchronous, full_pages, fsync, read_only, superuser, bypass = _row(
        "SELECT current_setting('server_version_num')::int, current_setting('synchronous_commit'), "
        "current_setting('full_page_writes'), current_setting('fsync'), "
        "current_setting('transaction_read_only'), rolsuper, rolbypassrls "
        "FROM pg_roles WHERE rolname = current_user"
    )
    said = []
    if int(str(version)) < OLDEST_POSTGRESQL:
        said.append((BAD, f"PostgreSQL {version}: 13 is the oldest that works."))
    for name, value in (
        ("synchronous_commit", synchronous),
        ("full_page_writes", full_pages),
        ("fsync", fsync),
    ):
        if value == "off":
            said.append((BAD, f"{name} is off: what was saved can be lost with the power. Set it on."))
    if read_only == "on":
        said.append((BAD, "The database may only be read: is this a replica?"))
    if superuser or bypass:
        said.append((BAD, "The role walks past row level security. Use one as docs/how-to/install.md says."))
    return said or [(GOOD, f"PostgreSQL {version}, durable, an ordinary role")]


def _sqlite(name: str) -> list[tuple[str, str]]:
    said = []
    if _row("PRAGMA synchronous")[0] != 2:
        said.append((BAD, "SQLite does not write through to the disk."))
    if not os.access(name, os.W_OK):
        said.append((BAD, f"{name} cannot be written by this user."))
    return said or [(GOOD, "SQLite, durable")]


def _row(statement: str) -> tuple[object, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        row: tuple[object, ...] = cursor.fetchone()
        return row


def row_security() -> list[tuple[str, str]]:
    """Return the scoped tables that the database does not guard by itself."""
    from django.db import connection

    from lygte.apps.core.scoped import scoped_models

    if connection.vendor != "postgresql":
        return [(GOOD, "SQLite has none; the program keeps municipalities apart")]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND EXISTS "
            "(SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid)"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    open_tables = sorted({model._meta.db_table for model in scoped_models()} - guarded)
    if open_tables:
        return [(BAD, f"not in force on {', '.join(open_tables)}: run `lygte manage migrate` as the owner")]
    return [(GOOD, f"in force on {len(scoped_models())} tables")]


def migrations() -> list[tuple[str, str]]:
    """Return what this version's tables lack."""
    from lygte.interfaces.cli.migrate import pending

    waiting = pending()
    return [(BAD, f"{len(waiting)} to do: run `lygte migrate`")] if waiting else [(GOOD, "up to date")]


def keys() -> list[tuple[str, str]]:
    """Return whether the master key opens the keys of every municipality, and who can read its file."""
    from cryptography.exceptions import InvalidTag

    from lygte.apps.core.scope import municipality_scope
    from lygte.apps.crypto import services as crypto
    from lygte.apps.tenancy import selectors as tenancy

    said = []
    for municipality in tenancy.municipalities():
        try:
            with municipality_scope(municipality.pk):
                crypto.audit_key()
        except InvalidTag:
            remedy = "restore the right key before anybody writes"
            said.append((BAD, f"LYGTE_MASTER_KEY does not open the keys of {municipality.key}: {remedy}"))
    for name in ("LYGTE_MASTER_KEY_FILE", "LYGTE_SECRET_KEY_FILE"):
        path = os.environ.get(name)
        if path and Path(path).stat().st_mode & 0o077:
            said.append((BAD, f"{path} can be read by others: chmod 400"))
    return said or [(GOOD, f"open {len(tenancy.municipalities())} municipalities")]


def clock() -> list[tuple[str, str]]:
    """Return whether this machine and the database agree on the time."""
    from django.db import connection
    from django.utils import timezone

    from lygte.apps.jobs import selectors as jobs

    now = timezone.now()
    said = []
    if connection.vendor == "postgresql":
        there = _row("SELECT clock_timestamp()")[0]
        skew = abs(there - now)  # type: ignore[operator]
        if skew > MOST_SKEW:
            said.append((BAD, f"{skew.total_seconds():.0f} s away from the database's: let both follow NTP"))
    latest = max((run.started_at for run in jobs.runs() if run.started_at), default=now)
    if latest - now > MOST_SKEW:
        said.append((BAD, f"behind what was already written, by {(latest - now).total_seconds():.0f} s"))
    return said or [(GOOD, "as the database's")]


def disk() -> list[tuple[str, str]]:
    """Return which folders are short of room."""
    from django.conf import settings
    from django.db import connection

    folders = {Path(settings.LYGTE_OUTBOX_FOLDER), Path(settings.STATIC_ROOT)}
    if connection.vendor == "sqlite":
        folders.add(Path(str(connection.settings_dict["NAME"])).parent)
    short = []
    for folder in sorted(one for one in folders if one.exists()):
        free = shutil.disk_usage(folder).free
        if free < LEAST_DISK:
            short.append((BAD, f"{folder}: {free // 1_000_000} MB left. Make room before it is full."))
    return short or [(GOOD, "room enough")]


def static_files() -> list[tuple[str, str]]:
    """Return whether style sheets and scripts were gathered."""
    from django.conf import settings

    if (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return [(GOOD, "gathered")]
    return [(BAD, "not gathered: run `lygte manage collectstatic --noinput`")]


def alerts() -> list[tuple[str, str]]:
    """Return what stands still."""
    from django.utils import timezone

    from lygte.apps.watch import selectors as watch

    _, found = watch.current(now=timezone.now())
    said = [
        (BAD, f"{alert.trouble.value} {alert.subject} {alert.count}".replace("  ", " ")) for alert in found
    ]
    return said or [(GOOD, "nothing stands still")]


def event_stream() -> list[tuple[str, str]]:
    """Return whether the event process answers, where its port is known."""
    from django.conf import settings

    if not settings.LYGTE_EVENTS_PORT:
        return [(GOOD, "behind the proxy; its port is not known here")]
    address = f"http://127.0.0.1:{settings.LYGTE_EVENTS_PORT}{settings.LYGTE_EVENTS_URL}/"
    try:
        httpx.get(address, timeout=TIMEOUT_SECONDS, trust_env=False)  # it refuses us, and that is an answer
    except httpx.HTTPError as problem:
        return [(BAD, f"does not answer: {type(problem).__name__}. Boards renew themselves more slowly.")]
    return [(GOOD, "answers")]
