"""The reference pages say what the code says."""

from pathlib import Path

import pytest

from docs.reference import DOCS, pages

PAGES = pages()


@pytest.mark.parametrize("path", sorted(PAGES), ids=str)
def test_a_reference_page_is_what_the_code_says(path: Path) -> None:
    assert (DOCS / path).read_text("utf-8") == PAGES[path], "run: make docs"


@pytest.mark.parametrize("folder", ["channels", "catalogues"])
def test_no_page_is_left_over(folder: str) -> None:
    there = {path.relative_to(DOCS) for path in (DOCS / folder).glob("*.md")}
    assert there == {path for path in PAGES if path.parent == Path(folder)}
