"""Fixtures of the real servers; see tests/real/servers for what each one can do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.real.servers.mastodon import MastodonMock, mastodon
from tests.real.servers.pds import PdsServer, pds
from tests.real.servers.wordpress import WordPressServer, wordpress


@pytest.fixture(scope="session")
def pds_server() -> Iterator[PdsServer]:
    """One PDS for all tests; never stop it, take `fresh_pds` for that."""
    with pds() as server:
        yield server


@pytest.fixture
def pds_account(pds_server: PdsServer) -> PdsServer:
    """The shared PDS with an account of the test's own, which has no records."""
    return pds_server.with_new_account()


@pytest.fixture
def fresh_pds() -> Iterator[PdsServer]:
    """A PDS of the test's own, which it may stop, kill and restart."""
    with pds() as server:
        yield server


@pytest.fixture(scope="session")
def mastodon_mock_server() -> Iterator[MastodonMock]:
    """One mastodon-mock for all tests; take `mastodon_mock`, which is empty."""
    with mastodon() as server:
        yield server


@pytest.fixture
def mastodon_mock(mastodon_mock_server: MastodonMock) -> MastodonMock:
    """A third party's Mastodon mock with no statuses yet; never stop it."""
    mastodon_mock_server.reset()
    return mastodon_mock_server


@pytest.fixture(scope="module")
def wordpress_server() -> Iterator[WordPressServer]:
    """One WordPress for the tests of a module, which write into it."""
    with wordpress() as server:
        yield server
