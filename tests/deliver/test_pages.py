"""A source without a feed: an index page and the pages it lists."""

from __future__ import annotations

from datetime import timedelta

import pytest

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
