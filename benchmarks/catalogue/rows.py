"""Make up JSON Lines of many books, as `bookplate catalogue import` reads them.

    python -m benchmarks.catalogue.rows FILE [--rows 10000000] [--titles CATALOGUE]

The known books of a catalogue (the starter otherwise) come first. The rest is made up from the
words of their titles; one in twenty is called by one or two ordinary words, as real catalogues have
books for. The same rows come out every time.
"""

import argparse
import gzip
import random
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from benchmarks.catalogue.dump import known_books
from service.identifiers import isbns
from service.model import Book


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--titles", type=Path)
    asked = parser.parse_args()
    with gzip.open(asked.file, "wb", compresslevel=1) as file:
        for line in lines(asked.rows, known_books(asked.titles)):
            file.write(line)
    print(asked.file, asked.file.stat().st_size)


def lines(count: int, books: list[Book]) -> Iterator[bytes]:
    """So many rows, known books first."""
    for book in books[:count]:
        edition = asdict(book.edition) if book.edition else {}
        yield _line(book.title, book.subtitle, book.authors, book.popularity, edition)
    chance = random.Random(7)
    words = [word for book in books for word in book.title.split()]
    names = sorted({name for book in books for name in book.authors})
    for number in range(len(books), count):
        short = number % 20 == 0
        title = " ".join(
            chance.choices(words, k=chance.randint(1, 2) if short else _length(chance))
        )
        first, last = chance.choice(names), chance.choice(names)
        author = f"{first.split()[0]} {last.split()[-1]}"
        isbn13, isbn10 = _isbns(number)
        edition = {"isbn13": isbn13, "isbn10": isbn10}
        yield _line(title, None, [author], chance.randint(0, 99), edition)


def _length(chance: random.Random) -> int:
    return 2 + min(int(chance.expovariate(0.6)), 7)


def _isbns(number: int) -> tuple[str | None, str | None]:
    stem = f"{number * 7 % 10**9:09d}"
    return next(found for digit in "0123456789X" if (found := isbns(stem + digit))[0])


def _line(
    title: str,
    subtitle: str | None,
    authors: Any,
    popularity: int,
    edition: dict[str, Any],
) -> bytes:
    row = {
        "title": title,
        "subtitle": subtitle,
        "authors": list(authors),
        "isbn13": edition.get("isbn13"),
        "isbn10": edition.get("isbn10"),
        "asin": edition.get("asin"),
        "popularity": popularity,
    }
    return orjson.dumps(row) + b"\n"


if __name__ == "__main__":
    main()
