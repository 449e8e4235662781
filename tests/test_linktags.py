"""Links looked up by a place: the very links that reading tag by tag finds, in linear time."""

from bisect import bisect_right

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.linktags import LinkTags, link_tags_of
from service.markup import Tag, link_tags
from tests.growth import assert_linear

PIECES = (
    '<a href=x.>|<a href=\'y.\' REL="z.">|<a title=">" href=".">|<area href=.>|</a>|<a|<b|>|<'
    '|/|=|"|\'|="|=\'|= "|.|<!--|-->|--!>|<!-->|<![CDATA[|]]>|<?|<!doctype html>|<script>|</script>'
    "|<script src=.>|</SCRIPT x>|<STYLE>|</style>|<textarea>|</textarea>|<title>|</title>|<svg>|"
    "</svg>|<svg/>|<math>|</math>|<desc>|</desc>|<template>|</template>|<noscript>|</noscript>|"
    "<\u017fcript>|<img alt='.' src=.>|<p class=\"a\">|it's|\n| |word.|<plaintext>|</p x='|\xa0|<p>"
).split("|")
HTML = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def around(source: str, place: int) -> Tag | None:
    """The link around a place, found the long way."""
    found = link_tags(source)
    index = bisect_right(found, place, key=lambda tag: tag.start) - 1
    return found[index] if index >= 0 and place < found[index].end else None


@given(HTML, st.randoms(use_true_random=False))
@example("<svg><style><a href=.></style><a href=.>", None)
@example("<script><!-- <script> </script> --><a href=.></script><a href=.>", None)
@example("<p title=\"<a href='.'>\"> it's <a href=.>", None)
def test_a_link_is_found_by_each_place_in_it_and_by_no_other(source: str, dice: object) -> None:
    places = [place for place, character in enumerate(source) if character == "."]
    if dice is not None:
        places = [place for place in places if dice.random() < 0.7]  # type: ignore[attr-defined]
    links = LinkTags(source)
    assert [links.at(place) for place in places] == [around(source, place) for place in places]


@given(HTML)
def test_places_may_be_asked_for_in_any_order(source: str) -> None:
    links = LinkTags(source)
    for place in (*range(len(source) - 1, -1, -3), *range(len(source))):
        assert links.at(place) == around(source, place)


def test_what_was_decided_is_kept_for_the_same_source_only() -> None:
    one, other = "<a href=.>", "<b href=.>"
    assert link_tags_of(one) is link_tags_of(one)
    assert link_tags_of(other).at(8) is None
    assert link_tags_of(one).at(8) is not None


@pytest.mark.parametrize(
    "piece",
    (
        "<a href=.>|.|<img src=.>|<b title='|<!-- . -->|<script>.</script>|<svg>.</svg>|<svg>.|it"
        "'s .|"
        '<a href=".|> " .|=" > .|<p>"x" .</p>|< .|<!--.|<math><p>.|<a =.|</script>.|<style>.'
    ).split("|"),
)
def test_hostile_pages_take_time_in_proportion(piece: str) -> None:
    def look(source: str) -> None:
        links = LinkTags(source)
        for place, character in enumerate(source):
            if character == ".":
                links.at(place)

    assert_linear(look, lambda size: piece * size, 1_500)
