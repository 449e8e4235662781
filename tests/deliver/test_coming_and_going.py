"""Posts that come and go: drafts, empty feeds, summaries, comments, caches."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.blog import Blog, prose
from tests.deliver.conftest import on_sqlite
from tests.deliver.rig import Rig

pytestmark = on_sqlite


@pytest.fixture
def begun(publisher: Rig, blog: Blog) -> Rig:
    """A publisher that knows the blog's two old posts."""
    blog.add("first")
    blog.add("second")
    publisher.run()
    return publisher


def actions(publisher: Rig) -> list[str]:
    return publisher.scripted["social"].actions


def item(blog: Blog, slug: str, more: str, title: str | None = None) -> str:
    address = blog.address(slug)
    return (
        f"<item><title>{title or slug}</title><link>{address}</link><guid>{address}</guid>"
        f"{more}</item>"
    )


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>t</title>{"".join(items)}</channel></rss>'


# ── drafts ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [404, 410, 503])
def test_a_draft_that_leaves_before_it_has_settled_is_not_announced(
    begun: Rig, blog: Blog, status: int
) -> None:
    begun.settle(timedelta(minutes=10))
    blog.add("draft")
    begun.run()
    begun.clock.forward(minutes=5)
    blog.delete("draft", status)
    begun.run()
    begun.clock.forward(minutes=6)
    begun.run()
    begun.clock.forward(hours=6)
    begun.run()

    assert not actions(begun)


@pytest.mark.parametrize("status", [404, 410])
def test_a_draft_that_comes_again_is_announced_once_it_has_settled(
    begun: Rig, blog: Blog, status: int
) -> None:
    begun.settle(timedelta(minutes=10))
    blog.add("draft")
    begun.run()
    blog.delete("draft", status)
    begun.run()
    begun.clock.forward(minutes=11)
    begun.run()

    blog.restore("draft")
    blog.edit("draft", prose("draft", "Finished."))
    begun.run()
    assert not actions(begun)
    begun.clock.forward(minutes=11)
    begun.run()
    begun.run()

    assert actions(begun) == ["publish"]


def test_a_new_post_that_only_rolled_off_is_announced(begun: Rig, blog: Blog) -> None:
    begun.settle(timedelta(minutes=10))
    blog.add("third")
    begun.run()
    blog.unlist("third")
    begun.run()
    begun.clock.forward(minutes=11)
    begun.run()

    assert actions(begun) == ["publish"]


def test_an_old_post_that_was_deleted_and_comes_back_stays_old(begun: Rig, blog: Blog) -> None:
    blog.delete("first", 410)
    begun.run()
    blog.restore("first")
    begun.run()

    assert begun.posts()["first"].state == "baseline"
    assert not actions(begun)


# ── what leaves a feed ───────────────────────────────────────────────────────────────────


def test_of_a_feed_that_is_empty_nothing_is_concluded(begun: Rig, blog: Blog) -> None:
    blog.add("third")
    begun.run()
    for slug in blog.posts:
        blog.delete(slug, 404)
    begun.run()
    begun.clock.forward(hours=2)
    begun.run()
    for slug in blog.posts:
        blog.restore(slug)
    begun.run()

    assert actions(begun) == ["publish"]
    assert begun.posts()["third"].state == "announced"


def test_what_makes_room_for_a_new_post_is_not_looked_for(begun: Rig, blog: Blog) -> None:
    blog.unlist("first")
    blog.add("third")

    begun.run()

    assert blog.asked("/first/") == []
    assert actions(begun) == ["publish"]


# ── summaries ────────────────────────────────────────────────────────────────────────────


def test_a_summary_is_completed_from_the_page(begun: Rig, blog: Blog) -> None:
    blog.add("third", html=prose("third", "The whole of it."), listed=False)
    blog.raw_feed = rss(item(blog, "third", "<description>Notes on third […]</description>"))

    begun.run()

    assert "The whole of it." in begun.scripted["letter"].calls[0].shown


def test_a_summary_whose_page_is_not_there_goes_out_as_it_is(begun: Rig, blog: Blog) -> None:
    blog.raw_feed = rss(item(blog, "third", "<description>In short: beans.</description>"))

    begun.run()
    begun.run()

    assert actions(begun) == ["publish"]
    assert "In short: beans." in begun.scripted["letter"].calls[0].shown


def test_a_page_that_cannot_be_read_is_waited_for_a_while(begun: Rig, blog: Blog) -> None:
    begun.settle(timedelta(minutes=10))
    blog.add("third", html=prose("third", "The whole of it."), listed=False)
    blog.posts["third"].status = 503
    blog.raw_feed = rss(item(blog, "third", "<description>In short: beans.</description>"))
    begun.run()
    begun.clock.forward(minutes=11)
    begun.run()
    assert not actions(begun)

    blog.posts["third"].status = 200
    begun.clock.forward(minutes=2)
    begun.run()
    assert "The whole of it." in begun.scripted["letter"].calls[0].shown


def test_a_page_that_says_less_than_the_feed_is_not_the_post(begun: Rig, blog: Blog) -> None:
    blog.add("third", html="<p>Please accept our cookies, all of them, at once.</p>", listed=False)
    words = "What the summary tells of beans. " * 9
    blog.raw_feed = rss(item(blog, "third", f"<description>{words}[…]</description>"))

    begun.run()

    assert "What the summary tells" in begun.scripted["letter"].calls[0].shown


def test_a_feed_cut_to_summaries_changes_no_copy(begun: Rig, blog: Blog) -> None:
    blog.add("third")
    begun.run()
    words = "Notes on third, written down in one long evening"
    blog.raw_feed = rss(
        item(blog, "third", f"<description>{words} […]</description>", title="About third")
    )
    asked = len(blog.asked("/third/"))
    begun.run()

    assert actions(begun) == ["publish"]
    assert len(blog.asked("/third/")) == asked


# ── what is no news ──────────────────────────────────────────────────────────────────────


def test_a_comment_is_kept_as_skipped_and_leaves_its_post_alone(begun: Rig, blog: Blog) -> None:
    comment = item(blog, "first", "<description>I agree.</description>").replace(
        "</link>", "#comment-5</link>"
    )
    blog.raw_feed = (
        blog.answer("/feed.xml", {})[2].decode().replace("<item>", comment + "<item>", 1)
    )

    done = begun.run()

    assert done.polls[0].skipped == ["first"]
    assert not done.polls[0].changed
    assert not actions(begun)


def test_an_older_version_from_a_cache_is_no_edit(begun: Rig, blog: Blog) -> None:
    def feed(words: str, hour: int) -> str:
        return (
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>T</title>'
            f'<id>tag:x,2026:t</id><link href="{blog.address("t")}"/>'
            f"<updated>2026-11-03T{hour:02d}:00:00Z</updated>"
            f'<content type="html">&lt;p&gt;{words}&lt;/p&gt;</content></entry></feed>'
        )

    for words, hour in (("One.", 8), ("Two.", 9), ("One.", 8), ("Two.", 9), ("Three.", 10)):
        blog.raw_feed = feed(words, hour)
        begun.run()

    assert actions(begun) == ["publish", "update", "update"]
