"""Entries that came just so before are not read again, and all is decided as if they were."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from service.deliver import listing, presence
from service.deliver.imprints import NOTHING, remembered
from service.deliver.intake import take_url
from service.deliver.poll import Listing
from service.deliver.polling import poll_all
from service.store.engine import open_store
from service.store.tables import PostKeyRow, PostRow, RevisionRow
from tests.blog import Blog
from tests.deliver.conftest import SECRET, on_sqlite
from tests.deliver.rig import Rig, rig
from tests.ingest.histories import HISTORIES, entry, rss

pytestmark = on_sqlite

#: one history in so many
EVERY = 8


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the entries that were read, in order."""
    titles: list[str] = []
    real = listing._read

    def noted(*given: Any) -> Listing:
        told = real(*given)
        titles.extend(each.title for each in told.entries or ())
        return told

    monkeypatch.setattr(listing, "_read", noted)
    return titles


def test_only_what_is_new_is_read(publisher: Rig, blog: Blog, read: list[str]) -> None:
    for slug in ("one", "two", "three"):
        blog.add(slug, slug)
    publisher.run()
    blog.add("four", "four")
    read.clear()

    publisher.run()

    assert read == ["four"]
    assert publisher.posts()["four"].state == "announced"


def test_an_edited_post_alone_is_read(publisher: Rig, blog: Blog, read: list[str]) -> None:
    for slug in ("one", "two"):
        blog.add(slug, slug)
    publisher.run()
    blog.edit("two", "<p>Other words about it, quite other ones.</p>")
    read.clear()

    (poll, *_) = publisher.run().polls

    assert read == ["two"]
    assert poll.changed == ["two"]


def test_a_post_dated_back_is_looked_at_among_all(
    publisher: Rig, blog: Blog, read: list[str]
) -> None:
    for slug in ("one", "two"):
        blog.add(slug, slug, day=5)
    publisher.run()
    blog.add("old", "old", day=1)
    read.clear()

    publisher.run()

    assert sorted(read) == ["old", "old", "one", "two"]
    assert publisher.posts()["old"].state == "announced"


def test_what_the_feed_says_for_all_makes_all_be_read(
    publisher: Rig, blog: Blog, read: list[str]
) -> None:
    entries = [entry("a"), entry("b")]
    blog.raw_feed = rss(entries)
    publisher.run()
    read.clear()
    blog.raw_feed = rss(entries).replace("<language>en<", "<language>de<")

    publisher.run()

    assert read == ["About a", "About b"]


def test_a_deleted_post_that_is_listed_all_the_same_came_back(publisher: Rig, blog: Blog) -> None:
    for slug in ("one", "two"):
        blog.add(slug)
        publisher.run()
    blog.posts["two"].status = 410
    take_url(publisher, publisher.blog.sources[0], blog.address("two"), "It was pushed.")
    assert publisher.posts()["two"].state == "gone"
    blog.add("three")

    publisher.run()

    assert publisher.posts()["two"].state == "held"


@pytest.mark.parametrize("history", HISTORIES[::EVERY], ids=lambda history: history["name"])
def test_all_is_decided_as_if_all_had_been_read(
    publisher: Rig, blog: Blog, other: Rig, monkeypatch: pytest.MonkeyPatch, history: dict[str, Any]
) -> None:
    monkeypatch.setattr(presence, "look", lambda *_: "there")
    for specs in history["polls"]:
        blog.raw_feed = rss([entry(spec) for spec in specs])
        for each, recall in ((publisher, remembered), (other, lambda _: NOTHING)):
            monkeypatch.setattr(listing, "remembered", recall)
            each.clock.forward(minutes=1)
            poll_all(each, each.blog.sources[:1])
        assert known(publisher) == known(other)


@pytest.fixture
def other(blog: Blog, tmp_path: Path, empty_sqlite: Path) -> Iterator[Rig]:
    """Somebody who follows the same blog and reads all of it every time."""
    path = tmp_path / "other.db"
    shutil.copyfile(empty_sqlite, path)
    store = open_store(f"sqlite:///{path}")
    with rig(blog.feed, store, tmp_path, SECRET) as made:
        yield made
    store.close()


def known(publisher: Rig) -> list[tuple[object, ...]]:
    """All posts, with everything that was decided of them."""
    with publisher.store.reading() as session:
        posts = session.scalars(select(PostRow).order_by(PostRow.id)).all()
        keys = session.execute(select(PostKeyRow.post_id, PostKeyRow.key)).all()
        revisions = session.execute(select(RevisionRow.post_id, RevisionRow.fingerprint)).all()
    return [
        (
            post.url,
            post.title,
            post.state,
            post.reason,
            post.entry_fingerprint,
            post.settles_at,
            post.listed_at is None,
            post.missing_since,
            sorted(key for of, key in keys if of == post.id),
            sorted(key for of, key in revisions if of == post.id),
        )
        for post in posts
    ]
