"""Making the database ready, when it is not."""

import click


def prepare() -> None:
    """Bring the database up to date. Asks for no right to change tables when there is nothing to change."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from lygte.apps.backup import restoring

    if restoring.unfinished():
        raise click.ClickException(
            "A restore into this database was cut off. Run `lygte restore` again: it goes on."
        )
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
