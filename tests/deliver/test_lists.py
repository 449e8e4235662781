"""Sources that are no feeds but list a whole site: WordPress's REST API and sitemaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from service.deliver import by_sitemap
from service.model import Source
from service.store.engine import Store
from tests.blog import prose
from tests.deliver.conftest import SECRET, on_sqlite
from tests.deliver.rig import NOON, PromptEngine, Rig, rig
from tests.old_blog import POSTS, OldBlog

WORDPRESS = f"{POSTS}?per_page=20&orderby=modified"
BOTH = pytest.mark.parametrize("source", [WORDPRESS, "/sitemap.xml"])
EDITED = "<p>Quite another text, with more to say than there was before it.</p>" * 3


@pytest.fixture
def blog() -> Iterator[OldBlog]:
    with OldBlog("wordpress", "sitemap") as running:
        running.write(23, listed=5)
        yield running


@pytest.fixture
def owner(
    store: Store, blog: OldBlog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rig]:
    monkeypatch.setattr("service.deliver.engine.Engine", PromptEngine)
    with rig(blog.feed, store, tmp_path, SECRET) as made:
        yield made


def follow(owner: Rig, address: str, kind: Literal["feed", "wordpress", "sitemap"] = "feed") -> Rig:
    own = Source("blog", kind, address, settle=timedelta(0))
    owner.set_up(sources=(own, *owner.blog.sources[1:]))
    return owner


def announced(owner: Rig) -> set[str]:
    return {slug for slug, post in owner.posts().items() if post.state == "announced"}


def edit(blog: OldBlog, slug: str, html: str = EDITED, **later: float) -> None:
    """Edit a post now, which the lists tell."""
    blog.edit(slug, html=html)
    blog.modified[slug] = NOON + timedelta(**(later or {"hours": 1}))


def pages_asked(blog: OldBlog) -> list[str]:
    """The posts whose pages were fetched, and not only looked for."""
    return [each.path for each in blog.requests if each.path.startswith("/post-")]


# ── both ─────────────────────────────────────────────────────────────────────────────────


@BOTH
@pytest.mark.usefixtures("store")
def test_what_stands_there_at_first_is_old_and_what_comes_is_announced(
    owner: Rig, blog: OldBlog, source: str
) -> None:
    follow(owner, blog.url + source).run()
    blog.add("news", day=10)

    told = owner.run()

    assert told.errors == []
    assert announced(owner) == {"news"}
    assert owner.scripted["letter"].calls[0].shown.count("Notes on news") == 1


@BOTH
@on_sqlite
def test_what_has_not_changed_is_not_fetched_again(owner: Rig, blog: OldBlog, source: str) -> None:
    follow(owner, blog.url + source).run()
    owner.run()
    blog.requests.clear()

    told = owner.run()

    assert told.polls[0].unchanged
    assert {each.status for each in blog.requests} == {304}
    assert pages_asked(blog) == []


@BOTH
@on_sqlite
def test_a_new_post_costs_one_request_more_than_the_lists(
    owner: Rig, blog: OldBlog, source: str
) -> None:
    follow(owner, blog.url + source).run()
    blog.add("post-new", day=10)
    blog.requests.clear()

    owner.run()

    whole = [e for e in blog.requests if e.path.startswith("/post-") or "include=" in e.path]
    assert len(whole) == 1
    assert announced(owner) == {"post-new"}


@BOTH
@on_sqlite
def test_an_edit_of_a_post_that_is_out_updates_its_copies(
    owner: Rig, blog: OldBlog, source: str
) -> None:
    follow(owner, blog.url + source).run()
    blog.add("news", day=10)
    owner.run()
    edit(blog, "news")

    told = owner.run()

    assert told.polls[0].changed == ["About news"]
    assert owner.delivery("drop").state == "updated"


@BOTH
@on_sqlite
def test_an_edit_of_an_old_post_announces_nothing(owner: Rig, blog: OldBlog, source: str) -> None:
    follow(owner, blog.url + source).run()
    edit(blog, "post-1")

    owner.run()

    assert announced(owner) == set()
    assert owner.posts()["post-1"].state == "baseline"


@BOTH
@on_sqlite
def test_a_post_dated_back_is_announced(owner: Rig, blog: OldBlog, source: str) -> None:
    follow(owner, blog.url + source).run()
    blog.add("late", day=-30)

    owner.run()

    assert announced(owner) == {"late"}


@BOTH
@on_sqlite
def test_many_new_posts_at_once_are_held(owner: Rig, blog: OldBlog, source: str) -> None:
    follow(owner, blog.url + source).run()
    for number in range(6):
        blog.add(f"flood-{number}", day=10 + number)

    owner.run()

    held = {slug for slug, post in owner.posts().items() if post.state == "held"}
    assert held == {f"flood-{number}" for number in range(6)}


@BOTH
@on_sqlite
def test_a_post_that_was_deleted_is_withdrawn(owner: Rig, blog: OldBlog, source: str) -> None:
    follow(owner, blog.url + source).run()
    blog.add("news", day=10)
    owner.run()
    blog.delete("news", 410)
    blog.dropped.add("news")

    told = owner.run()

    assert told.polls[0].gone == ["About news"]
    assert owner.delivery("drop").state == "withdrawn"


@BOTH
@on_sqlite
def test_a_post_with_another_address_is_the_same_post(
    owner: Rig, blog: OldBlog, source: str
) -> None:
    follow(owner, blog.url + source).run()
    blog.add("news", day=10)
    owner.run()
    blog.posts = {
        ("renamed" if slug == "news" else slug): replace(
            each, slug="renamed" if slug == "news" else slug
        )
        for slug, each in blog.posts.items()
    }
    blog.modified["renamed"] = NOON

    told = owner.run()

    assert told.polls[0].new == []
    assert owner.scripted["letter"].actions == ["publish"]


@BOTH
@on_sqlite
def test_a_source_that_fails_is_asked_again_and_forgets_nothing(
    owner: Rig, blog: OldBlog, source: str
) -> None:
    follow(owner, blog.url + source).run()
    blog.add("news", day=10)
    blog.breaks_after = 0
    failed = owner.run()
    blog.breaks_after = None

    owner.run()

    assert any("503" in error for error in failed.errors)
    assert announced(owner) == {"news"}


# ── WordPress ────────────────────────────────────────────────────────────────────────────


@on_sqlite
@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("feed", "/wp-json/wp/v2/posts"),
        ("feed", "/wp-json/wp/v2"),
        ("feed", "/wp-json/"),
        ("wordpress", "/"),
    ],
)
def test_the_api_is_known_by_its_address(
    owner: Rig, blog: OldBlog, kind: Literal["feed", "wordpress"], address: str
) -> None:
    told = follow(owner, blog.url + address, kind).run()

    assert told.errors == []
    assert len(owner.posts()) == 23
    assert all(POSTS in each.path or "_fields=name" in each.path or each.path == "/"
               for each in blog.requests)  # fmt: skip


@on_sqlite
def test_a_blog_without_an_api_says_what_to_do(owner: Rig, blog: OldBlog) -> None:
    blog.offers = set()

    (error,) = follow(owner, f"{blog.url}/", "wordpress").run().errors

    assert "says nowhere that it has WordPress's API" in error
    assert "wp-json/wp/v2/posts" in error


@on_sqlite
def test_the_posts_behind_the_first_page_are_known_by_their_title_and_never_new(
    owner: Rig, blog: OldBlog
) -> None:
    blog.write(130, listed=5)
    follow(owner, blog.url + POSTS).run()
    edit(blog, "post-3")

    told = owner.run()

    assert len(owner.posts()) == 130
    assert told.polls[0].changed == ["About post-3"]
    assert announced(owner) == set()
    assert pages_asked(blog) == []


@on_sqlite
def test_a_planned_post_comes_though_much_was_edited_after_it_was_written(
    owner: Rig, blog: OldBlog
) -> None:
    blog.write(130, listed=5)
    follow(owner, blog.url + POSTS).run()
    for number in range(110):
        edit(blog, f"post-{number}", hours=2, minutes=number)
    owner.run()
    blog.add("planned", day=10)
    blog.modified["planned"] = NOON - timedelta(days=9)

    owner.run()

    assert announced(owner) == {"planned"}


@on_sqlite
def test_a_post_behind_a_password_comes_when_it_is_open(owner: Rig, blog: OldBlog) -> None:
    follow(owner, blog.url + POSTS).run()
    blog.add("secret", day=10)
    blog.hidden.add("secret")
    owner.run()
    before = announced(owner)
    blog.hidden.clear()
    blog.modified["secret"] = NOON + timedelta(hours=1)

    owner.run()

    assert before == set()
    assert announced(owner) == {"secret"}


@on_sqlite
def test_an_old_post_behind_a_password_is_old_when_it_is_open(owner: Rig, blog: OldBlog) -> None:
    blog.hidden.add("post-20")
    follow(owner, blog.url + POSTS).run()
    blog.hidden.clear()
    blog.modified["post-20"] = NOON + timedelta(hours=1)

    owner.run()

    assert announced(owner) == set()


@on_sqlite
def test_a_site_that_gives_fewer_posts_at_once_is_followed_too(owner: Rig, blog: OldBlog) -> None:
    blog.per_page = 10
    follow(owner, blog.url + POSTS).run()
    blog.add("news", day=10)

    told = owner.run()

    assert told.errors == []
    assert len(owner.posts()) == 24
    assert announced(owner) == {"news"}
    assert [each.status for each in blog.requests].count(400) == 2
    edit(blog, "post-3")
    assert owner.run().polls[0].changed == ["About post-3"]


@on_sqlite
def test_a_closed_api_says_so(owner: Rig, blog: OldBlog) -> None:
    blog.offers.add("closed")

    (error,) = follow(owner, blog.url + POSTS).run().errors

    assert "The list of WordPress posts" in error
    assert "401" in error


# ── sitemaps ─────────────────────────────────────────────────────────────────────────────


@on_sqlite
def test_a_sitemap_is_known_by_its_root_whatever_its_name(owner: Rig, blog: OldBlog) -> None:
    blog.extra["/everything"] = ("text/xml", blog._places())

    told = follow(owner, f"{blog.url}/everything").run()

    assert told.errors == []
    assert "post-1" in owner.posts()


@on_sqlite
def test_a_poll_reads_a_bounded_number_of_pages_and_the_next_ones_the_rest(
    owner: Rig, blog: OldBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_sitemap, "PAGES_A_POLL", 4)
    follow(owner, f"{blog.url}/sitemap.xml").run()
    read_at_first = len(pages_asked(blog))
    for number in range(6):
        blog.add(f"post-new-{number}", day=10 + number)
    follow(owner, f"{blog.url}/sitemap.xml")

    counts = []
    for _ in range(3):
        blog.requests.clear()
        owner.run()
        counts.append(len(pages_asked(blog)))

    assert read_at_first == 4
    assert counts == [4, 2, 0]
    assert announced(owner) == {f"post-new-{number}" for number in range(6)}


@on_sqlite
def test_a_page_that_is_no_post_is_not_announced_and_not_read_twice(
    owner: Rig, blog: OldBlog
) -> None:
    follow(owner, f"{blog.url}/sitemap.xml").run()
    blog.extra["/imprint/"] = ("text/html", "<title>Imprint</title><p>Ada Example, Berlin.</p>")
    owner.run()
    owner.run()

    assert blog.asked("/imprint/") == [200]
    assert announced(owner) == set()


@on_sqlite
def test_a_page_that_is_listed_before_it_is_there_is_announced_when_it_is(
    owner: Rig, blog: OldBlog
) -> None:
    follow(owner, f"{blog.url}/sitemap.xml").run()
    blog.add("early", day=10)
    blog.posts["early"].status = 404
    owner.run()
    blog.posts["early"].status = 200

    told = owner.run()

    assert told.errors == []
    assert announced(owner) == {"early"}


@on_sqlite
def test_a_document_among_the_pages_is_no_post(owner: Rig, blog: OldBlog) -> None:
    blog.extra["/2026/paper.pdf"] = ("application/pdf", "%PDF-1.4 <</Type/Catalog>>")

    told = follow(owner, f"{blog.url}/sitemap.xml").run()

    assert told.errors == []
    assert "paper.pdf" not in owner.posts()


@on_sqlite
def test_an_old_page_that_was_never_read_and_moves_is_not_announced(
    owner: Rig, blog: OldBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_sitemap, "PAGES_A_POLL", 4)
    follow(owner, f"{blog.url}/sitemap.xml").run()
    blog.posts["post-1"].status = 404
    blog.dropped.add("post-1")
    blog.posts["moved"] = replace(blog.posts["post-1"], slug="moved", status=200)

    owner.run()

    assert announced(owner) == set()
    assert owner.posts()["moved"].state == "baseline"


@on_sqlite
def test_a_sitemap_whose_parts_say_when_they_changed_is_asked_for_those_that_did(
    owner: Rig, blog: OldBlog
) -> None:
    def index(day: int) -> None:
        named = "".join(
            f"<sitemap><loc>{blog.url}/part-{part}.xml</loc><lastmod>{when}</lastmod></sitemap>"
            for part, when in ((1, "2026-11-01"), (2, f"2026-11-{day}"))
        )
        blog.extra["/index.xml"] = ("text/xml", f"<sitemapindex>{named}</sitemapindex>")

    index(20)
    blog.extra["/part-1.xml"] = ("text/xml", blog._places())
    blog.extra["/part-2.xml"] = ("text/xml", "<urlset></urlset>")
    follow(owner, f"{blog.url}/index.xml", "sitemap").run()
    blog.add("news", prose("news"), day=10)
    index(24)
    place = f"<url><loc>{blog.address('news')}</loc></url>"
    blog.extra["/part-2.xml"] = ("text/xml", f"<urlset>{place}</urlset>")

    owner.run()

    assert blog.asked("/part-1.xml") == [200]
    assert blog.asked("/part-2.xml") == [200, 200]
    assert announced(owner) == {"news"}


@on_sqlite
def test_robots_that_forbid_a_page_are_obeyed(owner: Rig, blog: OldBlog) -> None:
    follow(owner, f"{blog.url}/sitemap.xml").run()
    blog.extra["/robots.txt"] = ("text/plain", "User-agent: *\nDisallow: /secret/\n")
    with OldBlog("sitemap") as closed:
        closed.extra["/robots.txt"] = blog.extra["/robots.txt"]
        closed.write(3, listed=3)
        closed.add("secret", day=4)

        told = follow(owner, f"{closed.url}/sitemap.xml").run()

        assert any("/secret/ may not be read" in error for error in told.errors)
        assert closed.asked("/secret/") == []
