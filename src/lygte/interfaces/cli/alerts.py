"""`lygte alerts`: what must be looked at, asked from outside the duties, which may stand still themselves."""

import sys

import click


@click.command()
@click.option("--quiet", is_flag=True, help="Only look; tell nobody.")
def alerts(quiet: bool) -> None:
    """Name what must be looked at and tell operations. Ends with 1 when there is anything."""
    import django

    django.setup()
    from django.utils import timezone

    from lygte.adapters.alerts import outlet
    from lygte.apps.watch import selectors, services

    now = timezone.now()
    found = selectors.current(now=now)[1] if quiet else services.tell(outlet(), now=now)
    for alert in found:
        since = f" since {timezone.localtime(alert.since):%Y-%m-%d %H:%M}" if alert.since else ""
        click.echo(f"{alert.trouble.value} {alert.subject} {alert.count}{since}".replace("  ", " "))
    if not found:
        click.echo("Nothing must be looked at.")
    sys.exit(1 if found else 0)
