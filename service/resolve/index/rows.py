"""A book on its way into an index: a line that sorts beside others of its title.

    KEY TAB IDENTITY TAB ORDER TAB ENTRY

KEY is the main title's key. Rows with one IDENTITY (title with subtitle, first author's surname)
are one book. Of rows that are equally read the one of the smaller ORDER counts.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import orjson

from service.identifiers import is_asin, isbns
from service.model import Book, Edition
from service.resolve.agreement import surname
from service.resolve.index.entries import Entry, edition_entry
from service.resolve.index.languages import language_code
from service.resolve.titles import main_key, whole_key

_surname = lru_cache(1 << 16)(surname)


class Row(NamedTuple):
    """What is known of a book, numbers checked, editions as `entries` holds them."""

    title: str
    subtitle: str | None
    authors: Sequence[str]
    popularity: int
    source: str | None
    work: str | None
    editions: Sequence[Entry]


def row_of(book: Book) -> Row:
    """The row of a book, with those of its numbers whose check digits are right."""
    told = (book.edition, *book.editions) if book.edition else book.editions
    return Row(
        book.title,
        book.subtitle,
        book.authors,
        book.popularity,
        book.source,
        book.work,
        [entry for edition in told for entry in checked(edition)],
    )


def checked(edition: Edition) -> list[Entry]:
    """The edition's arrays: two where its ISBNs are of two books, none where it has no number."""
    isbn13, isbn10 = isbns(edition.isbn13 or "")
    other13, other10 = isbns(edition.isbn10 or "")
    isbn13, isbn10 = isbn13 or other13, isbn10 or other10
    asin = (edition.asin or "").strip().upper()
    asin13, asin10 = isbns(asin)
    if isbn13 is None and asin10 is not None:
        isbn13, isbn10 = asin13, asin10
    kept = asin if is_asin(asin) and asin != isbn10 else None
    if isbn13 is None and kept is None:
        return []
    rest = (language_code(edition.language), edition.form, edition.published)
    found = [edition_entry(isbn13, kept, *rest)]
    if other13 is not None and other13 != isbn13:
        found.append(edition_entry(other13, None, *rest))
    return found


def line_of(row: Row, order: int) -> bytes | None:
    """The row as a line, without the newline; None for a title without a letter or digit."""
    key = main_key(row.title)
    if not key:
        return None
    return keyed_line(key, row, order)


def keyed_line(key: str, row: Row, order: int) -> bytes:
    """As `line_of`, where the key is known."""
    whole = whole_key(row.title, row.subtitle) if row.subtitle or ":" in row.title else key
    author = _surname(row.authors[0]) if row.authors else ""
    head = f"{key}\t{whole}\x1f{author}\t{order:012x}\t".encode("utf-8", "surrogatepass")
    return head + orjson.dumps(tuple(row))


def lines_of(rows: Iterable[Row], start: int) -> list[bytes]:
    """The lines of rows, in their order, counted from `start`."""
    made = (line_of(row, order) for order, row in enumerate(rows, start))
    return [line for line in made if line is not None]
