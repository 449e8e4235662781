"""A quick web server of many feeds, in a process of its own: answers are made beforehand.

    python -m benchmarks.polling.server FEEDS

It prints its port. `/feed/N` is a feed of ten full posts, with an ETag; `/new` adds a post to each
and drops its oldest.
"""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

POSTS, PARAGRAPHS, WORDS = 10, 5, 60
_LEXICON = (
    "the quick brown reader opened another long book about rivers and found a letter inside it "
    "while rain fell on the roof of the station where nobody waited any more for that train"
).split()
_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def item(feed: int, number: int) -> str:
    """A post of about 2,000 characters."""
    chance = random.Random(feed * 10_000 + number)
    paragraphs = "".join(
        f"<p>{' '.join(chance.choices(_LEXICON, k=WORDS))} "
        f'<a href="https://blog{feed}.example/about/{number}">more</a>.</p>'
        for _ in range(PARAGRAPHS)
    )
    address = f"https://blog{feed}.example/{number}/"
    return (
        f"<item><title>Post {number} of blog {feed}</title><link>{address}</link>"
        f"<guid>https://blog{feed}.example/?p={number}</guid>"
        f"<pubDate>{format_datetime(_DAY + timedelta(hours=number))}</pubDate>"
        f"<content:encoded><![CDATA[{paragraphs}]]></content:encoded></item>"
    )


class Feeds:
    """All feeds as they stand now, each as the bytes of a whole answer."""

    def __init__(self, count: int) -> None:
        self.version = 0
        self._items = [[item(feed, post) for post in range(POSTS)] for feed in range(count)]
        self._make()

    def renew(self) -> None:
        """A new post in each."""
        self.version += 1
        for feed, items in enumerate(self._items):
            items.append(item(feed, self.version + POSTS - 1))
            del items[0]
        self._make()

    def _make(self) -> None:
        head = f'HTTP/1.1 304 Not Modified\r\nETag: "{self.version}"\r\n\r\n'
        self.unchanged = head.encode()
        self.etag = f'if-none-match: "{self.version}"'.encode()
        self.answers = [self._answer(feed, items) for feed, items in enumerate(self._items)]

    def _answer(self, feed: int, items: list[str]) -> bytes:
        body = (
            '<?xml version="1.0" encoding="utf-8"?>'
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>Blog {feed}</title><link>https://blog{feed}.example/</link>"
            f"<description>Books.</description>{''.join(items[::-1])}</channel></rss>"
        ).encode()
        head = (
            f'HTTP/1.1 200 OK\r\nETag: "{self.version}"\r\nContent-Type: application/rss+xml\r\n'
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class Connection(asyncio.Protocol):
    """HTTP/1.1 as far as our clients speak it: GET, kept alive, one after the other."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            request, self._received = self._received[:end].lower(), self._received[end + 4 :]
            self._transport.write(self._answer(request))

    def _answer(self, request: bytes) -> bytes:
        path = request.split(b" ", 2)[1]
        if path == b"/new":
            self._feeds.renew()
            return b"HTTP/1.1 204 No Content\r\n\r\n"
        if self._feeds.etag in request:
            return self._feeds.unchanged
        return self._feeds.answers[int(path.rpartition(b"/")[2])]


async def serve(count: int) -> None:
    feeds = Feeds(count)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(feeds), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
