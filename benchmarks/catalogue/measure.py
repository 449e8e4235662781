"""Measure catalogues: look-ups, what ten million titles cost a scan, and how fast one is built.

    python -m benchmarks.catalogue.measure [POSTS.jsonl] [--large INDEX] [--rows N] [--dump ROWS]

POSTS: a line a post, with its `html`; made up from titles where none are given. `--large` is an
index that was made before, of ten million titles for example (benchmarks.catalogue.rows makes the
rows); else one of `--rows` is made. Prints CPU time, the least of several rounds, as ratios of the
same run: against SQLite, against an index of 30,000 titles, against one core that decompresses
the same dump and parses it with the standard library's json.
"""

import argparse
import gzip
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.catalogue.dump import known_books, write_dumps
from benchmarks.catalogue.rows import lines
from service.find import find
from service.model import Book, Document
from service.ports import Catalogue
from service.resolve import open_catalogue, resolve
from service.resolve.index.build import build
from service.resolve.index.entries import books_from
from service.resolve.index.imports import Source, import_books
from service.resolve.index.reader import Index, open_index
from service.resolve.titles import main_key

_ROUNDS = 5
_SMALL = 30_000
_ONCE = "import sys; from benchmarks.catalogue.measure import scan_once; scan_once(*sys.argv[1:])"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path, nargs="?")
    parser.add_argument("--large", type=Path, help="an index of many titles")
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--dump", type=int, default=200_000, help="rows of the dump to build from")
    asked = parser.parse_args()
    books = known_books(None)
    with tempfile.TemporaryDirectory() as folder:
        small = imported(Path(folder), _SMALL, books)
        large = asked.large or imported(Path(folder), asked.rows, books)
        posts = asked.posts or _made_up(Path(folder), books)
        look_ups(Path(folder), small, large, [book.title for book in books])
        scans(posts, small, large)
        builds(Path(folder), asked.dump, books)


def imported(folder: Path, rows: int, books: Sequence[Book]) -> Path:
    """An index of so many made-up rows."""
    source = folder / f"{rows}.jsonl"
    with source.open("wb") as file:
        file.writelines(lines(rows, list(books)))
    output = folder / f"{rows}.index"
    import_books([Source(source, "json_lines")], output, jobs=1, made="", watch=_unwatched)
    return output


def look_ups(folder: Path, small: Path, large: Path, known: Sequence[str]) -> None:
    """Opening, and look-ups of a known title and of an unknown one, beside SQLite's."""
    unknown = [f"{title} zq" for title in known[:5000]]
    peer = Sqlite(folder / "peer.sqlite", small)
    print("look-ups            opened    known   unknown")
    openings: list[tuple[str, Callable[[], Sqlite | Index]]] = [
        ("SQLite, 30,000", peer.opened),
        (f"{open_index(small).head.titles:,} titles", lambda: open_index(small)),
        (f"{open_index(large).head.titles:,} titles", lambda: open_index(large)),
    ]
    for name, opening in openings:
        opened = _least(opening)
        catalogue = opening()
        hit, miss = (_look_up(catalogue, titles) * 1e6 for titles in (known[:5000], unknown))
        print(f"{name:18} {opened * 1e3:5.1f} ms {hit:5.1f} µs {miss:6.1f} µs")


def _look_up(catalogue: "Sqlite | Index", titles: Sequence[str]) -> float:
    """Seconds a title."""
    return _least(lambda: [catalogue.by_title(title) for title in titles]) / len(titles)


def scans(posts: Path, small: Path, large: Path) -> None:
    """What a scan costs with many titles, as a multiple of what it costs with few; its memory."""
    # a process of its own each time: nothing is at hand from the round before
    few, many = (min(_in_a_process(posts, each) for _ in range(_ROUNDS)) for each in (small, large))
    print(
        f"scan of {few[2]:,} words: {many[0] / few[0]:.2f} × the time with "
        f"{open_index(large).head.titles:,} titles (at most 1.5 ×); "
        f"{many[1]:.0f} MB a process (at most 300), {few[1]:.0f} with few; "
        f"{few[2] / few[0]:,.0f} and {many[2] / many[0]:,.0f} words a second of CPU"
    )


