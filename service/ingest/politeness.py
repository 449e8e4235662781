"""How many requests a host gets from us at once, and how closely they follow each other."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: hosts remembered before those that nobody waits for are forgotten
_MANY_HOSTS = 4096


class HostGate:
    """Lets `per_host` requests through to a host at once, each `gap` seconds after the one before.

    Usable from several threads, which wait their turn. `clock` and `sleep` are in seconds.
    """

    def __init__(
        self,
        per_host: int,
        gap: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._per_host = per_host
        self._gap = gap
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    @contextmanager
    def turn(self, host: str, gap: float | None = None) -> Iterator[None]:
        """Wait for a turn at the host and have it. `gap` is what the host itself asks for."""
        one = self._host(host)
        with one.slots:
            with self._lock:
                now = self._clock()
                start = max(now, one.free_at)
                one.free_at = start + max(self._gap, gap or 0.0)
            if start > now:
                self._sleep(start - now)
            yield

    def ask_not_before(self, host: str, seconds: float) -> None:
        """The host asked to be left alone so long."""
        one = self._host(host)
        with self._lock:
            one.closed_until = max(one.closed_until, self._clock() + seconds)

    def closed_for(self, host: str) -> float:
        """Seconds for which the host asked to be left alone; 0 where it did not."""
        with self._lock:
            one = self._hosts.get(host)
            return max(0.0, one.closed_until - self._clock()) if one else 0.0

    def _host(self, host: str) -> _Host:
        with self._lock:
            if len(self._hosts) > _MANY_HOSTS:
                now = self._clock()
                self._hosts = {
                    name: one
                    for name, one in self._hosts.items()
                    if max(one.free_at, one.closed_until) + self._gap > now
                }
            if host not in self._hosts:
                self._hosts[host] = _Host(self._per_host)
            return self._hosts[host]


class _Host:
    def __init__(self, slots: int) -> None:
        self.slots = threading.Semaphore(slots)
        self.free_at = 0.0
        self.closed_until = 0.0
