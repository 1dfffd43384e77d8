"""`lygte backup` and `lygte restore`: copies of the whole database, and the way back."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lygte.interfaces.cli import home as embedded

if TYPE_CHECKING:
    from lygte.apps.backup.services import Copy
    from lygte.apps.backup.vault import Vault

FOLDER = click.Path(file_okay=False, path_type=Path)
MEGABYTE = 1_000_000
IN_FOLDER = click.option(
    "--in", "folder", type=FOLDER, help="Folder of the copies; that of LYGTE_BACKUP_FOLDER when left out."
)


@click.group(invoke_without_command=True)
@click.option("--to", type=FOLDER, help="Folder of the copies; that of LYGTE_BACKUP_FOLDER when left out.")
@click.option(
    "--share",
    type=click.IntRange(5, 100),
    default=100,
    show_default=True,
    help="Share of the time to work, in percent; the rest it sleeps.",
)
@click.pass_context
def backup(context: click.Context, to: Path | None, share: int) -> None:
    """Take an encrypted copy of the whole database while the service runs; what is unchanged is kept once."""
    if context.invoked_subcommand is not None:
        return
    with _vault(to) as vault:
        from lygte.apps.backup import services

        with _bar("Copying") as progress:
            made = services.take(vault, now=datetime.now(UTC), progress=progress, share=share)
        click.echo(_line(made))


@backup.command("list")
@IN_FOLDER
def list_copies(folder: Path | None) -> None:
    """Name the copies, the oldest first."""
    with _vault(folder) as vault:
        from lygte.apps.backup import services

        for copy in services.copies(vault):
            click.echo(_line(copy))


@backup.command()
@IN_FOLDER
@click.option("--at", default="", help="Copy to look through; all of them when left out.")
def verify(folder: Path | None, at: str) -> None:
    """Open every piece of the copies, and name each file that is not what was written."""
    with _vault(folder) as vault:
        from lygte.apps.backup import services

        with _bar("Opening") as progress:
            pieces, wrong = services.verify(vault, at=at, progress=progress)
        for problem in wrong:
            click.echo(str(problem), err=True)
        click.echo(f"{pieces} pieces opened, {len(wrong)} files wrong.")
        if wrong:
            sys.exit(1)


@backup.command()
@IN_FOLDER
@click.option("--days", default=14, show_default=True, help="Days of which to keep the newest copy.")
@click.option("--weeks", default=8, show_default=True, help="Weeks of which to keep the newest copy.")
@click.option("--months", default=12, show_default=True, help="Months of which to keep the newest copy.")
def prune(folder: Path | None, days: int, weeks: int, months: int) -> None:
    """Drop the copies that no rule keeps. The newest always stays."""
    with _vault(folder) as vault:
        from lygte.apps.backup import services
        from lygte.domain.backups import Keep

        gone, pieces = services.prune(vault, keep=Keep(days, weeks, months))
        click.echo(f"{len(gone)} copies and {pieces} pieces dropped.")


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--into", default="", help="Address of an empty database; LYGTE_DATABASE_URL when left out.")
@click.option("--at", default="", help="Copy to bring back; the newest when left out.")
def restore(folder: Path, into: str, at: str) -> None:
    """Bring a copy back into an empty database, SQLite or PostgreSQL, and compare it with the copy."""
    if into:
        os.environ["LYGTE_DATABASE_URL"] = into
    with _vault(folder) as vault:
        from lygte.apps.backup import restoring

        began = time.monotonic()
        with _bar("Restoring and comparing") as progress:
            copy_id, rows = restoring.restore(vault, at=at, progress=progress)
        click.echo(
            f"Copy {copy_id} is back and equal: {rows:,} rows in {time.monotonic() - began:.0f} seconds."
        )


@contextmanager
def _vault(folder: Path | None) -> "Iterator[Vault]":
    import django

    _find_key()
    django.setup()
    from django.core.exceptions import ImproperlyConfigured

    from lygte.apps.backup.problems import BackupProblem
    from lygte.apps.backup.vault import Vault
    from lygte.config import environment

    place = folder or Path(environment.text("LYGTE_BACKUP_FOLDER"))
    key = environment.key_bytes("LYGTE_BACKUP_KEY")
    try:
        environment.finish()
        yield Vault(place, key)
    except (BackupProblem, ImproperlyConfigured) as problem:
        raise click.ClickException(str(problem)) from None


def _find_key() -> None:
    context = click.get_current_context()
    made = embedded.fill_backup_key(context.find_root().params["home"])
    if made is not None and context.info_name == "restore":
        made.unlink()
        raise click.ClickException(
            "The key of the backup is needed: set LYGTE_BACKUP_KEY_FILE to the file that holds it."
        )
    if made is not None:
        click.echo(
            f"A backup key was made: {made}. Keep a copy of it, and of the master key, in another place "
            "than this machine and than the backup: without both no copy can be brought back.",
            err=True,
        )


def _line(copy: "Copy") -> str:
    return (
        f"{copy.id}  {copy.rows:,} rows  {copy.pieces:,} pieces  {copy.written / MEGABYTE:,.1f} MB new  "
        f"{copy.seconds:.1f} s  {copy.vendor}  Lygte {copy.version}"
    )


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:
        shown: Any = bar

        def progress(done: int, of: int) -> None:
            shown.length = max(of, 1)
            shown.update(done - shown.pos)

        yield progress
