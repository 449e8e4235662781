"""Which book the blogger says that a title means: by a number, an address, or title and author."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service.errors import UsageError
from service.identifiers import is_asin, isbns
from service.model import Book, Edition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.deliver.publisher import Publisher

_MEND = (
    "Give the ISBN (10 or 13 digits, of which the last checks the others), the ASIN (the ten "
    "characters after /dp/), or the address of the book’s page at a shop."
)


def book_meant(
    publisher: Publisher, words: str, number: str | None, title: str | None, authors: Sequence[str]
) -> Book:
    """The book that these words mean: the edition of `number` (ISBN, ASIN or a shop’s address),
    else what `title` and `authors` say; the catalogue fills in what is left out.

    Raises UsageError for a number that is none.
    """
    edition = edition_of(publisher, number) if number else None
    known = None
    if edition is not None:
        known = publisher.catalogue.by_isbn(edition.isbn13) if edition.isbn13 else None
        if known is None and edition.asin:
            known = publisher.catalogue.by_asin(edition.asin)
    book = Book(
        title or (known.title if known else words),
        tuple(authors) or (known.authors if known else ()),
        None if title or known is None else known.subtitle,
    )
    return replace(book, edition=edition)


def edition_of(publisher: Publisher, number: str) -> Edition:
    """The edition of an ISBN, an ASIN or a shop's address. Raises UsageError for none of them."""
    isbn13, isbn10 = isbns(number)
    if isbn13 is not None:
        return Edition(isbn13, isbn10, isbn10)
    if is_asin(number.strip().upper()):
        asin = number.strip().upper()
        return Edition(*isbns(asin), asin)
    for programme in publisher.shops.programmes:
        link = programme.read(number.strip())
        if link is not None and (link.isbn13 or link.asin):
            return Edition(link.isbn13, link.isbn10, link.asin)
    raise UsageError(f'"{number}" is no book’s number.', mend=_MEND)
