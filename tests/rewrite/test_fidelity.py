"""Only the decided spans change: over hostile markup, every other character is the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import UnreadableInput
from service.model import Change, Media
from service.readable import Markup, readable
from service.rewrite import apply, undo
from tests.growth import assert_linear
from tests.rewrite.found import AMAZON, rewritten, shop_links, words

PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<div>", "</div>", "<em>", "</em>", "<b class=x>", "</b>", "<br>", "<h2>",
        "</h2>", "<li>", "<td>", "</a>", "<a name=x>", "<code>", "</code>", "<pre>", "</pre>",
        "<!--", "-->", "<![CDATA[", "]]>", "<script>", "</script>", "<style>", "</style>",
        "<textarea>", "</textarea>", "<title>", "</title>", "<template>", "</template>",
        "<noscript>", "</noscript>", "<svg>", "</svg>", "<base href=//evil.example/>", "<", ">",
        '"', "'", "&amp;", "&copy", "&", "\0", "\ud800", "\r\n", "é", " ", "A Good Title", "A ",
        "Good ", "Title", "Buy it", "<a href='https://www.amazon.com/dp/0201633612?a=1&copy=2'>",
        '<A HREF="//amazon.com/dp/0201633612/?tag=x-20&amp;th=1" REL=nofollow>',
        "<a href=http://www.amazon.com/exec/obidos/ASIN/0201633612/x-20 rel>",
        '<a href="https://amzn.to/abc" href="https://www.amazon.com/dp/0201633612">',
        '<a title="<a href=\'" href="https://www.amazon.de/dp/0201633612" rel=\'x\'>',
        "<area href=https://www.amazon.fr/dp/0201633612>",
        '<a href="https://amazon.com.evil.example/dp/0201633612?tag=x-20">',
        '<a data-href="https://www.amazon.com/dp/0201633612">',
    ]
)  # fmt: skip
PAGES = st.lists(PIECES, max_size=30).map("".join)


def everything(source: str, media: Media = "html") -> list[object]:
    return [
        *shop_links(source, media),
        *words(source, "A Good Title", media=media),
        *words(source, "Buy it", media=media, kind="book_link", title="Another Book"),
    ]


@given(PAGES, st.sampled_from(["own_site", "email", "bluesky"]), st.booleans())
def test_outside_the_changes_every_character_is_the_same(
    source: str, network: str, disclose: bool
) -> None:
    output, result = rewritten(source, everything(source), network=network, disclose=disclose)  # type: ignore[arg-type]
    position = offset = 0
    for each in result.changes:
        assert each.start >= position
        assert source[each.start : each.end] == each.before != each.after
        assert source[position : each.start] == output[position + offset : each.start + offset]
        position = each.end
        offset += len(each.after) - len(each.before)
    assert source[position:] == output[position + offset :]


@given(PAGES)
def test_readers_see_the_same_text_and_the_other_elements_are_the_same(source: str) -> None:
    output, result = rewritten(source, everything(source))  # type: ignore[arg-type]
    assert readable(output).text == readable(source).text
    new = sum(each.after.startswith("<a ") for each in result.changes)
    names = [tag.name for tag in Markup(output).tags]
    assert len(names) == len(Markup(source).tags) + 2 * new


@given(PAGES)
def test_only_shop_links_change_and_none_is_nested(source: str) -> None:
    output, _ = rewritten(source, everything(source))  # type: ignore[arg-type]
    for before, after in zip(_hrefs(source), _hrefs(_without_new(output)), strict=True):
        assert before == after or AMAZON.read(before) is not None
    for tag in Markup(output).tags:
        rel = tag.attribute("rel")
        if rel is not None and "sponsored" in rel.value:
            assert rel.value.split().count("sponsored") == 1


def _hrefs(source: str) -> list[str]:
    found = (tag.attribute("href") for tag in Markup(source).tags)
    return [href.value for href in found if href is not None]


def _without_new(output: str) -> str:
    return re.sub(r'<a href="[^"]*stripbooks[^"]*"[^>]*>', "", output)


@given(PAGES)
def test_rewriting_again_changes_nothing(source: str) -> None:
    once, _ = rewritten(source, shop_links(source))
    twice, again = rewritten(once, shop_links(once))
    assert twice == once
    assert again.changes == ()


@given(st.lists(PIECES, max_size=20).map("".join), st.sampled_from(["text", "markdown"]))
def test_text_and_markdown_come_back_too(source: str, media: Media) -> None:
    rewritten(source, everything(source, media), media=media, disclose=True)  # type: ignore[arg-type]


def test_ten_thousand_links_take_time_in_proportion() -> None:
    piece = '<p>A Good Title <a href="https://amazon.com/dp/0201633612">x</a></p>'

    def rewrite(source: str) -> None:
        findings = [*shop_links(source), *words(source, "A Good Title")]
        _, result = rewritten(source, findings, disclose=True)
        assert len(result.changes) == 2 * (len(source) // len(piece)) + 2

    assert_linear(rewrite, lambda size: piece * size, 1_250)


@pytest.mark.parametrize(
    "piece",
    ["`a ", "``` ", "<a ", "[a", "[a](", "<b", "a\n", "> - ", "[a]: ", "~~~\n", "(", "a\n\n"],
)
def test_hostile_markdown_takes_time_in_proportion(piece: str) -> None:
    def rewrite(source: str) -> None:
        rewritten(source, everything(source, "markdown"), media="markdown", disclose=True)  # type: ignore[arg-type]

    end = "\n\nA Good Title https://amazon.com/dp/0201633612"
    assert_linear(rewrite, lambda size: piece * size + end, 2_000)


def test_another_text_is_not_spliced() -> None:
    change = Change(0, 3, "abc", "xyz", "tag", "")
    with pytest.raises(UnreadableInput, match="not the one this report is about"):
        apply("abd", [change])
    with pytest.raises(UnreadableInput, match="not the one this report is about"):
        undo("abc", [change])
