"""Links made for a book: its product page where the edition is known, else a search."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from service.identifiers import NoIsbn10, is_asin, isbn10_from_isbn13

if TYPE_CHECKING:
    from service.model import Book, Edition


def book_link(book: Book, marketplace: str, tracking_id: str) -> str | None:
    """A link to the book with this tracking id; None for a book without title and edition."""
    asin = _asin(book.edition) if book.edition else None
    if asin:
        return f"https://www.{marketplace}/dp/{asin}?tag={tracking_id}"
    words = _words(book)
    if not words:
        return None
    return f"https://www.{marketplace}/s?k={words}&i=stripbooks&tag={tracking_id}"


def _asin(edition: Edition) -> str | None:
    """The ASIN: as known, or the ISBN-10, which a print book's ASIN is. A 979 has neither."""
    known = edition.isbn10 or edition.asin
    if known and is_asin(known):
        return known
    try:
        return isbn10_from_isbn13(edition.isbn13) if edition.isbn13 else None
    except NoIsbn10:
        return None


def _words(book: Book) -> str:
    """What to search for: title and first author, else a number that no product page has."""
    words = " ".join((book.title, *book.authors[:1])).split()
    if not words and book.edition and book.edition.isbn13:
        words = [book.edition.isbn13]
    return quote_plus(" ".join(words), errors="ignore")
