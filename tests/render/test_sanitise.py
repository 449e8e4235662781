from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.markup import tags
from service.render.sanitise import ATTRIBUTES, ELEMENTS, sanitise
from tests.render.posts import URL, vectors

HOSTILE = st.lists(
    st.sampled_from(
        "<p> </p> <a href= <img src= javascript: data: > \" ' onerror=x <script> </script> <svg> "
        "<style> </style> <math> <!-- --> <![CDATA[ ]]> &#106; <iframe src= // <b> text".split(" ")
    )
    | st.text(max_size=4),
    max_size=25,
).map(" ".join)


@pytest.mark.parametrize(
    "case", vectors("render_sanitise.jsonl"), ids=lambda case: str(case["name"])
)
def test_html_is_sanitised(case: dict[str, Any]) -> None:
    assert sanitise(case["html"], URL, "I earn & say so.") == case["clean"]


@given(HOSTILE)
def test_nothing_outside_the_allow_list_comes_through(html: str) -> None:
    for tag in tags(sanitise(html, URL)):
        assert tag.name in ELEMENTS
        for attribute in [] if tag.closing else tag.attributes():
            assert attribute.name in ATTRIBUTES["*"] | ATTRIBUTES.get(tag.name, set())
            if attribute.name in ("href", "src"):
                assert attribute.value.lower().startswith(("http:", "https:", "mailto:", "tel:"))


@given(HOSTILE)
@example("<![CDATA[ <p> <img <p>")
@example('<![CDATA[ > <img src="https://count.example/" width=1 height=1>')
def test_what_is_clean_stays_as_it_is(html: str) -> None:
    clean = sanitise(html, URL)
    assert sanitise(clean, URL) == clean


def test_without_a_web_address_relative_ones_go() -> None:
    assert sanitise('<a href="/x">a</a>', "notes/post.html") == "<a>a</a>"
