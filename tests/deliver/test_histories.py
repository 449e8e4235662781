"""Feed histories, polled from a server and announced: each really new post once, nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from service.deliver import presence
from tests.blog import Blog
from tests.deliver.conftest import on_sqlite
from tests.deliver.rig import Rig
from tests.ingest.histories import HISTORIES, entry, rss

#: one history in so many; tests/ingest/test_news.py looks at all of them, without a server
EVERY = 12


@on_sqlite
@pytest.mark.parametrize("history", HISTORIES[::EVERY], ids=lambda history: history["name"])
def test_what_is_new_is_announced_once(
    publisher: Rig, blog: Blog, monkeypatch: pytest.MonkeyPatch, history: dict[str, Any]
) -> None:
    monkeypatch.setattr(presence, "look", lambda *_: "there")
    announced = 0
    for specs, expected in zip(history["polls"], history["expect"], strict=True):
        blog.raw_feed = rss([entry(spec) for spec in specs])
        publisher.run()
        publisher.run()
        announced += expected.split().count("N")
        published = [
            call for call in publisher.scripted["social"].calls if call.action == "publish"
        ]
        assert len(published) == announced, [each.reason for each in publisher.posts().values()]
