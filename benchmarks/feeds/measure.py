"""Reading a feed beside feedparser's defaults: CPU for each, in the same run.

    python -m benchmarks.feeds.measure [FEED…]

Without a file, feeds as the common blog programs write them; the first is one of WordPress, 50
full posts. They take turns; of each the least time counts. "changed" is what a run does with a feed
of which one entry in ten is new or edited: the others are known by their imprints and passed over;
feedparser reads all of it again.
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
from service.model import Imprints

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 40
URL = "https://a.example/feed"


def spent(work: Callable[[], object]) -> float:
    """The CPU seconds of one call."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def mostly_known(body: bytes) -> Imprints:
    """What the poll before remembers of a feed of which every tenth entry has changed since."""
    imprints = read_feed(body, url=URL, known=Imprints()).imprints or Imprints()
    old = tuple(each for at, each in enumerate(imprints.entries) if at % 10)
    return Imprints(imprints.for_all, old)


def main() -> None:
    warnings.simplefilter("ignore")
    feeds = {name: Path(name).read_bytes() for name in sys.argv[1:]} or {
        write.__name__: write() for write in dialects.ALL
    }
    heads = f"{'kB':>7}{'entries':>9}{'ours, ms':>10}{'feedparser':>12}{'times':>8}{'changed':>10}"
    print(f"{'feed':<16}{heads}")
    for name, body in feeds.items():
        count, known = len(read_feed(body, url=URL).entries), mostly_known(body)
        ours, theirs, news = [], [], []
        for _ in range(REPEATS):
            ours.append(spent(lambda body=body: read_feed(body, url=URL)))  # type: ignore[misc]
            theirs.append(spent(lambda body=body: feedparser.parse(body)))  # type: ignore[misc]
            news.append(spent(lambda: read_feed(body, url=URL, known=known)))  # noqa: B023
        mine, other = min(ours), min(theirs)
        print(
            f"{Path(name).name:<16}{len(body) / 1000:>7.0f}{count:>9}"
            f"{1000 * mine:>10.2f}{1000 * other:>12.1f}{other / mine:>8.1f}"
            f"{other / min(news):>10.1f}"
        )


if __name__ == "__main__":
    main()
