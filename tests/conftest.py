"""Fixtures that exist once for all tests: servers, a blog on loopback, the command at work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.blog import Blog
from tests.real.fixtures import (
    postgres_cluster,
    postgres_url,
    smtp,
    start_smtp,
    strict_mastodon,
)
from tests.workplace import Workplace

if TYPE_CHECKING:
    from service.store.engine import Store

__all__ = ["postgres_cluster", "postgres_url", "smtp", "start_smtp", "strict_mastodon"]


@pytest.fixture
def blog() -> Iterator[Blog]:
    """A blog on loopback without posts, which the test may write and break."""
    with Blog() as running:
        yield running


@pytest.fixture
def bookplate(tmp_path: Path, blog: Blog) -> Workplace:
    """The command in a folder of its own, configured for the blog, with one file channel."""
    folder = tmp_path / "work"
    folder.mkdir()
    place = Workplace(folder)
    place.configure(blog.feed)
    return place


#: a test that takes `database_url` or `store` runs on both databases; those on PostgreSQL share a
#: worker, which starts the server once
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))]


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bookplate.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open database with all tables and nothing in them."""
    from service.store.engine import open_store

    opened = open_store(database_url)
    yield opened
    opened.close()
