"""A page becomes a post: its own HTML, nothing from around it, and what it says of itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import UnreadableInput
from service.ingest.dates import moment
from service.ingest.pages import extract

if TYPE_CHECKING:
    from service.model import Page

DATA = Path(__file__).parents[1] / "data"


def page(name: str, url: str | None = None) -> Page:
    return extract((DATA / f"ingest_{name}.html").read_bytes(), url=url)


WORDPRESS = "https://wall.example/2026/prune-a-pear/?utm_source=x"


def test_what_a_wordpress_page_says_of_itself() -> None:
    found = page("wordpress", WORDPRESS)
    assert found.title == "How to prune a pear"
    assert found.authors == ("Ines Marlow",)
    assert found.published == datetime(2026, 2, 3, 8, 30, tzinfo=UTC)
    assert found.updated == datetime(2026, 2, 4, 8, 30, tzinfo=UTC)
    assert found.canonical_url == "https://wall.example/2026/prune-a-pear/"
    assert (found.site_name, found.language) == ("The Garden Wall", "en-GB")
    assert found.tags == ("Pears", "Pruning")
    assert found.image == "https://wall.example/pear.jpg"
    assert found.summary == "Three cuts, one ladder."


@pytest.mark.parametrize(
    "kept",
    [
        "<p>A pear tree, unlike an apple, wants to be a church steeple",
        "<h2>The first cut</h2>",
        'src="https://wall.example/ladder.jpg"',
        'alt="A ladder against a pear tree"',
        "<figcaption>The ladder, borrowed.</figcaption>",
        "<blockquote><p>Prune in anger, repent in June.</p></blockquote>",
        '<li>A <a href="https://wall.example/2025/sharp-knife/">sharp knife</a></li>',
        "cuts = min(3, patience)\nrest = True</code></pre>",
        "Afterwards, sweep up.",
    ],
)
def test_the_posts_own_html_is_kept(kept: str) -> None:
    assert kept in page("wordpress", WORDPRESS).html


@pytest.mark.parametrize(
    "dropped",
    ["Share this", "Click to share", "Related", "plum", "thunderstorm", "email address", "Recent",
     "Subscribe", "Powered by", "Posted on", "About", "RSS", "<h1"],
)  # fmt: skip
def test_what_stands_around_a_post_is_left_out(dropped: str) -> None:
    found = page("wordpress", WORDPRESS)
    assert dropped not in found.html
    assert dropped not in found.text


def test_the_text_has_a_line_for_each_block_and_code_as_it_is() -> None:
    lines = page("wordpress").text.split("\n")
    assert lines[1] == "The first cut"
    assert "cuts = min(3, patience)" in lines
    assert "A sharp knife" in lines


def test_microformats_come_first() -> None:
    found = page("indieweb", "https://moos.example/2026/moos")
    assert found.title == "Über das Moos"
    assert found.authors == ("Jana Holm",)
    assert found.published == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert found.updated == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert found.tags == ("Moos", "Wald")
    assert (found.summary, found.language) == ("Warum es langsam wächst.", "de")
    assert "<p>Moos wächst langsam, und wer ihm zusieht" in found.html
    assert "Kommentar" not in found.html
    assert "Jana" not in found.html


def test_a_blogger_page_of_loose_lines() -> None:
    found = page("blogger", "https://reed.example/2026/05/the-heron-again.html?m=1")
    assert found.title == "The heron again"
    assert found.authors == ("Lu Reed",)
    assert found.canonical_url == "https://reed.example/2026/05/the-heron-again.html"
    assert found.published == datetime(2026, 5, 3, 16, 30, tzinfo=UTC)
    assert "It came back on Sunday" in found.html
    assert "that was the whole of the day." in found.html
    assert '<img src="https://reed.example/h-320.jpg" alt="The heron">' in found.html
    for dropped in ("Posted by", "Email This", "Tuesdays", "April"):
        assert dropped not in found.html


def test_a_short_post_is_a_post() -> None:
    found = page("plain", "https://plain.example/note")
    assert found.title == "A short note"
    assert found.text == "Nothing much, said briefly."
    assert found.authors == ()
    assert found.tags == ("notes", "short")
    assert found.published == datetime(2024, 3, 5, tzinfo=UTC)
    assert found.image == "https://plain.example/pic.png"
    assert found.canonical_url == "https://plain.example/note"


def test_a_canonical_url_that_calls_every_page_home_is_not_believed() -> None:
    html = '<link rel="canonical" href="https://a.example/"><p>Words.</p>'
    assert extract(html, url="https://a.example/post").canonical_url == "https://a.example/post"


def test_the_date_may_stand_in_the_address_alone() -> None:
    found = extract("<p>Words, some.</p>", url="https://a.example/2024/02/29/leap/")
    assert found.published == datetime(2024, 2, 29, tzinfo=UTC)


def test_valid_utf_8_is_read_as_such_whatever_the_page_says() -> None:
    html = '<meta charset="gb2312"><title>Größe</title><p>Groß genug, sagt man, für alle.</p>'
    assert extract(html.encode(), url=None).title == "Größe"
    assert extract("<p>Größe</p>".encode("latin-1"), url=None, charset="latin-1").text == "Größe"


def test_nothing_is_no_page() -> None:
    for nothing in (b"", b"   ", b"<!-- -->"):
        with pytest.raises(UnreadableInput, match="holds no web page"):
            extract(nothing, url="https://a.example/")


@given(st.text(alphabet="<>/=\"' abcdivpscrt!-&;\0\ud800", max_size=120))
def test_any_markup_gives_a_page_or_an_error_of_ours(html: str) -> None:
    try:
        found = extract(html, url="https://a.example/x")
    except UnreadableInput:
        return
    assert isinstance(found.html, str)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-02-03T09:30:00+01:00", datetime(2026, 2, 3, 8, 30, tzinfo=UTC)),
        ("2026-02-03T09:30:00Z", datetime(2026, 2, 3, 9, 30, tzinfo=UTC)),
        ("2026-02-03 09:30:00", datetime(2026, 2, 3, 9, 30, tzinfo=UTC)),
        ("2026-02-03", datetime(2026, 2, 3, tzinfo=UTC)),
        ("Tue, 03 Feb 2026 09:30:00 GMT", datetime(2026, 2, 3, 9, 30, tzinfo=UTC)),
        ("February 3rd, 2026", datetime(2026, 2, 3, tzinfo=UTC)),
        ("3 Feb 2026", datetime(2026, 2, 3, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("3/2/2026", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_as_pages_write_them(value: str | None, expected: datetime | None) -> None:
    assert moment(value) == expected
