"""The units and the container file start what exists, and may do no more than they need."""

import re
from pathlib import Path

import pytest

from tests.contracts.test_docs import arguments, wrong_word

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))
HARDENED = {
    *("NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "ProtectHome=yes"),
    *("PrivateTmp=yes", "PrivateDevices=yes", "MemoryDenyWriteExecute=yes", "RestrictNamespaces=yes"),
    *("ProtectKernelTunables=yes", "SystemCallFilter=@system-service", "UMask=0077", "User=lygte"),
}


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("unit", SERVICES, ids=name)
def test_every_service_is_hardened_and_starts_a_command_that_exists(unit: Path) -> None:
    lines = unit.read_text(encoding="utf-8").splitlines()
    assert set(lines) >= HARDENED
    commands = [line.partition("=")[2] for line in lines if re.match(r"Exec(Start|StartPre|Stop)=", line)]
    assert commands
    ours = [words for line in commands if (words := arguments(line)) is not None]
    assert [wrong_word(words) for words in ours] == [""] * len(ours)
    assert all(line.startswith("/opt/lygte/.venv/bin/") for line in commands)


@pytest.mark.parametrize("timer", sorted((DEPLOY / "systemd").glob("*.timer")), ids=name)
def test_every_timer_has_its_service(timer: Path) -> None:
    assert timer.with_suffix(".service") in SERVICES
    assert "WantedBy=timers.target" in timer.read_text(encoding="utf-8")


def test_the_container_is_not_root_and_copies_only_what_exists() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER \d+:\d+$", text, re.MULTILINE)
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    assert copied
    assert [one for line in copied for one in line.split() if not (DEPLOY.parent / one).exists()] == []
    assert "--require-hashes" in text
