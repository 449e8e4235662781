"""What `find` takes for a mention, and what it does not."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.find import find
from service.model import Document, Finding, Media

DATA = Path(__file__).parent.parent / "data"


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def likely(document: Document) -> dict[str, float]:
    """The text of each mention and the most that is thought of it."""
    found: dict[str, float] = {}
    for each in find(document, ()):
        if each.kind == "book_mention":
            found[each.text] = max(each.confidence, found.get(each.text, 0.0))
    return found


@pytest.mark.parametrize("case", cases("find_mentions.jsonl"), ids=lambda case: case["name"])
def test_mentions_are_told_from_what_is_no_book(case: dict[str, Any]) -> None:
    found = likely(Document(case["source"], case["media"]))
    for title in case.get("found", ()):
        assert found.get(title, 0.0) > 0.3, found
    for title in case.get("not_found", ()):
        assert found.get(title, 0.0) < 0.3, found


def test_a_title_is_found_each_time_it_is_named_also_by_its_main_title() -> None:
    source = (
        "The book is Quiet Gardens: A Year of Doing Less, by Ann Hill. I keep Quiet Gardens by "
        "the bed. Everybody in our book club has read Quiet Gardens."
    )
    starts = {each.start for each in find(Document(source, "text"), ()) if each.text[:5] == "Quiet"}
    assert len(starts) >= 3


def test_offsets_count_in_the_source() -> None:
    source = "<p>Caf&eacute; &mdash; the book\n <em>Deep\n Work</em> by Cal Newport 😀 is good</p>"
    mention = best(find(Document(source), ()))
    assert source[mention.start : mention.end] == "Deep\n Work"
    assert mention.text == "Deep Work"


def test_the_author_is_taken_from_the_text() -> None:
    post = (
        "My friend and fellow author Jane Tallow has news. "
        "Jane’s new book is titled, The Slow Shed."
    )
    mention = best(find(Document(post, "text"), ()))
    assert (mention.text, mention.authors) == ("The Slow Shed", ("Jane Tallow",))


@pytest.mark.parametrize(
    ("post", "title", "authors"),
    [
        (
            "A book titled The Slow Shed by Jane Tallow, and I read it in two evenings.",
            "The Slow Shed",
            ("Jane Tallow",),
        ),
        (
            "A book titled The Slow Shed by Jane Tallow and Ann Hill, and We all read it.",
            "The Slow Shed",
            ("Jane Tallow", "Ann Hill"),
        ),
        (
            "I love the book The Slow Shed by Jane Tallow. At the end stands the book The Quick "
            "Barn, Ann Hill’s memoir of straw.",
            "The Quick Barn",
            ("Ann Hill",),
        ),
        ("<p>the novel <em>The Slow Shed</em> (Ann Hill)</p>", "The Slow Shed", ("Ann Hill",)),
        ("<p>the novel <em>The Slow Shed</em>, Ann Hill.</p>", "The Slow Shed", ("Ann Hill",)),
    ],
    ids=["the sentence goes on with I", "two authors", "memoir", "in brackets", "behind a comma"],
)
def test_nobody_else_is_taken_for_the_author(
    post: str, title: str, authors: tuple[str, ...]
) -> None:
    media: Media = "html" if post.startswith("<") else "text"
    found = {each.text: each.authors for each in find(Document(post, media), ())}
    assert found[title] == authors


def test_a_finding_says_why() -> None:
    mention = best(find(Document("<p>the book <em>Deep Work</em> by Cal Newport</p>"), ()))
    assert any("by" in reason for reason in mention.why)


def best(found: list[Finding]) -> Finding:
    return max(found, key=lambda each: each.confidence)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("aB “”\"'<>&;:,.#*_`[]()!-–\n12éß😀Tby"), max_size=200))
def test_any_text_is_read_with_spans_inside_it(source: str) -> None:
    for media in ("html", "text", "markdown"):
        for each in find(Document(source, media), ()):
            assert 0 <= each.start < each.end <= len(source)
            assert 0 <= each.confidence <= 1
