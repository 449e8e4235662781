"""An index page yields the addresses of its posts, in order, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.ingest.pages import page_links
from tests.growth import assert_linear

INDEXES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data/pages/indexes.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("index", INDEXES, ids=lambda index: index["platform"])
def test_an_index_yields_its_posts(index: dict[str, str]) -> None:
    rows = "".join(index["row"].replace("{i}", str(number)) for number in (1, 2, 3))
    html = f"<body>{index['before']}{rows}{index['after']}</body>"
    expected = tuple(index["post"].replace("{i}", str(number)) for number in (1, 2, 3))
    assert page_links(html, url=index["url"]) == expected


def test_time_grows_with_the_index() -> None:
    assert_linear(
        lambda html: page_links(html, url="https://a.example/"),
        lambda size: "".join(f'<div class=r><a href="/p{at}">P</a></div>' for at in range(size)),
        150,
    )
