"""Several shops in one post: each link by its own shop's rule, one book at two shops."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.programmes.amazon import Amazon
from adapters.programmes.bookshop_org import BookshopOrg
from service.model import Document, Finding, Media, OthersTags, Rewritten, Rule
from service.readable import Markup
from service.rewrite import apply, rewrite, undo
from tests.rewrite.found import shop_links, words
from tests.rewrite.test_fidelity import PAGES

ISBN = "9780201633610"
AMAZON, BOOKSHOP = Amazon(), BookshopOrg()
IDS: Mapping[str, Mapping[str, str]] = {
    "amazon": {"amazon.com": "example-20"},
    "bookshop_org": {"bookshop.org": "12345"},
}
REL = 'rel="sponsored nofollow noopener"'
FIRST = f'<a href="https://www.amazon.com/dp/0201633612?tag=example-20" {REL}>'
SECOND = f'<a href="https://bookshop.org/a/12345/{ISBN}" {REL}>Bookshop.org</a>'


def bookshop_links(source: str) -> list[Finding]:
    return [
        Finding("shop_link", *match.span(), match[0], 1.0, "rewrite", url=match[0])
        for match in re.finditer(r"https://bookshop\.org/[^\s\"<>]+", source)
    ]


def books(source: str, media: Media = "html") -> list[Finding]:
    found = words(source, "A Good Title", media=media)
    return [replace(each, isbn13=ISBN, isbn10="0201633612", asin="0201633612") for each in found]


def rewritten(
    source: str,
    findings: Sequence[Finding],
    *,
    media: Media = "html",
    network: str = "own_site",
    shops: Sequence[str] = ("amazon", "bookshop_org"),
    ids: Mapping[str, Mapping[str, str]] = IDS,
    others: OthersTags = "replace",
    own: frozenset[str] = frozenset(),
    disclose: bool = False,
    rules: Mapping[str, Rule] | None = None,
) -> tuple[str, Rewritten]:
    pack = {each.kind: each.rule(network, [], None) for each in (AMAZON, BOOKSHOP)}
    result = rewrite(
        Document(source, media),
        sorted(findings, key=lambda each: each.start),
        programmes=[AMAZON, BOOKSHOP],
        tracking_ids=ids,
        rules=pack | dict(rules or {}),
        marketplace="amazon.com",
        disclose=disclose,
        shops=shops,
        others_tags=others,
        own=own,
    )
    output = apply(source, result.changes)
    assert undo(output, result.changes) == source
    return output, result


# ── rules ────────────────────────────────────────────────────────────────────────────────


def test_each_link_is_judged_by_its_own_shop() -> None:
    source = (
        f'<a href="https://www.amazon.com/dp/0201633612?tag=x-20">a</a> '
        f'<a href="https://bookshop.org/a/999/{ISBN}">b</a>'
    )
    output, result = rewritten(
        source, [*shop_links(source), *bookshop_links(source)], network="mastodon"
    )
    assert output == (
        '<a href="https://www.amazon.com/dp/0201633612">a</a> '
        f'<a href="https://bookshop.org/a/12345/{ISBN}" {REL}>b</a>'
    )
    assert [(each.url, each.label) for each in result.paid] == [
        (f"https://bookshop.org/a/12345/{ISBN}", "(paid link)")
    ]
    assert set(result.concerned) == {"amazon", "bookshop_org"}


def test_where_the_first_shop_may_not_be_linked_the_second_is() -> None:
    source = "<p>A Good Title"
    output, _ = rewritten(source, books(source), network="mastodon")
    assert output == f"<p>{SECOND.replace('Bookshop.org<', 'A Good Title<')}"


def test_each_shop_is_disclosed_once_before_the_first_paid_link() -> None:
    source = "<p>A Good Title</p>"
    output, result = rewritten(source, books(source), network="email", disclose=True)
    amazon = "As an Amazon Associate I earn from qualifying purchases."
    bookshop = "I earn a commission when you buy through my links to Bookshop.org."
    assert output.startswith(f"<p><em>{amazon} {bookshop}</em></p>\n<p>")
    assert result.disclosure == f"{amazon} {bookshop}"
    given = f"<p>{amazon}</p>{source}"
    output, result = rewritten(given, books(given), network="email", disclose=True)
    assert output.count(amazon) == 1
    assert result.disclosure == bookshop


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://amzn.to/abc", "is a short link and may carry a tag"),
        ("https://ws-na.amazon-adsystem.com/widgets/q?tag=x-20", "carries the tag x-20"),
    ],
)
def test_a_tag_that_can_not_be_taken_out_breaks_the_rule_and_says_which(
    url: str, words: str
) -> None:
    source = f'<a href="{url}">x</a>'
    (finding,) = shop_links(source)
    kept = [replace(finding, decision="keep")]
    output, result = rewritten(source, kept, network="bluesky")
    assert output == source
    (broken,) = result.breaks
    assert words in broken
    assert "Bluesky is not on Amazon's list" in broken
    assert rewritten(source, kept)[1].breaks == ()


# ── one book, two shops ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>A Good Title.", "<p>{A Good Title} · S."),
        ("<p><i>A Good Title</i>, yes", "<p><i>{A Good Title}</i> · S, yes"),
        ("<p>“A Good Title” is", "<p>“{A Good Title}” · S is"),
        ("<p>“<em>A Good Title</em>” is", "<p>“<em>{A Good Title}</em>” · S is"),
        ("<p>A Good Title’s end", "<p>{A Good Title} · S’s end"),
        ("<p><b>x A Good</b> Title", "<p><b>x {A Good}</b> · S Title"),
        ("<p>A Good Title</p>", "<p>{A Good Title} · S</p>"),
        ("A Good Title A Good Title", "{A Good Title} · S A Good Title"),
    ],
)
def test_the_second_shop_stands_behind_the_words(before: str, after: str) -> None:
    output, result = rewritten(before, books(before))
    expected = after.replace(" S", f" {SECOND}").replace("{", FIRST).replace("}", "</a>")
    assert output == expected
    assert len(result.paid) == 2
    assert len(result.changes) == 1


@pytest.mark.parametrize(
    ("media", "before", "after"),
    [
        ("markdown", "I read *A Good Title*.", "I read *[A Good Title](U)* · [Bookshop.org](V)."),
        ("markdown", "A Good Title, again", "[A Good Title](U) · [Bookshop.org](V), again"),
        ("text", "“A Good Title” it is", "“A Good Title” (U · Bookshop.org: V) it is"),
    ],
)
def test_the_second_shop_in_markdown_and_text(media: Media, before: str, after: str) -> None:
    output, _ = rewritten(before, books(before, media), media=media)
    first = "https://www.amazon.com/dp/0201633612?tag=example-20"
    second = f"https://bookshop.org/a/12345/{ISBN}"
    assert output == after.replace("U", first).replace("V", second)


@pytest.mark.parametrize(
    ("shops", "ids", "isbn"),
    [
        (("amazon",), IDS, ISBN),
        (("amazon", "bookshop_org"), {"amazon": IDS["amazon"]}, ISBN),
        (("amazon", "bookshop_org"), IDS, None),
    ],
    ids=["not wished", "no id", "no ISBN"],
)
def test_there_is_one_shop_where_the_second_is_not_wished_or_can_not_be(
    shops: Sequence[str], ids: Mapping[str, Mapping[str, str]], isbn: str | None
) -> None:
    source = "<p>A Good Title"
    findings = [replace(each, isbn13=isbn) for each in books(source)]
    assert rewritten(source, findings, shops=shops, ids=ids)[0] == f"<p>{FIRST}A Good Title</a>"


def test_words_that_name_a_shop_lead_there_alone() -> None:
    source = "<p>Buy it at Bookshop.org"
    findings = [
        replace(each, isbn13=ISBN)
        for each in words(source, "Buy it at Bookshop.org", kind="book_link", title="A Title")
    ]
    output, _ = rewritten(source, findings, shops=("amazon",))
    assert output == f"<p>{SECOND.replace('Bookshop.org<', 'Buy it at Bookshop.org<')}"
    output, _ = rewritten(source, findings, ids={"amazon": IDS["amazon"]})
    assert output == source


@given(PAGES, st.sampled_from(["own_site", "email", "mastodon"]))
def test_over_hostile_pages_links_are_well_formed_and_none_is_nested(
    source: str, network: str
) -> None:
    findings = [*shop_links(source), *books(source)]
    output, result = rewritten(source, findings, network=network)
    new = sum(each.after.count("<a ") for each in result.changes)
    assert len(Markup(output).tags) == len(Markup(source).tags) + 2 * new


# ── other people's tags ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("others", ["keep", "ask"])
def test_other_peoples_tags_may_stay_and_are_told(others: OthersTags) -> None:
    source = (
        '<a href="https://www.amazon.com/dp/0201633612?tag=x-20">theirs</a> '
        '<a href="https://www.amazon.com/dp/0201633612">nobody’s</a> '
        '<a href="https://www.amazon.com/dp/0201633612?tag=letter-20">mine elsewhere</a>'
    )
    output, result = rewritten(
        source, shop_links(source), others=others, own=frozenset(("letter-20",))
    )
    assert output.count("tag=x-20") == 1
    assert output.count("tag=example-20") == 2
    assert result.notes == (
        "https://www.amazon.com/dp/0201633612?tag=x-20 keeps the tag x-20, which is not yours",
    )


def test_kept_tags_go_where_no_paid_link_may_stand() -> None:
    source = '<a href="https://www.amazon.com/dp/0201633612?tag=x-20">theirs</a>'
    output, _ = rewritten(source, shop_links(source), others="keep", network="bluesky")
    assert output == '<a href="https://www.amazon.com/dp/0201633612">theirs</a>'
