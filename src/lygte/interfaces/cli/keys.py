"""`lygte keys`: keys of the municipalities, and the master key over them, changed while the service runs."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Municipality

REFUSALS = {
    "not_settled": "A key was replaced a moment ago. Try again in ten minutes.",
    "still_sealed": "Some fields are still sealed with a replaced key. Run `lygte keys rotate` again.",
    "index_changing": "The change is not through. Run `lygte keys rotate` again; it goes on.",
    "not_wrapped": "A key is still under the old master key alone. Begin again with the old one in place.",
}


@click.group()
def keys() -> None:
    """Change the keys that names, numbers and texts are sealed with. The service runs on."""


@keys.command()
def status() -> None:
    """Tell for each municipality since when its keys run, and what is left of a change."""
    for row in _municipalities(""):
        from lygte.apps.rotation import services

        found = services.state(row.pk)
        told = f"{row.key}: keys of {found.running_since:%Y-%m-%d}"
        if found.replaced or found.index_is_changing:
            told += f", {found.replaced} replaced keys, {found.sealed_with_replaced} fields sealed with them"
        click.echo(told)


@keys.command()
@click.argument("municipality")
def rotate(municipality: str) -> None:
    """Give a municipality new keys and seal everything with them. May be cut off and run again."""
    for row in _municipalities(municipality):
        from django.utils import timezone

        from lygte.apps.rotation import services

        click.echo("Every process is given half a minute to see the new keys, twice.", err=True)
        with _bar() as progress:
            changed = services.rotate(row.pk, now=timezone.now(), progress=progress)
        click.echo(
            f"{row.key}: {changed:,} fields sealed anew. Next, in ten minutes: lygte keys retire {row.key}"
        )


@keys.command()
@click.argument("municipality")
def retire(municipality: str) -> None:
    """Destroy the replaced keys, when nothing is sealed with them any more."""
    for row in _municipalities(municipality):
        from django.utils import timezone

        from lygte.apps.rotation import services

        with _told():
            click.echo(f"{row.key}: {services.retire(row.pk, now=timezone.now())} keys destroyed.")


@keys.command("rotate-master")
@click.option(
    "--new-key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of the coming master key. The keys are then under both.",
)
@click.option(
    "--finish", is_flag=True, help="Leave the old master key behind, when all run with the new one."
)
def rotate_master(new_key_file: Path | None, finish: bool) -> None:
    """Change the master key: wrap under both, put the new one in place, restart, then finish."""
    if finish == (new_key_file is not None):
        raise click.ClickException("Give either --new-key-file, or --finish.")
    rows = _municipalities("")
    from django.utils import timezone

    from lygte.apps.crypto import turning
    from lygte.apps.rotation import services

    now = timezone.now()
    if new_key_file is not None:
        new = _key_in(new_key_file)
        factors = turning.wrap_installation_for(new)
        count = sum(services.wrap_for(row.pk, new, now=now) for row in rows)
        click.echo(f"{count} keys are under both master keys; {factors} second factors sealed anew.")
        click.echo("Put the new key in place, restart every process, then: lygte keys rotate-master --finish")
        return
    with _told():
        count = sum(services.finish_wrapping(row.pk, now=now) for row in rows)
        turning.finish_installation()
        click.echo(f"{count} keys are under the new master key alone.")


def _key_in(path: Path) -> bytes:
    import base64
    import binascii

    try:
        key = base64.b64decode(path.read_text(encoding="utf-8").strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise click.ClickException(f"{path} does not hold 32 bytes as base64. Make a key with `lygte key`.")
    return key


def _municipalities(key: str) -> "list[Municipality]":
    import django

    django.setup()
    from lygte.apps.tenancy import selectors

    rows = [row for row in selectors.municipalities() if key in ("", row.key)]
    if key and not rows:
        raise click.ClickException(f"There is no municipality with the key {key}.")
    return rows


@contextmanager
def _told() -> Iterator[None]:
    from lygte.apps.core.refusals import Refused

    try:
        yield
    except Refused as refusal:
        raise click.ClickException(REFUSALS[refusal.code]) from None


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    with click.progressbar(length=1, label="Sealing anew", file=sys.stderr) as bar:
        shown: Any = bar

        def progress(done: int, of: int) -> None:
            shown.length = max(of, 1)
            shown.update(done - shown.pos)

        yield progress
