"""`lygte demo`: invented municipalities with expected answers."""

import gc
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lygte.interfaces.cli.call import Line, keep_lines

if TYPE_CHECKING:
    from lygte.apps.insight.synth.make import Made

SIZES = ("small", "normal", "large", "national")
SHEET = "expected.json"


@click.command()
@click.option(
    "--size", type=click.Choice(SIZES), default="normal", show_default=True, help="How much to invent."
)
@click.option(
    "--contacts", type=click.IntRange(min=200), help="With national: this many contacts, not 2,500,000."
)
@click.option(
    "--municipalities", type=click.IntRange(min=2, max=500), help="With national: this many, not 98."
)
@click.option("--seed", default=1, show_default=True, help="The same seed invents the same.")
@click.option(
    "--expected",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the sheet of right answers, too.",
)
@click.option(
    "--now", "moment", default="", help="The moment of the present (2026-11-20T19:00+01:00); the clock's."
)
@click.pass_context
def demo(
    context: click.Context,
    size: str,
    contacts: int | None,
    municipalities: int | None,
    seed: int,
    expected: Path | None,
    moment: str,
) -> None:
    """Invent municipalities, and write the right answers to every number of the month."""
    import django

    from lygte.interfaces.cli import database

    now = _moment(moment)
    if size != "national" and (contacts or municipalities):
        raise click.UsageError("--contacts and --municipalities go with --size national.")
    django.setup()
    database.prepare()
    from lygte.apps.insight.synth import make

    if make.exists():
        raise click.ClickException(
            "There are invented municipalities here already. Start from an empty database."
        )
    home = context.find_root().params["home"]
    made = _make(size=size, seed=seed, now=now, home=home, asked=(contacts, municipalities))
    if expected is not None:
        _write_sheet(expected, made.sheet)
    _tell(made, home)


def make_when_empty(size: str = "normal") -> None:
    """Make the invented municipalities unless there are some."""
    from lygte.apps.insight.synth import make

    if not make.exists():
        home = click.get_current_context().find_root().params["home"]
        _tell(_make(size=size, seed=1, now=datetime.now(UTC), home=home), home)


def _moment(text: str) -> datetime:
    try:
        now = datetime.fromisoformat(text) if text else datetime.now(UTC)
    except ValueError:
        raise click.BadParameter("not a moment", param_hint="--now") from None
    if now.tzinfo is None:
        raise click.BadParameter("needs an offset from UTC, as in 2026-11-20T19:00+01:00", param_hint="--now")
    return now.astimezone(UTC)


def _make(
    *, size: str, seed: int, now: datetime, home: Path, asked: tuple[int | None, int | None] = (None, None)
) -> "Made":
    from lygte.apps.core.refusals import InvalidField
    from lygte.apps.insight.synth import country, make

    contacts, municipalities = (mine or usual for mine, usual in zip(asked, country.NATIONAL, strict=True))
    shape = make.country_of(contacts, municipalities) if any(asked) else make.SIZES[size]
    steps = 2 * shape.total
    with _seldom_collected(), click.progressbar(length=steps, label="Inventing municipalities") as bar:
        try:
            made = make.make(size=size, seed=seed, now=now, progress=bar.update, shape=shape)
        except InvalidField as problem:
            raise click.ClickException(
                "A municipality here already has the key of an invented one. Start from an empty database."
            ) from problem
        bar.update(steps - bar.pos)
    _tell_database()
    _write_sheet(home / SHEET, made.sheet)
    keep_lines(
        home,
        [
            Line(place.service.slug, place.municipality.key, str(place.endpoint.pk), place.secret)
            for place in made.places
        ],
    )
    return made


def _tell_database() -> None:
    """Let the database count its rows, without which it picks poor indexes after so many at once."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for cycles seldom: among hundreds of thousands of rows, which have none, it costs a third."""
    before = gc.get_threshold()
    gc.set_threshold(1_000_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _write_sheet(path: Path, sheet: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(sheet, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _tell(made: "Made", home: Path) -> None:
    from lygte.apps.accounts import invented

    for one in invented.sign_ins():
        click.echo(f"{one.username:22} {one.role.value:14} {one.place}")
    click.echo(f"Password: {invented.PASSWORD}{os.linesep}Right answers: {home / SHEET}")
