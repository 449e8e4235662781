"""What is remembered of blogs, posts, revisions, rulings and hooks; on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from service.model import Blog, Book, Revision, Ruling, Source
from service.store import deliveries, hooks, posts, rulings, sources, views
from service.store.engine import Store
from service.store.tables import BlogRow, PostRow, ReceiptRow, RevisionRow, SourceRow
from tests.deliver.rig import NOON

BLOG = Blog("https://blog.example/")
FEED = Source("blog", "feed", "https://blog.example/feed.xml")


@pytest.fixture
def owner(store: Store) -> int:
    with store.session() as session:
        return sources.blog_id(session, BLOG, NOON)


def add_post(store: Store, owner: int, name: str = "a-post", state: str = "settling") -> int:
    with store.session() as session:
        row = sources.source_row(session, owner, FEED)
        post = PostRow(
            blog_id=owner,
            source_id=row.id,
            url=f"https://blog.example/{name}/",
            title=name,
            state=state,
            reason="",
            first_seen_at=NOON,
            entry_fingerprint="",
        )
        session.add(post)
        session.flush()
        posts.add_keys(session, post, [f"url:blog.example/{name}", f"title:{name}"])
        return post.id


def revise(store: Store, post_id: int, html: str, *, complete: bool = True) -> int:
    revision = Revision("https://blog.example/a-post/", "A post", html)
    with store.session() as session:
        post = session.get(PostRow, post_id)
        assert post is not None
        return posts.add_revision(session, post, revision, complete=complete, now=NOON).id


def test_a_blog_is_remembered_once(store: Store, owner: int) -> None:
    with store.session() as session:
        assert sources.blog_id(session, BLOG, NOON) == owner
        assert sources.blog_id(session, Blog("https://other.example/"), NOON) != owner


def test_many_processes_that_begin_at_once_make_one_blog_and_source(store: Store) -> None:
    """Threads with connections of their own: to the database that is the same."""
    gate = threading.Barrier(6)
    failures: list[Exception] = []

    def begin() -> None:
        gate.wait(30)
        try:
            with store.session() as session:
                owner = sources.blog_id(session, BLOG, NOON)
            with store.session() as session:
                sources.source_row(session, owner, FEED)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert not failures
    with store.session() as session:
        assert session.scalar(select(func.count()).select_from(BlogRow)) == 1
        assert session.scalar(select(func.count()).select_from(SourceRow)) == 1


def test_a_source_that_moves_is_polled_anew_but_stays_known(store: Store, owner: int) -> None:
    with store.session() as session:
        row = sources.source_row(session, owner, FEED)
        row.etag, row.baseline_at = '"1"', NOON
    with store.session() as session:
        row = sources.source_row(session, owner, Source("blog", "feed", "https://new.example/"))
        assert row.etag is None
        assert row.baseline_at == NOON


def test_posts_are_found_by_any_of_their_keys(store: Store, owner: int) -> None:
    first, second = add_post(store, owner, "first"), add_post(store, owner, "second")

    with store.session() as session:
        found = posts.post_ids_by_key(
            session, owner, ["url:blog.example/first", "title:second", "guid:unknown"]
        )
        assert found == {"url:blog.example/first": first, "title:second": second}
        assert posts.post_ids_by_key(session, owner + 1, ["title:second"]) == {}


def test_a_key_stays_with_the_post_that_had_it_first(store: Store, owner: int) -> None:
    first, second = add_post(store, owner, "first"), add_post(store, owner, "second")

    with store.session() as session:
        post = session.get(PostRow, second)
        assert post is not None
        posts.add_keys(session, post, ["title:first", "guid:7", "guid:7"])
        found = posts.post_ids_by_key(session, owner, ["title:first", "guid:7"])

    assert found == {"title:first": first, "guid:7": second}


def test_thousands_of_keys_can_be_asked_for_at_once(store: Store, owner: int) -> None:
    post_id = add_post(store, owner)
    keys = [f"guid:{number}" for number in range(1300)]
    with store.session() as session:
        post = session.get(PostRow, post_id)
        assert post is not None
        posts.add_keys(session, post, keys)

    with store.session() as session:
        assert len(posts.post_ids_by_key(session, owner, keys)) == 1300


def test_a_content_that_comes_back_is_the_same_revision(store: Store, owner: int) -> None:
    post_id = add_post(store, owner)

    first = revise(store, post_id, "<p>A</p>")
    second = revise(store, post_id, "<p>B</p>")
    third = revise(store, post_id, "<p>A</p>")

    assert first == third != second
    with store.session() as session:
        post = session.get(PostRow, post_id)
        assert post is not None
        assert post.revision_id == first
        assert session.scalar(select(func.count()).select_from(RevisionRow)) == 2


def test_a_revision_that_was_complete_stays_so(store: Store, owner: int) -> None:
    post_id = add_post(store, owner)
    revise(store, post_id, "<p>A</p>", complete=True)
    row_id = revise(store, post_id, "<p>A</p>", complete=False)

    with store.session() as session:
        row = session.get(RevisionRow, row_id)
        assert row is not None
        assert row.complete


def test_the_content_comes_back_as_it_was(store: Store, owner: int) -> None:
    html = '<p>Grüße — "naïve" 𝔘𝔫𝔦𝔠𝔬𝔡𝔢\r\n\t&amp;</p>'
    post_id = add_post(store, owner)
    revise(store, post_id, html)

    with store.session() as session:
        found = views.revision(session, owner, post_id)
        assert found is not None
        assert found.html == html


def test_a_ruling_takes_the_place_of_an_earlier_one(store: Store, owner: int) -> None:
    book = Book("It", ("Stephen King",))
    with store.session() as session:
        rulings.decide(session, owner, Ruling("It", "ignore"), NOON)
        rulings.decide(session, owner, Ruling("IT!", "link", book), NOON)
    with store.session() as session:
        (ruling,) = rulings.of_blog(session, owner)
    assert ruling == Ruling("IT!", "link", book)


def test_a_ruling_is_forgotten_by_any_spelling_of_its_title(store: Store, owner: int) -> None:
    with store.session() as session:
        rulings.decide(session, owner, Ruling("It", "ignore"), NOON)
        rulings.decide(session, owner, Ruling("Stoner", "link"), NOON + timedelta(seconds=1))
        assert [each.title for each, _ in rulings.decided(session, owner)] == ["Stoner", "It"]
        assert rulings.forget(session, owner, "“IT”")
        assert not rulings.forget(session, owner, "It")
        assert [each.title for each in rulings.of_blog(session, owner)] == ["Stoner"]


def test_a_webhook_is_kept_once_for_each_source(store: Store, owner: int) -> None:
    assert hooks.keep(store, owner, "cms", "msg_1", {"url": "x"}, NOON)
    assert not hooks.keep(store, owner, "cms", "msg_1", {"url": "y"}, NOON)
    assert hooks.keep(store, owner, "shop", "msg_1", {"url": "z"}, NOON)

    with store.session() as session:
        assert [each.payload["url"] for each in hooks.pending(session, owner, NOON)] == ["x", "z"]
        assert not hooks.pending(session, owner, NOON - timedelta(seconds=1))


def test_no_blog_sees_what_is_another_s(store: Store, owner: int) -> None:
    post_id = add_post(store, owner)
    revise(store, post_id, "<p>A</p>")
    with store.session() as session:
        other = sources.blog_id(session, Blog("https://other.example/"), NOON)
        rulings.decide(session, owner, Ruling("It", "ignore"), NOON)
    hooks.keep(store, owner, "cms", "msg_1", {}, NOON)

    with store.session() as session:
        assert views.posts(session, other) == []
        assert views.post(session, other, post_id) is None
        assert views.revision(session, other, post_id) is None
        assert views.deliveries(session, other) == []
        assert views.sources(session, other) == []
        assert views.hooks(session, other) == []
        assert views.waiting(session, other).count == 0
        assert rulings.of_blog(session, other) == ()
        assert hooks.pending(session, other, NOON) == []
        assert posts.settled(session, other, NOON) == []
        assert deliveries.due(session, other, NOON) == []


def test_posts_are_shown_page_by_page_the_newest_first(store: Store, owner: int) -> None:
    ids = [add_post(store, owner, f"post-{number}") for number in range(5)]

    with store.session() as session:
        first = views.posts(session, owner, limit=2)
        second = views.posts(session, owner, limit=2, before=first[-1].id)

    assert [each.id for each in first + second] == ids[:0:-1]


def test_forgetting_what_was_cut_off_keeps_what_got_through(store: Store) -> None:
    with store.session() as session:
        for part, state in (("a", "begun"), ("b", "finished"), ("c", "dropped")):
            session.add(ReceiptRow(key="k", part=part, state=state, remote_id=None, at=NOON))
        session.add(ReceiptRow(key="other", part="a", state="begun", remote_id=None, at=NOON))
    with store.session() as session:
        deliveries.forget_cut_off(session, "k")
    with store.session() as session:
        left = {(each.key, each.part) for each in session.scalars(select(ReceiptRow))}

    assert left == {("k", "b"), ("k", "c"), ("other", "a")}
