"""What commands that remember work on: the configuration, its store, its publisher."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.errors import StoreError

if TYPE_CHECKING:
    from service.configuration import Configuration
    from service.deliver.publisher import Publisher
    from service.model import Blog

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", help="The configuration; ./bookplate.toml otherwise.", show_default=False
    ),
]


@contextmanager
def opened(config: Path | None) -> Iterator["Publisher"]:
    """The publisher of this configuration, its store brought up to date."""
    from service.configuration import load

    with working(load(config)) as publisher:
        yield publisher


@contextmanager
def rehearsing(configuration: "Configuration", blog: "Blog") -> Iterator["Publisher"]:
    """The publisher of this blog on a copy of what is remembered: nothing that it does is kept.

    Where the database can't be opened, that is said, and nothing is remembered.
    """
    from service.deliver.publisher import Publisher
    from service.store.engine import NOWHERE, rehearsal_of

    with ExitStack() as stack:
        try:
            store = stack.enter_context(rehearsal_of(configuration.database_url))
        except StoreError as error:
            print(f"{error}\nWithout it: what you linked and decided before.", file=sys.stderr)
            store = stack.enter_context(rehearsal_of(NOWHERE))
        yield stack.enter_context(Publisher(blog, store, configuration.directory))


@contextmanager
def working(configuration: "Configuration") -> Iterator["Publisher"]:
    """The publisher of a configuration that was read. Raises SettingsError or StoreError."""
    from service.deliver.channels import options_of
    from service.deliver.publisher import Publisher
    from service.store.engine import open_store

    blog = configuration.blog
    for channel in blog.channels:
        options_of(channel)
    for kind, options in blog.online.catalogues:
        from service.deliver import online

        online.options_of(kind, options)
    store = open_store(configuration.database_url)
    try:
        with Publisher(blog, store, configuration.directory) as publisher:
            yield publisher
    finally:
        store.close()
