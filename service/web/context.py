"""What every route is handed: the blog at work, its rounds, and how the service may be reached."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from service.deliver.publisher import Publisher
from service.deliver.rounds import Service


@dataclass(frozen=True, slots=True)
class Context:
    """`password` guards pages and API, None where only this machine reaches them; `host` is the
    name that was configured; `max_body` the largest webhook, in bytes."""

    publisher: Publisher
    service: Service | None
    password: str | None
    max_body: int
    host: str | None = None

    @property
    def owner(self) -> int:
        return self.publisher.owner

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction on the store. Raises StoreError."""
        with self.publisher.store.reading() as session:
            yield session

    def wake(self) -> None:
        """Something is to be done: the rounds need not wait for their next tick."""
        if self.service is not None:
            self.service.wake()


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Here = Annotated[Context, Depends(_context)]
