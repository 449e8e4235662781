"""Make up dumps as Open Library's are: editions, works and authors, gzipped, with odd records.

    python -m benchmarks.catalogue.dump FOLDER [--rows 2000000] [--titles CATALOGUE]

Titles and authors are those of a catalogue (the starter otherwise) and made up from their words:
most works have one edition, some have hundreds. An edition's row holds about 1,200 bytes, 230 of
them gzipped, as those of the real dump of August 2026. The same rows come out every time.
"""

import argparse
import gzip
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from service.identifiers import isbn10_from_isbn13, isbns
from service.model import Book
from service.resolve.catalogue import open_catalogue
from service.resolve.index.entries import books_from
from service.resolve.index.reader import Index

DUMPS = ("authors", "works", "editions")
#: of 100 rows of the real dumps about so many are editions; two works have one author
_EDITIONS, _WORKS = 0.44, 0.42
_WHEN = "2023-04-29T15:03:11.581851"
_FORMATS = ("Paperback", "Hardcover", "Paperback", "Mass Market Paperback", "E-book", "Audio CD")
_LANGUAGES = ("eng", "eng", "eng", "eng", "ger", "fre", "spa", "chi", "rus", None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--titles", type=Path)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for path in write_dumps(asked.folder, asked.rows, known_books(asked.titles)):
        print(path, path.stat().st_size)


def known_books(catalogue: Path | None) -> list[Book]:
    """The books of an index, or of JSON Lines that were made one; None: the starter's."""
    index = open_catalogue(catalogue)
    index.by_title("")
    opened = index if isinstance(index, Index) else index._opened  # type: ignore[attr-defined]
    lines = (line for block in range(opened.blocks) for line in opened.lines(block))
    return [book for _, told in lines for book in books_from(told)]


def write_dumps(folder: Path, rows: int, books: list[Book]) -> list[Path]:
    """The three dumps of so many rows in all; their paths."""
    made = Maker(rows, books)
    paths = []
    for kind in DUMPS:
        path = folder / f"ol_dump_{kind}.txt.gz"
        with gzip.open(path, "wb", compresslevel=4) as file:
            for line in getattr(made, kind)():
                file.write(line)
        paths.append(path)
    return paths


class Maker:
    """Makes the lines of dumps up."""

    def __init__(self, rows: int, books: list[Book]) -> None:
        self.editions_wanted = int(rows * _EDITIONS)
        self.works_wanted = int(rows * _WORKS)
        self.authors_wanted = rows - self.editions_wanted - self.works_wanted
        self.books = books
        self.words = sorted({word for book in books for word in book.title.split()})
        self.names = sorted({name for book in books for name in book.authors})

    def authors(self) -> Iterator[bytes]:
        chance = random.Random(1)
        for number in range(1, self.authors_wanted + 1):
            given, family = chance.choice(self.names), chance.choice(self.names)
            known = number <= len(self.names)
            name = self.names[number - 1] if known else f"{given.split()[0]} {family.split()[-1]}"
            yield _line(
                "author",
                f"/authors/OL{number}A",
                {"name": name, "personal_name": name, "birth_date": str(_year(chance))},
            )

    def works(self) -> Iterator[bytes]:
        chance = random.Random(2)
        for number in range(1, self.works_wanted + 1):
            title, subtitle, author = self.work(number)
            told: dict[str, Any] = {
                "title": title,
                "authors": [
                    {
                        "type": {"key": "/type/author_role"},
                        "author": {"key": f"/authors/OL{author}A"},
                    }
                ],
                "subjects": self._words(chance, chance.randint(0, 5)),
                "covers": [chance.randint(1, 9_000_000)],
                "subject_places": self._words(chance, chance.randint(0, 2)),
                "first_publish_date": str(_year(chance)),
                "lc_classifications": [f"PR{chance.randint(1, 9000)}"],
            }
            if subtitle:
                told["subtitle"] = subtitle
            yield _line("work", f"/works/OL{number}W", told)

    def editions(self) -> Iterator[bytes]:
        chance = random.Random(3)
        for number in range(1, self.editions_wanted + 1):
            work = 1 + min(int(chance.paretovariate(0.35)), self.works_wanted - 1)
            work = work if chance.random() < 0.2 else 1 + number % self.works_wanted
            title, subtitle, author = self.work(work)
            told: dict[str, Any] = {
                "title": title,
                "works": [{"key": f"/works/OL{work}W"}],
                "authors": [{"key": f"/authors/OL{author}A"}],
                "publishers": [" ".join(self._words(chance, 2))],
                "publish_date": chance.choice(("%d", "January 1, %d", "c%d.")) % _year(chance),
                "physical_format": chance.choice(_FORMATS),
                "number_of_pages": chance.randint(40, 900),
                "subjects": self._words(chance, chance.randint(0, 6)),
                **_card(chance, number),
            }
            if subtitle:
                told["subtitle"] = subtitle
            if language := chance.choice(_LANGUAGES):
                told["languages"] = [{"key": f"/languages/{language}"}]
            _number(told, number)
            _odd(told, number)
            yield _line("edition", f"/books/OL{number}M", told)

    def work(self, number: int) -> tuple[str, str | None, int]:
        """Title, subtitle and author of a work: a known book, or one made up."""
        if number <= len(self.books):
            book = self.books[number - 1]
            return book.title, book.subtitle, 1 + number % self.authors_wanted
        chance = random.Random(number)
        title = " ".join(self._words(chance, chance.randint(2, 6)))
        subtitle = " ".join(self._words(chance, 5)) if chance.random() < 0.3 else None
        return title, subtitle, 1 + int(chance.random() * self.authors_wanted)

    def _words(self, chance: random.Random, count: int) -> list[str]:
        return [chance.choice(self.words) for _ in range(count)]


def _card(chance: random.Random, number: int) -> dict[str, Any]:
    """What else a library's card says: it makes a row as large as real ones are."""
    other = chance.randint(10**7, 10**9)
    return {
        "source_records": [
            f"bwb:{other}",
            f"marc:marc_loc_2016/BooksAll.2016.part{number % 40}.utf8:{other}:{other % 3000}",
            f"ia:isbn_{other}",
        ],
        "lc_classifications": [f"PS{number % 4000}.A{other % 900} {1900 + number % 120}"],
        "oclc_numbers": [str(other)],
        "lccn": [str(other % 10**8)],
        "dewey_decimal_class": [f"{other % 1000}/.{other % 97}"],
        "pagination": f"{other % 30}, {other % 700} p. ;",
        "publish_country": chance.choice(("nyu", "enk", "gw ", "fr ")),
        "publish_places": [chance.choice(("New York", "London", "Berlin", "Paris", "Delhi"))],
        "covers": [other % 14_000_000],
        "ocaid": f"isbn_{other}",
        "local_id": [f"urn:bwbsku:{other % 10**6}", f"urn:trent:{other}"],
        "identifiers": {"goodreads": [str(other % 10**7)], "librarything": [str(other % 10**6)]},
        "notes": f"Includes bibliographical references (p. {other % 400}) and index.",
    }


def _number(told: dict[str, Any], number: int) -> None:
    """The edition's own ISBNs; a quarter has none."""
    if number % 4:
        stem = f"{number * 7 % 10**9:09d}"
        isbn13 = next(found for digit in "0123456789X" if (found := isbns(stem + digit)[0]))
        told["isbn_13"] = [isbn13]
        if number % 3:
            told["isbn_10"] = [isbn10_from_isbn13(isbn13)]


def _odd(told: dict[str, Any], number: int) -> None:
    """What real records are like now and then."""
    match number % 500:
        case 1:
            del told["title"]
        case 2:
            told["isbn_13"] = ["978-0-00-000000-0", "none", ""]
        case 3:
            told["authors"] = [{"author": {"key": "/authors/OL1A"}}, "/authors/OL2A", None]
        case 4:
            told["languages"] = None
        case 5:
            told["title_prefix"] = "The "
        case 6:
            del told["works"]


def _year(chance: random.Random) -> int:
    return chance.randint(1890, 2025)


def _line(kind: str, key: str, told: dict[str, Any]) -> bytes:
    whole = {
        **told,
        "type": {"key": f"/type/{kind}"},
        "key": key,
        "created": {"type": "/type/datetime", "value": _WHEN},
        "last_modified": {"type": "/type/datetime", "value": _WHEN},
        "latest_revision": 4,
        "revision": 4,
    }
    return b"\t".join((f"/type/{kind}\t{key}\t4\t{_WHEN}".encode(), orjson.dumps(whole))) + b"\n"


if __name__ == "__main__":
    main()
