"""What commands and pages are shown of the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.model import Blog, Source
from service.store import sources, views
from service.store.engine import Store
from service.store.tables import PostRow, RevisionRow

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def owner(store: Store) -> int:
    """A blog with seven posts, of which two share their day."""
    with store.session() as session:
        owner = sources.blog_id(session, Blog("https://b.example/"), NOON)
        source = sources.source_row(session, owner, Source("blog", "feed", "https://b.example/f"))
        session.flush()
        for number, day in enumerate((5, 2, 2, 7, 1, 6, 3)):
            post = PostRow(
                blog_id=owner,
                source_id=source.id,
                url=f"https://b.example/{number}",
                title=f"{number}",
                state="held" if number % 2 else "baseline",
                reason="",
                published_at=NOON - timedelta(days=day),
                first_seen_at=NOON,
                entry_fingerprint="",
            )
            session.add(post)
            session.flush()
            content = {"url": post.url, "title": post.title, "html": ""}
            made = RevisionRow(
                post_id=post.id, fingerprint="", content=content, complete=True, seen_at=NOON
            )
            session.add(made)
            session.flush()
            post.revision_id = made.id
    return owner


@pytest.mark.parametrize("at_once", [1, 2, 3, 7, 100])
def test_every_post_comes_once_however_many_are_read_at_once(
    store: Store, owner: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_AT_ONCE", at_once)
    with store.reading() as session:
        for limit, expected in ((None, 7), (4, 4), (7, 7), (99, 7)):
            found = [each.title for each in views.every_post(session, owner, limit=limit)]
            assert found == ["4", "2", "1", "6", "0", "5", "3"][:expected]
        assert [each.title for each in views.every_post(session, owner, state="held")] == [
            "1",
            "5",
            "3",
        ]
        assert views.count_posts(session, owner, "held") == 3
        assert views.count_posts(session, owner) == 7
