"""The only door to the outside web: conditional, polite, guarded, and bounded in every way.

Requests go straight to the connection pool: what a client library does around it (cookies, event
hooks, redirects of its own) would have to be undone here, and costs as much again as the request.
"""

from __future__ import annotations

import base64
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote

import httpcore2
import httpx2

from service.errors import AddressRefused, FetchError, TooLarge, Unreachable
from service.ingest import compression
from service.ingest.addresses import AllowedHosts
from service.ingest.answers import Answer, Fetched, fetched, read, refuse_failure, too_slow, wait_of
from service.ingest.freshness import retry_after
from service.ingest.politeness import HostGate
from service.ingest.robots import MAX_BYTES as ROBOTS_BYTES
from service.ingest.robots import Robots
from service.ingest.room import Room
from service.ingest.time_limit import time_left, time_limit
from service.ingest.transport import (
    TIMEOUT,
    guarded_client,
    guarded_pool,
    user_agent,
)
from service.model import Manners
from service.weblink import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Fetched", "Fetcher", "guarded_client", "retry_after"]

MAX_BYTES = 16 * 1024 * 1024
MAX_REDIRECTS = 10
MAX_SECONDS = 60.0
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_FEED_OR_PAGE = (
    "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, "
    "application/feed+json, application/xml;q=0.9, */*;q=0.8"
)
#: hosts that ask to be left alone this long are not asked meanwhile; longer is for whoever polls
_LONGEST_CLOSED = 3600.0
_TIMEOUT = TIMEOUT.as_dict()
_TROUBLES = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
    httpcore2.ConnectionNotAvailable,
)


