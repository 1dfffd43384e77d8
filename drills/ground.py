"""A database and a home folder of a drill's own, gone afterwards."""

import os
import secrets
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = ROOT / "scripts" / "postgres.sh"


@contextmanager
def database_url(name: str, folder: Path, *, durable: bool = False) -> Iterator[str]:
    """Give the address of an empty database; PostgreSQL runs privately and is stopped afterwards."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'drill.sqlite3'}"
        return
    folder.chmod(0o711)
    place = folder / "pg"
    environment = os.environ | ({"LYGTE_POSTGRES_DURABLE": "1"} if durable else {})
    started = subprocess.run(
        [POSTGRES, "start", place], capture_output=True, text=True, check=True, env=environment
    )
    try:
        yield started.stdout.strip()
    finally:
        subprocess.run([POSTGRES, "stop", place], capture_output=True, check=False)


def environment_of(home: Path, url: str) -> dict[str, str]:
    """Return the environment of an installation in a folder, with keys of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LYGTE_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "lygte.config.settings",
        "LYGTE_HOME": str(home),
        "LYGTE_DATABASE_URL": url,
        "LYGTE_OUTBOX_FOLDER": str(home / "outbox"),
        "LYGTE_STATIC_ROOT": str(home / "static"),
        "LYGTE_METRICS_FOLDER": str(home / "metrics"),
        "LYGTE_DRAIN_FILE": str(home / "draining"),
        "LYGTE_ALERTS_FILE": str(home / "alerts.jsonl"),
        "LYGTE_AUDIT_ANCHORS": str(home / "audit-anchors"),
        "LYGTE_SECRET_KEY": secrets.token_hex(32),
        "LYGTE_MASTER_KEY": b64encode(secrets.token_bytes(32)).decode(),
        "LYGTE_HTTPS": "0",
    }


@contextmanager
def own_database(name: str, *, durable: bool = False) -> Iterator[Path]:
    """Set Django up in this process on a fresh database; give the home folder."""
    with tempfile.TemporaryDirectory(prefix="lygte-drill-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        with database_url(name, Path(folder), durable=durable) as url:
            for key in [key for key in os.environ if key.startswith("LYGTE_")]:
                del os.environ[key]
            os.environ.update(environment_of(home, url))
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
            try:
                yield home
            finally:
                from django.db import connections

                connections.close_all()
