from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.render.excerpt import excerpt, length, one_line, shortened
from tests.render.posts import post, vectors


@pytest.mark.parametrize(
    "case",
    vectors("render_shortened.jsonl"),
    ids=lambda case: f"{case['text']}-{case['graphemes']}",
)
def test_a_text_is_cut_at_a_word_or_after_a_sentence(case: dict[str, Any]) -> None:
    assert shortened(case["text"], case["graphemes"]) == case["short"]


@given(st.text(), st.integers(0, 60), st.integers(0, 200))
def test_a_cut_text_keeps_within_both_limits(text: str, graphemes: int, max_bytes: int) -> None:
    text = one_line(text)
    cut = shortened(text, graphemes, max_bytes)
    assert length(cut) <= graphemes
    assert len(cut.encode()) <= max_bytes
    assert text.startswith(cut.removesuffix("…"))


def test_the_summary_of_the_post_comes_first() -> None:
    assert excerpt(post(summary="<p>My own <b>summary</b></p>"), 100) == "My own summary"


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        ("My words. The post Winter appeared first on A Blog.", "My words."),
        ("I have read The Left Hand of Dark [&#8230;]", "First."),
        ("I have read The Left... Read more →", "First."),
        ("I wonder… but no, that is all I wanted to say today.", None),
    ],
)
def test_a_summary_made_by_a_program_is_not_taken(summary: str, words: str | None) -> None:
    assert excerpt(post(summary=summary, html="<p>First.</p>"), 100) == (words or summary)


def test_headings_and_captions_are_passed_over() -> None:
    html = "<h1>Title</h1><figure><figcaption>Lake</figcaption></figure><p>First.</p><p>Second.</p>"
    assert excerpt(post(html=html), 100) == "First. Second."


def test_a_post_of_bare_text_has_an_excerpt_too() -> None:
    assert excerpt(post(html="Just words"), 100) == "Just words"


def test_a_post_without_words_has_none() -> None:
    assert excerpt(post(html='<img src="a.png">'), 100) == ""


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert one_line("a\ud83db\u2028c\x00") == "a\ufffdb c"
