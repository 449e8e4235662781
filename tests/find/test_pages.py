"""Links to a book's own page: the words name the book, the address its number."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.find import find
from service.find.sites import book_page
from service.model import Document, Finding
from service.resolve import open_catalogue, resolve
from tests.find.shops import Shop
from tests.find.test_mentions import cases
from tests.resolve.test_resolve import ROWS


@pytest.mark.parametrize("case", cases("find_book_pages.jsonl"), ids=lambda case: case["url"])
def test_an_address_tells_the_book_of_its_page_or_is_of_none(case: dict[str, Any]) -> None:
    page = book_page(case["url"])
    if case.get("none"):
        assert page is None
        return
    assert page is not None
    assert page.isbn13 == case["isbn13"]
    assert all(page.is_titled(words) for words in case["titled"])
    assert not any(page.is_titled(words) for words in case["not"])


@given(st.text(max_size=80))
def test_any_text_may_be_asked_for_a_page(text: str) -> None:
    page = book_page(text)
    assert page is None or page.isbn13 or page.slugs
    page = book_page(f"https://www.goodreads.com/book/show/1-{text}")
    assert page is None or not page.is_titled("")


def mentions(source: str, media: Any = "html") -> list[Finding]:
    document = Document(source, media)
    found = resolve(find(document, (Shop(),)), document, open_catalogue(ROWS))
    return [each for each in found if each.kind == "book_mention"]


LINKED = [
    ("https://www.goodreads.com/book/show/25744928-the-slow-shed", "The Slow Shed", None),
    ("https://openlibrary.org/isbn/9783596181582", "The Slow Shed", "9783596181582"),
    (
        "https://publisher.example/p/the-slow-shed?isbn=9783596181582",
        "The Slow Shed",
        "9783596181582",
    ),
    ("https://www.amazon.com/dp/3596181585", "The Slow Shed", "9783596181582"),
]


@pytest.mark.parametrize(("url", "title", "isbn13"), LINKED)
@pytest.mark.parametrize("media", ["html", "markdown"])
def test_the_words_of_such_a_link_are_a_book_and_so_they_are_elsewhere(
    url: str, title: str, isbn13: str | None, media: str
) -> None:
    source = f'<p>Go and see <a href="{url}">{title}</a>.</p><p>I later gave {title} away.</p>'
    if media == "markdown":
        source = f"Go and see [{title}]({url}).\n\nI later gave {title} away.\n"
    there, elsewhere = mentions(source, media)
    assert (there.text, there.decision) == (title, "keep")
    assert (elsewhere.text, elsewhere.decision) == (title, "link")
    assert [each.isbn13 for each in (there, elsewhere)] == [isbn13, isbn13]


NONE = [
    '<a href="https://www.goodreads.com/book/show/25744928-deep-work">My review</a> is up.',
    '<a href="https://www.goodreads.com/user/show/5-ann-hill">Ann Hill</a> reads.',
    '<a href="https://www.imdb.com/title/tt0120824/">The Slow Shed</a> was dull.',
    '<a href="https://example.com/the-slow-shed">The Slow Shed</a> opens at nine.',
]


@pytest.mark.parametrize("source", NONE)
def test_other_links_make_no_book(source: str) -> None:
    assert not [each for each in mentions(f"<p>{source}</p>") if each.confidence >= 0.7]


def test_a_number_that_is_another_books_is_not_taken_for_the_one_named() -> None:
    source = (
        '<p>I read the book <a href="https://shop.example/isbn/9780385480017">Deep Work</a> by '
        "Cal Newport.</p>"
    )
    (mention,) = mentions(source)
    assert mention.isbn13 == "9781455586691"


def test_of_two_links_with_one_address_the_one_with_words_counts() -> None:
    link = '<a href="https://www.amazon.com/dp/3596181585">'
    source = f'<p>{link}<img src="c.jpg"></a></p><p>See {link}The Slow Shed</a>.</p>'
    source += f'<p>{link}<img src="c.jpg"></a></p>'
    assert [each.text for each in mentions(source)] == ["The Slow Shed"]
