"""Looking for lost links takes time in proportion to the text, whatever stands in it."""

import pytest

from service.find.language import language
from service.find.lost import lost_links
from service.find.reading import Reading, read
from service.model import Document, Finding
from service.resolve.ties import tied
from tests.find.shops import Shop
from tests.growth import assert_linear

UNITS = [
    "click here to buy it here ",
    "(Amazon ",
    "A-A and Amazon, ",
    "buy the new book’s ",
    "[link ",
]


def look(reading: Reading) -> None:
    list(lost_links(reading, language("en"), (Shop(),)))


@pytest.mark.parametrize("unit", UNITS)
def test_a_line_of_calls_and_half_calls_is_read_in_linear_time(unit: str) -> None:
    look(read(Document(unit, "text")))
    assert_linear(look, lambda size: read(Document(unit * size + "x!", "text")), 60)


def test_many_books_and_calls_are_tied_in_linear_time() -> None:
    unit = "<h2>One Title</h2><p>Buy it on Amazon</p>\n"

    def made(size: int) -> tuple[list[Finding], list[Finding], Document]:
        books, calls = [], []
        for place in range(0, size * len(unit), len(unit)):
            title = f"Title {place}"
            books.append(
                Finding("book_mention", place + 4, place + 13, "", 0.9, "link", title=title)
            )
            calls.append(Finding("book_link", place + 21, place + 37, "", 0.9, "suggest"))
        return calls, books, Document(unit * size)

    assert len(tied(made(9)[0], made(9)[1], [], made(9)[2])) == 9
    assert_linear(lambda given: tied(given[0], given[1], [], given[2]), made, 60)
