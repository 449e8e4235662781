"""A filled shelf for each test: made once, copied."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.deliver.publisher import Publisher
from service.web.app import create_app
from tests.web import shelf


@pytest.fixture(scope="session")
def _databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty and a filled database."""
    folder = tmp_path_factory.mktemp("shelf")
    for name in ("empty", "filled"):
        (folder / name).mkdir()
        at = shelf.publisher(folder / name)
        if name == "filled":
            shelf.fill(at)
        at.store.close()
    return folder


@pytest.fixture
def at(_databases: Path, tmp_path: Path) -> Iterator[Publisher]:
    """The blog at work, with a post in every state."""
    yield from _open(_databases / "filled", tmp_path)


@pytest.fixture
def empty(_databases: Path, tmp_path: Path) -> Iterator[Publisher]:
    """The blog at work, before anything came in."""
    yield from _open(_databases / "empty", tmp_path)


def _open(source: Path, folder: Path) -> Iterator[Publisher]:
    shutil.copy(source / "bookplate.db", folder)
    publisher = shelf.publisher(folder)
    yield publisher
    publisher.store.close()


@pytest.fixture
def client(at: Publisher) -> TestClient:
    return browser(at)


def browser(at: Publisher, *, password: str | None = None, host: str = "localhost") -> TestClient:
    """Someone at this address of the service; the service's own rounds do not turn."""
    app = create_app(at, None, password=password, max_body=20_000)
    return TestClient(
        app, base_url=f"http://{host}", follow_redirects=False, raise_server_exceptions=False
    )