def scan_once(posts: str, index: str) -> None:
    """Scan posts with an index, once: prints the CPU seconds, the memory in MB, the words."""
    with Path(posts).open(encoding="utf-8") as rows:
        told = [json.loads(row) for row in rows]
    documents = [Document(row["html"], "html", None, row.get("title")) for row in told]
    catalogue = open_catalogue(Path(index))
    seconds = _least(lambda: _scan(documents, catalogue), 1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(seconds, memory, sum(len(row["html"].split()) for row in told))


def builds(folder: Path, rows: int, books: Sequence[Book]) -> None:
    """Building from a dump, beside one core that decompresses and parses it."""
    paths = write_dumps(folder, rows, list(books))
    one_core = _least(lambda: list(map(_parsed, paths)), 2)
    output = folder / "built.index"
    cpu = _least(lambda: build(paths, (), output, jobs=1, made="", watch=_unwatched), 2)
    began = time.perf_counter()
    build(paths, (), output, jobs=2, made="", watch=_unwatched)
    wall = time.perf_counter() - began
    print(
        f"build of {rows:,} rows: {cpu / one_core:.2f} × the CPU of one core with json, so at "
        f"best {cpu / one_core / 2:.2f} × its time on two cores (at most 1.5 ×); "
        f"{wall:.1f} s with --jobs 2 just now, {one_core:.1f} s of CPU for the one core"
    )


class Sqlite:
    """The peer: an index's lines in a table of SQLite, keyed by title."""

    def __init__(self, path: Path, index: Path) -> None:
        self._path = path
        with sqlite3.connect(path) as database:
            database.execute("create table t (k text primary key, b blob) without rowid")
            opened = open_index(index)
            held = (line for block in range(opened.blocks) for line in opened.lines(block))
            database.executemany("insert or ignore into t values (?, ?)", sorted(held))

    def opened(self) -> "Sqlite":
        self._database = sqlite3.connect(f"file:{self._path}?mode=ro&immutable=1", uri=True)
        self._database.execute("select 1 from t limit 1")
        return self

    def by_title(self, title: str) -> object:
        query = "select b from t where k = ?"
        found = self._database.execute(query, (main_key(title).encode(),)).fetchone()
        return books_from(found[0]) if found else ()


def _scan(documents: Sequence[Document], catalogue: Catalogue) -> None:
    for document in documents:
        resolve(find(document, ()), document, catalogue)


def _in_a_process(posts: Path, index: Path) -> tuple[float, float, int]:
    words = [sys.executable, "-c", _ONCE, str(posts), str(index)]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    return float(told[0]), float(told[1]), int(told[2])


def _parsed(path: Path) -> int:
    """How many rows the dump has."""
    rows = 0
    with gzip.open(path) as file:
        for line in file:
            json.loads(line.split(b"\t", 4)[4])
            rows += 1
    return rows


def _made_up(folder: Path, books: Sequence[Book]) -> Path:
    """Posts in which some words are titles."""
    path = folder / "posts.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for at in range(0, 4000, 40):
            named = books[at : at + 40]
            parts = [
                f"<p>Last week I read <em>{book.title}</em> by {' and '.join(book.authors)}, and "
                f"wrote about the road, the shop and the {book.title.lower()} in between.</p>"
                for book in named
            ]
            file.write(json.dumps({"html": "\n".join(parts), "title": "What I read"}) + "\n")
    return path


def _least(work: Callable[[], object], rounds: int = _ROUNDS) -> float:
    """CPU seconds, the least of the rounds."""
    least = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        work()
        least = min(least, time.process_time() - began)
    return least


def _unwatched(stage: str, done: int, total: int) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main()
