"""The reference pages say what the code says."""

from pathlib import Path

import pytest

from docs.reference import DOCS, pages

PAGES = pages()


@pytest.mark.parametrize("path", sorted(PAGES), ids=str)
def test_a_reference_page_is_what_the_code_says(path: Path) -> None:
    assert (DOCS / path).read_text("utf-8") == PAGES[path], "run: make docs"


def test_no_channel_page_is_left_over() -> None:
    there = {path.relative_to(DOCS) for path in (DOCS / "channels").glob("*.md")}
    assert there == {path for path in PAGES if path.parent == Path("channels")}