class _Patience:
    """The seconds that are left for a request and its redirects; waiting our turn costs none."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    @contextmanager
    def running(self) -> Iterator[None]:
        with time_limit(self._left):
            try:
                yield
            finally:
                self._left = time_left()


class Fetcher:
    """GETs addresses of the public web, and of the hosts in `allow_private`.

    Usable from several threads, which take turns at each host as `manners` say: all but hosts in
    `allow_private`, which are the user's own. Close it, or use it as a context manager.
    """

    def __init__(
        self,
        *,
        allow_private: Sequence[str] = (),
        contact: str | None = None,
        version: str,
        max_seconds: float = MAX_SECONDS,
        manners: Manners | None = None,
    ) -> None:
        manners = manners or Manners()
        self._own = AllowedHosts(allow_private)
        self._pool = guarded_pool(self._own)
        agent = user_agent(version, contact)
        self._headers = [
            (b"user-agent", agent.encode("ascii")),
            (b"accept-encoding", compression.ACCEPTED.encode("ascii")),
        ]
        self._gate = HostGate(manners.per_host, manners.gap.total_seconds())
        self._robots = Robots(self._rules, agent, manners.ignore_robots)
        self._max_seconds = max_seconds
        self._room = Room()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._pool.close()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int = MAX_BYTES,
        accept: str = _FEED_OR_PAGE,
        scraping: bool = False,
    ) -> Fetched:
        """The document at an http or https URL, following redirects.

        `max_bytes` counts before and after decompression. `scraping` asks robots.txt at every hop.
        Raises AddressRefused, Disallowed, TooLarge, Gone (404, 410), Unreachable (429, 5xx, no
        answer in time) and FetchError otherwise.
        """
        headers = {"accept": accept}
        if etag:
            headers["if-none-match"] = etag
        if last_modified:
            headers["if-modified-since"] = last_modified
        return self._follow(url, headers, max_bytes, scraping)

    def location(self, url: str) -> str | None:
        """Where this URL redirects to, which is not followed; None where it answers itself.

        Raises as `get`.
        """
        address = _web_url(url, url)
        answer = self._polite(address, {"accept": "*/*"}, MAX_BYTES, _Patience(self._max_seconds))
        location = answer.headers.get("location")
        if answer.status in _REDIRECTS and location:
            return str(_web_url(location, url, base=address))
        refuse_failure(url, answer)
        return None

    def _rules(self, url: str) -> Fetched:
        return self._follow(url, {"accept": "text/plain, */*;q=0.5"}, ROBOTS_BYTES, False)

    def _follow(
        self, asked: str, headers: dict[str, str], max_bytes: int, scraping: bool
    ) -> Fetched:
        url, permanent, moved_for_good = _web_url(asked, asked), None, True
        patience = _Patience(self._max_seconds)
        for _ in range(MAX_REDIRECTS + 1):
            gap = self._robots.delay(str(url)) if scraping else None
            answer = self._polite(url, headers, max_bytes, patience, gap)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                return fetched(asked, _shown(url), answer, permanent)
            url = _web_url(location, asked, base=url)
            moved_for_good = moved_for_good and answer.status in _PERMANENT
            permanent = str(url) if moved_for_good else permanent
        shown = without_credentials(asked)
        raise TooLarge(
            f"{shown} redirects more than {MAX_REDIRECTS} times.",
            url=shown,
            mend="Open it in a browser and use the address where it ends.",
        )

    def _polite(
        self,
        url: httpx2.URL,
        headers: dict[str, str],
        max_bytes: int,
        patience: _Patience,
        gap: float | None = None,
    ) -> Answer:
        """One request, when it is our turn at the host. A user's own hosts need no politeness."""
        host, port = url.host, url.port or (443 if url.scheme == "https" else 80)
        if (host, port) in self._own:
            return self._exchange(url, headers, max_bytes, patience)
        wait = self._gate.closed_for(host)
        if wait:
            raise Unreachable(
                f"{host} asked to be left alone for a while; {_shown(url)} was not asked.",
                url=_shown(url),
                retry_after=wait,
            )
        with self._gate.turn(host, gap):
            answer = self._exchange(url, headers, max_bytes, patience)
        asked_to_wait = wait_of(answer)
        if asked_to_wait:
            self._gate.ask_not_before(host, min(asked_to_wait, _LONGEST_CLOSED))
        return answer

    def _exchange(
        self, url: httpx2.URL, headers: dict[str, str], max_bytes: int, patience: _Patience
    ) -> Answer:
        """One request and its answer. The body of failures and redirects is left unread."""
        address, answered = _shown(url), False
        with patience.running():
            try:
                response = self._pool.handle_request(self._request(url, headers))
                answered = True
                try:
                    return read(response, address, max_bytes, self._room)
                finally:
                    response.close()
            except AddressRefused as refused:
                raise AddressRefused(refused.what, url=address, mend=refused.mend) from None
            except httpcore2.TimeoutException as error:
                if answered and time_left() <= 0:
                    raise too_slow(address, self._max_seconds) from error
                raise Unreachable(f"{address} did not answer in time.", url=address) from error
            except _TROUBLES as error:
                words = str(error) or type(error).__name__
                raise Unreachable(f"{address} can't be reached: {words}.", url=address) from error

    def _request(self, url: httpx2.URL, headers: dict[str, str]) -> httpcore2.Request:
        told = [(b"host", url.netloc), *self._headers]
        told += [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        if url.userinfo:
            secret = base64.b64encode(unquote(url.userinfo.decode("ascii")).encode())
            told.append((b"authorization", b"Basic " + secret))
        return httpcore2.Request(
            "GET",
            httpcore2.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=told,
            extensions={"timeout": _TIMEOUT},
        )


def _web_url(spelling: str, asked: str, base: httpx2.URL | None = None) -> httpx2.URL:
    """The URL without its fragment. Credentials go along to the same origin and nowhere else."""
    try:
        url = base.join(spelling) if base is not None else httpx2.URL(spelling)
    except (httpx2.InvalidURL, ValueError) as error:
        shown = without_credentials(spelling)
        raise FetchError(f"{shown} is no URL: {error}.", url=without_credentials(asked)) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise FetchError(
            f"{without_credentials(spelling)} is no web address.",
            url=without_credentials(asked),
            mend="Give an address that begins with https:// or http://.",
        )
    if base is not None and (base.userinfo or url.userinfo):
        same = (url.scheme, url.host, url.port) == (base.scheme, base.host, base.port)
        url = url.copy_with(userinfo=base.userinfo if same else b"")
    return url.copy_with(fragment=None) if url.fragment else url


def _shown(url: httpx2.URL) -> str:
    return without_credentials(str(url))
