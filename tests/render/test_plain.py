from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.render.plain import plain
from service.render.sanitise import sanitise
from tests.render.posts import URL, vectors


@pytest.mark.parametrize("case", vectors("render_plain.jsonl"), ids=lambda case: str(case["name"]))
def test_html_becomes_plain_text(case: dict[str, Any]) -> None:
    assert plain(case["html"]) == case["text"]


ELEMENTS = st.sampled_from(
    "<p> </p> <ul> </ul> <ol> <li> </li> <blockquote> </blockquote> <pre> </pre> <table> <tr> <td> "
    '</td> </tr> </table> <br> <hr> <a\thref="/x"> </a> <dd>'.split(" ")
)


@given(st.lists(ELEMENTS | st.text("ab \n", min_size=1, max_size=8), max_size=30).map("".join))
def test_every_word_comes_through_in_order(html: str) -> None:
    clean = sanitise(html, URL)
    written = plain(clean, measure=40)
    letters = [letter for letter in written.partition("[1] http")[0] if letter in "ab"]
    words = "".join(letter for letter in _text(clean) if letter in "ab")
    assert "".join(letters) == words


def _text(html: str) -> str:
    from service.markup import tags

    text, position = "", 0
    for tag in tags(html):
        text += html[position : tag.start]
        position = tag.end
    return text + html[position:]
