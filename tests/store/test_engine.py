"""The database: made, brought up to date, refused, and its troubles in words; both kinds."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.errors import Overtaken, StoreError
from service.model import Blog
from service.store import engine as engines
from service.store import sources
from service.store.engine import SCHEMA, Store, connect, current, open_store
from service.store.tables import Base, BlogRow, PostKeyRow
from tests.conftest import DATABASES
from tests.deliver.rig import NOON

MIGRATIONS = Path(engines.__file__).parents[2] / "migrations"


def script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def set_version(url: str, version: str) -> None:
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": version})
    engine.dispose()


def test_the_newest_migration_is_the_one_we_say() -> None:
    assert script().get_heads() == [SCHEMA]


def test_migrations_and_models_say_the_same(database_url: str) -> None:
    open_store(database_url).close()
    engine = connect(database_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()

    assert differences == []


def test_migrations_go_down_to_nothing_and_up_again(database_url: str) -> None:
    from alembic import command

    open_store(database_url).close()
    engine = connect(database_url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    for go, to, left in ((command.downgrade, "base", False), (command.upgrade, "head", True)):
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            go(config, to)
        assert inspect(engine).has_table("deliveries") is left
    engine.dispose()


def test_an_empty_database_is_set_up_once(database_url: str) -> None:
    engine = connect(database_url)
    assert current(engine) is None
    engine.dispose()

    open_store(database_url).close()
    open_store(database_url).close()

    engine = connect(database_url)
    assert current(engine) == SCHEMA
    engine.dispose()


def test_an_older_database_is_not_touched_by_who_may_not_upgrade(database_url: str) -> None:
    engine = connect(database_url)
    engine.dispose()

    with pytest.raises(StoreError, match="bookplate db upgrade"):
        open_store(database_url, upgrade=False)

    engine = connect(database_url)
    assert current(engine) is None
    engine.dispose()


def test_a_newer_database_is_refused(database_url: str) -> None:
    open_store(database_url).close()
    set_version(database_url, "9999")

    with pytest.raises(StoreError, match="newer than this program") as refusal:
        open_store(database_url)

    assert "Install the newer Bookplate" in refusal.value.mend
    set_version(database_url, SCHEMA)


def test_a_transaction_is_undone_by_an_error(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.session() as session:
        sources.blog_id(session, Blog("https://blog.example/"), NOON)
        raise ZeroDivisionError

    with store.session() as session:
        assert session.execute(text("SELECT count(*) FROM blogs")).scalar() == 0


def test_a_rehearsal_changes_nothing(store: Store) -> None:
    with store.rehearsal() as rehearsing:
        with rehearsing.session() as session:
            sources.blog_id(session, Blog("https://blog.example/"), NOON)
        with rehearsing.session() as session:
            assert session.execute(text("SELECT count(*) FROM blogs")).scalar() == 1

    with store.session() as session:
        assert session.execute(text("SELECT count(*) FROM blogs")).scalar() == 0


def test_times_come_back_as_they_were(store: Store) -> None:
    with store.session() as session:
        owner = sources.blog_id(session, Blog("https://blog.example/"), NOON)
    from service.store.tables import BlogRow

    with store.session() as session:
        row = session.get(BlogRow, owner)
        assert row is not None
        assert row.created_at == NOON
        assert row.created_at.tzinfo is not None


def test_sqlite_keeps_what_it_answered_for(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")

    with store.session() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
    store.close()


# ── troubles in words ────────────────────────────────────────────────────────────────────


def test_no_folder_for_the_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no folder") as trouble:
        open_store(f"sqlite:///{tmp_path}/nowhere/a.db")
    assert trouble.value.mend


@pytest.mark.parametrize(
    "url", ["nonsense", "redis://127.0.0.1/", "mysql://user:s3cret@127.0.0.1/name"]
)
def test_a_url_that_is_no_database(url: str) -> None:
    with pytest.raises(StoreError, match="no database that we know") as trouble:
        open_store(url)
    assert "sqlite:///" in trouble.value.mend
    assert "s3cret" not in str(trouble.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:s3:c/r3t@host/name", "postgresql://ada:***@host/name"),
        ("postgresql://ada@host/name", "postgresql://ada@host/name"),
        ("postgresql://ada:p@ss@host:5432/name", "postgresql://ada:***@host:5432/name"),
        ("sqlite:////var/lib/books@home.db", "sqlite:////var/lib/books@home.db"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert engines.shown(url) == shown


def test_a_server_that_does_not_answer() -> None:
    with pytest.raises(StoreError, match="does not answer") as trouble:
        open_store("postgresql+psycopg://ada:s3cret@127.0.0.1:1/name")
    assert "bookplate doctor" in trouble.value.mend
    assert "s3cret" not in str(trouble.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_text("These are only words, and they fill more than a header of SQLite's. " * 40)

    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{path}")


def test_a_database_that_breaks_while_it_is_used(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_store(f"sqlite:///{path}").close()
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\x00\xff" * ((len(raw) - 4096) // 2)
    path.write_bytes(raw)
    broken = Store(f"sqlite:///{path}", connect(f"sqlite:///{path}"))

    with pytest.raises(StoreError, match="malformed"), broken.session() as session:
        sources.blog_id(session, Blog("https://blog.example/"), NOON)
    broken.close()


def test_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store = open_store(f"sqlite:///{path}")
    engine = connect(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def fill(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    full = Store(f"sqlite:///{path}", engine)
    with pytest.raises(StoreError, match="The disk is full") as trouble, full.session() as session:
        for number in range(1000):
            sources.blog_id(session, Blog(f"https://blog.example/{number}/" + "x" * 500), NOON)
    full.close()

    assert "Free some space" in trouble.value.mend
    with store.session() as session:
        assert session.execute(text("SELECT count(*) FROM blogs")).scalar() == 0
        sources.blog_id(session, Blog("https://blog.example/"), NOON)
    store.close()


def test_a_database_that_stays_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.db"
    open_store(f"sqlite:///{path}").close()
    monkeypatch.setattr(engines, "BUSY_TIMEOUT", 0)
    store = open_store(f"sqlite:///{path}")
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError, match="busy") as trouble, store.session() as session:
        sources.blog_id(session, Blog("https://blog.example/"), NOON)

    assert "Another Bookplate" in trouble.value.mend
    other.rollback()
    other.close()
    store.close()


def test_a_database_that_may_only_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_store(f"sqlite:///{path}").close()
    url = f"sqlite:///{path}"
    engine = connect(url)

    @event.listens_for(engine, "connect")
    def only_read(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    store = Store(url, engine)
    with pytest.raises(StoreError, match="can't be written") as trouble, store.session() as session:
        sources.blog_id(session, Blog("https://blog.example/"), NOON)
    assert str(path) in trouble.value.mend
    store.close()


# ── two processes at the same moment ─────────────────────────────────────────────────────


def blog_row(url: str) -> BlogRow:
    return BlogRow(url=url, created_at=datetime(2026, 11, 24, tzinfo=UTC))


def test_what_another_process_was_quicker_with_is_done_anew(store: Store) -> None:
    with store.session() as session:
        session.add(blog_row("https://there.example/"))
    urls = iter(["https://there.example/", "https://other.example/"])

    def work(session: Session) -> str:
        row = blog_row(next(urls))
        session.add(row)
        return row.url

    assert store.transaction(work) == "https://other.example/"
    with store.reading() as session:
        assert len(session.scalars(select(BlogRow)).all()) == 2


def test_who_is_overtaken_again_and_again_is_told(store: Store) -> None:
    with store.session() as session:
        session.add(blog_row("https://there.example/"))
    with pytest.raises(Overtaken, match="very moment"):
        store.transaction(lambda session: session.add(blog_row("https://there.example/")))


def test_a_fault_of_our_own_is_no_other_process(store: Store) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(1)
        session.add(PostKeyRow(blog_id=99, key="url:x", post_id=99))

    with pytest.raises(IntegrityError):
        store.transaction(work)
    assert len(tries) == 1


@pytest.mark.parametrize("store", DATABASES[1:], indirect=True)
def test_two_that_wait_for_each_other_both_get_through(store: Store) -> None:
    with store.session() as session:
        session.add_all([blog_row("https://one.example/"), blog_row("https://two.example/")])
    barrier, met = threading.Barrier(2, timeout=20), threading.local()

    def write(*ids: int) -> None:
        def work(session: Session) -> None:
            for at, blog_id in enumerate(ids):
                session.execute(update(BlogRow).where(BlogRow.id == blog_id).values(title="t"))
                if at == 0 and not hasattr(met, "once"):
                    met.once = True
                    barrier.wait()

        store.transaction(work)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write, 1, 2), pool.submit(write, 2, 1)]:
            done.result(60)
