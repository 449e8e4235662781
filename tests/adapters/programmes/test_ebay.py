"""eBay's links: read by their forms, tagged with the campaign's id, ruled by its own pack."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.programmes.amazon import Amazon
from adapters.programmes.ebay import Ebay
from adapters.programmes.ebay.reading import ROTATIONS
from service.model import Book, Edition
from tests.growth import assert_linear

SHOP = Ebay()
IDS = {"ebay.com": "5331234567", "ebay.co.uk": "5337654321"}
ISBN = "9780201633610"
MINE = "mkevt=1&mkcid=1&mkrid=711-53200-19255-0&campid=5331234567&toolid=10001"
_TABLE = Path(__file__).parents[3] / "adapters/programmes/ebay/forms.tsv"
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
    assert source


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://www.ebay.com/itm/235671234567?hash=item36:g:a&amdata=enc%3AAQ&var=5&campid=1",
            f"https://www.ebay.com/itm/235671234567?var=5&{MINE}",
        ),
        ("//m.ebay.com/itm/235671234567.", f"https://www.ebay.com/itm/235671234567?{MINE}"),
        (
            "https://rover.ebay.com/rover/1/705-53470-19255-0/1?campid=5330000001&mpre="
            "https%3A%2F%2Fwww.ebay.com%2Fitm%2F235671234567",
            f"https://www.ebay.com/itm/235671234567?{MINE}",
        ),
        (
            "https://www.ebay.com/itm/A%2FB/235671234567",
            f"https://www.ebay.com/itm/A%2FB/235671234567?{MINE}",
        ),
        (
            "https://www.ebay.com/sch/i.html?_nkw=\ud800x",
            f"https://www.ebay.com/sch/i.html?_nkw=%3Fx&{MINE}",
        ),
        (
            f"http://EBAY.com:80/sch/i.html?_nkw={ISBN}&amp;LH_BIN=1&_trksid=p1&_from=R40",
            f"https://www.ebay.com/sch/i.html?_nkw={ISBN}&LH_BIN=1&{MINE}",
        ),
    ],
)
def test_a_page_keeps_what_changes_it_and_nobody_elses_tracking(url: str, expected: str) -> None:
    assert tagged(url) == expected
    assert tagged(expected) == expected


@pytest.mark.parametrize("market", ROTATIONS)
def test_each_marketplace_is_tagged_with_its_own_rotation_id_and_campaign(market: str) -> None:
    ours = tagged(f"https://www.{market}/itm/235671234567", {market: "5330000001"})
    assert ours is not None
    assert f"mkrid={ROTATIONS[market]}&campid=5330000001" in ours
    others = {each: "5330000001" for each in ROTATIONS if each != market}
    assert tagged(f"https://www.{market}/itm/235671234567", others) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://ebay.com.evil.example/itm/235671234567",
        "https://notebay.com/itm/235671234567",
        "https://ebay.com@evil.example/itm/235671234567",
        "https://i.ebayimg.com/itm/235671234567",
        "https://community.ebay.com/itm/235671234567",
        "https://pages.ebay.com/sch/i.html?_nkw=x",
        "https://evil.example/?u=https://www.ebay.com/itm/235671234567",
    ],
)
def test_other_hosts_are_nobodys_links(url: str) -> None:
    assert SHOP.read(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.ebay.com/help/home",
        "https://www.ebay.com/myb/Summary",
        "https://www.ebay.com/",
        "https://ebay.us/AbC123",
        "https://rover.ebay.com/rover/1/711-53200-19255-0/1?mpre=https%3A%2F%2Fevil.example%2F",
    ],
)
def test_pages_that_sell_nothing_and_short_links_stay(url: str) -> None:
    assert tagged(url) is None


def test_a_search_for_an_isbn_names_the_book() -> None:
    link = SHOP.read(f"https://www.ebay.de/sch/i.html?_nkw={ISBN}")
    assert link is not None
    assert (link.isbn13, link.marketplace) == (ISBN, "ebay.de")


@pytest.mark.parametrize(
    ("book", "words"),
    [
        (Book("Design Patterns", ("Erich Gamma",), edition=Edition(ISBN)), ISBN),
        (Book("Design Patterns", ("Erich Gamma",)), "Design+Patterns+Erich+Gamma"),
    ],
)
def test_a_book_is_linked_to_what_is_on_offer_at_the_readers_ebay(book: Book, words: str) -> None:
    british = SHOP.link_for(book, "amazon.co.uk", IDS)
    assert british is not None
    assert british.startswith(f"https://www.ebay.co.uk/sch/i.html?_nkw={words}&_sacat=267&mkevt=1")
    assert "campid=5337654321" in british
    assert tagged(british) == british
    assert SHOP.link_for(book, "amazon.de", IDS) is None


@pytest.mark.parametrize(
    ("network", "verdict"),
    [("own_site", "allowed"), ("email", "post_link"), ("mastodon", "labelled")],
)
def test_its_rules_are_its_own(network: str, verdict: str) -> None:
    rule = SHOP.rule(network, ["ebay.com"], None)
    assert rule.verdict == verdict
    assert "eBay" in (rule.disclosure or "")
    assert "https://partnernetwork.ebay." in (rule.source or "")


@given(st.text() | st.from_regex(r"https://(www\.)?ebay\.(com|de)/[a-z0-9/?&=%_.-]{0,60}"))
def test_tagging_never_fails_and_is_a_fixed_point(url: str) -> None:
    once = tagged(url, dict.fromkeys(ROTATIONS, "5330000001"))
    if once is not None:
        assert tagged(once, dict.fromkeys(ROTATIONS, "5330000001")) == once
        assert Amazon().read(once) is None


@pytest.mark.parametrize("piece", ["/", "a", "%2F", "&_nkw=a", "?", "&amp;"])
def test_long_links_take_time_in_proportion(piece: str) -> None:
    assert_linear(tagged, lambda size: "https://www.ebay.com/itm/1" + piece * size, 500)
