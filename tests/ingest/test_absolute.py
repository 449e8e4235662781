"""Relative URLs made absolute, and every other character left alone."""

from urllib.parse import urljoin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.ingest.absolute import absolute_html, absolute_url
from service.markup import tags

BASE = "https://blog.example/2026/post/"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="x">', '<a href="https://blog.example/2026/post/x">'),
        ("<a href='/x?a=1&amp;b=2'>", "<a href='https://blog.example/x?a=1&amp;b=2'>"),
        ("<a href=../x>", '<a href="https://blog.example/2026/x">'),
        ('<A HREF = "x"\n CLASS=y>', '<A HREF = "https://blog.example/2026/post/x"\n CLASS=y>'),
        ('<img src="//cdn.example/a.png">', '<img src="https://cdn.example/a.png">'),
        ('<a href="#note-1">', '<a href="#note-1">'),
        ('<a href="mailto:a@b.example">', '<a href="mailto:a@b.example">'),
        ('<a href="">', '<a href="">'),
        (
            '<a title="href=x" href="https://a.example">',
            '<a title="href=x" href="https://a.example">',
        ),
        ('<!-- <a href="x"> -->', '<!-- <a href="x"> -->'),
        ('<pre>&lt;a href="x"&gt;</pre>', '<pre>&lt;a href="x"&gt;</pre>'),
        ("<script>\"<a href='x'>\"</script>", "<script>\"<a href='x'>\"</script>"),
        ('<a href="//[">', '<a href="//[">'),
        ('<a href="x" href="y">', '<a href="https://blog.example/2026/post/x" href="y">'),
        (
            '<img srcset="a.png 1x, b.png 2x">',
            '<img srcset="https://blog.example/2026/post/a.png 1x, '
            'https://blog.example/2026/post/b.png 2x">',
        ),
    ],
)
def test_only_relative_urls_change(html: str, expected: str) -> None:
    assert absolute_html(html, BASE) == expected


def test_without_a_base_nothing_changes() -> None:
    assert absolute_html('<a href="x">', None) == '<a href="x">'


@given(st.text(alphabet="<>/='\" ahrefsc#:.?&;!-\n", max_size=80))
def test_what_is_absolute_stays_and_twice_is_once(html: str) -> None:
    once = absolute_html(html, BASE)
    assert absolute_html(once, BASE) == once


@given(
    st.lists(
        st.sampled_from(
            [
                "a = b ",
                "<p title='<a href=x>'>",
                '<a href="rel">',
                "<IMG src=/p.jpg alt>",
                "<!-- <a href='no'> -->",
                "<script>a href='no'</script>",
                "<svg><image href='in'/></svg>",
                '<a href="https://a.example/">',
                "<math><mi>",
                "</a href='end'>",
                "<em ",
            ]
        ),
        max_size=7,
    ).map("".join)
)
def test_every_address_that_a_browser_would_see_is_absolute(html: str) -> None:
    for tag in tags(absolute_html(html, BASE)):
        for attribute in () if tag.closing else tag.attributes():
            if attribute.name in ("href", "src"):
                assert attribute.value.startswith("https://")


@given(st.text(max_size=60))
def test_text_and_absolute_links_stay_character_by_character(words: str) -> None:
    html = f"<p>{words.replace('<', '')}</p><a href='https://a.example/'>x</a>"
    assert absolute_html(html, BASE) == html


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("a", BASE, "https://blog.example/2026/post/a"),
        (" https://x.example/ ", None, "https://x.example/"),
        ("a", None, None),
        ("javascript:x", BASE, None),
        ("", BASE, None),
        (None, BASE, None),
    ],
)
def test_a_web_address_or_none(url: str | None, base: str | None, expected: str | None) -> None:
    assert absolute_url(url, base) == expected


@given(
    st.text(alphabet="/.?#=&;:%~-_+ab\u00e9 ", max_size=12).map("/".__add__),
    st.sampled_from(
        [BASE, "https://blog.example", "http://blog.example:8080?x", "HTTPS://Blog.example/a"]
    ),
)
@example("/a/../b", BASE)
@example("/a?", BASE)
@example("//a", BASE)
@example("/a;b?c#d", BASE)
def test_references_from_the_root_are_joined_as_urllib_joins_them(url: str, base: str) -> None:
    joined = urljoin(base, url.strip())
    assert absolute_url(url, base) == (joined if joined.lower().startswith("http") else None)
