"""Threads that wait for the outside, while one works on what they bring."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

R = TypeVar("R")

#: so many begin, and are doubled where for this long the process had less than this share of a
#: core's work: who waits for quick servers is only in the way of who works
_FIRST, _LOOK_SECONDS, _IDLE = 2, 0.1, 0.35


class Crew(Generic[R]):
    """`hands` threads at most do what they are given, in order, and bring results.

    There are more of them the longer the outside lets them wait. They run at most `ahead` results
    ahead of who takes them, so that memory stays bounded. A context manager: leaving it early drops
    what was not begun and waits for nothing.
    """

    def __init__(self, hands: int, ahead: int) -> None:
        self._hands = hands
        self._tasks: deque[Callable[[], R]] = deque()
        self._results: queue.SimpleQueue[R | BaseException] = queue.SimpleQueue()
        self._given = threading.Semaphore(0)
        self._room = threading.Semaphore(ahead)
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._outstanding = 0
        self._wanted = min(hands, _FIRST)
        self._looked = time.monotonic(), time.process_time()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._over.set()
        for _thread in self._threads:
            self._given.release()
            self._room.release()

    @property
    def outstanding(self) -> int:
        """How many results have not been taken yet."""
        return self._outstanding

    def give(self, task: Callable[[], R]) -> None:
        """A task whose result is wanted."""
        self._outstanding += 1
        self._tasks.append(task)
        self._given.release()
        self._take_on()

    def take(self, most: int, seconds: float) -> list[R]:
        """Results: at least one, and what else comes within so many seconds.

        Raises what a task raised. Call it only while there are some outstanding.
        """
        taken = [self._one(None)]
        until = time.monotonic() + seconds
        while self._outstanding and len(taken) < most:
            try:
                taken.append(self._one(max(0.0, until - time.monotonic())))
            except queue.Empty:
                break
        return taken

    def _take_on(self) -> None:
        while len(self._threads) < min(self._wanted, self._outstanding):
            thread = threading.Thread(target=self._work, name="fetching", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _look(self) -> None:
        """See whether the hands have much to do or only wait."""
        now, worked = time.monotonic(), time.process_time()
        before, worked_before = self._looked
        if now - before < _LOOK_SECONDS or self._wanted == self._hands:
            return
        self._looked = now, worked
        if worked - worked_before < _IDLE * (now - before):
            self._wanted = min(2 * self._wanted, self._hands)
            self._take_on()

    def _one(self, timeout: float | None) -> R:
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            self._look()
            left = _LOOK_SECONDS if until is None else until - time.monotonic()
            try:
                result = self._results.get(timeout=max(0.0, min(left, _LOOK_SECONDS)))
                break
            except queue.Empty:
                if until is not None and left <= _LOOK_SECONDS:
                    raise
        self._outstanding -= 1
        self._room.release()
        if isinstance(result, BaseException):
            raise result
        return result

    def _work(self) -> None:
        while True:
            self._given.acquire()
            self._room.acquire()
            if self._over.is_set():
                return
            task = self._tasks.popleft()
            try:
                self._results.put(task())
            except BaseException as error:  # who takes the result is to hear of it
                self._results.put(error)
