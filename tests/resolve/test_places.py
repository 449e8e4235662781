"""Where a post names and links books, and what its links teach."""

from pathlib import Path

import pytest

from adapters.programmes.amazon import Amazon
from service.find import find
from service.model import Document, Place
from service.resolve import open_catalogue, resolve
from service.resolve.places import places

ROWS = open_catalogue(Path(__file__).parent.parent / "data" / "resolve_catalogue.jsonl")
AMAZON = (Amazon(),)


def told(html: str) -> list[Place]:
    document = Document(html, "html", language="en")
    return list(places(resolve(find(document, AMAZON, ROWS), document, ROWS), document, AMAZON))


def url(asin: str) -> str:
    return f"https://www.amazon.com/dp/{asin}"


CASES: list[tuple[str, list[tuple[str, str | None, bool]]]] = [
    # the words of the link are the title
    (
        f'<p>The book <a href="{url("0306406152")}"><em>The Slow Shed</em></a> by Ann Hill.</p>',
        [("slow shed", "0306406152", True)],
    ),
    # the title stands beside a link that says only where to buy
    (
        "<p>I read the book <em>The Slow Shed</em> by Ann Hill. "
        f'<a href="{url("0306406152")}">Buy it on Amazon</a></p>',
        [("slow shed", None, False), ("slow shed", "0306406152", True)],
    ),
    # the number is one that the catalogue knows
    (
        f'<p>It is <a href="{url("0385480016")}">here</a>.</p>',
        [("bird by bird", "0385480016", True)],
    ),
    # a book by its number alone
    (f'<p>It is <a href="{url("0306406152")}">here</a>.</p>', [("", "0306406152", True)]),
    # which of two books is meant, nobody can say
    (
        "<p>I read the books <em>The Slow Shed</em> by Ann Hill and <em>The Art of Rest</em> by "
        f'Jane Tallow. <a href="{url("0306406152")}">Amazon</a></p>',
        [("slow shed", None, False), ("art of rest", None, False), ("", "0306406152", True)],
    ),
    # no book
    (f'<p>My lamp is <a href="{url("B00LAMP123")}">this one</a>.</p>', []),
    ('<p>See <a href="https://www.amazon.com/gp/help/customer">the help</a>.</p>', []),
    # only named
    (
        "<p>I read the book <em>Deep Work</em> by Cal Newport.</p>",
        [("deep work", "1455586692", False)],
    ),
    ("<p>ISBN 978-0-385-48001-7</p>", [("bird by bird", None, False)]),
]


@pytest.mark.parametrize(("html", "expected"), CASES)
def test_places_of_a_post(html: str, expected: list[tuple[str, str | None, bool]]) -> None:
    found = told(html)
    assert [
        (each.key, each.book.edition.asin if each.book.edition else None, each.url is not None)
        for each in found
    ] == expected


def test_a_book_named_again_and_again_is_told_once() -> None:
    again = "<p>I read the book <em>Deep Work</em> by Cal Newport.</p>" * 5
    assert len(told(again)) == 1
