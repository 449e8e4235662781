"""Rewriting and reading links beside what people use: CPU of the same run, as ratios.

    python -m benchmarks.rewriting.measure [PAGES.tar.gz] [--rounds N]

PAGES.tar.gz is what benchmarks.extraction.measure takes; without it, made-up pages. Files are
read and written and a report is kept by everyone; interpreters have started and modules are
loaded before the clock runs. The least CPU of N rounds counts.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup

from benchmarks.rewriting.pages import sets, urls
from benchmarks.rewriting.peers import PEERS, Changed, Peer
from cli.rewrite import rewrite
from cli.urls import read_urls, tracking_ids
from service.pipeline import shop_links_in_bytes
from service.plugins import programmes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Work = Callable[[Path, Path, Path], None]

_TAGS = ["com=example-20", "de=example-21"]
SOUP = "BeautifulSoup html.parser"
PARSE = "parse alone (html.parser)"
FILES = "files read and written alone"
SIEVE = "bookplate's reading alone"


def bookplate(mentions: str) -> Work:
    parameters = signature(rewrite).parameters.items()
    unset: dict[str, Any] = {name: each.default.default for name, each in parameters}

    def work(posts: Path, out: Path, report: Path) -> None:
        options = {**unset, "out": out, "tag": _TAGS, "mentions": mentions, "report": report}
        with redirect_stderr(io.StringIO()):
            rewrite(**{**options, "paths": [str(posts)], "jobs": 1})

    return work


def script(peer: Peer) -> Work:
    """A peer as the script around it: files read, written, and a report of what changed."""

    def work(posts: Path, out: Path, report: Path) -> None:
        with report.open("w") as lines:
            for path in sorted(posts.iterdir()):
                output, changed = peer(path.read_bytes())
                (out / path.name).write_bytes(output)
                for before, after in changed:
                    line = {"source": str(path), "before": before, "after": after}
                    lines.write(json.dumps(line) + "\n")

    return work


def parse(posts: Path, _out: Path, _report: Path) -> None:
    for path in posts.iterdir():
        BeautifulSoup(path.read_bytes().decode("utf-8", "surrogateescape"), "html.parser")


def sieve(posts: Path, _out: Path, _report: Path) -> None:
    shops = programmes()
    for path in posts.iterdir():
        shop_links_in_bytes(path.read_bytes(), shops)


def copy(data: bytes) -> tuple[bytes, Changed]:
    return data, []


def cpu(work: Work, posts: Path) -> float:
    """The CPU seconds that the work takes, user's and system's."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        work(posts, Path(folder), Path(folder, "report.jsonl"))
        return time.process_time() - begun


def in_turn(works: dict[str, Work], posts: Path, rounds: int) -> dict[str, float]:
    """The least CPU seconds of each, one after the other in each of the rounds; slow ones once."""
    taken = {name: cpu(work, posts) for name, work in works.items()}
    quick = [name for name in works if taken[name] < taken[SOUP] / 4]
    for name in quick * rounds:
        taken[name] = min(taken[name], cpu(works[name], posts))
    return taken


def measure(name: str, pages: Sequence[bytes], rounds: int) -> None:
    size = sum(map(len, pages))
    print(f"\n{name}: {len(pages)} documents, {size / 1e6:.1f} MB")
    works = {name: script(peer) for name, peer in PEERS.items()}
    works |= {PARSE: parse, FILES: script(copy), SIEVE: sieve}
    works |= {f"bookplate --mentions {each}": bookplate(each) for each in ("off", "link")}
    with tempfile.TemporaryDirectory() as folder:
        for number, page in enumerate(pages):
            Path(folder, f"{number:04}.html").write_bytes(page)
        taken = in_turn(works, Path(folder), rounds)
    splice = taken["bare regex splice"]
    for each, seconds in taken.items():
        told = (
            f"{size / seconds / 1e6:7.1f} MB/s",
            f"{taken[SOUP] / seconds:6.1f} × soup",
            f"{splice / seconds:5.2f} × bare splice",
            f"{100 * seconds / taken[PARSE]:7.2f} % of a parse",
        )
        print(f"  {each:29} {'  '.join(told)}")


def links(count: int, rounds: int) -> None:
    """How many URLs a second `bookplate links` reads and answers, no two of them the same."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "urls.txt")
        file.write_text("\n".join(urls(count)) + "\n")
        taken = []
        for _ in range(rounds):
            with Path(folder, "answers.jsonl").open("w") as answers, redirect_stdout(answers):
                begun = time.process_time()
                read_urls(str(file), tracking_ids(_TAGS))
                taken.append(time.process_time() - begun)
    print(f"\nlinks: {count / min(taken):,.0f} URLs a second of CPU, JSON Lines written")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pages", nargs="?", help="the tar.gz with the pages; else made-up ones")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    for name, pages in sets(arguments.pages).items():
        measure(name, pages, arguments.rounds)
    links(100_000, arguments.rounds)


if __name__ == "__main__":
    main()
