"""A catalogue that lies in memory as JSON Lines: what an index would say, without making one.

A line stays characters until its title or number is asked for, so that tens of thousands of books
open within a moment; from some hundred thousand on, an index is the better form.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from service.errors import CatalogueError
from service.identifiers import compact, is_isbn10, isbn10_from_isbn13, isbn13_from_isbn10
from service.model import Book
from service.resolve.index.entries import book_from, with_number
from service.resolve.index.json_lines import BadLine, row_from, title_of
from service.resolve.index.reader import subtitle_first
from service.resolve.index.rows import line_of
from service.resolve.index.segments import Ordered, parts, titles
from service.resolve.titles import main_key

_NUMBER = re.compile(rb'"(?:isbn1[03]|asin)"\s*:\s*"([^"]+)"')
_MEND = "Each line is a JSON object with at least a title: docs/catalogues.md"


class RowsCatalogue:
    """Books in JSON Lines. Raises CatalogueError for the first line that is none."""

    def __init__(self, content: bytes, name: str = "rows") -> None:
        self._lines = content.split(b"\n")
        self._by_key: dict[str, list[int]] = {}
        for number, line in enumerate(self._lines):
            if line and not line.isspace():
                try:
                    key = main_key(title_of(line))
                except BadLine as error:
                    what = f"The catalogue {name}, line {number + 1}, is no book: {error}."
                    raise CatalogueError(what, mend=_MEND) from error
                self._by_key.setdefault(key, []).append(number)
        self._books_of = lru_cache(1024)(self._books)

    def __len__(self) -> int:
        """How many titles there are."""
        return len(self._by_key)

    def by_title(self, title: str) -> Sequence[Book]:
        """As an index answers it."""
        key = main_key(title)
        return subtitle_first(self._books_of(key), title, key) if key in self._by_key else ()

    def by_isbn(self, isbn13: str) -> Book | None:
        """As an index answers it."""
        return self._by_number(isbn13)

    def by_asin(self, asin: str) -> Book | None:
        """As an index answers it."""
        book = self._by_number(isbn13_from_isbn10(asin)) if is_isbn10(asin) else None
        return book or self._by_number(asin)

    def _books(self, key: str) -> tuple[Book, ...]:
        parted = self._parts(key)
        return tuple([book_from(entry) for _, entry in parted[0]]) if parted else ()

    def _parts(self, key: str) -> list[list[Ordered]]:
        """The books of this title as an index would hold them, line by line."""
        if not key:
            return []
        rows = [(row_from(self._lines[each]), each) for each in self._by_key[key]]
        lines = sorted(line for row, order in rows if (line := line_of(row, order)))
        return [part for _, books in titles(lines) for part in parts(books)]

    def _by_number(self, number: str) -> Book | None:
        """Of the books with this number the most read, then the earliest."""
        best: tuple[int, int, Book] | None = None
        for key in {main_key(title_of(self._lines[each])) for each in self._spelled(number)}:
            for order, entry in (each for part in self._parts(key) for each in part):
                book = with_number((book_from(entry),), number)
                if book is not None and (best is None or (-book.popularity, order) < best[:2]):
                    best = (-book.popularity, order, book)
        return best[2] if best else None

    def _spelled(self, number: str) -> Iterator[int]:
        """The lines that may hold this number: in this spelling, or as an ISBN-10."""
        found = self._numbers
        yield from found.get(number, ())
        if number.startswith("978") and len(number) == 13 and number.isascii() and number.isdigit():
            yield from found.get(isbn10_from_isbn13(number), ())

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(self._lines):
            for spelled in _NUMBER.findall(line):
                found[compact(spelled.decode("utf-8", "replace"))].append(number)
        return dict(found)
