"""The `lygte` command."""

import os
import sys
from pathlib import Path

import click

from lygte import __version__
from lygte.interfaces.cli.alerts import alerts
from lygte.interfaces.cli.audit import audit
from lygte.interfaces.cli.backups import backup, restore
from lygte.interfaces.cli.call import call
from lygte.interfaces.cli.demo import demo as demo_command
from lygte.interfaces.cli.doctor import doctor
from lygte.interfaces.cli.drain import drain
from lygte.interfaces.cli.exports import exports
from lygte.interfaces.cli.federation import federation
from lygte.interfaces.cli.imports import imports
from lygte.interfaces.cli.keys import keys
from lygte.interfaces.cli.migrate import migrate
from lygte.interfaces.cli.municipality import municipality, service
from lygte.interfaces.cli.users import user


class Commands(click.Group):
    """Commands that tell in sentences what is wrong with the settings, instead of where in the code."""

    def invoke(self, context: click.Context) -> object:
        from django.core.exceptions import ImproperlyConfigured

        try:
            return super().invoke(context)
        except ImproperlyConfigured as problem:
            raise click.ClickException(str(problem)) from None


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="lygte")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="LYGTE_HOME",
    default=Path("var"),
    show_default=True,
    help="Folder for the embedded database and keys when the environment names no others.",
)
def main(home: Path) -> None:
    """Run, connect, know and plan a crisis service."""
    from lygte.interfaces.cli import home as embedded

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lygte.config.settings")
    embedded.fill_environment(home)


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run a Django management command."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["lygte manage", *arguments])


@main.command()
def key() -> None:
    """Print a fresh 32-byte key for LYGTE_MASTER_KEY."""
    from lygte.interfaces.cli import home as embedded

    click.echo(embedded.fresh_key())


@main.command()
@click.option("--port", default=8000, show_default=True, help="Port of the pages.")
@click.option("--events-port", default=8001, show_default=True, help="Port of the event stream.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--workers", default=2, show_default=True, help="Web processes.")
@click.option("--demo", is_flag=True, help="Use the invented municipality; make it when there is none.")
def serve(port: int, events_port: int, host: str, workers: int, demo: bool) -> None:
    """Run pages, event stream and periodic duties as one process tree."""
    from lygte.interfaces.cli import server

    sys.exit(server.run(host=host, port=port, events_port=events_port, workers=workers, demo=demo))


main.add_command(alerts)
main.add_command(audit)
main.add_command(backup)
main.add_command(restore)
main.add_command(call)
main.add_command(keys)
main.add_command(imports)
main.add_command(exports)
main.add_command(demo_command)
main.add_command(doctor)
main.add_command(drain)
main.add_command(migrate)
main.add_command(federation)
main.add_command(municipality)
main.add_command(service)
main.add_command(user)


@main.command()
@click.option("--once", is_flag=True, help="Run what is due now and end.")
def work(once: bool) -> None:
    """Run the periodic duties: send waiting messages, and let boards know when promises fall due."""
    from lygte.interfaces.cli import work as duties

    duties.run(once=once)
