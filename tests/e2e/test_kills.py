"""The drill of kills, a few times only: real processes that die while people write."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.e2e
def test_a_few_kills_lose_nothing_that_was_acknowledged() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "drills.kills", "--count", "6"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(("LYGTE_", "DJANGO_"))},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 kills" in done.stdout
    assert "0 things wrong afterwards" in done.stdout
