"""The doctor names what is wrong and what to do about it, and never a secret."""

import json
import os
import subprocess
import sys
from pathlib import Path

from lygte.apps.crypto import keyring
from lygte.interfaces.cli import checks
from tests.world import World


def lygte(home: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    free = {name: value for name, value in os.environ.items() if not name.startswith("LYGTE_")}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "lygte.interfaces.cli", "--home", str(home), *words],
        env=free | {"LYGTE_HTTPS": "0", "PYTHONPATH": "src"} | more,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_fresh_installation_is_told_what_is_missing_and_migrating_mends_it(tmp_path: Path) -> None:
    before = lygte(tmp_path, "doctor", "--json")
    states = {one["check"]: one["state"] for one in json.loads(before.stdout)["findings"]}
    assert before.returncode == 1
    assert (states["migrations"], states["static files"]) == ("wrong", "wrong")
    assert lygte(tmp_path, "migrate", "--check").returncode == 1
    assert lygte(tmp_path, "migrate").returncode == 0
    assert lygte(tmp_path, "migrate", "--check").stdout == "The database is up to date.\n"
    after = lygte(tmp_path, "doctor")
    assert "✓ migrations: up to date" in after.stdout
    assert "✓ database: SQLite, durable" in after.stdout
    assert "! settings: LYGTE_HTTPS is 0" in after.stdout
    secret = (tmp_path / "master.key").read_text().strip()
    assert secret not in after.stdout + before.stdout


def test_draining_is_a_mark_that_comes_and_goes(tmp_path: Path) -> None:
    assert lygte(tmp_path, "drain").returncode == 0
    assert (tmp_path / "draining").exists()
    assert lygte(tmp_path, "drain", "--off").returncode == 0
    assert not (tmp_path / "draining").exists()


def test_a_master_key_that_is_not_the_one_of_the_database_is_found(world: World, settings) -> None:
    settings.LYGTE_MASTER_KEY = bytes(32)
    _forget_keys(world)
    try:
        said = checks.keys()
    finally:
        _forget_keys(world)
    assert [state for state, _ in said] == ["wrong", "wrong"]
    assert {"lysborg", "fyrnes"} == {saying.split("keys of ")[1].split(":")[0] for _, saying in said}


def _forget_keys(world: World) -> None:
    for place in (world.here, world.there):
        with place.scope():
            keyring.forget()


def test_every_check_answers_on_this_database(world: World) -> None:
    found = checks.findings()
    assert {one.check for one in found} == {name for name, _ in checks.all_checks()}
    assert not [one for one in found if "could not be looked at" in one.saying]
    assert [one.state for one in found if one.check == "row security"] == ["ok"]
