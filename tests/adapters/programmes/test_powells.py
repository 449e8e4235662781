"""Powell's links: read by their forms, tagged by ISBN-13 alone, ruled by its own pack."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.programmes.powells import Powells
from service.model import Book, Edition
from tests.growth import assert_linear

SHOP = Powells()
IDS = {"powells.com": "33333"}
ISBN = "9780201633610"
MINE = f"https://www.powells.com/partner/33333/biblio/{ISBN}"
_TABLE = Path(__file__).parents[3] / "adapters/programmes/powells/forms.tsv"
FORMS = [row.split("\t") for row in _TABLE.read_text(encoding="utf-8").splitlines()[1:]]


def tagged(url: str, ids: dict[str, str] = IDS) -> str | None:
    link = SHOP.read(url)
    return SHOP.tagged(link, ids) if link else None


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row[1])
def test_every_form_in_the_table_names_the_book(row: list[str]) -> None:
    kind, _, example, source = row
    link = SHOP.read(example)
    assert link is not None
    assert (link.kind, link.isbn13, link.isbn10) == (kind, ISBN, "0201633612")
    assert tagged(example) == MINE
    assert tagged(MINE) == MINE
    assert source


@pytest.mark.parametrize(
    ("url", "tag"),
    [
        (f"https://www.powells.com/partner/999/biblio/{ISBN}", "999"),
        (f"https://www.powells.com/biblio/{ISBN}?&PID=32442", "32442"),
        (f"https://www.powells.com/book/-{ISBN}?partnerID=77", "77"),
        (f"https://www.powells.com/book/-{ISBN}", None),
    ],
)
def test_whose_link_it_is_is_told(url: str, tag: str | None) -> None:
    link = SHOP.read(url)
    assert link is not None
    assert link.tag == tag


@pytest.mark.parametrize(
    "url",
    [
        "https://www.powells.com/",
        "https://www.powells.com/staff-picks",
        "https://www.powells.com/biblio/9780201633611",
        "https://www.powells.com/book/a-slug-without-number",
    ],
)
def test_other_pages_stay(url: str) -> None:
    assert tagged(url) is None


@pytest.mark.parametrize(
    "url",
    [
        f"https://powells.com.evil.example/biblio/{ISBN}",
        f"https://notpowells.com/biblio/{ISBN}",
        f"https://www.powells.com@evil.example/biblio/{ISBN}",
    ],
)
def test_other_hosts_are_nobodys_links(url: str) -> None:
    assert SHOP.read(url) is None


def test_a_book_is_linked_by_its_isbn_alone() -> None:
    assert SHOP.link_for(Book("Title", edition=Edition(ISBN)), "amazon.com", IDS) == MINE
    assert SHOP.link_for(Book("Title"), "amazon.com", IDS) is None
    assert SHOP.link_for(Book("Title", edition=Edition(ISBN)), "amazon.com", {}) is None


def test_beyond_the_bloggers_own_site_its_rules_are_cautious() -> None:
    assert SHOP.rule("own_site", ["powells.com"], None).verdict == "allowed"
    assert SHOP.rule("email", ["powells.com"], None).verdict == "post_link"
    assert SHOP.rule("bluesky", ["powells.com"], None).verdict == "post_link"


@given(st.text() | st.from_regex(r"https://www\.powells\.com/[a-z0-9/?&=%_.-]{0,60}"))
def test_tagging_never_fails_and_is_a_fixed_point(url: str) -> None:
    once = tagged(url)
    if once is not None:
        assert tagged(once) == once


@pytest.mark.parametrize("piece", ["/", "a", "1-", "%2F", "&pid=", "?"])
def test_long_links_take_time_in_proportion(piece: str) -> None:
    assert_linear(tagged, lambda size: "https://www.powells.com/book/" + piece * size, 500)
