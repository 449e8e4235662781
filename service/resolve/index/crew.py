"""Work done by several processes: in order, with no more in flight than each needs."""

import gc
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from service.errors import CatalogueError

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

T = TypeVar("T")
R = TypeVar("R")


class Crew:
    """So many processes; with one job the work is done here. A context manager."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        self._collects = True

    def __enter__(self) -> "Crew":
        self._collects = gc.isenabled()
        if self.jobs == 1:
            gc.disable()
        else:
            from concurrent.futures import ProcessPoolExecutor

            self._pool = ProcessPoolExecutor(
                self.jobs, initializer=_begin_work, initargs=(os.getpid(),)
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._collects:
            gc.enable()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def each(self, work: Callable[[T], R], things: Iterable[T]) -> Iterator[R]:
        """`work` done on each thing, results in their order. Raises what `work` raises."""
        if self._pool is None:
            yield from map(work, things)
            return
        from concurrent.futures.process import BrokenProcessPool

        try:
            yield from self._windowed(self._pool, work, things)
        except BrokenProcessPool as error:
            raise CatalogueError(
                "A worker was killed, perhaps for want of memory.",
                mend="Run it again with --jobs 1: it goes on where it stopped.",
            ) from error

    def _windowed(
        self, pool: "ProcessPoolExecutor", work: Callable[[T], R], things: Iterable[T]
    ) -> Iterator[R]:
        waiting: deque[Future[R]] = deque()
        for thing in things:
            waiting.append(pool.submit(work, thing))
            if len(waiting) >= 2 * self.jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _begin_work(parent: int) -> None:
    # what the work makes holds no cycles, and looking for them costs a third of the time
    gc.disable()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """A worker whose parent was killed would wait for ever, and keep the lock."""
    while os.getppid() == parent:
        time.sleep(0.3)
    os._exit(1)
