"""A catalogue read from JSON Lines: sorted by title key, looked up by bisection.

A row stays a line of characters until it is asked for, so that a sorted file of tens of thousands
of books opens in tens of milliseconds and costs little more than its size. Sorted rows begin with
`{"key": KEY, "order": N, ` (`sorted_rows` makes them): KEY is the main title's key, N the row's
place in the file it came from, so that of two rows with one number the earlier counts.
"""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path

from service.errors import CatalogueError
from service.identifiers import is_isbn10, is_isbn13, isbn13_from_isbn10
from service.model import Book, Edition
from service.ports import Catalogue
from service.resolve.titles import main_key, title_key

STARTER = Path(__file__).parent / "starter" / "catalogue.jsonl.gz"
_MEND = "Each line must be a JSON object with at least a title; see docs on catalogues."
_HEAD = b'{"key": "'
_ORDER = re.compile(rb'", "order": (\d+), ')
_ISBN = re.compile(rb'"isbn13": ?"(\d{13})"')
_ASIN = re.compile(rb'"asin": ?"([0-9A-Z]{10})"')


class RowsCatalogue:
    """Books in sorted rows; `rows` is the whole of them, each ended by a newline."""

    def __init__(self, rows: bytes) -> None:
        self._rows = rows

    def by_title(self, title: str) -> Sequence[Book]:
        """Books of this title or main title, those that share the subtitle first."""
        key = main_key(title)
        if not key:
            return ()
        found = [_book(row) for row in self._rows_of(key.encode())]
        if len(found) > 1 and title_key(title) != key:
            whole = title_key(title)
            found.sort(key=lambda book: not _whole_key(book).startswith(whole))
        return found

    def by_isbn(self, isbn13: str) -> Book | None:
        """The book of this ISBN-13 (no separators)."""
        return self._book_at(self._by_isbn.get(isbn13.encode()))

    def by_asin(self, asin: str) -> Book | None:
        """The book of this ASIN: a print book's is its ISBN-10."""
        if is_isbn10(asin):
            book = self.by_isbn(isbn13_from_isbn10(asin))
            if book is not None:
                return book
        return self._book_at(self._by_asin.get(asin.encode()))

    def _rows_of(self, key: bytes) -> Iterator[bytes]:
        rows = self._rows
        low, high = 0, len(rows)
        while low < high:
            middle = rows.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = rows.find(b"\n", middle)
            if rows[middle + len(_HEAD) : rows.find(b'"', middle + len(_HEAD), end)] < key:
                low = end + 1
            else:
                high = middle
        while rows.startswith(_HEAD + key + b'"', low):
            end = rows.find(b"\n", low)
            yield rows[low:end]
            low = end + 1

    def _book_at(self, place: int | None) -> Book | None:
        if place is None:
            return None
        start = self._rows.rfind(b"\n", 0, place) + 1
        return _book(self._rows[start : self._rows.find(b"\n", place)])

    def _order(self, place: int) -> int:
        start = self._rows.rfind(b"\n", 0, place) + 1
        match = _ORDER.search(self._rows, start, place)
        return int(match[1]) if match else 0

    def _numbers(self, pattern: re.Pattern[bytes]) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        for match in pattern.finditer(self._rows):
            number, place = match[1], match.start()
            if number not in found or self._order(place) < self._order(found[number]):
                found[number] = place
        return found

    @cached_property
    def _by_isbn(self) -> dict[bytes, int]:
        return self._numbers(_ISBN)

    @cached_property
    def _by_asin(self) -> dict[bytes, int]:
        return self._numbers(_ASIN)


class LazyCatalogue:
    """A catalogue opened when first asked."""

    def __init__(self, opening: Callable[[], RowsCatalogue]) -> None:
        self._opening = opening

    @cached_property
    def _opened(self) -> RowsCatalogue:
        return self._opening()

    def by_title(self, title: str) -> Sequence[Book]:
        return self._opened.by_title(title)

    def by_isbn(self, isbn13: str) -> Book | None:
        return self._opened.by_isbn(isbn13)

    def by_asin(self, asin: str) -> Book | None:
        return self._opened.by_asin(asin)


def open_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue of a JSON Lines file, gzipped or not; None: the starter that ships with us.

    The file is checked now, read when a book is first looked up. Raises CatalogueError.
    """
    if path is None:
        return LazyCatalogue(_starter)
    if not path.is_file():
        raise CatalogueError(f"There is no catalogue {path}.", mend="Check the path.")
    return LazyCatalogue(lambda: read_rows(path))


def read_rows(path: Path) -> RowsCatalogue:
    """A JSON Lines file's books, sorted. Raises CatalogueError for the first bad line."""
    content = _content(path)
    return RowsCatalogue(content if content.startswith(_HEAD) else sorted_rows(content, path.name))


def sorted_rows(content: bytes, name: str) -> bytes:
    """JSON Lines as sorted rows. Raises CatalogueError for the first bad line of `name`."""
    keyed = [
        _keyed(line, number, name)
        for number, line in enumerate(content.split(b"\n"), 1)
        if line.strip()
    ]
    keyed.sort()
    return b"".join(row for _, row in keyed)


@cache
def _starter() -> RowsCatalogue:
    return RowsCatalogue(_content(STARTER))


def _content(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CatalogueError(
            f"The catalogue {path} can't be read: {reason}.", mend="Fetch or build it again."
        ) from error


def _keyed(line: bytes, number: int, name: str) -> tuple[tuple[bytes, int], bytes]:
    try:
        row = json.loads(line)
        key = main_key(row["title"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"The catalogue {name}, line {number}, is no book: {line[:60]!r}."
        raise CatalogueError(what, mend=_MEND) from error
    plain = json.dumps({"key": key, "order": number, **row}, ensure_ascii=False)
    encoded = plain.encode("utf-8", "surrogatepass") + b"\n"
    return (key.encode("utf-8", "surrogatepass"), number), encoded


def _book(row: bytes) -> Book:
    data = json.loads(row)
    isbn13 = data.get("isbn13")
    isbn10 = data.get("isbn10")
    edition = Edition(
        isbn13 if isbn13 and is_isbn13(isbn13) else None,
        isbn10 if isbn10 and is_isbn10(isbn10) else None,
        data.get("asin") or None,
    )
    return Book(
        data["title"],
        tuple(data.get("authors") or ()),
        data.get("subtitle") or None,
        edition if edition != Edition() else None,
        data.get("popularity") or 0,
        data.get("source"),
    )


def _whole_key(book: Book) -> str:
    return title_key(f"{book.title}: {book.subtitle}" if book.subtitle else book.title)
