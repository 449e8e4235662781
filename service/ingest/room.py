"""Room in memory for what is fetched: many small bodies at once, few large ones."""

from __future__ import annotations

import threading
from collections import Counter

#: bodies up to this many bytes need no room
SMALL = 1024 * 1024
#: bytes of larger ones that are held at once
_LARGE = 48 * 1024 * 1024


class Room:
    """So many bytes for large bodies. Usable from several threads, which wait for each other.

    A thread that holds a share is let through with another, or it would wait for itself.
    """

    def __init__(self, size: int = _LARGE) -> None:
        self._size = size
        self._taken = 0
        self._holders: Counter[int] = Counter()
        self._changed = threading.Condition()

    def take(self, amount: int, seconds: float) -> Share | None:
        """A share of so many bytes, waited for so long at most; None where none came free.

        One that is larger than all the room is given where nobody holds another.
        """
        thread = threading.get_ident()

        def fits() -> bool:
            free = self._size - self._taken
            return amount <= free or not self._taken or self._holders[thread] > 0

        with self._changed:
            if not self._changed.wait_for(fits, seconds):
                return None
            self._taken += amount
            self._holders[thread] += 1
        return Share(self, amount, thread)

    def _give_back(self, amount: int, thread: int | None = None) -> None:
        with self._changed:
            self._taken -= amount
            if thread is not None:
                self._holders[thread] -= 1
                if not self._holders[thread]:
                    del self._holders[thread]
            self._changed.notify_all()


class Share:
    """A share of the room, held until it is released or nobody refers to it any more."""

    __slots__ = ("_amount", "_room", "_thread")

    def __init__(self, room: Room, amount: int, thread: int) -> None:
        self._room, self._amount = room, amount
        self._thread: int | None = thread

    def shrink(self, amount: int) -> None:
        """Give back what is more than this."""
        if amount < self._amount:
            self._room._give_back(self._amount - amount)
            self._amount = amount

    def release(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            self._room._give_back(self._amount, thread)

    def __del__(self) -> None:
        self.release()
