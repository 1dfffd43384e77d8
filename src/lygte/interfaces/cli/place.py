"""Which municipality and service a command works in, and the language it answers in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service


def spoken_language() -> str:
    """Return the language of the terminal: English where it is set so, otherwise Danish."""
    chosen = os.environ.get("LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if chosen.lower().startswith("en") else "da"


@contextmanager
def service_of(slug: str, municipality: str) -> "Iterator[Service]":
    """Set Django up and open the municipality of a service; the only one when no key is given."""
    import django

    django.setup()
    from django.utils import translation

    from lygte.apps.core.scope import municipality_scope
    from lygte.apps.tenancy import selectors as tenancy

    rows = [row for row in tenancy.municipalities() if municipality in ("", row.key)]
    if len(rows) != 1:
        keys = ", ".join(row.key for row in tenancy.municipalities()) or "none"
        raise click.ClickException(f"Name the municipality with --municipality. There are: {keys}")
    with translation.override(spoken_language()), municipality_scope(rows[0].pk):
        found = [row for row in tenancy.services() if row.slug == slug]
        if not found:
            slugs = ", ".join(row.slug for row in tenancy.services()) or "none"
            raise click.ClickException(f"There is no such service. There are: {slugs}")
        yield found[0]
