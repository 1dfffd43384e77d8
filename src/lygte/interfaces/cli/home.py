"""The embedded installation: a folder with database and keys, for one machine without set-up."""

import base64
import os
import secrets
from pathlib import Path

KEY_FILES = {
    "LYGTE_SECRET_KEY": "secret.key",
    "LYGTE_MASTER_KEY": "master.key",
}
BACKUP_KEY = "LYGTE_BACKUP_KEY"


def fresh_key() -> str:
    """Return 32 random bytes as base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def fill_environment(home: Path) -> None:
    """Fill what the environment leaves open: keys and a SQLite database in `home`, made at first use."""
    home = home.absolute()
    for name, file in KEY_FILES.items():
        if name not in os.environ and f"{name}_FILE" not in os.environ:
            os.environ[f"{name}_FILE"] = str(_key_file(home / file))
    if "LYGTE_DATABASE_URL" not in os.environ:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.environ["LYGTE_DATABASE_URL"] = f"sqlite:///{home / 'lygte.sqlite3'}"
    os.environ.setdefault("LYGTE_BACKUP_FOLDER", str(home / "backups"))
    os.environ.setdefault("LYGTE_OUTBOX_FOLDER", str(home / "outbox"))
    os.environ.setdefault("LYGTE_AUDIT_ANCHORS", str(home / "audit-anchors"))
    os.environ.setdefault("LYGTE_STATIC_ROOT", str(home / "static"))
    os.environ.setdefault("LYGTE_METRICS_FOLDER", str(home / "metrics"))
    os.environ.setdefault("LYGTE_DRAIN_FILE", str(home / "draining"))
    os.environ.setdefault("LYGTE_ALERTS_FILE", str(home / "alerts.jsonl"))


def fill_backup_key(home: Path) -> Path | None:
    """Let the environment name a backup key; return the file when one had to be made."""
    if BACKUP_KEY in os.environ or f"{BACKUP_KEY}_FILE" in os.environ:
        return None
    path = home.absolute() / "backup.key"
    fresh = not path.exists()
    os.environ[f"{BACKUP_KEY}_FILE"] = str(_key_file(path))
    return path if fresh else None


def _key_file(path: Path) -> Path:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(fresh_key() + "\n")
    return path
