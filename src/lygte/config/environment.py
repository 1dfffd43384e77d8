"""Settings from the environment, with messages that a system administrator understands.

Every problem is kept until `finish`, so that an administrator sees all of them at once. No message holds
what a secret contains.
"""

import base64
import binascii
import os
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000",
}
KEY_BYTES = 32
HIGHEST_PORT = 65535
NO_DATABASE = {"ENGINE": "django.db.backends.dummy"}
Value = TypeVar("Value")
_problems: list[str] = []


def refuse(name: str, saying: str, instead: Value) -> Value:
    """Keep a problem for `finish`, and go on with a stand-in so that the other problems are found too."""
    _problems.append(f"{name} {saying}")
    return instead


def finish() -> None:
    """Fail with every problem that was found, one a line, or do nothing."""
    found = list(dict.fromkeys(_problems))
    _problems.clear()
    if found:
        lines = "".join(f"\n  - {problem}" for problem in found)
        raise ImproperlyConfigured(
            f"Lygte does not start until this is mended in its environment:{lines}\n"
            "docs/reference/settings.md explains every setting."
        )


def text(name: str, default: str | None = None) -> str:
    """Return a setting."""
    value = os.environ.get(name, default)
    if value is None:
        return refuse(name, "is not set, and has no default.", "")
    return value


def flag(name: str, default: bool = False) -> bool:
    """Return a yes/no setting: 1 or 0."""
    value = os.environ.get(name, "1" if default else "0")
    if value not in ("0", "1"):
        return refuse(name, f"must be 0 or 1, not {value!r}.", default)
    return value == "1"


def number(name: str, default: int, *, most: int | None = None) -> int:
    """Return a whole-number setting."""
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        return refuse(name, f"must be a whole number, not {value!r}.", default)
    if most is not None and int(value) > most:
        return refuse(name, f"must be at most {most}, not {value}.", default)
    return int(value)


def port(name: str, default: int) -> int:
    """Return the number of a port; 0 means none of its own."""
    return number(name, default, most=HIGHEST_PORT)


def choice(name: str, default: str, *allowed: str) -> str:
    """Return one of a few words."""
    value = os.environ.get(name, default)
    if value not in allowed:
        return refuse(name, f"must be {' or '.join(allowed)}, not {value!r}.", default)
    return value


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated setting as a list."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def hosts(name: str, default: str) -> list[str]:
    """Return host names, without scheme, path or port."""
    found = words(name, default)
    for host in found:
        if "/" in host or (":" in host and not host.startswith("[")):
            refuse(
                name,
                f"holds host names alone, such as lygte.example.org, without scheme or port: {host!r}.",
                "",
            )
    return found


def origins(name: str) -> list[str]:
    """Return origins: scheme and host, no path."""
    found = words(name)
    for origin in found:
        if not is_origin(origin):
            refuse(name, f"holds origins such as https://lygte.example.org, without a path: {origin!r}.", "")
    return found


def address(name: str) -> str:
    """Return the address of a site without a path, or nothing."""
    value = os.environ.get(name, "")
    if value and not is_origin(value.rstrip("/")):
        return refuse(name, "must be an address such as https://lygte.example.org, without a path.", "")
    return value


def is_origin(value: str) -> bool:
    """Tell whether a value is scheme and host, and nothing else."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and not (parts.path or parts.query or parts.username)
    )


def service_url(name: str) -> str:
    """Return the address of another program: encrypted, unless it is on this machine."""
    value = os.environ.get(name, "")
    if not value.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        return refuse(name, "must begin with https:// (or be on this machine).", "")
    return value


def secret(name: str) -> str:
    """Return a secret from NAME, or from the file that NAME_FILE points to."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        if name in os.environ:
            return os.environ[name]
        return refuse(name, f"is not set. Set it, or {name}_FILE to the file that holds it.", "")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        return refuse(f"{name}_FILE", f"points to {path}, which is not text.", "")
    except OSError as problem:
        return refuse(
            f"{name}_FILE",
            f"points to {path}, which cannot be read: {problem.strerror}. "
            "Give the file to the user that runs Lygte.",
            "",
        )


def optional_secret(name: str) -> str:
    """Return a secret as `secret` does, or nothing when neither is set."""
    return secret(name) if name in os.environ or f"{name}_FILE" in os.environ else ""


def key_bytes(name: str) -> bytes:
    """Return a 32-byte key that is set as base64."""
    before = len(_problems)
    encoded = secret(name)
    if len(_problems) > before:
        return b""
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return refuse(name, "is not base64. Make one with `lygte key`.", b"")
    if len(key) != KEY_BYTES:
        return refuse(name, f"must hold {KEY_BYTES} bytes, not {len(key)}. Make one with `lygte key`.", b"")
    return key


def database(name: str) -> dict[str, Any]:
    """Return Django's settings for `sqlite:///file` or `postgresql://user:password@host:port/name?option=value`."""
    url = os.environ.get(name)
    if not url:
        return refuse(name, "is not set. It begins with sqlite:/// or postgresql://.", NO_DATABASE)
    try:
        parts = urlsplit(url)
        found_port = parts.port
    except ValueError:
        return refuse(
            name,
            "cannot be read. Write signs such as @, : and / in a password as %40, %3A, %2F.",
            NO_DATABASE,
        )
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path.removeprefix("/")))
    if parts.scheme not in ("postgresql", "postgres"):
        return refuse(name, "must begin with sqlite:/// or postgresql://.", NO_DATABASE)
    options = dict(parse_qsl(parts.query))
    database_name = unquote(parts.path.removeprefix("/"))
    if not database_name:
        return refuse(name, "names no database: postgresql://user:password@host:port/NAME.", NO_DATABASE)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or options.pop("password", "")),
        "HOST": parts.hostname or options.pop("host", ""),
        "PORT": str(found_port or options.pop("port", "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _sqlite(name: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name or ":memory:",
        "OPTIONS": SQLITE_OPTIONS,
        "CONN_MAX_AGE": 60,
    }
