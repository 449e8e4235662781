import re

import pytest

from service.markup import tags
from service.model import UNSUBSCRIBE, Blog, Letter, Revision
from tests.render.posts import BLOG, DISCLOSURE, LETTER, URL, post, rendered
from tests.render.snapshot import SNAPSHOT


def letter(revision: Revision | None = None, blog: Blog = BLOG) -> Letter:
    body = rendered(LETTER, revision, blog=blog).body
    assert isinstance(body, Letter)
    return body


def test_the_text_part_reads_well() -> None:
    assert (
        letter().text
        == f"""Three winters with one book
---------------------------

Ada Lindqvist

The first winter

{DISCLOSURE}

I have read The Left Hand of Darkness [1] three times, each in the
coldest week.

> Nobody else would have done it.

[A frozen lake]

[1] https://www.amazon.com/dp/0441478123?tag=example-20

{"-- "}
You get this because you subscribed to A Blog of <Books>.
Read on the web: {URL}
Unsubscribe: {UNSUBSCRIBE}
"""
    )


def test_the_html_part_needs_nothing_from_elsewhere_but_pictures() -> None:
    html = letter().html
    names = {tag.name for tag in tags(html)}
    assert not names & {"link", "script", "iframe", "form"}
    assert "url(" not in html
    assert "@import" not in html
    for tag in tags(html):
        for name in ("href", "src"):
            address = tag.attribute(name)
            if address and address.value != UNSUBSCRIBE:
                assert address.value.startswith("https://")


def test_the_style_stands_in_the_elements() -> None:
    html = letter().html
    assert re.search(r'<h1 class="title" style="[^"]*font-size: 30px', html)
    assert re.search(r'<a href="https://www.amazon[^"]*" rel="sponsored" style="color', html)


def test_dark_and_narrow_screens_have_their_own_style() -> None:
    head = letter().html.partition("</head>")[0]
    assert "prefers-color-scheme: dark" in head
    assert "max-width: 520px" in head


def test_the_disclosure_stands_before_the_paid_link() -> None:
    html = letter().html.partition("<body")[2]
    assert html.index(DISCLOSURE) < html.index("amazon.com")
    assert 'class="bookplate-disclosure"' in html


def test_a_wide_picture_is_told_the_columns_width() -> None:
    (image,) = [tag for tag in tags(letter().html) if tag.name == "img"]
    width = image.attribute("width")
    assert width is not None
    assert width.value == "528"
    assert image.attribute("height") is None


def test_the_way_out_stands_on_lines_of_its_own() -> None:
    body = letter()
    for part in (body.html, body.text):
        lines = [line for line in part.splitlines() if UNSUBSCRIBE in line]
        assert len(lines) == 1
        assert "web" not in lines[0]
        assert "Unsubscribe" in lines[0]


def test_what_the_post_says_of_itself_cannot_leave_its_place() -> None:
    evil = "</title><script>alert(1)</script>"
    body = letter(post(title=evil, authors=(evil,), summary=evil, language='"><script>'))
    assert "<script" not in body.html


@pytest.mark.parametrize(
    ("language", "words", "direction"),
    [
        ("de-CH", "Du bekommst diesen Brief", "ltr"),
        ("xx", "You get this", "ltr"),
        ("he", "You get this", "rtl"),
        (None, "You get this", "ltr"),
    ],
)
def test_the_footer_speaks_the_posts_language(
    language: str | None, words: str, direction: str
) -> None:
    body = letter(post(language=language))
    assert words in body.html
    assert words in body.text
    assert f'dir="{direction}"' in body.html


def test_a_blog_without_title_is_called_by_its_address() -> None:
    assert "subscribed to https://blog.example/." in letter(blog=Blog("https://blog.example/")).text


def test_the_subject_is_the_title_and_no_longer_than_reasonable() -> None:
    assert letter().subject == "Three winters with one book"
    assert len(letter(post(title="word " * 200)).subject) <= 180


def test_the_preheader_is_the_posts_own_words() -> None:
    assert letter().preheader.startswith("I have read The Left Hand of Darkness")


def test_the_whole_letter_is_as_it_was_last_looked_at() -> None:
    """After a change: look at it in a browser, then run python -m tests.render.snapshot."""
    assert letter().html == SNAPSHOT.read_text("utf-8")
