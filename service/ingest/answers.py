"""What a server answered: read within bounds, and judged."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from service.errors import FetchError, Gone, TooLarge, Unreachable
from service.ingest.bodies import Body, read_body
from service.ingest.freshness import fresh_for, retry_after
from service.weblink import without_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpcore2

    from service.ingest.room import Room, Share

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:+-]+)""", re.IGNORECASE)
#: answers that ask us to come back later, beside those of failing servers (5xx)
_LATER = frozenset((408, 425, 429))
#: the bodies of failures and redirects are read up to this length, longer ones cut off
_SHORT = 16_384
#: a host that only says "too many requests" is left alone this long
_TOO_MANY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave. `url` is where it was found after redirects, without credentials.

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
    #: the room that a large body holds as long as this is referred to
    share: Share | None = field(default=None, repr=False, compare=False)

    @property
    def content_type(self) -> str | None:
        return self.headers.get("content-type")

    @property
    def fresh(self) -> timedelta | None:
        """How long there is no need to ask again, where the server says so."""
        seconds = fresh_for(self.headers, datetime.now(UTC))
        return None if seconds is None else timedelta(seconds=seconds)


class Answer(NamedTuple):
    """One hop's answer, before it is judged; `body` is empty for failures and redirects."""

    status: int
    reason: str
    headers: dict[str, str]
    body: Body


def read(response: httpcore2.Response, address: str, max_bytes: int, room: Room) -> Answer:
    """The answer, read as far as it is of use. Raises TooLarge and Unreachable."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    good = 200 <= response.status < 300 and response.status != HTTPStatus.NO_CONTENT
    body = Body()
    if good:
        chunks = response.iter_stream()
        body = read_body(chunks, headers, address=address, max_bytes=max_bytes, room=room)
    else:
        _pass_over(response, headers)
    reason = response.extensions.get("reason_phrase", b"").decode("latin-1")
    return Answer(response.status, reason or _phrase(response.status), headers, body)


def _pass_over(response: httpcore2.Response, headers: Mapping[str, str]) -> None:
    """Read a short body that nobody wants, so that its connection can be used again."""
    told = headers.get("content-length", "")
    empty = response.status in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT)
    if empty or (told.isascii() and told.isdigit() and int(told[:9]) <= _SHORT):
        for _ in response.iter_stream():
            pass


def _phrase(status: int) -> str:
    """What HTTP/2 does not send along."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def fetched(asked: str, url: str, answer: Answer, permanent: str | None) -> Fetched:
    not_modified = answer.status == HTTPStatus.NOT_MODIFIED
    if not not_modified:
        refuse_failure(asked, answer)
    headers = answer.headers
    charset = _CHARSET.search(headers.get("content-type", ""))
    return Fetched(
        url=url,
        status=answer.status,
        body=answer.body.data,
        headers=MappingProxyType(headers),
        charset=charset[1].lower() if charset else None,
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
        permanent_url=permanent,
        not_modified=not_modified,
        share=answer.body.share,
    )


def refuse_failure(asked: str, answer: Answer) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    shown = without_credentials(asked)
    what = f"{shown} answers {status} {answer.reason}".rstrip() + "."
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise Gone(
            what,
            url=shown,
            permanent=status == HTTPStatus.GONE,
            mend="Check the address in a browser; it may have moved.",
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _LATER:
        raise Unreachable(what, url=shown, retry_after=wait_of(answer))
    if status == HTTPStatus.UNAUTHORIZED:
        raise FetchError(
            what,
            url=shown,
            mend="It wants a name and a password: https://NAME:PASSWORD@… is how to give them.",
        )
    raise FetchError(
        what, url=shown, mend="The site refuses this program; see whether a browser gets it."
    )


def wait_of(answer: Answer) -> float | None:
    """Seconds that the host asks to be left alone: by a failure's Retry-After, or a bare 429."""
    status = answer.status
    if status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _LATER:
        return None
    wait = retry_after(answer.headers.get("retry-after"), datetime.now(UTC))
    if wait is None and status == HTTPStatus.TOO_MANY_REQUESTS:
        return _TOO_MANY_SECONDS
    return wait


def too_slow(url: str, seconds: float) -> TooLarge:
    return TooLarge(
        f"{url} was still sending after {seconds:g} seconds.",
        url=url,
        mend="Try again later, or point at a smaller feed.",
    )
