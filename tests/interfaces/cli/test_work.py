import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE = 60


@pytest.fixture
def running(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """`lygte work` on an empty database, as it is for a moment when everything starts at once."""
    free = {name: value for name, value in os.environ.items() if not name.startswith("LYGTE_")}
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "lygte.interfaces.cli", "--home", str(tmp_path), "work"],
        env=free | {"PYTHONPATH": "src", "LYGTE_HTTPS": "0"},
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_the_loop_outlives_a_database_that_does_not_answer_and_ends_when_told_to(
    running: "subprocess.Popen[str]",
) -> None:
    assert running.stderr is not None
    first, second = running.stderr.readline(), running.stderr.readline()
    assert "the database did not answer" in first
    assert "the database did not answer" in second
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=PATIENCE) == 0
