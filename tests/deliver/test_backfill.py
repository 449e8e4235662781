"""The back catalogue: in by every way, each post once, none announced, gone on after any end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service import archives
from service.deliver.backfill import Backfill, Wish, prepare, source_to_fill, walk
from service.errors import FetchError, NoWayBack, Unreachable
from service.model import Source
from service.store.engine import Store
from tests.deliver.conftest import SECRET, on_sqlite
from tests.deliver.rig import PromptEngine, Rig, rig
from tests.old_blog import POSTS, OldBlog

WAYS = {"wordpress": "wordpress", "paged": "feed-pages", "archives": "feed-pages",
        "sitemap": "sitemap"}  # fmt: skip


@pytest.fixture
def old() -> Iterator[OldBlog]:
    """A blog with 23 posts, of which 5 stand in its feed; the test says what else it offers."""
    with OldBlog() as running:
        running.write(23, listed=5)
        yield running


@pytest.fixture
def owner(
    store: Store, old: OldBlog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rig]:
    monkeypatch.setattr("service.deliver.engine.Engine", PromptEngine)
    with rig(old.feed, store, tmp_path, SECRET) as made:
        yield made


def fill(owner: Rig, **wish: Any) -> Backfill:
    """What `bookplate backfill` does, without its pauses."""
    asked = Wish(**wish)
    source = source_to_fill(owner, None)
    gets = archives.patient(owner.door, pause=0, sleep=lambda _: None, tell=lambda _: None)
    state = prepare(owner, source, asked, gets)
    for _ in walk(owner, source, state, asked, gets):
        pass
    return state


@pytest.mark.parametrize("offer", WAYS)
def test_old_posts_are_known_and_only_a_new_one_is_announced(
    owner: Rig, old: OldBlog, offer: str
) -> None:
    old.offers = {offer}

    state = fill(owner)

    assert (state.way, state.done, state.taken, state.failed) == (WAYS[offer], True, 18, [])
    posts = owner.posts()
    assert set(posts) == set(old.posts)
    assert {each.state for each in posts.values()} == {"baseline"}
    assert owner.run().planned == []
    assert owner.scripted["social"].calls == []
    old.add("fresh", day=23)
    owner.run()
    owner.run()
    assert owner.scripted["social"].actions == ["publish"]
    assert "fresh" in owner.scripted["social"].calls[0].shown


@pytest.mark.parametrize("offer", WAYS)
@on_sqlite
def test_what_is_in_is_never_fetched_again(owner: Rig, old: OldBlog, offer: str) -> None:
    old.offers = {offer}
    fill(owner)
    old.requests.clear()

    again = fill(owner)

    assert (again.done, again.resumed, again.taken, old.requests) == (True, True, 0, [])


@pytest.mark.parametrize("offer", ["paged", "archives", "sitemap"])
@on_sqlite
def test_it_goes_on_where_it_was_cut_off(owner: Rig, old: OldBlog, offer: str) -> None:
    old.offers = {offer}
    source = source_to_fill(owner, None)
    gets = archives.patient(owner.door, pause=0, sleep=lambda _: None, tell=lambda _: None)
    state = prepare(owner, source, Wish(), gets)
    steps = walk(owner, source, state, Wish(), gets)
    for _ in range(3):
        next(steps)
    before = state.taken
    old.requests.clear()

    rest = fill(owner)

    assert before > 0
    assert (rest.resumed, rest.done, before + rest.taken) == (True, True, 18)
    pages = [each.path for each in old.requests if each.status == 200]
    assert len(pages) == len(set(pages))
    assert set(owner.posts()) == set(old.posts)


@on_sqlite
def test_a_site_that_fails_is_gone_on_with_later(owner: Rig, old: OldBlog) -> None:
    old.offers = {"paged"}
    source = source_to_fill(owner, None)
    gets = archives.patient(owner.door, pause=0, sleep=lambda _: None, tell=lambda _: None)
    state = prepare(owner, source, Wish(), gets)
    old.breaks_after = 2
    with pytest.raises(Unreachable) as told:
        list(walk(owner, source, state, Wish(), gets))
    assert "goes on where it stopped" in str(told.value)
    old.breaks_after = None

    assert fill(owner).done
    assert set(owner.posts()) == set(old.posts)


@on_sqlite
def test_a_post_published_since_the_last_poll_stays_new(owner: Rig, old: OldBlog) -> None:
    old.offers = {"wordpress"}
    owner.run()
    old.add("fresh", day=23)

    fill(owner)
    owner.run()

    assert [call.rendition.title for call in owner.scripted["social"].calls if call.rendition] == [
        "About fresh"
    ]


@on_sqlite
def test_a_post_that_the_feed_does_not_show_yet_is_left_to_the_polls(
    owner: Rig, old: OldBlog
) -> None:
    old.offers = {"sitemap"}
    owner.run()
    old.add("fresh", day=23, listed=False)

    state = fill(owner)

    assert (state.taken, state.left) == (18, 1)
    old.restore("fresh")
    owner.run()
    assert len(owner.scripted["social"].calls) == 1


@on_sqlite
def test_an_announced_post_is_not_sent_anew_because_the_archive_has_other_words(
    owner: Rig, old: OldBlog
) -> None:
    owner.run()
    old.add("fresh", day=20)
    owner.run()
    old.edit("fresh", "<p>Other words altogether, as the page has them.</p>")
    old.unlist("fresh")
    old.offers = {"sitemap"}
    calls = len(owner.scripted["social"].calls)

    state = fill(owner)
    owner.run()

    assert state.taken == 18
    assert len(owner.scripted["social"].calls) == calls


@on_sqlite
def test_wordpress_tells_all_of_a_post_and_hides_those_behind_a_password(
    owner: Rig, old: OldBlog
) -> None:
    old.offers = {"wordpress"}
    old.hidden = {"post-3"}
    old.per_page = 10

    state = fill(owner)

    assert (state.taken, state.passed, state.total) == (17, 1, 23)
    assert "post-3" not in owner.posts()
    from service.store import views

    with owner.store.reading() as session:
        found = views.revision(session, owner.owner, owner.posts()["post-2"].id)
    assert found is not None
    assert (found.authors, found.tags) == (("Ada Example",), ("Books & more", "slow"))
    assert found.published == old.posts["post-2"].published
    assert found.html == old.posts["post-2"].html


@on_sqlite
def test_posts_deleted_meanwhile_hide_none_of_the_others(owner: Rig, old: OldBlog) -> None:
    old.offers = {"wordpress"}
    old.per_page = 10
    source = source_to_fill(owner, None)
    gets = archives.patient(owner.door, pause=0, sleep=lambda _: None, tell=lambda _: None)
    state = prepare(owner, source, Wish(), gets)
    steps = walk(owner, source, state, Wish(), gets)
    next(steps)
    for slug in ("post-21", "post-20", "post-19"):
        del old.posts[slug]

    list(steps)

    assert set(owner.posts()) >= set(old.posts)


@on_sqlite
def test_an_api_that_is_closed_is_told_with_the_other_ways(owner: Rig, old: OldBlog) -> None:
    old.offers = {"wordpress", "closed", "paged"}

    assert fill(owner).way == "feed-pages"
    with pytest.raises(FetchError) as told:
        fill(owner, way="wordpress", entrance=old.url + POSTS)
    assert "answers 401" in str(told.value)
    assert "--from-feed-pages" in str(told.value)


@on_sqlite
def test_pages_of_a_sitemap_that_are_no_posts_are_passed(owner: Rig, old: OldBlog) -> None:
    old.offers = {"sitemap"}
    long = "<p>" + "Words and words. " * 60 + "</p>"
    old.extra = {
        "/about/": ("text/html", f"<title>About</title><article><h1>About</h1>{long}</article>"),
        "/essay/": (
            "text/html",
            '<title>An essay</title><script type="application/ld+json">{"@type": "BlogPosting", '
            f'"headline": "An essay"}}</script><article><h1>An essay</h1>{long}</article>',
        ),
        "/shelf/": ("text/html", f'<meta property="og:type" content="website">{long}'),
    }

    state = fill(owner)

    assert (state.taken, state.passed) == (19, 2)
    assert set(owner.posts()) == {*old.posts, "essay"}


@on_sqlite
def test_a_shop_beside_the_blog_is_not_walked_through(owner: Rig, old: OldBlog) -> None:
    old.offers = {"sitemap"}
    product = '<meta property="og:type" content="product"><p>A mug, to be bought at once.</p>'
    old.extra = {f"/shop/{number}/": ("text/html", product) for number in range(25)}

    state = fill(owner)

    assert (state.taken, state.passed) == (18, 26)
    assert len({each.path for each in old.requests if each.path.startswith("/shop/")}) == 10


@on_sqlite
def test_a_page_that_fails_is_named_and_tried_again(owner: Rig, old: OldBlog) -> None:
    old.offers = {"sitemap"}
    old.delete("post-2", status=403)
    old.delete("post-4", status=410)

    state = fill(owner)

    assert len(state.failed) == 1
    assert "/post-2/ answers 403" in state.failed[0]
    assert (state.taken, state.passed) == (16, 2)
    old.posts["post-2"].status = 200
    assert fill(owner).taken == 1


@on_sqlite
def test_a_limit_takes_the_newest_and_the_rest_later(owner: Rig, old: OldBlog) -> None:
    old.offers = {"wordpress"}

    first = fill(owner, limit=4)

    assert (first.done, first.taken) == (False, 4)
    assert set(owner.posts()) == {f"post-{number}" for number in range(14, 23)}
    assert fill(owner).taken == 14


@pytest.mark.parametrize("offer", WAYS)
@on_sqlite
def test_only_posts_since_a_day(owner: Rig, old: OldBlog, offer: str) -> None:
    old.offers = {offer}
    day = old.posts["post-12"].published

    assert fill(owner, since=day).taken == (6 if offer != "wordpress" else 5)
    assert fill(owner).taken == 18 - (6 if offer != "wordpress" else 5)


@on_sqlite
def test_a_summary_is_completed_by_the_archive(owner: Rig, old: OldBlog) -> None:
    old.offers = {"sitemap"}
    whole = old._item
    old._item = lambda post: whole(post).replace("content:encoded", "description")  # type: ignore[method-assign]
    for post in old.posts.values():
        post.html = post.html[:200] + " […]"
    owner.run()
    for post in old.posts.values():
        post.html = post.html.removesuffix(" […]") + "<p>And the rest of it.</p>"

    fill(owner)

    from service.store import backfills

    with owner.store.reading() as session:
        assert all(backfills.is_whole(session, each.id) for each in owner.posts().values())


@on_sqlite
def test_another_way_to_the_same_posts_finds_them_known(owner: Rig, old: OldBlog) -> None:
    old.offers = {"wordpress", "sitemap"}
    fill(owner)
    old.requests.clear()

    state = fill(owner, way="sitemap")

    assert (state.done, state.taken, state.known) == (True, 0, 23)
    assert not [each.path for each in old.requests if each.path.startswith("/post-")]


@on_sqlite
def test_a_blog_followed_by_its_pages_has_an_archive_too(owner: Rig, old: OldBlog) -> None:
    old.offers = {"sitemap"}
    owner.set_up(sources=(Source("pages", "page", f"{old.url}/", settle=timedelta(0)),))

    assert fill(owner).taken == 18
    assert owner.run().planned == []
    old.add("fresh", day=23)
    owner.run()
    assert len(owner.scripted["social"].calls) == 1


@on_sqlite
def test_a_blog_that_offers_nothing_says_so(owner: Rig, old: OldBlog) -> None:
    with pytest.raises(NoWayBack) as told:
        fill(owner)
    assert str(told.value).splitlines() == [
        "No way to older posts was found. Looked for:",
        f"  WordPress's REST API: {old.url}/ names none.",
        f"  older pages of the feed: {old.feed} links none, and ?paged=2 and ?page=2 show no "
        "others.",
        "  the sitemap: robots.txt names none, and none stands at /sitemap.xml, "
        "/sitemap_index.xml, /wp-sitemap.xml, /sitemap-index.xml, /sitemap.xml.gz, /sitemap.txt, "
        "/sitemap/, /blog/sitemap.xml.",
        "  → Where there is a sitemap: bookplate backfill --from-sitemap --url ITS_ADDRESS",
    ]
    with pytest.raises(NoWayBack) as told:
        fill(owner, way="sitemap")
    assert "by the sitemap: robots.txt names none" in str(told.value)


@on_sqlite
def test_an_api_that_is_closed_is_named_among_what_was_looked_for(owner: Rig, old: OldBlog) -> None:
    old.offers = {"wordpress", "closed"}
    with pytest.raises(NoWayBack) as told:
        fill(owner)
    assert "WordPress's REST API: The list of WordPress posts at" in str(told.value)
    assert "401" in str(told.value)


@on_sqlite
def test_the_newest_stand_first_in_the_list_of_posts(owner: Rig, old: OldBlog) -> None:
    old.offers = {"wordpress"}
    fill(owner)
    from service.store import views

    with owner.store.reading() as session:
        first = views.posts(session, owner.owner, limit=5)
        rest = views.posts(session, owner.owner, before=first[-1].id)
    dates = [each.published for each in (*first, *rest)]
    assert dates == sorted(dates, key=lambda day: day or datetime.now(UTC), reverse=True)
    assert len(dates) == 23
