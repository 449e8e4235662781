"""Calls to buy without a link, from the words of a post to the book they mean."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.lost_links.measure import CASES, judged, lost_links
from service import pipeline
from service.model import Document
from service.plugins import programmes
from service.shops import Shops

ROWS = [json.loads(line) for line in Path(CASES).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_call_is_tied_to_the_book_it_means_or_left_alone(row: dict[str, Any]) -> None:
    assert judged(row, lost_links(row)) == ("abstained" if row.get("abstains") else "right")


def linked(source: str, media: Any = "html") -> str:
    document = Document(source, media)
    shops = programmes()
    found = pipeline.scan(document, programmes=shops, catalogue=pipeline.catalogue())
    ids = {"amazon": {"amazon.com": "me-20"}}
    return pipeline.apply(pipeline.rewrite(document, found, Shops(shops, ids))[0])


BOOK = "<p>I loved the book <em>Deep Work</em> by Cal Newport.</p>\n"
PAGE = "https://www.amazon.com/dp/1455586692?tag=me-20"
REL = 'rel="sponsored nofollow noopener"'
DEAD = [
    ("<a href='#'>Buy it on Amazon</a>", f"<a href='{PAGE}' {REL}>Buy it on Amazon</a>"),
    ('<a href="">Buy it on Amazon</a>', f'<a href="{PAGE}" {REL}>Buy it on Amazon</a>'),
    ("<a>Buy it on Amazon</a>", f'<a href="{PAGE}" {REL}>Buy it on Amazon</a>'),
    ("<a href>Buy it on Amazon</a>", f'<a href="{PAGE}" {REL}>Buy it on Amazon</a>'),
    (
        '<a href="javascript:void(0)" rel="sponsored">Buy <b>it</b> on Amazon</a>',
        f'<a href="{PAGE}" rel="sponsored nofollow noopener">Buy <b>it</b> on Amazon</a>',
    ),
    (
        '<a class="b" href=#><img src="b.png" alt="Buy on Amazon"></a>',
        f'<a class="b" href={PAGE} {REL}><img src="b.png" alt="Buy on Amazon"></a>',
    ),
]


@pytest.mark.parametrize(("before", "after"), DEAD)
def test_a_dead_link_gets_the_books_address_and_keeps_its_words(before: str, after: str) -> None:
    assert linked(f"{BOOK}<p>{before}</p>").endswith(f"<p>{after}</p>")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[Buy it on Amazon](#)", f"[Buy it on Amazon]({PAGE})"),
        ("[Buy it on Amazon]()", f"[Buy it on Amazon]({PAGE})"),
        ('[**Buy it** on Amazon](LINK "t")', f'[**Buy it** on Amazon]({PAGE} "t")'),
        ("Buy it on Amazon.", f"[Buy it on Amazon]({PAGE})."),
    ],
)
def test_a_dead_link_of_markdown_gets_the_books_address(before: str, after: str) -> None:
    book = "I loved the book *Deep Work* by Cal Newport.\n\n"
    assert linked(book + before, "markdown").endswith(after)
