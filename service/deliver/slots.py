"""Who may run workflows: a slot is a lease that ends with its holder, even by kill -9.

Two processes under one executor id would each recover what the other is just doing, and send
twice. So an executor's id is its slot's, and a slot is an operating system lock (SQLite: one
process delivers at a time) or a database session's advisory lock (PostgreSQL: many do).
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from service.store.engine import Store

#: how many processes may deliver at once on PostgreSQL
MOST_SLOTS = 32


class Slot(Protocol):
    """A lease that is held. `name` is the executor's id."""

    name: str

    def release(self) -> None: ...


def take_slot(store: Store, number: int) -> Slot | None:
    """The slot of this number, if nobody holds it."""
    return _FileSlot.take(store, number) if store.is_sqlite else _SessionSlot.take(store, number)


def take_any_slot(store: Store) -> Slot | None:
    """The first free slot. On SQLite there is one."""
    for number in range(1 if store.is_sqlite else MOST_SLOTS):
        slot = take_slot(store, number)
        if slot is not None:
            return slot
    return None


def slot_name(number: int) -> str:
    return f"slot-{number}"


class _FileSlot:
    def __init__(self, name: str, lock: object) -> None:
        self.name = name
        self._lock = lock

    @classmethod
    def take(cls, store: Store, number: int) -> _FileSlot | None:
        from filelock import FileLock, Timeout

        assert store.path is not None
        lock = FileLock(store.path.with_name(f"{store.path.name}.{slot_name(number)}"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        return cls(slot_name(number), lock)

    def release(self) -> None:
        self._lock.release()  # type: ignore[attr-defined]


class _SessionSlot:
    """Held as long as its database session lives."""

    def __init__(self, name: str, connection: Connection, key: int) -> None:
        self.name = name
        self._connection = connection
        self._key = key

    @classmethod
    def take(cls, store: Store, number: int) -> _SessionSlot | None:
        # keepalive lets the server notice within a minute that a machine has gone
        engine = create_engine(
            store.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3},
        )
        connection, key = engine.connect(), _advisory_key(number)
        asked = text("SELECT pg_try_advisory_lock(:key)")
        if not connection.execute(asked, {"key": key}).scalar():
            connection.close()
            return None
        return cls(slot_name(number), connection, key)

    def release(self) -> None:
        # a session that closes is noticed by the server a little later: this is at once
        with suppress(SQLAlchemyError):
            self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": self._key})
        with suppress(SQLAlchemyError):
            self._connection.close()


def _advisory_key(number: int) -> int:
    digest = hashlib.sha256(f"bookplate/{slot_name(number)}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
