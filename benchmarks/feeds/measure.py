"""Reading a feed beside feedparser's defaults: CPU for each, in the same run.

    python -m benchmarks.feeds.measure [FEED…]

Without a file, feeds as the common blog programs write them; the first is one of WordPress, 50
full posts. The two take turns; of each the least time counts.
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import feedparser

from benchmarks.feeds import dialects
from service.ingest.feeds import read_feed

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 40
URL = "https://a.example/feed"


def spent(work: Callable[[], object]) -> float:
    """The CPU seconds of one call."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    warnings.simplefilter("ignore")
    feeds = {name: Path(name).read_bytes() for name in sys.argv[1:]} or {
        write.__name__: write() for write in dialects.ALL
    }
    print(f"{'feed':<16}{'kB':>7}{'entries':>9}{'ours, ms':>10}{'feedparser':>12}{'times':>8}")
    for name, body in feeds.items():
        count = len(read_feed(body, url=URL).entries)
        ours, theirs = [], []
        for _ in range(REPEATS):
            ours.append(spent(lambda body=body: read_feed(body, url=URL)))  # type: ignore[misc]
            theirs.append(spent(lambda body=body: feedparser.parse(body)))  # type: ignore[misc]
        mine, other = min(ours), min(theirs)
        print(
            f"{Path(name).name:<16}{len(body) / 1000:>7.0f}{count:>9}"
            f"{1000 * mine:>10.2f}{1000 * other:>12.1f}{other / mine:>8.1f}"
        )


if __name__ == "__main__":
    main()
