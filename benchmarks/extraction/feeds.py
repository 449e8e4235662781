"""Reading a feed of full posts beside feedparser's defaults: the same fields, CPU for each.

    python benchmarks/extraction/feeds.py [FEED…]

Without a file, a feed of 50 posts like WordPress writes them, about 360 kB.
"""

from __future__ import annotations

import random
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import feedparser

from service.ingest.feeds import read_feed

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 5
WORDS = "garden wall bench twine pear heron moss letter shelf frost seed lamp paper river".split()


def made_up_feed(posts: int = 50) -> bytes:
    chance = random.Random(1)

    def paragraph() -> str:
        words = " ".join(chance.choice(WORDS) for _ in range(60))
        link = f'<a href="https://a.example/{words[:4]}">{words[:9]}</a>'
        return f'<p class="wp-block-paragraph">{words} {link} &amp; so on.</p>'

    def item(number: int) -> str:
        return (
            f"<item><title>Post {number}</title><link>https://a.example/{number}/</link>"
            "<dc:creator><![CDATA[Ines]]></dc:creator>"
            "<pubDate>Tue, 03 Nov 2026 09:30:00 +0000</pubDate>"
            "<category><![CDATA[Walls]]></category>"
            f'<guid isPermaLink="false">https://a.example/?p={number}</guid>'
            f"<description><![CDATA[{paragraph()[:200]} [&#8230;]]]></description>"
            f"<content:encoded><![CDATA[{''.join(paragraph() for _ in range(14))}]]>"
            "</content:encoded></item>"
        )

    items = "".join(item(number) for number in range(posts))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Walls</title>'
        f"<link>https://a.example/</link>{items}</channel></rss>"
    ).encode()


def best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def main() -> None:
    warnings.simplefilter("ignore")
    files = {name: Path(name).read_bytes() for name in sys.argv[1:]} or {
        "made up, 50 posts": made_up_feed()
    }
    for name, body in files.items():
        ours = best(lambda body=body: read_feed(body, url="https://a.example/feed"))  # type: ignore[misc]
        theirs = best(lambda body=body: feedparser.parse(body))  # type: ignore[misc]
        print(
            f"{name}: {len(body):,} bytes; bookplate {1000 * ours:.1f} ms, "
            f"feedparser's defaults {1000 * theirs:.1f} ms: {theirs / ours:.1f} times"
        )


if __name__ == "__main__":
    main()
