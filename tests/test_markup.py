"""HTML read as spans: offsets that hold, tags as browsers see them, in linear time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.markup import LINKS, link_tags, tags, unescaped
from service.readable import Markup, plain, readable
from tests.growth import assert_linear

PIECES = st.sampled_from(
    (
        "<p>|</p>|<a href=x>|<a href='y' REL=\"z\">|</a>|<b|>|<|/|=|\"|'|&amp;|&|&#x41;|&copy|&#0;"
        "|;|<!--|-->|--!>|<![CDATA[|]]>|<?|<!doctype html>|<script>|</script>|<style>|</style>"
        "|<textarea>|</textarea>|<title>|</title>|<svg>|</svg>|<template>|</template>|<br/>|<li>"
        "|<td>|<em>|</em>|<İ x>|\0|\ud800|\xa0|\u200b|\r\n| |\t|word|ß|<plaintext>|<pre>|</pre>"
    ).split("|")
)
HTML = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=60))


@given(HTML)
def test_tags_stand_where_they_say_and_never_overlap(source: str) -> None:
    position = 0
    for tag in tags(source):
        assert position <= tag.start < tag.end <= len(source)
        assert source[tag.start] == "<"
        assert source[tag.end - 1] == ">"
        at = tag.start + 1 + tag.closing
        assert source[at : at + len(tag.name)].lower() == tag.name.lower()
        position = tag.end


@given(HTML)
def test_links_are_those_among_the_tags(source: str) -> None:
    links = [tag for tag in tags(source) if tag.name in LINKS and not tag.closing]
    assert link_tags(source) == links


@given(HTML)
def test_attributes_stand_in_their_tag_and_never_overlap(source: str) -> None:
    for tag in tags(source):
        position = tag.start
        for each in tag.attributes():
            assert position <= each.start <= each.value_start <= each.value_end <= each.end
            assert each.end < tag.end
            written = source[each.value_start : each.value_end]
            assert unescaped(written, attribute=True) == each.value
            if each.quote:
                assert source[each.value_start - 1] == source[each.value_end] == each.quote
            position = each.end


@given(HTML)
def test_every_readable_character_has_its_place_in_the_source(source: str) -> None:
    text = readable(source)
    assert len(text.text) == len(text.starts) == len(text.ends)
    assert text.starts == sorted(text.starts)
    for index, character in enumerate(text.text):
        start, end = text.source_span(index, index + 1)
        assert 0 <= start <= end <= len(source)
        if not character.isspace() and "&" not in source[start:end]:
            assert source[start:end] == character
    assert "\n\n" not in text.text
    assert "  " not in text.text


@given(HTML)
def test_runs_are_in_order_and_know_what_is_around(source: str) -> None:
    text = readable(source)
    position = 0
    for run in text.runs:
        assert position <= run.start < run.end <= len(text.text)
        assert text.within(run.start) == run.within
        position = run.end


@given(HTML)
def test_nothing_readable_stands_in_a_tag(source: str) -> None:
    text = readable(source)
    inside = {place for tag in tags(source) for place in range(tag.start, tag.end)}
    for index, character in enumerate(text.text):
        if character != "\n":
            assert text.starts[index] not in inside


@given(st.text(max_size=60))
def test_plain_text_is_its_own(source: str) -> None:
    text = plain(source)
    assert text.text == source
    assert all(text.source_span(at, at + 1) == (at, at + 1) for at in range(len(source)))


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("<p>a<!-- <b>x</b> --!>c", "ac"),
        ("<p>a<!--> <b>x</b>", "a x"),
        ("a<script>if (a<b) '</p>'</script>b", "ab"),
        ("<script><!--<script></script>--></script>ok", "ok"),
        ("<textarea><p>no</textarea>yes", "yes"),
        ("<svg><title/><style/></svg><p>seen", "seen"),
        ("a<b title='x>y'>c</b>", "ac"),
        ('text <a href="never closed>x', "text"),
        ("a <5 & b> c", "a <5 & b> c"),
        ("a</>b", "ab"),
        ("x<a\xa0href=y>z", "xz"),
        ("&notit; &amp;amp; &#" + "0" * 30 + "65; &#" + "9" * 5000 + ";", "¬it; &amp; A \ufffd"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
    ],
)
def test_readers_see(source: str, seen: str) -> None:
    assert readable(source).text.strip() == seen


@pytest.mark.parametrize(
    ("source", "attributes"),
    [
        ("<a href=x/>", [("href", "x/", "")]),
        ("<a href = 'x' HREF=y>", [("href", "x", "'"), ("href", "y", "")]),
        ("<a rel= >", [("rel", "", "")]),
        ("<a =x ==y>", [("=x", "=y", "")]),
        ("<a/b/c>", [("b", "", ""), ("c", "", "")]),
        ('<a b="1"c=2>', [("b", "1", '"'), ("c", "2", "")]),
        ("<a b='&currency=1&copy=2&copy;&amp;x&lt'>", [("b", "&currency=1&copy=2©&x<", "'")]),
        ("<a\x0bb=c>", []),
        ("</a b=c>", [("b", "c", "")]),
    ],
)
def test_attributes_are_read_as_browsers_do(
    source: str, attributes: list[tuple[str, str, str]]
) -> None:
    (tag,) = tags(source)
    assert [(each.name, each.value, each.quote) for each in tag.attributes()] == attributes


def test_around_tells_the_open_elements_outermost_first() -> None:
    markup = Markup("<div><p>one<p>two <em>x</em> y</div>z")

    def around(word: str) -> list[str]:
        return [tag.name for tag in markup.around(markup.source.index(word))]

    assert around("x<") == ["div", "p", "em"]
    assert around(" y") == ["div", "p"]
    assert around("z") == []


@pytest.mark.parametrize(
    "piece",
    '<div>x|<a href="|<![CDATA[|<!--|<a |</b>|<script><!--<script>|<svg><title>|<p>x</p> |&#1|<'
    "|<a =|<p/|<em><b></em>|</p|<? |<textarea>|<a b='".split("|"),
)
def test_hostile_pages_take_time_in_proportion(piece: str) -> None:
    def read(source: str) -> None:
        markup = Markup(source)
        assert len(markup.readable.text) <= len(source)
        markup.around(len(source))
        link_tags(source)

    assert_linear(read, lambda size: piece * size, 4_000)
