"""A post comes out of every platform's page as it went in: every word of it, none from around
it, and what the page says of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.ingest.pages import extract
from tests.ingest.blog_pages import BlogPage, names, page, words

THEMES, POSTS = names("themes"), names("posts")


@pytest.mark.parametrize("theme", THEMES)
def test_every_word_of_a_post_and_none_from_around_it(theme: str) -> None:
    for post in POSTS:
        given = page(theme, post)
        found = extract(given.html, url=given.url)
        assert words(found.text.replace("<", "&lt;")) == given.text, given.name


@pytest.mark.parametrize("theme", THEMES)
def test_what_the_page_says_of_itself(theme: str) -> None:
    for given in (page(theme, post) for post in POSTS):
        found = extract(given.html, url=f"{given.url}?utm_source=feed")
        assert (found.title, found.canonical_url) == (given.title, given.url)
        for field, expected in given.says.items():
            got = getattr(found, field)
            got = got.isoformat() if isinstance(got, datetime) else got
            assert bool(got) if expected is True else got == expected, (given.name, field)


def _count(html: str, tag: str) -> int:
    return html.count(f"<{tag}>") + html.count(f"<{tag} ")


@pytest.mark.parametrize("theme", THEMES)
def test_structure_stays(theme: str) -> None:
    """Lists, quotes, code, headings, tables, and figures with their captions and alt texts."""
    for post in POSTS:
        given: BlogPage = page(theme, post)
        html = extract(given.html, url=given.url).html
        for tag in ("li", "blockquote", "pre", "th", "h3", "em", "strong"):
            assert _count(html, tag) >= _count(given.post, tag), (given.name, tag)
        for heading in ("What can go wrong", "Ingredients", "Names that moved"):
            assert (heading in html) == (heading in given.post), (given.name, heading)
        for alt in ("A handrail with blue numbers", "A cat between two panes"):
            assert (f'alt="{alt}"' in html) == (alt in given.post), (given.name, alt)
        assert ("The cat let me stay" in html) == ("The cat let me stay" in given.post), given.name
