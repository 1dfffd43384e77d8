"""`lygte export contacts`: the contacts of a service as CSV, as `lygte import contacts` reads them."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from lygte.interfaces.cli.place import service_of

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("export")
def exports() -> None:
    """Take data out. What leaves is written down."""


@exports.command("contacts")
@click.option("--service", required=True, help="Address name of the service.")
@click.option("--municipality", default="", help="Key of the municipality, when there are several.")
@click.option("--from", "first", type=DAY, help="First day, as 2026-01-01; from the beginning when left out.")
@click.option("--to", "last", type=DAY, help="Last day, included; until today when left out.")
@click.option(
    "--pseudonymous", is_flag=True, help="No numbers, days instead of times, a pseudonym for each person."
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write; it must not exist."
)
def contacts(
    service: str,
    municipality: str,
    first: datetime | None,
    last: datetime | None,
    pseudonymous: bool,
    output: Path | None,
) -> None:
    """Write the contacts of a service, to the terminal or to a file that only you can read."""
    with service_of(service, municipality) as row:
        from django.utils import timezone

        from lygte.apps.core.scope import current_municipality_id
        from lygte.apps.insight import services
        from lygte.domain.access import system
        from lygte.domain.time import at_local, day_of

        now = timezone.now()
        begins = at_local(first.date() if first else date(1990, 1, 1), datetime.min.time())
        ends = at_local((last.date() if last else day_of(now)) + timedelta(days=1), datetime.min.time())
        text = services.export_contacts(
            actor=system(current_municipality_id()),
            now=now,
            service=row,
            start=begins,
            end=ends,
            pseudonymous=pseudonymous,
        )
        if output is None:
            click.echo(text, nl=False)
        else:
            _write(output, text)


def _write(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise click.ClickException(f"{path}: {problem.strerror}") from None
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
