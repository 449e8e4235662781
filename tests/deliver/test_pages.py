"""A source without a feed: an index page and the pages it lists."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import pipeline
from service.model import Source
from tests.blog import Blog
from tests.deliver.conftest import on_sqlite
from tests.deliver.rig import Rig

pytestmark = on_sqlite


@pytest.fixture
def of_pages(publisher: Rig, blog: Blog) -> Rig:
    """The publisher follows the blog's index page instead of its feed."""
    own = Source("blog", "page", f"{blog.url}/", settle=timedelta(0))
    publisher.set_up(sources=(own, *publisher.blog.sources[1:]))
    return publisher


def announced(publisher: Rig) -> set[str]:
    return {slug for slug, post in publisher.posts().items() if post.state == "announced"}


def test_what_the_index_lists_at_first_is_old_and_what_comes_is_new(
    of_pages: Rig, blog: Blog
) -> None:
    blog.add("first")
    of_pages.run()
    blog.add("second")

    of_pages.run()

    assert announced(of_pages) == {"second"}


def test_a_long_index_tells_once_how_many_of_its_pages_are_looked_at(
    of_pages: Rig, blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.deliver.listing.PAGES_A_POLL", 2)
    monkeypatch.setattr("service.deliver.poll_words.PAGES_A_POLL", 2)
    for slug in ("first", "second", "third"):
        blog.add(slug)

    at_first, later = of_pages.run(), of_pages.run()

    assert [note for poll in at_first.polls for note in poll.notes] == [
        "The page lists 3 posts; the first 2 are looked at. Older ones: bookplate backfill"
    ]
    assert not [note for poll in later.polls for note in poll.notes]


def test_a_page_that_could_not_be_read_at_first_is_old_too(of_pages: Rig, blog: Blog) -> None:
    blog.add("first")
    blog.add("second")
    blog.posts["second"].status = 503
    told = of_pages.run()
    blog.posts["second"].status = 200

    of_pages.run()

    assert any("503" in error for error in told.errors)
    assert set(of_pages.posts()) == {"first", "second"}
    assert not announced(of_pages)


def test_a_changed_page_updates_its_copies(of_pages: Rig, blog: Blog) -> None:
    of_pages.run()
    blog.add("first")
    of_pages.run()
    blog.edit("first", html="<p>Quite another text, with more to say than there was.</p>" * 3)

    of_pages.run()

    assert of_pages.scripted["social"].actions[:1] == ["publish"]
    assert of_pages.delivery("drop").state == "updated"


# ── what is asked for again ──────────────────────────────────────────────────────────────


def test_pages_that_are_as_they_were_are_asked_conditionally(of_pages: Rig, blog: Blog) -> None:
    blog.add("first")
    blog.add("second")
    of_pages.run()

    told = of_pages.run()

    assert blog.asked("/") == [200, 304]
    assert blog.asked("/first/") == [200, 304]
    assert blog.asked("/second/") == [200, 304]
    assert told.polls[0].unchanged


def test_one_page_that_changed_is_read_and_no_other(of_pages: Rig, blog: Blog) -> None:
    blog.add("first")
    blog.add("second")
    of_pages.run()
    blog.edit("second", html="<p>Quite another text, with more to say than there was.</p>" * 3)

    told = of_pages.run()

    assert blog.asked("/first/")[-1] == 304
    assert blog.asked("/second/")[-1] == 200
    assert told.polls[0].changed == ["About second"]
    assert told.polls[0].gone == []
    assert of_pages.posts()["first"].state == "baseline"


def test_pages_without_validators_are_compared(
    of_pages: Rig, blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    blog.conditional = False
    blog.add("first")
    of_pages.run()
    monkeypatch.setattr(pipeline, "extract", None)

    told = of_pages.run()

    assert told.errors == []
    assert told.polls[0].unchanged


def test_a_page_that_fails_for_a_while_is_not_taken_for_gone(of_pages: Rig, blog: Blog) -> None:
    of_pages.run()
    blog.add("first")
    of_pages.run()
    blog.posts["first"].status = 503
    told = of_pages.run()
    blog.posts["first"].status = 200

    of_pages.run()

    assert any("503" in error for error in told.errors)
    assert blog.asked("/first/").count(503) == 1
    assert of_pages.posts()["first"].state == "announced"


def test_a_page_that_leaves_the_index_is_looked_for(of_pages: Rig, blog: Blog) -> None:
    of_pages.run()
    blog.add("first")
    blog.add("second")
    of_pages.run()
    blog.delete("first", 410)

    told = of_pages.run()

    assert told.polls[0].gone == ["About first"]


def test_what_robots_forbid_is_told_with_what_to_do(of_pages: Rig, blog: Blog) -> None:
    blog.robots = "User-agent: Bookplate\nDisallow: /secret/\n"
    blog.add("secret")
    blog.add("open")

    told = of_pages.run()

    (error,) = told.errors
    assert "/secret/ may not be read" in error
    assert "ignore_robots" in error
    assert blog.asked("/secret/") == []
