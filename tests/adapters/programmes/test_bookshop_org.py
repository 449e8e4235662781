"""Bookshop.org's links: read by their forms, tagged by ISBN-13 alone, ruled by its own pack."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.programmes.amazon import Amazon
from adapters.programmes.bookshop_org import BookshopOrg
from adapters.programmes.bookshop_org.reading import HOSTS
from service.model import Book, Edition
from tests.growth import assert_linear

SHOP = BookshopOrg()
IDS = {"bookshop.org": "12345"}
ISBN = "9780201633610"
MINE = f"https://bookshop.org/a/12345/{ISBN}"
_TABLE = Path(__file__).parents[3] / "adapters/programmes/bookshop_org/forms.tsv"
FORMS = [row.split("\t") for row in _TABLE.read_text(encoding="utf-8").splitlines()[1:]]


def tagged(url: str, ids: dict[str, str] = IDS) -> str | None:
    link = SHOP.read(url)
    return SHOP.tagged(link, ids) if link else None


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row[1])
def test_every_form_in_the_table_is_what_it_says(row: list[str]) -> None:
    kind, _, example, source = row
    link = SHOP.read(example)
    assert link is not None
    assert link.kind == kind
    assert link.isbn13 == (ISBN if kind == "product" else None)
    assert source


@pytest.mark.parametrize(
    "url",
    [
        f"https://bookshop.org/a/999/{ISBN}",
        f"https://www.bookshop.org/book/{ISBN}?affiliate=999&utm_source=x",
        f"//bookshop.org/p/books/a-slug/8339063?ean={ISBN}&amp;next=t",
        f"http://BOOKSHOP.org:80/books/a-slug/{ISBN}.",
        f"https://bookshop.org./p/books/a-slug/625018d0518991aa?next=t&ean={ISBN}#x",
    ],
)
def test_a_book_is_linked_with_the_bloggers_id_and_nobody_elses(url: str) -> None:
    assert tagged(url) == MINE
    assert tagged(MINE) == MINE


@pytest.mark.parametrize(
    "url",
    [
        "https://bookshop.org/lists/some-list?affiliate=999",
        "https://bookshop.org/shop/someone",
        "https://bookshop.org/search?keywords=birds",
        "https://bookshop.org/p/books/a-slug/8339063",
        f"https://bookshop.org/books/a-slug/{ISBN[:-1]}1",
        f"https://uk.bookshop.org/book/{ISBN}",
        "https://bookshop.org/a/999/gift_cards",
    ],
)
def test_other_pages_and_other_marketplaces_are_not_tagged(url: str) -> None:
    link = SHOP.read(url)
    assert link is not None
    assert SHOP.tagged(link, IDS) is None


@pytest.mark.parametrize(
    "url",
    [
        f"https://bookshop.org.evil.example/a/999/{ISBN}",
        f"https://notbookshop.org/a/999/{ISBN}",
        f"https://bookshop.org@evil.example/a/999/{ISBN}",
        f"https://evil.example\\@bookshop.org/a/999/{ISBN}",
        f"https://support.bookshop.org/a/999/{ISBN}",
        f"https://images.bookshop.org/{ISBN}.jpg",
        f"https://evil.example/?u=https://bookshop.org/a/999/{ISBN}",
        f"https://bооkshop.org/a/999/{ISBN}",
        "mailto:someone@bookshop.org",
        "",
    ],
)
def test_other_hosts_are_not_the_shop(url: str) -> None:
    assert SHOP.read(url) is None


def test_the_tag_of_a_link_is_read_and_its_plain_address_known() -> None:
    link = SHOP.read(f"https://bookshop.org/a/999/{ISBN}")
    assert link is not None
    assert (link.tag, link.canonical) == ("999", f"https://bookshop.org/book/{ISBN}")
    assert SHOP.read(link.canonical or "").tag is None  # type: ignore[union-attr]


@given(st.text() | st.from_regex(r"(https?:)?//[a-z.]{0,12}bookshop\.org[ -~]{0,40}"))
def test_no_url_makes_it_fail_and_tagging_is_a_fixed_point(url: str) -> None:
    mine = tagged(url, dict.fromkeys(HOSTS.values(), "7"))
    if mine is not None:
        assert tagged(mine, dict.fromkeys(HOSTS.values(), "7")) == mine


@pytest.mark.parametrize("piece", ["a/", "&amp;", "%25", ")", "&ean=9"])
def test_long_urls_take_time_in_proportion(piece: str) -> None:
    assert_linear(SHOP.read, lambda size: "https://bookshop.org/?" + piece * size, 2_000)


@pytest.mark.parametrize(
    ("marketplace", "ids", "host"),
    [
        ("amazon.com", IDS, "bookshop.org"),
        ("amazon.co.uk", {**IDS, "uk.bookshop.org": "12345"}, "uk.bookshop.org"),
        ("amazon.co.uk", IDS, "bookshop.org"),
        ("amazon.de", {"uk.bookshop.org": "12345"}, "uk.bookshop.org"),
    ],
)
def test_a_new_link_leads_to_the_nearest_shop_with_an_id(
    marketplace: str, ids: dict[str, str], host: str
) -> None:
    book = Book("A Title", edition=Edition(ISBN))
    assert SHOP.link_for(book, marketplace, ids) == f"https://{host}/a/12345/{ISBN}"


def test_without_an_isbn_a_search_is_linked_and_without_an_id_nothing() -> None:
    book = Book("A Title & More", ("An Author",))
    assert SHOP.link_for(book, "amazon.com", IDS) == (
        "https://bookshop.org/search?keywords=A+Title+%26+More+An+Author"
    )
    assert SHOP.link_for(book, "amazon.com", {}) is None
    assert SHOP.link_for(Book(" "), "amazon.com", IDS) is None


@pytest.mark.parametrize(
    ("network", "verdict"),
    [
        ("own_site", "allowed"),
        ("email", "labelled"),
        ("bluesky", "labelled"),
        ("mastodon", "labelled"),
        ("direct_message", "post_link"),
    ],
)
def test_its_own_pack_rules_it(network: str, verdict: str) -> None:
    rule = SHOP.rule(network, ["bookshop.org"], "de")
    assert rule.verdict == verdict
    assert rule.label == "(bezahlter Link)"
    assert "Bookshop.org" in (rule.disclosure or "")
    assert rule.source
    assert rule.dated


def test_what_could_not_be_verified_is_said() -> None:
    assert "confirm this" in SHOP.rule("mastodon", ["bookshop.org"], None).why


def test_the_two_shops_never_read_each_others_links() -> None:
    assert Amazon().read(MINE) is None
    assert SHOP.read("https://www.amazon.com/dp/0201633612") is None
