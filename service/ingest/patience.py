"""Many requests to one site, politely: a pause between two, and a wait where the site asks for
one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from service.errors import Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.ingest.fetch import Fetched, Fetcher

#: the longest that a Retry-After is waited for, and how often an address is tried, at most
_LONGEST_WAIT, _TRIES = 300.0, 3
#: waited where a site that fails says nothing, in seconds, doubling
_FIRST_WAIT = 5.0


class Gets(Protocol):
    """What fetches an address: a Fetcher, or one that takes its time."""

    def get(
        self, url: str, *, max_bytes: int = ..., accept: str = ..., scraping: bool = ...
    ) -> Fetched: ...


class Patient:
    """A fetcher for long work at one site. `asked` counts its requests.

    `pause` is the least time between two requests, in seconds; `sleep` waits, `tell` hears why.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        pause: float,
        sleep: Callable[[float], None],
        tell: Callable[[str], None],
    ) -> None:
        self._fetcher, self._pause, self._sleep, self._tell = fetcher, pause, sleep, tell
        self.asked = 0

    def get(
        self,
        url: str,
        *,
        max_bytes: int | None = None,
        accept: str | None = None,
        scraping: bool = False,
    ) -> Fetched:
        """As Fetcher.get; Unreachable only after three tries, or where it asks for a long wait."""
        given = {"max_bytes": max_bytes, "accept": accept, "scraping": scraping}
        told: Any = {name: value for name, value in given.items() if value is not None}
        for tried in range(1, _TRIES + 1):
            if self.asked:
                self._sleep(self._pause)
            self.asked += 1
            try:
                return self._fetcher.get(url, **told)
            except Unreachable as error:
                wait = error.retry_after
                wait = _FIRST_WAIT * 2 ** (tried - 1) if wait is None else wait
                if tried == _TRIES or wait > _LONGEST_WAIT:
                    raise
                self._tell(f"{error.what} Trying again in {wait:.0f} s")
                self._sleep(wait)
        raise AssertionError("unreachable")
