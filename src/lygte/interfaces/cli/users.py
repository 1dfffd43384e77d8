"""`lygte user`: the first administrator of an installation, and the way back in when nobody gets in.

Everybody else is made on the settings pages. What is done here is audited as done by the system.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lygte.apps.accounts.models import User
    from lygte.domain.access import Actor
    from lygte.domain.provisioning import Wanted, Wrong

ROLES = ("worker", "leader", "evaluator", "administrator")
STEPS = {
    "made": "account made",
    "reopened": "account opened again",
    "closed": "account closed",
    "role_given": "role given",
    "role_ended": "role ended",
}
REASONS = ("lost", "new_device", "stolen", "not_working")
SENTENCES = {
    "taken": "That username is in use already.",
    "twice": "The username stands on the list twice.",
    "state": "The state is active or closed.",
    "role": "A role is written role@service, or role@* for every service, with a space between two.",
    "roles_of_closed": "A closed account has no roles.",
    "unknown_user": "There is no such user.",
    "unknown_service": "There is no such service.",
    "username": "A username has no spaces and at most 150 characters.",
    "required": "A name and a username are needed.",
    "long": "That name is too long.",
    "has_role": "That role is held already.",
    "closed": "The account is closed.",
    "cvr": "A CVR number has eight digits.",
    "privilege": "A privilege has a name of at most 300 characters.",
    "unknown_privilege": "That privilege gives nothing.",
    "no_federation": "This municipality has no common sign-in.",
    "open": "The account is open already.",
    "last_administrator": "Somebody must be left to set things up. Give the role to another one first.",
}


@click.group()
@click.option("--municipality", "key", required=True, help="Key of the municipality.")
@click.pass_context
def user(context: click.Context, key: str) -> None:
    """Make users, give roles, and help somebody who cannot sign in."""
    context.obj = key


@user.command()
@click.argument("username")
@click.option("--name", required=True, help="Name that colleagues see.")
@click.option("--role", type=click.Choice(ROLES), help="A role to begin with.")
@click.option("--service", "slug", default="", help="Service of that role; every service when left out.")
@click.password_option(help="Left out, it is asked for.")
@click.pass_obj
def add(key: str, username: str, name: str, role: str | None, slug: str, password: str) -> None:
    """Make a user. The password is typed at a prompt and not shown."""
    with inside(key) as actor:
        from django.db import transaction
        from django.utils import timezone

        from lygte.apps.accounts import services

        if problems := services.check_new_password(password, username=username, name=name):
            raise click.ClickException(" ".join(problems))
        with transaction.atomic():
            made = services.create_user(
                actor=actor, now=timezone.now(), username=username, password=password, name=name
            )
            if role:
                _give(actor, made.username, role, slug)
    click.echo(f"{made.username} is made. The second step is set up at the first sign-in.")


@user.command("role")
@click.argument("username")
@click.option("--role", "name", type=click.Choice(ROLES), required=True)
@click.option(
    "--service", "slug", default="", help="Address name of the service; every service when left out."
)
@click.pass_obj
def give(key: str, username: str, name: str, slug: str) -> None:
    """Give a user a role in one service, or in every service of the municipality."""
    with inside(key) as actor:
        _give(actor, username, name, slug)
    click.echo(f"{username} is now {name} in {slug or 'every service'}.")


@user.command()
@click.argument("username")
@click.pass_obj
def close(key: str, username: str) -> None:
    """Close an account: its roles and sessions end at once. What was done stays in the trail."""
    with inside(key) as actor:
        from django.utils import timezone

        from lygte.apps.accounts import services

        services.close_user(actor=actor, now=timezone.now(), user_id=_user(username).pk)
    click.echo(f"{username} is closed.")


@user.command()
@click.argument("username")
@click.option(
    "--second-factor", "reason", type=click.Choice(REASONS), help="Take the second step away, and why."
)
@click.pass_obj
def reset(key: str, username: str, reason: str | None) -> None:
    """Print a one-time password. It is exchanged for an own one at the first sign-in."""
    with inside(key) as actor:
        from django.utils import timezone

        from lygte.apps.accounts import services

        now, user_id = timezone.now(), _user(username).pk
        if reason:
            why = services.FactorReason(reason)
            password = services.remove_second_factor(actor=actor, now=now, user_id=user_id, reason=why)
        else:
            password = services.reset_password(actor=actor, now=now, user_id=user_id)
    click.echo(password)


@user.command()
@click.argument("username")
@click.pass_obj
def reopen(key: str, username: str) -> None:
    """Open a closed account again and print a one-time password. Roles are given anew."""
    with inside(key) as actor:
        from django.utils import timezone

        from lygte.apps.accounts import services

        password = services.reopen_user(actor=actor, now=timezone.now(), user_id=_user(username).pk)
    click.echo(password)


@user.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Tell what would be done, and do nothing.")
@click.pass_obj
def sync(key: str, file: Path, dry_run: bool) -> None:
    """Bring accounts and roles to a list of staff. With any wrong line nothing is done."""
    with inside(key) as actor:
        from django.utils import timezone

        from lygte.apps.accounts import provisioning

        wanted, wrong = _staff_list(file)
        done, refused = provisioning.follow(
            actor=actor, now=timezone.now(), wanted=wanted, dry_run=dry_run or bool(wrong)
        )
    for step in done:
        click.echo(f"{step.username}: {STEPS[step.step.value]}")
    _tell_wrong(sorted([*wrong, *refused], key=lambda one: one.line))
    click.echo("Nothing is changed: this was a trial." if dry_run else f"{len(done)} changes are made.")


def _staff_list(file: Path) -> "tuple[list[Wanted], list[Wrong]]":
    from lygte.domain import provisioning

    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException("The file must be text in UTF-8.") from None
    reader = csv.DictReader(text.splitlines(), delimiter=";", restval="", restkey="more")
    if tuple(reader.fieldnames or ()) != provisioning.COLUMNS:
        raise click.ClickException(f"The first line must be {';'.join(provisioning.COLUMNS)}")
    return provisioning.read(reader)


def _tell_wrong(wrong: "Sequence[Wrong]") -> None:
    for one in wrong:
        click.echo(f"Line {one.line}: {SENTENCES.get(one.code, one.code)}", err=True)
    if wrong:
        raise click.ClickException("Nothing is changed.")


@contextmanager
def inside(key: str) -> Iterator["Actor"]:
    """Open the rooms of a municipality and tell in a sentence what cannot be done."""
    import django

    django.setup()
    from django.core.exceptions import ObjectDoesNotExist

    from lygte.apps.core.refusals import InvalidField, Refused
    from lygte.apps.tenancy import selectors
    from lygte.domain.access import system

    try:
        with selectors.scope_of_key(key) as municipality:
            yield system(municipality.pk)
    except ObjectDoesNotExist as problem:
        kind = type(problem).__qualname__.partition(".")[0].lower()
        raise click.ClickException(f"There is no such {kind}.") from None
    except (Refused, InvalidField) as problem:
        raise click.ClickException(SENTENCES.get(problem.code, problem.code)) from None


def _give(actor: "Actor", username: str, role: str, slug: str) -> None:
    from django.utils import timezone

    from lygte.apps.accounts import services
    from lygte.apps.tenancy import selectors
    from lygte.domain.vocab import Role

    services.give_role(
        actor=actor,
        now=timezone.now(),
        user=_user(username),
        role=Role(role),
        service_id=selectors.service_by_slug(slug).pk if slug else None,
    )


def _user(username: str) -> "User":
    from lygte.apps.accounts import selectors

    return selectors.user_by_name(username)
