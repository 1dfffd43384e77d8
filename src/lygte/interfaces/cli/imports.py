"""`lygte import contacts`: contacts of the old registration tool, from a CSV file. All of it, or nothing."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lygte.interfaces.cli.place import service_of

if TYPE_CHECKING:
    from lygte.apps.insight.contacts_file.problems import Problem
    from lygte.apps.tenancy.models import Service

SHOWN = 20


@click.group("import")
def imports() -> None:
    """Bring data in."""


@imports.command("contacts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--service", required=True, help="Address name of the service that the contacts belong to.")
@click.option("--municipality", default="", help="Key of the municipality, when there are several.")
@click.option(
    "--on-error",
    type=click.Choice(["stop", "report"]),
    default="stop",
    show_default=True,
    help="Stop at the first wrong row, or read on and write everything that is wrong to --report.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV file for what is wrong; beside FILE, ending in .errors.csv, when left out.",
)
@click.option("--dry-run", is_flag=True, help="Read and check, store nothing.")
def contacts(
    file: Path, service: str, municipality: str, on_error: str, report: Path | None, dry_run: bool
) -> None:
    """Store the contacts of FILE. With any wrong row nothing is stored, whatever --on-error says."""
    report = (report or file.with_suffix(".errors.csv")) if on_error == "report" else None
    with service_of(service, municipality) as row:
        problems = _bring_in(file, row, stop=report is None, dry_run=dry_run)
        if problems:
            _tell(problems, report)
            sys.exit(1)


def _bring_in(file: Path, service: "Service", *, stop: bool, dry_run: bool) -> "Sequence[Problem]":
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from lygte.apps.core.scope import current_municipality_id
    from lygte.apps.insight import services
    from lygte.apps.insight.contacts_file.problems import FileProblem, file_words
    from lygte.domain.access import system

    actor, now = system(current_municipality_id()), timezone.now()
    try:
        with file.open("rb") as opened:
            if dry_run:
                looked = services.look_at_file(
                    actor=actor, now=now, service=service, file=opened, stop_at_first=stop
                )
                words = _("{n} contacts are new, {known} are here already. Nothing is stored.")
                if not looked.problems:
                    click.echo(words.format(n=len(looked.fresh), known=looked.known))
                return looked.problems
            stored = services.import_contacts(
                actor=actor, now=now, service=service, file=opened, stop_at_first=stop
            )
    except FileProblem as problem:
        raise click.ClickException(file_words(problem)) from None
    if not stored.problems:
        words = _("{n} contacts are stored, {known} were here already.")
        click.echo(words.format(n=stored.stored, known=stored.known))
    return stored.problems


def _tell(problems: "Sequence[Problem]", report: Path | None) -> None:
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    from lygte.apps.insight.contacts_file.problems import as_file, words

    for problem in problems[:SHOWN]:
        click.echo(words(problem), err=True)
    if report is not None:
        report.write_text(as_file(problems), encoding="utf-8")
        said = ngettext(
            "{n} problem is written to {file}.", "{n} problems are written to {file}.", len(problems)
        )
        click.echo(said.format(n=len(problems), file=report), err=True)
    click.echo(_("Nothing is stored."), err=True)
