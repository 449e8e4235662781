"""The sieve in front of everything: it hides no shop link, however its host is spelt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.charset import decode, offsets
from service.find import shop_links, shop_links_in_bytes
from service.find.hints import hints, hints_in_bytes
from service.find.links import _finding
from service.markup import link_tags
from service.model import Document, Finding
from tests.find.shops import Shop
from tests.growth import assert_linear

HOSTS = frozenset(("amazon.", "a.co/", "shop", ".example"))
URL = "https://www.amazon.com/dp/0385480016"
AROUND = (
    '<p>|</p>|<!--|-->|<script>|</script>|<svg>|</svg>|<b title="|">|\'|"|text|amazon.|&#x27;|'
    "é|”|<a href=/|<img src=https://amazon.com/|&amp;|</a>| |\n|<title>|</title>"
).split("|")


def spelt(character: str) -> st.SearchStrategy[str]:
    """The ways to write a character in an attribute's value."""
    code = ord(character)
    plain = st.sampled_from((character, character, character, character.swapcase()))
    rare = [f"&#{code};", f"&#0{code};", f"&#x{code:x};", f"&#X0{code:X};", f"&#1;{character}"]
    named = {".": "&period;", "/": "&sol;", ":": "&colon;"}.get(character)
    return st.one_of(plain, plain, st.sampled_from([*rare, *([named] if named else [])]))


LINK = st.tuples(
    st.sampled_from(("<a href='{}'>", '<a\nclass=x HREF = "{}">', "<area href={}>", "<a {} href>")),
    st.tuples(*map(spelt, URL)).map("".join),
).map(lambda parts: parts[0].format(parts[1]))
PAGE = st.lists(st.one_of(st.sampled_from(AROUND), LINK), max_size=12).map("".join)


def the_long_way(source: str) -> list[Finding]:
    """The shop links among all links."""
    found = []
    for tag in link_tags(source):
        href = tag.attribute("href")
        url = href.value.strip() if href else ""
        link = Shop().read(url) if any(host in url.lower() for host in Shop.hosts) else None
        if href and link:
            span = (href.value_start, href.value_end)
            found.append(_finding(source[slice(*span)], *span, link, ""))
    return found


@given(PAGE)
def test_no_link_is_hidden_by_the_sieve(source: str) -> None:
    assert list(shop_links(Document(source), (Shop(),))) == the_long_way(source)


@given(PAGE, st.sampled_from(("utf-8", "cp1252")), st.sampled_from(("", "<meta charset=latin1>")))
def test_links_found_in_bytes_are_those_of_the_text(page: str, encoding: str, head: str) -> None:
    data = (head + page).encode(encoding)
    found = shop_links_in_bytes(data, (Shop(),))
    if found is None:
        return
    starts = offsets(data, [each.start for each in found[1]])
    there = list(shop_links(Document(decode(data).text), (Shop(),)))
    assert [each.text for each in found[1]] == [each.text for each in there]
    assert [each.url for each in found[1]] == [each.url for each in there]
    assert starts is None or starts == [each.start for each in there]


@pytest.mark.parametrize(
    "data",
    [
        "<a href='https://www.amazon.com/dp/0385480016?é'>".encode(),
        "<a href='https://www.amazon.com/dp/0385480016'>".encode("utf-16"),
        b"<meta charset=iso-2022-jp><a href='https://www.ama\x1b(Bzon.com/dp/0385480016'>",
    ],
)
def test_where_decoding_matters_bytes_tell_nothing(data: bytes) -> None:
    assert shop_links_in_bytes(data, (Shop(),)) is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("see A.CO/d and the.example of a SHOP", [4, 18, 32]),
        ("amazon and example, a.com, &#8217; &amp; &#x2019; &#38;", []),
        ("&#46; &#x2e &period; &#1;", [0, 6, 12, 21]),
    ],
)
def test_hints_are_few(source: str, expected: list[int]) -> None:
    assert hints(source, HOSTS) == expected
    assert hints_in_bytes(source.encode("latin-1"), HOSTS) == expected


NAMES = st.frozensets(st.text("abz.", min_size=1, max_size=6), min_size=1, max_size=4)


@given(NAMES, st.text("abzABZ.", max_size=60), st.sampled_from((1, 5, 1 << 20)))
def test_no_place_of_a_host_is_missed(hosts: frozenset[str], source: str, stretch: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("service.find.hints._STRETCH", stretch)
        found = hints(source, hosts)
    lowered = source.lower()
    for host in hosts:
        for place in range(len(source)):
            if lowered.startswith(host, place):
                assert any(place <= each < place + len(host) for each in found)


@pytest.mark.parametrize(
    "piece", "&#|.|amazon.|&#0|a.c|&|&#x0|<a href='amazon.|<a amazon. |k.".split("|")
)
def test_hostile_pages_take_time_in_proportion(piece: str) -> None:
    def look(source: str) -> None:
        list(shop_links(Document(source), (Shop(),)))

    assert_linear(look, lambda size: piece * size, 2_000)
