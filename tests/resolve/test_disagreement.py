"""A number that is plainly another book's, told from another spelling, edition or translation."""

from __future__ import annotations

import json

import pytest

from service.model import Book, Edition
from service.resolve.disagreement import contradicted
from service.resolve.rows_catalogue import RowsCatalogue

ROWS = [
    {"title": "Pride and Prejudice", "authors": ["Jane Austen"], "isbn13": "9780141439518"},
    {"title": "Emma", "authors": ["Jane Austen"], "isbn13": "9780141439587"},
    {"title": "It", "authors": ["Alexa Chung"], "isbn13": "9780718195083"},
    {"title": "The Fellowship of the Ring", "subtitle": "The Lord of the Rings, Book 1",
     "authors": ["J. R. R. Tolkien"], "isbn13": "9780547928210"},
    {"title": "Untitled Notebook", "authors": [], "isbn13": "9780306406157"},
]  # fmt: skip
CATALOGUE = RowsCatalogue("\n".join(map(json.dumps, ROWS)).encode(), "rows")


def of(title: str, author: str | None, isbn13: str) -> Book:
    return Book(title, (author,) if author else (), edition=Edition(isbn13))


@pytest.mark.parametrize(
    ("book", "known"),
    [
        (of("Pride and Prejudice", "Jane Austen", "9780141439518"), None),
        (of("Pride & Prejudice: A Novel", "Austen", "9780141439518"), None),
        (of("Pride and Prejudice", None, "9780141439518"), None),
        (of("Pride and Prejudice", "Jane Austen", "9780141439587"), "Emma"),
        (of("It", "Stephen King", "9780718195083"), "It"),
        (of("It", None, "9780718195083"), None),
        (of("The Lord of the Rings", "J.R.R. Tolkien", "9780547928210"), None),
        (of("Deep Work", "Cal Newport", "9780306406157"), "Untitled Notebook"),
        (of("Deep Work", "Cal Newport", "9781455586691"), None),
        (of("", None, "9780141439587"), None),
        (Book("Emma", ("Jane Austen",)), None),
        (Book("Emma", ("Jane Austen",), edition=Edition(asin="B00L9B7IKE")), None),
    ],
    ids=str,
)
def test_a_number_is_held_against_the_catalogue(book: Book, known: str | None) -> None:
    found = contradicted(book, CATALOGUE)
    assert (found and found.title) == known
