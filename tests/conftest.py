"""Fixtures that exist once for all tests: servers, a blog on loopback, the command at work."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

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
    from tests.real.servers.postgres import PostgresServer

# how long an example takes says nothing on a machine that others use too
settings.register_profile("bookplate", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bookplate")

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


#: a test that takes `store` or `database_url` runs on both databases; those on PostgreSQL share a
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
def fresh_store(database_url: str) -> Iterator[Store]:
    """An open database of the test's own, just made."""
    from service.store.engine import open_store

    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open database with all tables and nothing in them; quicker than a fresh one."""
    from service.store.engine import open_store

    if request.param == "sqlite":
        path = tmp_path / "bookplate.db"
        shutil.copyfile(request.getfixturevalue("empty_sqlite"), path)
        opened = open_store(f"sqlite:///{path}")
    else:
        opened = open_store(request.getfixturevalue("shared_postgres"))
        _empty(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    from service.store.engine import open_store

    path = tmp_path_factory.mktemp("empty") / "empty.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def shared_postgres(postgres_cluster: PostgresServer) -> Iterator[str]:
    """The URL of a PostgreSQL database with all tables, which tests empty before they use it."""
    with postgres_cluster.database() as url:
        yield url


def _empty(store: Store) -> None:
    from sqlalchemy import text

    from service.store.tables import Base

    names = ", ".join(Base.metadata.tables)
    with store.session() as session:
        session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
