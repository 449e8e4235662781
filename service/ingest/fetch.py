"""The only door to the outside web: conditional, bounded in bytes, hops and seconds, guarded."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import httpx2

from service.errors import AddressRefused, FetchError, Gone, TooLarge, Unreachable
from service.ingest.transport import guarded_client, time_is_up, time_limit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave. `url` is where it was found after redirects.

    `permanent_url` is set where the address asked for has moved for good (301, 308).
    `headers` has lower-case names. `body` is decompressed, and empty where `not_modified`.
    """

    url: str
    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    permanent_url: str | None = None
    not_modified: bool = False

    @property
    def content_type(self) -> str | None:
        return self.headers.get("content-type")


class Fetcher:
    """GETs addresses of the public web, and of the hosts in `allow_private`.

    Usable from several threads. Close it, or use it as a context manager.
    """

    def __init__(
        self,
        *,
        allow_private: Sequence[str] = (),
        contact: str | None = None,
        version: str,
        max_seconds: float = MAX_SECONDS,
    ) -> None:
        self._client = guarded_client(allow_private, contact, version)
        self._client.headers["accept-encoding"] = "gzip, deflate"
        self._max_seconds = max_seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int = MAX_BYTES,
        accept: str = _FEED_OR_PAGE,
    ) -> Fetched:
        """The document at an http or https URL, following redirects.

        `max_bytes` counts before and after decompression. Raises AddressRefused, TooLarge,
        Gone (404, 410), Unreachable (429, 5xx, no answer in time) and FetchError otherwise.
        """
        headers = {"accept": accept}
        if etag:
            headers["if-none-match"] = etag
        if last_modified:
            headers["if-modified-since"] = last_modified
        with time_limit(self._max_seconds):
            return self._follow(url, headers, max_bytes)

    def location(self, url: str) -> str | None:
        """Where this URL redirects to, which is not followed; None where it answers itself.

        Raises as `get`.
        """
        address = _web_url(url, url)
        with time_limit(self._max_seconds):
            response, _ = self._exchange(address, {"accept": "*/*"}, MAX_BYTES)
        location = response.headers.get("location")
        if response.status_code in _REDIRECTS and location:
            return str(_web_url(location, url, base=address))
        _refuse_failure(url, response)
        return None

    def _follow(self, asked: str, headers: dict[str, str], max_bytes: int) -> Fetched:
        url, permanent, moved_for_good = _web_url(asked, asked), None, True
        for _ in range(MAX_REDIRECTS + 1):
            response, body = self._exchange(url, headers, max_bytes)
            location = response.headers.get("location")
            if response.status_code not in _REDIRECTS or not location:
                return _fetched(asked, response, body, permanent)
            url = _web_url(location, asked, base=url)
            moved_for_good = moved_for_good and response.status_code in _PERMANENT
            permanent = str(url) if moved_for_good else permanent
        raise TooLarge(
            f"{asked} redirects more than {MAX_REDIRECTS} times.",
            url=asked,
            mend="Open it in a browser and use the address where it ends.",
        )

    def _exchange(
        self, url: httpx2.URL, headers: dict[str, str], max_bytes: int
    ) -> tuple[httpx2.Response, bytes]:
        """One request and its answer, the body of failures and redirects left unread."""
        address, answered = str(url), False
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                answered = True
                good = response.is_success and response.status_code != HTTPStatus.NO_CONTENT
                return response, _body(response, address, max_bytes) if good else b""
        except AddressRefused as refused:
            raise AddressRefused(refused.what, url=address, mend=refused.mend) from None
        except httpx2.TimeoutException as error:
            if answered and time_is_up():
                raise _too_slow(address, self._max_seconds) from error
            raise Unreachable(f"{address} did not answer in time.", url=address) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            words = str(error) or type(error).__name__
            raise Unreachable(f"{address} can't be reached: {words}.", url=address) from error


def _web_url(spelling: str, asked: str, base: httpx2.URL | None = None) -> httpx2.URL:
    try:
        url = base.join(spelling) if base is not None else httpx2.URL(spelling)
    except (httpx2.InvalidURL, ValueError) as error:
        raise FetchError(f"{spelling} is no URL: {error}.", url=asked) from error
    if url.scheme not in ("http", "https") or not url.host:
        raise FetchError(
            f"{spelling} is no web address.",
            url=asked,
            mend="Give an address that begins with https:// or http://.",
        )
    return url.copy_with(fragment=None)


def _body(response: httpx2.Response, url: str, max_bytes: int) -> bytes:
    received = bytearray()
    for chunk in response.iter_raw():
        received += chunk
        if len(received) > max_bytes:
            raise _too_large(url, max_bytes)
    data = bytes(received)
    for encoding in reversed(response.headers.get("content-encoding", "").lower().split(",")):
        data = _decompressed(data, encoding.strip(), url, max_bytes)
    return data


def _decompressed(data: bytes, encoding: str, url: str, max_bytes: int) -> bytes:
    if encoding in ("", "identity") or not data:
        return data
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Unreachable(f"{url} answers in an encoding we did not ask for.", url=url)
    # deflate comes with a zlib header (RFC 9110, 8.4.1.2), or without, from old servers
    raw = encoding == "deflate" and (data[0] & 0x0F != 8 or int.from_bytes(data[:2]) % 31 != 0)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS | 32)
    try:
        plain = inflater.decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise Unreachable(f"{url} sent broken compressed data.", url=url) from error
    if len(plain) > max_bytes:
        raise _too_large(url, max_bytes)
    if not inflater.eof:
        raise Unreachable(f"{url} sent compressed data that breaks off.", url=url)
    return plain


def _fetched(asked: str, response: httpx2.Response, body: bytes, permanent: str | None) -> Fetched:
    url, status = str(response.url), response.status_code
    not_modified = status == HTTPStatus.NOT_MODIFIED
    if not not_modified:
        _refuse_failure(asked, response)
    return Fetched(
        url=url,
        status=status,
        body=body,
        headers=MappingProxyType(dict(response.headers.items())),
        charset=response.charset_encoding,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        permanent_url=permanent,
        not_modified=not_modified,
    )


def _refuse_failure(asked: str, response: httpx2.Response) -> None:
    status = response.status_code
    if response.is_success:
        return
    what = f"{asked} answers {status} {response.reason_phrase}".rstrip() + "."
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise Gone(
            what,
            url=asked,
            permanent=status == HTTPStatus.GONE,
            mend="Check the address in a browser; it may have moved.",
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in (
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
    ):
        wait = retry_after(response.headers.get("retry-after"), datetime.now(UTC))
        raise Unreachable(what, url=asked, retry_after=wait)
    raise FetchError(
        what, url=asked, mend="The site refuses this program; see whether a browser gets it."
    )


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header, in either form (RFC 9110, 10.2.3)."""
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _too_large(url: str, max_bytes: int) -> TooLarge:
    return TooLarge(
        f"{url} is larger than {max_bytes:,} bytes.",
        url=url,
        mend="Point at a smaller feed, for example one with fewer posts.",
    )


def _too_slow(url: str, seconds: float) -> TooLarge:
    return TooLarge(
        f"{url} was still sending after {seconds:g} seconds.",
        url=url,
        mend="Try again later, or point at a smaller feed.",
    )
