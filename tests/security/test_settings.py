"""What the settings come to in use, asked of a process of its own: the tests themselves run without TLS."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

SRC = Path(__file__).resolve().parents[2] / "src" / "lygte"
SECRETS = {"LYGTE_SECRET_KEY": "x" * 50, "LYGTE_MASTER_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}


def _told(expression: str, **environment: str) -> Any:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LYGTE_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", f"from lygte.config import settings as s; print({expression})"],
        env=kept | {"LYGTE_DATABASE_URL": "sqlite:///:memory:"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_cookies_are_bound_to_this_host_over_tls() -> None:
    names = "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE"
    told = _told(names, **SECRETS).stdout.strip()
    assert told == "__Host-session __Host-form True True"
    assert settings.SESSION_COOKIE_HTTPONLY and settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"


def test_passwords_are_hashed_slowly_outside_the_tests() -> None:
    assert "PBKDF2" in _told("s.PASSWORD_HASHERS", **SECRETS).stdout


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_the_service_does_not_start_without_secrets_of_its_own(missing: str) -> None:
    told = _told("1", **{name: value for name, value in SECRETS.items() if name != missing})
    assert told.returncode != 0
    assert missing in told.stderr


def test_nothing_turns_debugging_on() -> None:
    assert _told("s.DEBUG", **SECRETS, LYGTE_DEBUG="1", DEBUG="1").stdout.strip() == "False"
    found = [path.name for path in SRC.rglob("*.py") if re.search(r"^\s*DEBUG\s*=\s*True", path.read_text())]
    assert found == []
