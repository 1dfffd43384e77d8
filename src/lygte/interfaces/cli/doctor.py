"""`lygte doctor`: looks at everything that must be right, and says what to do about what is not."""

import json
import sys
from dataclasses import asdict

import click

SIGNS = {"ok": "✓", "warning": "!", "wrong": "✗"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for a program.")
def doctor(as_json: bool) -> None:
    """Look at settings, database, keys, clock, disk, duties and event stream. Ends with 1 when one is bad."""
    import django

    from lygte import __version__

    django.setup()
    from lygte.interfaces.cli import checks

    found = checks.findings()
    if as_json:
        click.echo(json.dumps({"version": __version__, "findings": [asdict(one) for one in found]}, indent=1))
    else:
        click.echo(f"Lygte {__version__}, Python {sys.version.split()[0]}")
        for one in found:
            click.echo(f"{SIGNS[one.state]} {one.check}: {one.saying}")
    sys.exit(1 if any(one.state == checks.BAD for one in found) else 0)
