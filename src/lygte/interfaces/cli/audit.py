"""`lygte audit`: seal what was recorded, and find out whether anybody changed it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Municipality

MOST_SHOWN = 50
WORDS = {
    "event.changed": "the event was changed",
    "event.dropped": "the event is gone",
    "event.forged": "the service did not write the event, or somebody changed it before its seal",
    "event.uncoded": "the event has no code: an older version wrote it (`lygte audit adopt`), or an intruder",
    "event.repeated": "the event is sealed twice",
    "seal.changed": "the seal was changed, or was not written by the service",
    "seal.dropped": "the seal with this number is gone",
    "chain.cut": "the chain no longer holds the seal with this number that was noted outside the database",
}


@click.group()
def audit() -> None:
    """Seal the audit trail and verify it."""
    import django

    django.setup()


@audit.command()
@click.option("--municipality", "key", default="", help="Key of one municipality; all of them when left out.")
@click.option(
    "--anchors",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of noted heads to compare with; the one of this installation when left out.",
)
def verify(key: str, anchors: Path | None) -> None:
    """Read every chain again. Ends with 1 when anything is not as it was written, and names each row."""
    from django.conf import settings

    from lygte.apps.audit.anchors import heads_in
    from lygte.apps.audit.verifying import verify as read_again

    noted = anchors or Path(settings.LYGTE_AUDIT_ANCHORS or "/nowhere")
    heads = heads_in(noted)
    wrong = 0
    for municipality in _each(key):
        with click.progressbar(length=_events(), label=municipality.key, file=sys.stderr) as bar:
            verdict = read_again(heads=heads, progress=bar.update)
        click.echo(
            f"{municipality.key}: {verdict.events} events, {verdict.seals} seals, {verdict.waiting} waiting: "
            + ("as written" if verdict.sound else f"{len(verdict.findings)} findings")
        )
        for finding in verdict.findings[:MOST_SHOWN]:
            click.echo(f"  {finding.row}: {WORDS[finding.kind]}")
        if len(verdict.findings) > MOST_SHOWN:
            click.echo(f"  … and {len(verdict.findings) - MOST_SHOWN} more")
        wrong += len(verdict.findings)
    if not heads:
        click.echo(
            f"No noted heads were found in {noted}: a chain that was cut off cannot be told from a short one."
        )
    sys.exit(1 if wrong else 0)


@audit.command()
def seal() -> None:
    """Seal what waits, now. The periodic duties do it every ten seconds."""
    from django.utils import timezone

    from lygte.apps.audit.sealing import seal_waiting

    for municipality in _each(""):
        click.echo(f"{municipality.key}: {seal_waiting(now=timezone.now())} events sealed")


@audit.command()
@click.option("--municipality", "key", required=True, help="Key of the municipality.")
def adopt(key: str) -> None:
    """Take in events that an older version wrote during an upgrade; they are sealed as they are found."""
    from django.utils import timezone

    from lygte.apps.audit.sealing import adopt as take_in

    for municipality in _each(key):
        click.echo(f"{municipality.key}: {take_in(now=timezone.now())} events adopted")


@audit.command()
def head() -> None:
    """Print the head of every chain: number and digest. Keep them outside this installation."""
    from lygte.apps.audit.selectors import head as head_of

    for municipality in _each(""):
        found = head_of()
        click.echo(
            f"{municipality.key} {found.number} {found.digest.hex()}" if found else f"{municipality.key} 0 -"
        )


def _events() -> int:
    from lygte.apps.audit.selectors import number_of_events

    return number_of_events()


@contextmanager
def _scope(municipality: "Municipality") -> Iterator[None]:
    from lygte.apps.core.scope import municipality_scope

    with municipality_scope(municipality.pk):
        yield


def _each(key: str) -> "Iterator[Municipality]":
    """Open the scope of one municipality after the other."""
    from lygte.apps.tenancy import selectors as tenancy

    found = [one for one in tenancy.municipalities() if key in ("", one.key)]
    if not found:
        raise click.ClickException(
            f"There is no municipality with the key {key}." if key else "There is no municipality."
        )
    for municipality in found:
        with _scope(municipality):
            yield municipality
