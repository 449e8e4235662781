"""Shop links and printed ISBNs."""

import csv
from pathlib import Path

import pytest

from service.find import find
from service.model import Document, Finding, Media
from tests.find.shops import Shop

ISBNS = Path(__file__).parent.parent / "data" / "find_isbns.csv"


def links(source: str, media: Media = "html") -> list[Finding]:
    return [each for each in find(Document(source, media), (Shop(),)) if each.kind == "amazon_link"]


def test_the_span_of_a_link_is_its_url_as_written() -> None:
    source = (
        "<p><a class=x href='https://www.amazon.com/dp/0385480016?a=1&amp;b=2'>Bird by Bird</a>"
    )
    (link,) = links(source)
    assert source[link.start : link.end] == "https://www.amazon.com/dp/0385480016?a=1&amp;b=2"
    assert link.url == "https://www.amazon.com/dp/0385480016?a=1&b=2"
    assert (link.decision, link.isbn13, link.title) == ("rewrite", "9780385480017", "Bird by Bird")


def test_a_short_link_is_kept_and_says_why() -> None:
    (link,) = links("<a href='https://amzn.to/3abc'>here on Amazon</a>")
    assert link.decision == "keep"
    assert "short" in link.why[0]
    assert link.title is None


@pytest.mark.parametrize(
    ("media", "source"),
    [
        ("text", "Get it (https://www.amazon.com/dp/0385480016)."),
        ("markdown", "Get [Bird by Bird](https://www.amazon.com/dp/0385480016)."),
        ("markdown", "Get <https://www.amazon.com/dp/0385480016>."),
    ],
)
def test_bare_urls_are_links_in_text_and_markdown(media: Media, source: str) -> None:
    (link,) = links(source, media)
    assert link.text == "https://www.amazon.com/dp/0385480016"


def test_links_of_other_hosts_and_in_comments_are_left_alone() -> None:
    assert not links(
        "<!-- <a href='https://www.amazon.com/dp/0385480016'>x</a> --><a href='/b'>y</a>"
    )


def rows() -> list[dict[str, str]]:
    with ISBNS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["why"])
def test_an_isbn_counts_only_with_its_check_digit(row: dict[str, str]) -> None:
    found = [each for each in find(Document(row["text"], "text"), ()) if each.kind == "isbn"]
    assert [each.isbn13 for each in found] == ([row["isbn13"]] if row["isbn13"] else [])


def test_an_isbn_in_code_or_an_address_is_none() -> None:
    source = "<p><code>ISBN 9780385480017</code> https://example.com/9780385480017/</p>"
    assert not [each for each in find(Document(source), ()) if each.kind == "isbn"]
