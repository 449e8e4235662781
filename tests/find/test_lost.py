"""Words that should be a link: found, and left alone where they are about something else."""

from typing import Any

import pytest

from service.find import find
from service.model import Document, Finding
from tests.find.shops import Shop
from tests.find.test_mentions import cases


def lost(source: str, language: str | None = None, media: Any = "text") -> list[Finding]:
    document = Document(source, media, language=language)
    return [each for each in find(document, (Shop(),)) if each.kind == "book_link"]


@pytest.mark.parametrize("case", cases("find_lost_links.jsonl"), ids=lambda case: case["source"])
def test_a_call_to_buy_without_a_link_is_found(case: dict[str, Any]) -> None:
    found = [each.text for each in lost(case["source"], case.get("language"))]
    assert found == ([case["found"]] if case["found"] else [])


def test_a_dead_link_is_lost_and_a_live_one_is_not() -> None:
    dead = "<p><a href='#'>Buy the book on Amazon</a></p>"
    (link,) = lost(dead, media="html")
    assert (dead[link.start : link.end], link.url) == ("Buy the book on Amazon", "#")
    assert not lost(dead.replace("#", "https://example.com/"), media="html")
