"""bookplate db: the database's version."""

import typer

from cli.workplace import ConfigOption

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def db() -> None:
    """The database: its version, and bringing it up to date.

    Example: bookplate db current
    """


@app.command()
def upgrade(config: ConfigOption = None) -> None:
    """Bring the database up to date; commands that need it do so too.

    Example: bookplate db upgrade
    """
    from service.configuration import load
    from service.store.engine import SCHEMA, open_store

    open_store(load(config).database_url).close()
    print(f"The database is at version {SCHEMA}.")


@app.command()
def current(config: ConfigOption = None) -> None:
    """Show the database's version and this program's. Example: bookplate db current"""
    from service.configuration import load
    from service.store import engine

    found = engine.current(engine.connect(load(config).database_url))
    print(f"database {found or 'empty'}, program {engine.SCHEMA}")
