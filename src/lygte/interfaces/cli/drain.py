"""`lygte drain`: let a load balancer leave this host out before it is stopped."""

import time
from pathlib import Path

import click


@click.command()
@click.option("--off", is_flag=True, help="Take requests again.")
@click.option("--wait", default=0, show_default=True, help="Seconds to wait, so that the balancer sees it.")
def drain(off: bool, wait: int) -> None:
    """Call this host not ready (`/sundhed/klar` answers 503) while it goes on answering."""
    import django

    django.setup()
    from django.conf import settings

    mark = Path(settings.LYGTE_DRAIN_FILE)
    if off:
        mark.unlink(missing_ok=True)
        click.echo("This host takes requests.")
        return
    mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark.touch(mode=0o600)
    click.echo("This host is not ready any more; it still answers what it gets.")
    time.sleep(wait)
