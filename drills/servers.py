"""A primary, a streaming replica and a connection pooler of a drill's own, on unix sockets."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from drills.ground import POSTGRES

POOLER_PORT = 6432
POOLER = """[databases]
lygte = host={primary} user=lygte

[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
unix_socket_mode = 0777
auth_type = any
pool_mode = transaction
default_pool_size = 6
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
logfile =
pidfile = {folder}/pid
"""


def ordinary(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run as the account of PostgreSQL: its programs refuse to run as root."""
    as_account = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    return subprocess.run([*as_account, *words], capture_output=True, text=True, cwd="/")


def programs() -> Path:
    """Return the folder of PostgreSQL's newest server programs."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


@contextmanager
def primary(folder: Path) -> Iterator[str]:
    """Start the primary; give its address."""
    folder.parent.chmod(0o711)
    environment = os.environ | {"LYGTE_POSTGRES_DURABLE": "1"}
    started = subprocess.run(
        [POSTGRES, "start", folder], capture_output=True, text=True, check=True, env=environment
    )
    try:
        yield started.stdout.strip()
    finally:
        subprocess.run([POSTGRES, "stop", folder], capture_output=True, check=False)


class Replica:
    """A copy of the primary that follows it."""

    def __init__(self, folder: Path, primary_folder: Path) -> None:
        self.folder, self._primary = folder, primary_folder
        folder.mkdir(mode=0o711)
        subprocess.run(["chown", "postgres", folder], check=os.getuid() == 0)

    @property
    def url(self) -> str:
        return f"postgresql:///lygte?host={self.folder}&user=lygte"

    def start(self) -> None:
        """Copy the primary and follow it."""
        data = self.folder / "data"
        copied = ordinary(
            *(str(programs() / "pg_basebackup"), "--host", str(self._primary), "--username", "postgres"),
            *("--pgdata", str(data), "--write-recovery-conf", "--checkpoint=fast"),
        )
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c port=5432"
        started = ordinary(
            *(str(programs() / "pg_ctl"), "start", "--pgdata", str(data), "--wait", "--silent"),
            *("--log", str(data / "server.log"), "--options", options),
        )
        if copied.returncode or started.returncode:
            raise SystemExit(f"the replica did not start\n{copied.stderr}{started.stdout}{started.stderr}")

    def stop(self) -> None:
        """End at once, as when its machine dies."""
        ordinary(
            *(str(programs() / "pg_ctl"), "stop", "--pgdata", str(self.folder / "data")),
            *("--mode", "immediate", "--silent"),
        )

    def seconds_behind(self) -> float:
        """Return the age of the last transaction that was replayed."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT EXTRACT(EPOCH FROM clock_timestamp() - pg_last_xact_replay_timestamp())"
            ).fetchone()
        return float(row[0]) if row and row[0] is not None else float("inf")

    def rows_read(self) -> int:
        """Return how many rows queries have read from tables here."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables"
            ).fetchone()
        return int(row[0]) if row and row[0] is not None else 0


@contextmanager
def pooler(folder: Path, primary_folder: Path) -> Iterator[str]:
    """Start PgBouncer in transaction mode before the primary; give the address to use."""
    folder.mkdir(mode=0o711)
    settings = folder / "pgbouncer.ini"
    settings.write_text(POOLER.format(primary=primary_folder, port=POOLER_PORT, folder=folder))
    subprocess.run(["chown", "-R", "postgres", folder], check=os.getuid() == 0)
    as_account = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    process = subprocess.Popen(
        [*as_account, "/usr/sbin/pgbouncer", str(settings)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    url = f"postgresql:///lygte?host={folder}&port={POOLER_PORT}&user=lygte"
    try:
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(url: str) -> None:
    for _ in range(50):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the pooler did not answer")
