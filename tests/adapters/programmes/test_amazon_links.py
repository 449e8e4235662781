"""Amazon's link grammar and tagging, on real and odd URLs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.programmes.amazon import MARKETPLACES, Amazon
from adapters.programmes.amazon.marketplaces import HOSTS, marketplace_of
from adapters.programmes.amazon.reading import affiliate, read
from adapters.programmes.amazon.tables import rows
from service.model import Book, Edition
from tests.growth import assert_linear

DATA = Path(__file__).parents[2] / "data"
IDS = {"amazon.com": "example-20", "amazon.de": "example-21"}
FORM_IDS = {
    "amazon.com": "example-20",
    "amazon.co.uk": "example-21",
    "amazon.de": "example0d-21",
    "amazon.co.jp": "example-22",
}
AMAZON = Amazon()


def vectors(name: str) -> list[dict[str, Any]]:
    with (DATA / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


REAL = vectors("amazon_urls.jsonl")
FORMS = vectors("amazon_forms.jsonl")


def by_form(case: dict[str, Any]) -> str:
    return str(case["form"])


def tagged(url: str, ids: dict[str, str]) -> str | None:
    link = AMAZON.read(url)
    return AMAZON.tagged(link, ids) if link else None


def test_every_real_href_is_read_as_expected() -> None:
    wrong = []
    for case in REAL:
        link = AMAZON.read(case["url"])
        read_as = (link.kind, link.marketplace, link.asin, link.isbn13) if link else None
        expected = tuple(case[key] for key in ("kind", "marketplace", "asin", "isbn13"))
        if read_as != (None if case["kind"] == "not_amazon" else expected):
            wrong.append((case["url"], read_as))
    assert not wrong


def test_every_real_href_is_tagged_as_expected() -> None:
    wrong = [
        (case["url"], found)
        for case in REAL
        if (found := tagged(case["url"], IDS)) != case["affiliate_url"]
    ]
    assert not wrong


@pytest.mark.parametrize("case", FORMS, ids=by_form)
def test_every_form_is_read(case: dict[str, Any]) -> None:
    link = AMAZON.read(case["url"])
    if case["kind"] == "not_amazon":
        assert link is None
        return
    assert link is not None
    said = {name: getattr(link, name) for name in case if hasattr(link, name)}
    assert said == {name: case[name] for name in said}


@pytest.mark.parametrize("case", FORMS, ids=by_form)
def test_every_form_is_tagged(case: dict[str, Any]) -> None:
    assert tagged(case["url"], FORM_IDS) == case["affiliate_url"]


@pytest.mark.parametrize(("cases", "ids"), [(REAL, IDS), (FORMS, FORM_IDS)], ids=["real", "forms"])
def test_tagging_what_is_tagged_changes_nothing(
    cases: list[dict[str, Any]], ids: dict[str, str]
) -> None:
    for case in cases:
        mine = case["affiliate_url"]
        if mine is None:
            continue
        link, again = AMAZON.read(case["url"]), AMAZON.read(mine)
        assert link is not None
        assert again is not None
        assert AMAZON.tagged(again, ids) == mine
        assert again.canonical == link.canonical
        assert again.tag == ids[again.marketplace or ""]


@pytest.mark.parametrize("row", list(rows("forms.tsv")), ids=lambda row: row[2])
def test_every_form_in_the_table_is_what_it_says(row: list[str]) -> None:
    kind, page, _, example, source = row
    reading = read(example)
    assert reading is not None
    assert reading.kind == kind
    assert reading.taggable == (page != "private")
    assert source


@pytest.mark.parametrize("row", list(rows("redirects.tsv")), ids=lambda row: f"{row[0]}?{row[1]}")
def test_every_redirect_in_the_table_leads_to_its_product(row: list[str]) -> None:
    reading = read(row[2])
    assert reading is not None
    assert reading.asin == "0201633612"


@pytest.mark.parametrize("marketplace", MARKETPLACES)
def test_a_tracking_id_stays_in_its_own_marketplace(marketplace: str) -> None:
    url = f"https://www.{marketplace}/dp/0201633612?tag=other-20"
    assert tagged(url, {marketplace: "mine-99"}) == (
        f"https://www.{marketplace}/dp/0201633612?tag=mine-99"
    )
    others = {each: "mine-99" for each in MARKETPLACES if each != marketplace}
    assert tagged(url, others) is None


@pytest.mark.parametrize(
    ("spelling", "marketplace"),
    [
        ("com", "amazon.com"),
        ("co.uk", "amazon.co.uk"),
        ("uk", "amazon.co.uk"),
        ("de", "amazon.de"),
        ("jp", "amazon.co.jp"),
        ("amazon.com.au", "amazon.com.au"),
        ("au", "amazon.com.au"),
        ("WWW.Amazon.DE", "amazon.de"),
        ("xx", None),
        ("", None),
        ("evil.example", None),
    ],
)
def test_marketplaces_are_known_by_domain_and_suffix(
    spelling: str, marketplace: str | None
) -> None:
    assert marketplace_of(spelling) == marketplace


ANY_URL = st.one_of(
    st.text(),
    st.sampled_from([case["url"] for case in REAL]).flatmap(
        lambda url: st.tuples(st.integers(0, len(url)), st.text(max_size=6)).map(
            lambda cut: url[: cut[0]] + cut[1] + url[cut[0] :]
        )
    ),
    st.from_regex(r"https?://(www\.)?amazon\.(com|de|co\.uk)/[ -~]{0,60}", fullmatch=True),
)


@given(ANY_URL)
def test_no_url_makes_it_fail_and_tagging_is_a_fixed_point(url: str) -> None:
    reading = read(url)
    if reading is None:
        return
    ids = dict.fromkeys(MARKETPLACES, "mine-20")
    mine = affiliate(reading, ids)
    if mine is not None:
        again = read(mine)
        assert again is not None
        assert affiliate(again, ids) == mine
        assert again.tag == "mine-20"
        assert again.asin == reading.asin


HOST = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,24}[a-z0-9])?", fullmatch=True)


@given(
    st.one_of(
        HOST,
        HOST.map(lambda host: f"www.amazon.com.{host}"),
        HOST.map(lambda host: f"{host}amazon.com"),
        HOST.map(lambda host: f"amazon.com@{host}"),
    ),
    st.sampled_from(["/dp/0201633612", "/", "?tag=x-20", "/exec/obidos/ASIN/0201633612/x-20"]),
)
def test_no_url_of_another_host_is_amazons(host: str, rest: str) -> None:
    if host in HOSTS:
        return
    assert tagged(f"https://{host}{rest}", dict.fromkeys(MARKETPLACES, "mine-20")) is None


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        ("https://www.amazon.com/", "d/"),
        ("https://www.amazon.com/", "a"),
        ("https://www.amazon.com/dp/", "-"),
        ("https://www.amazon.com/s?", "tag=x-20&"),
        ("https://www.amazon.com/dp/0201633612/", "a-"),
        ("https://www.amazon.com/dp/0201633612", ")"),
        ("https://www.amazon.com/dp/0201633612?", "&amp;"),
        ("https://www.amazon.com/", "%25"),
        ("https%3A%2F%2Fwww.amazon.com", "%2F"),
        ("https://www.amazon.com/gp/redirect.html?location=", "%2525"),
        ("https://", "a."),
        ("&#", "1"),
    ],
    ids=range(12),
)
def test_long_urls_take_time_in_proportion(head: str, piece: str) -> None:
    assert_linear(read, lambda size: head + piece * size, 60_000)


def test_a_book_with_an_edition_is_linked_to_its_page() -> None:
    book = Book("A Title", ("An Author",), edition=Edition("9780201633610", "0201633612"))
    assert AMAZON.link_for(book, "amazon.com", IDS) == (
        "https://www.amazon.com/dp/0201633612?tag=example-20"
    )
    isbn13 = Book("A Title", edition=Edition("9780201633610"))
    assert AMAZON.link_for(isbn13, "amazon.de", IDS) == (
        "https://www.amazon.de/dp/0201633612?tag=example-21"
    )


@pytest.mark.parametrize("edition", [None, Edition("9791032305690")], ids=["unknown", "979"])
def test_a_book_without_an_isbn10_is_linked_to_a_search(edition: Edition | None) -> None:
    book = Book("Über Züge & Co.", ("An Author", "Another"), edition=edition)
    assert AMAZON.link_for(book, "amazon.de", IDS) == (
        "https://www.amazon.de/s?k=%C3%9Cber+Z%C3%BCge+%26+Co.+An+Author&i=stripbooks&tag=example-21"
    )


def test_no_link_is_made_without_a_tracking_id_or_without_a_book() -> None:
    assert AMAZON.link_for(Book("A Title"), "amazon.fr", IDS) is None
    assert AMAZON.link_for(Book(" "), "amazon.com", IDS) is None


def test_every_shop_url_passes_the_sieve() -> None:
    for case in (*REAL, *FORMS):
        url = re.sub(r"%(25)*2f", "/", case["url"].lower())
        if case["kind"] != "not_amazon":
            assert any(host in url for host in Amazon.hosts), case["url"]
