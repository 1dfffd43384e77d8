"""What an administrator is told about settings that cannot be used."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from lygte.config import environment as env


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    yield
    env._problems.clear()


def told(read: Any, *arguments: Any) -> str:
    read(*arguments)
    with pytest.raises(ImproperlyConfigured) as found:
        env.finish()
    return str(found.value)


def test_every_problem_is_told_at_once_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYGTE_DEMO", "yes")
    monkeypatch.delenv("LYGTE_DATABASE_URL")
    env.flag("LYGTE_DEMO")
    env.flag("LYGTE_DEMO")
    env.database("LYGTE_DATABASE_URL")
    with pytest.raises(ImproperlyConfigured) as found:
        env.finish()
    lines = [line for line in str(found.value).splitlines() if line.startswith("  - ")]
    assert len(lines) == 2
    assert "LYGTE_DEMO must be 0 or 1, not 'yes'." in lines[0]
    assert "LYGTE_DATABASE_URL is not set" in lines[1]
    env.finish()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("mysql://a:b@c/d", "must begin with sqlite:/// or postgresql://"),
        ("postgresql://lygte:hemmelig@127.0.0.1:5432/", "names no database"),
        ("postgresql://lygte:p@ss:hemmelig@[/lygte", "%40"),
        ("", "is not set"),
    ],
)
def test_a_database_address_that_cannot_be_used_is_explained_without_its_password(
    value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYGTE_DATABASE_URL", value)
    message = told(env.database, "LYGTE_DATABASE_URL")
    assert said in message
    assert "hemmelig" not in message


@pytest.mark.parametrize(
    ("value", "said"),
    [("ikke base64 !", "is not base64"), ("aGVtbWVsaWc=", "must hold 32 bytes, not 8")],
)
def test_a_key_that_cannot_be_used_is_not_shown(
    value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYGTE_MASTER_KEY", value)
    message = told(env.key_bytes, "LYGTE_MASTER_KEY")
    assert said in message
    assert value not in message


def test_a_key_file_that_is_missing_is_one_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LYGTE_MASTER_KEY_FILE", str(tmp_path / "none"))
    message = told(env.key_bytes, "LYGTE_MASTER_KEY")
    assert message.count("  - ") == 1
    assert "LYGTE_MASTER_KEY_FILE points to" in message
    assert "No such file" in message


@pytest.mark.parametrize(
    ("read", "name", "value", "said"),
    [
        (env.hosts, "LYGTE_ALLOWED_HOSTS", "https://lygte.example.org", "host names alone"),
        (env.origins, "LYGTE_TRUSTED_ORIGINS", "lygte.example.org", "origins such as"),
        (env.origins, "LYGTE_TRUSTED_ORIGINS", "https://lygte.example.org/vagt", "without a path"),
        (env.service_url, "LYGTE_SMS_URL", "http://sms.example.org", "must begin with https://"),
    ],
)
def test_addresses_are_checked_for_their_shape(
    read: Any, name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    arguments = (name, "") if read is env.hosts else (name,)
    assert said in told(read, *arguments)


def test_ports_numbers_and_choices_have_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("LYGTE_EVENTS_PORT", "70000"), ("LYGTE_LOG_FORMAT", "xml"), ("LYGTE_X", "²")):
        monkeypatch.setenv(name, value)
    assert env.port("LYGTE_EVENTS_PORT", 0) == 0
    assert env.choice("LYGTE_LOG_FORMAT", "line", "line", "json") == "line"
    assert env.number("LYGTE_X", 7) == 7
    with pytest.raises(ImproperlyConfigured, match=r"at most 65535(.|\n)*line or json(.|\n)*whole number"):
        env.finish()


def test_the_command_line_tells_it_without_a_trace_of_the_code(tmp_path: Path) -> None:
    free = {name: value for name, value in os.environ.items() if not name.startswith("LYGTE_")}
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "lygte.interfaces.cli", "--home", str(tmp_path), "work", "--once"],
        env=free | {"LYGTE_HTTPS": "maybe", "LYGTE_MASTER_KEY": "kort", "PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "LYGTE_HTTPS must be 0 or 1" in done.stderr
    assert "LYGTE_MASTER_KEY must hold 32 bytes" in done.stderr
    assert "Traceback" not in done.stderr
