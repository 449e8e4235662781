"""robots.txt, asked before pages are scraped (RFC 9309); feeds are there to be asked for."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from service.errors import Disallowed, FetchError, TooLarge, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service.ingest.fetch import Fetched

#: how long the rules are used before they are asked for again: a day at most (RFC 9309, 2.4)
_KEPT_SECONDS = 24 * 3600.0
#: how long a server that could not give them is left alone
_RETRY_SECONDS = 600.0
#: RFC 9309, 2.5: at least 500 KiB must be read
MAX_BYTES = 512 * 1024
#: the longest pause between two requests that a site may ask for, in seconds
_LONGEST_DELAY = 10.0


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a site allows: None is everything; `unreadable` says why it is nothing for now."""

    protego: Any
    until: float
    unreadable: str | None = None


class Robots:
    """The rules of the sites that were asked, each asked once a day. Usable from several threads.

    `ignored` are hosts whose owner is the user. `get` fetches without asking robots.txt.
    """

    def __init__(
        self,
        get: Callable[[str], Fetched],
        agent: str,
        ignored: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._get = get
        self._agent = agent
        self._ignored = frozenset(host.lower() for host in ignored)
        self._clock = clock
        self._sites: dict[str, _Rules] = {}
        self._lock = threading.Lock()

    def delay(self, url: str) -> float | None:
        """The seconds that the site wants between two requests, None where it does not say.

        Raises Disallowed where the site's rules forbid this page to us, Unreachable where they
        can't be had.
        """
        parts = urlsplit(url)
        if (parts.hostname or "").lower() in self._ignored:
            return None
        rules = self._rules(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")
        if rules.unreadable:
            raise Unreachable(
                f"{url} was not asked for: {rules.unreadable}",
                url=url,
                mend="It is tried again in ten minutes. If the site is yours, name its host in "
                "[fetch] ignore_robots.",
            )
        if rules.protego is None:
            return None
        if not rules.protego.can_fetch(url, self._agent):
            raise Disallowed(f"{url} may not be read: the site's robots.txt forbids it.", url=url)
        delay = rules.protego.crawl_delay(self._agent)
        return None if delay is None else min(float(delay), _LONGEST_DELAY)

    def _rules(self, site: str) -> _Rules:
        known = self._sites.get(site)
        if known is not None and known.until > self._clock():
            return known
        with self._lock:
            known = self._sites.get(site)
            if known is None or known.until <= self._clock():
                known = self._sites[site] = self._asked(site, known)
            return known

    def _asked(self, site: str, before: _Rules | None) -> _Rules:
        now = self._clock()
        try:
            fetched = self._get(f"{site}/robots.txt")
        except (Unreachable, TooLarge) as error:
            if before is not None and before.unreadable is None:
                return _Rules(before.protego, now + _RETRY_SECONDS)
            # RFC 9309, 2.3.1.4: a server that fails here is to be left alone
            return _Rules(None, now + _RETRY_SECONDS, f"its robots.txt can't be had. {error.what}")
        except FetchError:
            return _Rules(None, now + _KEPT_SECONDS)
        from protego import Protego

        text = fetched.body.decode("utf-8-sig", "replace")
        return _Rules(Protego.parse(text), now + _KEPT_SECONDS)
