"""The peer: a bare asynchronous client that fetches the same addresses, and the parser alone.

    python -m benchmarks.polling.bare PORT FEEDS [ETAG] [--parse]

With --parse each answer is then read, one after the other, and nothing is done with it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import httpx2

#: as many as httpx2 keeps connections by default
_TOGETHER = 100


async def fetch(urls: Iterator[str], headers: dict[str, str]) -> list[bytes]:
    bodies: list[bytes] = []
    async with httpx2.AsyncClient() as client:

        async def work() -> None:
            bodies.extend([(await client.get(url, headers=headers)).content for url in urls])

        await asyncio.gather(*(work() for _ in range(_TOGETHER)))
    return bodies


def main() -> None:
    port, count, *rest = sys.argv[1:]
    etags = [each for each in rest if each != "--parse"]
    headers = {"if-none-match": etags[0]} if etags else {}
    urls = (f"http://127.0.0.1:{port}/feed/{feed}" for feed in range(int(count)))
    bodies = asyncio.run(fetch(urls, headers))
    if "--parse" in rest:
        from service.ingest.feeds import read_feed

        for body in bodies:
            read_feed(body, url=f"http://127.0.0.1:{port}/")


if __name__ == "__main__":
    main()
