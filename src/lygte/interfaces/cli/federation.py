"""`lygte federation`: the common sign-in of a municipality, and what its privileges open."""

from pathlib import Path

import click

from lygte.interfaces.cli.users import ROLES, inside

LEVELS = ("low", "substantial", "high")


@click.group()
@click.option("--municipality", "key", required=True, help="Key of the municipality.")
@click.pass_context
def federation(context: click.Context, key: str) -> None:
    """Sign in through the municipality's own provider (OpenID Connect)."""
    context.obj = key


@federation.command("set")
@click.option("--cvr", required=True, help="CVR number of the municipality: eight digits.")
@click.option("--issuer", required=True, help="Address of the provider, as it publishes it.")
@click.option("--client-id", required=True, help="What the provider knows this service by.")
@click.password_option("--client-secret", help="Left out, it is asked for.")
@click.pass_obj
def set_up(key: str, cvr: str, issuer: str, client_id: str, client_secret: str) -> None:
    """Set the provider. The secret is typed at a prompt and not shown."""
    with inside(key) as actor:
        from django.utils import timezone

        from lygte.apps.accounts import federation as common

        common.set_up(
            actor=actor,
            now=timezone.now(),
            cvr=cvr,
            issuer=issuer,
            client_id=client_id,
            client_secret=client_secret,
        )
    click.echo(f"The common sign-in is set. Its address is /konto/faelles/{key}/")


@federation.command("map")
@click.argument("privilege")
@click.option("--role", "name", type=click.Choice(ROLES), required=True)
@click.option("--service", "slug", default="", help="Address name of the service; every one when left out.")
@click.option("--level", type=click.Choice(LEVELS), default="substantial", show_default=True)
@click.pass_obj
def map_privilege(key: str, privilege: str, name: str, slug: str, level: str) -> None:
    """Let a privilege give a role, from a level of assurance upward."""
    with inside(key) as actor:
        from django.utils import timezone

        from lygte.apps.accounts import federation as common
        from lygte.apps.tenancy import selectors
        from lygte.domain.federation import Level
        from lygte.domain.vocab import Role

        common.map_privilege(
            actor=actor,
            now=timezone.now(),
            privilege=privilege,
            role=Role(name),
            service_id=selectors.service_by_slug(slug).pk if slug else None,
            level=Level[level.upper()],
        )
    click.echo(f"{privilege} gives {name} in {slug or 'every service'}.")


@federation.command("unmap")
@click.argument("privilege")
@click.pass_obj
def unmap(key: str, privilege: str) -> None:
    """Let a privilege give nothing any more, from the next sign-in of each."""
    with inside(key) as actor:
        from django.utils import timezone

        from lygte.apps.accounts import federation as common

        common.unmap_privilege(actor=actor, now=timezone.now(), privilege=privilege)
    click.echo(f"{privilege} gives nothing.")


@federation.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--level", type=click.Choice(LEVELS), default="substantial", show_default=True)
@click.pass_obj
def preview(key: str, file: Path, level: str) -> None:
    """Tell what the privilege list in FILE (base64) would open. Nothing is changed."""
    with inside(key):
        from lygte.apps.accounts import federation as common
        from lygte.apps.tenancy import selectors
        from lygte.domain.federation import Level, NotOpened

        try:
            opened = common.preview(file.read_text(encoding="ascii").strip(), level=Level[level.upper()])
        except NotOpened as problem:
            raise click.ClickException(f"It opens nothing: {problem}.") from None
        for grant in sorted(opened, key=str):
            where = selectors.service(grant.service_id).slug if grant.service_id else "every service"
            click.echo(f"{grant.role.value} in {where}")
