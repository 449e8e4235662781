"""Pages that follow no platform: what a person would mark as the post is what comes out.

In `data/pages/oddities` the elements that make up the post bear `data-post`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html as lxml_html

from service.ingest.pages import extract
from tests.growth import assert_linear
from tests.ingest.blog_pages import words

ODDITIES = sorted((Path(__file__).parents[1] / "data" / "pages" / "oddities").glob("*.html"))


def _marked(html: str) -> tuple[str, ...]:
    found = lxml_html.fromstring(html).xpath("//*[@data-post]")
    return words(" ".join(" ".join(each.itertext()) for each in found).replace("<", "&lt;"))


@pytest.mark.parametrize("path", ODDITIES, ids=lambda path: path.stem)
def test_what_a_person_would_mark_is_found(path: Path) -> None:
    html = path.read_text("utf-8")
    marked = _marked(html)
    page = extract(html.replace(" data-post", ""), url="https://odd.example/2026/post")
    found = words(page.text.replace("<", "&lt;"))
    assert " ".join(marked) in " ".join(found)
    # a mail archive's and a hand-made page's own links may stay where no markup tells them apart
    assert len(found) - len(marked) <= (8 if path.stem in ("pre-only", "breaks-only") else 0)


def test_a_post_that_comes_by_script_is_read_from_its_linked_data() -> None:
    data = (
        '{"@type": "BlogPosting", "headline": "The hill", "articleBody": "The surveyor left out '
        'the hill, on purpose.\\n\\nOn his map there is a white place & a <tree>."}'
    )
    html = f'<script type="application/ld+json">{data}</script><div id="app">Loading…</div>'
    page = extract(html, url="https://a.example/hill")
    assert page.title == "The hill"
    assert page.html.startswith("<p>The surveyor left out the hill, on purpose.</p><p>On his map")


def test_asides_and_quoted_sources_that_are_the_posts_own_stay() -> None:
    html = (
        "<article><p>Fold it along the long side first, and believe the crease.</p>"
        '<aside class="callout"><p>Maps on cloth fold as they please.</p></aside>'
        "<blockquote><p>It lies about nothing but distances.</p><footer>Edna Marsh</footer>"
        "</blockquote><aside><p>More about maps, every month, by letter.</p></aside></article>"
    )
    found = extract(html, url=None)
    assert "Maps on cloth" in found.text
    assert "Edna Marsh" in found.text
    assert "by letter" not in found.text


def test_a_bloggers_own_link_behind_a_label_stays_and_one_into_the_site_goes() -> None:
    html = (
        "<article><p>There is a surveyor in this novel who measures the same hill.</p>"
        '<p>Read more: <a href="https://www.amazon.com/dp/0241558808">The Cloven Hill</a></p>'
        '<p>Related: <a href="https://blog.example/2025/hills">All hills</a></p>'
        "<p>It is long, and it is worth it, as long books about hills must be.</p></article>"
    )
    found = extract(html, url="https://blog.example/2026/review").html
    assert "amazon.com/dp/0241558808" in found
    assert "All hills" not in found


def test_a_frame_that_shows_something_stays_and_an_advertisement_goes() -> None:
    html = (
        "<article><p>Here is the recording, with the bell, the rain, and the dog.</p>"
        '<iframe src="https://w.soundcloud.com/player/?url=1"></iframe>'
        '<iframe src="https://ads.example/728x90"></iframe></article>'
    )
    found = extract(html, url=None).html
    assert "w.soundcloud.com" in found
    assert "ads.example" not in found


@pytest.mark.parametrize("levels", [200, 400, 2_000])
def test_a_page_may_nest_deeply(levels: int) -> None:
    sentence = "It is a long way down, and there is a post at the end of it."
    html = "<body>" + "<div>" * levels + f"<p>{sentence}</p>" + "</div>" * levels
    assert extract(html, url=None).text == sentence


_MANY = {
    "paragraphs": "<p>Words, and more of them, <a href=/x>in a link</a> and out.</p>",
    "labels": "<h2>Related posts</h2><p><a href=/x>a link within the site</a></p>",
    "bodies": '<div class="entry-content"><p>Words are here, many of them.</p></div>',
    "captions": "<figure><img src=a.jpg><figcaption>A caption.</figcaption></figure><p>Words.</p>",
    "cells": "<table><tr><td>Words, many of them.<td><a href=/x>x</a></table>",
    "lists": "<ul><li><a href=/x>a link</a></li></ul><hr>",
    "comments": "<div class=comment><p>Words are here.<div class=post-content>Words</div></div>",
}


@pytest.mark.parametrize("kind", _MANY)
def test_time_grows_with_the_page(kind: str) -> None:
    assert_linear(
        lambda html: extract(html, url="https://a.example/"),
        lambda size: "<body><article><h1>Many</h1>" + _MANY[kind] * size,
        40,
    )


def test_time_grows_with_the_page_however_deep_it_stands() -> None:
    deep = '<div class="x">' * 1_000
    assert_linear(
        lambda html: extract(html, url="https://a.example/"),
        lambda size: f"<body>{deep}" + _MANY["paragraphs"] * size,
        40,
    )


@pytest.mark.parametrize(
    "words",
    ["A <a href=b>link</a>, and words.", "The first day of the year.", "By the river, at last.",
     "Posted by no one and read by all."],
)  # fmt: skip
def test_a_sentence_of_a_bylines_words_is_a_sentence(words: str) -> None:
    page = extract(f"<article><h1>Short</h1><p>{words}</p></article>", url="https://a.example/x")
    assert page.html == f"<p>{words}</p>".replace("<a href=b>", '<a href="https://a.example/b">')


def test_notes_and_lists_of_links_elsewhere_are_the_posts_own() -> None:
    html = (
        "<article><p>The founder was late, or so it says on the rim of the bell.<sup>1</sup></p>"
        '<div><h2>Sources</h2><ul><li><a href="https://bells.example/rims">Rims</a></li>'
        '<li><a href="https://towers.example/">Towers</a></li></ul></div>'
        '<div><ol><li>It may say <a href="https://bells.example/lathe">lathe</a>. '
        '<a href="#ref1">back</a></li></ol></div></article>'
    )
    found = extract(html, url="https://a.example/bell").text.split("\n")
    assert found[1:] == ["Sources", "Rims", "Towers", "It may say lathe. back"]
