"""A book as a line of an index holds it: a JSON array, and back.

    [title, subtitle, [author, …], popularity, source, work, [edition, …]]
    edition: [isbn13, isbn10 or asin, language, form, published], what is not known cut off behind

The first edition is the one that a link should lead to. An ISBN-10 that follows from the ISBN-13
is not written down.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from service.identifiers import isbn10_from_isbn13
from service.model import Book, Edition

Entry = list[Any]
TITLE, SUBTITLE, AUTHORS, POPULARITY, SOURCE, WORK, EDITIONS = range(7)


def edition_entry(
    isbn13: str | None,
    asin: str | None,
    language: str | None,
    form: str | None,
    published: int | None,
) -> Entry:
    """The edition's array. `asin` only where it is not the ISBN-10."""
    entry: Entry = [isbn13, asin, language, form, published]
    while entry and entry[-1] is None:
        entry.pop()
    return entry


def edition_from(entry: Entry) -> Edition:
    """The edition of this array."""
    isbn13 = entry[0]
    isbn10 = isbn10_from_isbn13(isbn13) if isbn13 and isbn13.startswith("978") else None
    return Edition(isbn13, isbn10, *entry[1:])


def book_from(entry: Entry) -> Book:
    """The book of this array."""
    title, subtitle, authors, popularity, source, work, entries = entry
    editions = tuple([edition_from(each) for each in entries])
    first = editions[0] if editions else None
    return Book(title, tuple(authors), subtitle, first, popularity, source, editions, work)


def books_from(told: bytes) -> list[Book]:
    """The books of a line. Raises ValueError or TypeError for a line that is damaged."""
    return [book_from(entry) for entry in orjson.loads(told)]


def with_number(books: Sequence[Book], number: str) -> Book | None:
    """The first of these books that has an edition of this ISBN-13 or ASIN, led by it."""
    for book in books:
        for edition in book.editions:
            if number in (edition.isbn13, edition.asin):
                return book if edition is book.edition else replace(book, edition=edition)
    return None
