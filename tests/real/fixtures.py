"""Fixtures of the servers that need nothing but PyPI, for the ordinary tests too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest

from tests.real.servers.mastodon import MastodonFake, mastodon_fake
from tests.real.servers.postgres import PostgresServer, postgres_server
from tests.real.servers.smtp import SmtpServer, smtp_server
from tests.real.servers.smtp_settings import Tls


class StartSmtp(Protocol):
    """Starts an SMTP server with the given behaviour; see `smtp_server`."""

    def __call__(
        self,
        *,
        tls: Tls = "none",
        user: str | None = None,
        password: str | None = None,
        rejected_recipients: tuple[str, ...] = (),
        reject_data: bool = False,
        delay: float = 0.0,
    ) -> SmtpServer: ...


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresServer]:
    """One PostgreSQL server for all tests; never stop it, start one of your own for that."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_cluster: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database of the test's own."""
    with postgres_cluster.database() as url:
        yield url


@pytest.fixture
def start_smtp() -> Iterator[StartSmtp]:
    """Start SMTP servers with options; all end with the test."""
    with ExitStack() as servers:

        def start(
            *,
            tls: Tls = "none",
            user: str | None = None,
            password: str | None = None,
            rejected_recipients: tuple[str, ...] = (),
            reject_data: bool = False,
            delay: float = 0.0,
        ) -> SmtpServer:
            return servers.enter_context(
                smtp_server(
                    tls=tls,
                    user=user,
                    password=password,
                    rejected_recipients=rejected_recipients,
                    reject_data=reject_data,
                    delay=delay,
                )
            )

        yield start


@pytest.fixture
def smtp(start_smtp: StartSmtp) -> SmtpServer:
    """A plain SMTP server that accepts everything, with no messages yet."""
    return start_smtp()


@pytest.fixture
def strict_mastodon() -> Iterator[MastodonFake]:
    """Our strict Mastodon fake with no statuses yet."""
    with mastodon_fake() as server:
        yield server
