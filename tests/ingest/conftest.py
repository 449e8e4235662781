"""What the tests of fetching share."""

from collections.abc import Iterator

import pytest

from service.ingest.fetch import Fetcher
from tests.ingest.loopback import Loopback


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(allow_private=["127.0.0.1"], version="9.9", contact="https://e.example/me") as one:
        yield one
