"""What commands that remember work on: the configuration, its store, its publisher."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from service.deliver.publisher import Publisher
    from service.settings import Configuration

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", help="The configuration; ./bookplate.toml otherwise.", show_default=False
    ),
]


@contextmanager
def opened(config: Path | None) -> Iterator["Publisher"]:
    """The publisher of this configuration, its store brought up to date."""
    from service.settings import load

    with working(load(config)) as publisher:
        yield publisher


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
