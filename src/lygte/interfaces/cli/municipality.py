"""`lygte municipality` and `lygte service`: what a new installation begins with."""

import click

MODELS = ("integrated", "semi_integrated")


@click.group()
def municipality() -> None:
    """Municipalities of this installation."""


@municipality.command("add")
@click.option("--key", required=True, help="Short name in addresses, such as lysborg. It never changes.")
@click.option("--name", required=True, help="Name in full.")
def add_municipality(key: str, name: str) -> None:
    """Make a municipality with its own encryption keys."""
    _set_up()
    from lygte.apps.core.refusals import InvalidField
    from lygte.apps.tenancy import services

    try:
        made = services.create_municipality(name=name, key=key)
    except InvalidField as problem:
        raise click.ClickException(_sentence(problem.field, problem.code)) from None
    click.echo(f"{made.name} is made. Next: lygte service add --municipality {made.key}")


@click.group()
def service() -> None:
    """Crisis services of a municipality."""


@service.command("add")
@click.option("--municipality", "key", required=True, help="Key of the municipality.")
@click.option("--name", required=True, help="Name in full.")
@click.option("--slug", required=True, help="Short name in addresses, such as havnegade. It never changes.")
@click.option("--model", type=click.Choice(MODELS), required=True, help="How the service is organised.")
@click.option("--phone", default="", help="Number that people ring.")
@click.option("--address", default="", help="Where people come.")
def add_service(key: str, name: str, slug: str, model: str, phone: str, address: str) -> None:
    """Make a service. Its rules are proposals until a named person adopts them on the settings pages."""
    _set_up()
    from django.core.exceptions import ObjectDoesNotExist
    from django.utils import timezone

    from lygte.apps.core.refusals import InvalidField
    from lygte.apps.tenancy import selectors, services
    from lygte.domain.access import system
    from lygte.domain.vocab import OrganisationModel

    try:
        with selectors.scope_of_key(key) as found:
            made = services.create_service(
                actor=system(found.pk),
                now=timezone.now(),
                name=name,
                slug=slug,
                organisation_model=OrganisationModel(model),
                phone=phone,
                address=address,
            )
    except ObjectDoesNotExist:
        raise click.ClickException(f"There is no municipality with the key {key}.") from None
    except InvalidField as problem:
        raise click.ClickException(_sentence(problem.field, problem.code)) from None
    click.echo(f"{made.name} is made. Next: lygte user --municipality {key} add USERNAME")


def _set_up() -> None:
    import django

    django.setup()


def _sentence(field: str, code: str) -> str:
    if code == "taken":
        return f"--{field} is in use already. Choose another."
    return f"--{field} may hold small letters, digits and hyphens, at least two of them."
