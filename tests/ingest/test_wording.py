"""Words and pictures of an entry."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.ingest.wording import first_image, is_cut_off, plain_text
from service.readable import readable

PIECES = [
    "a word",
    " ",
    "\n",
    "&amp;",
    "&#8217;",
    "&nbsp;",
    "&bogus;",
    "soft\u00adhyphen",
    "1 < 2",
    "<p>",
    "</p>",
    "<P class='x > y'>",
    "<em>",
    "</em>",
    "<br/>",
    '<a href="/a<b">',
    "</a>",
    "<li>",
    "<pre>",
    "</pre>",
    "<!-- <p> -->",
    "<script>x<y</script>",
    "<svg><title>t</title></svg>",
    "<custom-tag>",
    "</1>",
    "<a href='unended",
]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
@example("a<em>b</em>c<p>d")
def test_plain_text_is_what_readers_see(html: str) -> None:
    assert plain_text(f"{html}<i>") == " ".join(readable(f"{html}<i>").text.split())


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Go on [&#8230;]</p>", True),
        ("<p>Go on …</p>", True),
        ('<p>Go on <a href="/a">Continue reading <span>The twine</span> →</a></p>', True),
        ('<p>So. <a href="/a">Weiterlesen</a></p>', True),
        ('<p>Go on [&hellip;]</p><p>The post <a href="/a">T</a> appeared first on B.</p>', True),
        ("<p>The end.</p>", False),
        (
            "<p>Read more books, he said, and then: the end of it all.</p>" + "<p>No.</p>" * 90,
            False,
        ),
        ("", False),
    ],
)
def test_an_excerpt_is_known_by_its_end(html: str, expected: bool) -> None:
    assert is_cut_off(html) is expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<IMG SRC="https://a.example/1.jpg">', "https://a.example/1.jpg"),
        (
            '<img src="https://a.example/p.gif" width="1"><img src="https://a.example/2.jpg">',
            "https://a.example/2.jpg",
        ),
        ('<!-- <img src="https://a.example/1.jpg"> -->', None),
        ('<p title="<img src=https://a.example/1.jpg>">', None),
        ('<pre>x</pre><p>y<img src="data:image/png;base64,x">', None),
        ('<svg><image/></svg><img src="https://a.example/3.jpg"/>', "https://a.example/3.jpg"),
    ],
)
def test_the_first_picture_that_is_one(html: str, expected: str | None) -> None:
    assert first_image(html) == expected
