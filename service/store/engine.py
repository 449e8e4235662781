"""The database: opened, migrated, and its troubles told in words.

SQLite is the embedded default: WAL, foreign keys on, a busy timeout, and transactions that take
the write lock at their start, so that reading before writing is safe beside other processes.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from service.errors import Overtaken, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

#: the newest migration; a test holds it against migrations/versions
SCHEMA = "0010"
#: how long a writer waits for another, in seconds
BUSY_TIMEOUT = 30
#: a database where nothing is remembered
NOWHERE = "sqlite://"
#: how often a transaction is begun that another process overtakes
_TRIES = 5
#: what PostgreSQL calls it: unique_violation, deadlock_detected, serialization_failure
_OVERTAKEN = ("23505", "40P01", "40001")
_READS_ONLY = "bookplate_reads_only"
_MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


class Store:
    """A database that is open. Sessions are short; `session()` commits at its end."""

    def __init__(self, url: str, bind: Engine | Connection) -> None:
        self.url = url
        self._bind = bind

    @property
    def is_sqlite(self) -> bool:
        return self._bind.dialect.name == "sqlite"

    @property
    def path(self) -> Path | None:
        """The SQLite file; None for a server."""
        name = make_url(self.url).database
        return Path(name) if self.is_sqlite and name else None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: committed at the end, undone by an error. Raises StoreError, and Overtaken
        where another process wrote the same in the meantime."""
        try:
            with Session(
                self._bind, expire_on_commit=False, join_transaction_mode="create_savepoint"
            ) as session:
                yield session
                session.commit()
        except DatabaseError as error:
            if _is_overtaken(error):
                raise Overtaken from error
            if isinstance(error, IntegrityError):
                raise
            raise _in_words(error, self.url) from error

    def transaction(self, work: Callable[[Session], T]) -> T:
        """What comes of `work` in a transaction. It is begun anew where another process wrote the
        same in the meantime. Raises StoreError."""
        for _ in range(_TRIES - 1):
            with suppress(Overtaken), self.session() as session:
                return work(session)
        with self.session() as session:
            return work(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking only: on SQLite it waits for no writer, and none for it."""
        with self.session() as session:
            session.connection(execution_options={_READS_ONLY: True})
            yield session

    @contextmanager
    def rehearsal(self) -> Iterator[Store]:
        """A store on the same data whose every change is forgotten at the end.

        On SQLite a copy, so that no other process waits for it.
        """
        if self.path is not None:
            with self._copied() as copy:
                yield copy
            return
        engine = self._bind
        assert isinstance(engine, Engine)
        with engine.connect() as connection:
            transaction = connection.begin()
            try:
                yield Store(self.url, connection)
            finally:
                transaction.rollback()

    @contextmanager
    def _copied(self) -> Iterator[Store]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rehearsal.db"
            assert isinstance(self._bind, Engine)
            original = self._bind.raw_connection()
            try:
                with closing(sqlite3.connect(path)) as target:
                    cast(sqlite3.Connection, original.driver_connection).backup(target)
            finally:
                original.close()
            url = f"sqlite:///{path}"
            copy = Store(url, connect(url))
            try:
                yield copy
            finally:
                copy.close()

    def close(self) -> None:
        if isinstance(self._bind, Engine):
            self._bind.dispose()


@contextmanager
def rehearsal_of(url: str) -> Iterator[Store]:
    """A store on a copy of what is remembered at this URL, if anything is; nothing is made there.

    Raises StoreError as `open_store`.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or (
        parsed.database and Path(parsed.database).exists()
    ):
        store = open_store(url)
        try:
            with store.rehearsal() as rehearsal:
                yield rehearsal
        finally:
            store.close()
        return
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'rehearsal.db'}")
        try:
            yield store
        finally:
            store.close()


def open_store(url: str, *, upgrade: bool = True) -> Store:
    """Open the database and bring it up to date.

    Raises StoreError: unreachable, full, read-only, of a newer version; or, without `upgrade`, of
    an older one.
    """
    engine = connect(url)
    try:
        found = current(engine)
        if found != SCHEMA:
            if not upgrade:
                raise StoreError(
                    f"The database is at version {found}, this program at {SCHEMA}.",
                    mend="Run: bookplate db upgrade",
                )
            _upgrade(engine, found)
    except DBAPIError as error:
        raise _in_words(error, url) from error
    return Store(url, engine)


def connect(url: str) -> Engine:
    """An engine for this URL. Raises StoreError for one that is none."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(url)
        return create_engine(url, pool_pre_ping=True, pool_size=10)
    except (ArgumentError, ImportError) as error:
        raise StoreError(
            f"{shown(url)} is no database that we know: {error}.",
            mend="Use sqlite:///bookplate.db or postgresql+psycopg://user@host/name.",
        ) from error


def shown(url: str) -> str:
    """The URL without its password."""
    return re.sub(r"(?<=://)([^/@:]*):.*@", r"\1:***@", url)


def current(engine: Engine) -> str | None:
    """The database's version; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(
            text("SELECT version_num FROM alembic_version")
        ).scalar()
        return found


def _upgrade(engine: Engine, found: str | None) -> None:
    # Alembic takes half a second to import: only a database that needs it pays
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    if found is not None and found > SCHEMA:
        raise StoreError(
            f"The database is at version {found}, newer than this program ({SCHEMA}).",
            mend="Install the newer Bookplate again.",
        )
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7262541)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path:
        folder = Path(path).parent
        if not folder.is_dir():
            raise StoreError(f"There is no folder {folder} for the database.", mend="Make it.")
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads_only = connection.get_execution_options().get(_READS_ONLY)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return engine


def _is_overtaken(error: DBAPIError) -> bool:
    """Whether two wrote the same row, or each waited for the other."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _OVERTAKEN or "UNIQUE constraint failed" in str(error.orig)


def _in_words(error: DBAPIError, url: str) -> StoreError:
    reason = " ".join(_reasons(error)).lower()
    if "disk is full" in reason or "no space" in reason or "could not extend" in reason:
        return StoreError(
            "The disk is full: nothing more can be remembered. Nothing was lost.",
            mend="Free some space, then run the same command again.",
        )
    if "locked" in reason or "busy" in reason:
        return StoreError(
            f"The database stayed busy for {BUSY_TIMEOUT} s.",
            mend="Another Bookplate is writing; run the same command again.",
        )
    if "readonly" in reason or "read-only" in reason or "unable to open" in reason:
        return StoreError(
            f"The database can't be written: {error.orig}.",
            mend=f"Check who owns the file and its folder: {make_url(url).database}",
        )
    return StoreError(
        f"The database does not answer: {error.orig}.", mend="Check it with: bookplate doctor"
    )


def _reasons(error: BaseException | None) -> Iterator[str]:
    """What the driver said, and before it: a disk that fills ends the transaction, and what
    undoes a part of that then complains of its own."""
    while error is not None:
        if isinstance(error, DBAPIError):
            yield str(error.orig)
        error = error.__context__
