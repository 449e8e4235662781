"""All the ways to a blog's posts, for those who choose: to follow it, and to its back catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from service.errors import FetchError, UnreadableInput
from service.ingest import wordpress
from service.ingest.blog_page import BlogPage
from service.ingest.discovery import Discovery, discover
from service.ingest.feed_pages import QUERIES, older_pages
from service.ingest.feed_relations import relations
from service.ingest.list_search import endpoint_of
from service.ingest.sitemap import COMMON, find_sitemap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.ingest.fetch import Fetcher
    from service.ingest.patience import Gets


@dataclass(frozen=True, slots=True)
class Way:
    """A way to a blog's posts: where it begins, and what there is, in words.

    `posts` is how many there are, where that is told. `whole` is False where only summaries are.
    """

    kind: Literal["feed", "page", "hub", "wordpress", "feed-pages", "sitemap"]
    url: str
    what: str
    posts: int | None = None
    whole: bool = True


def survey(url: str, fetcher: Fetcher) -> tuple[Discovery, tuple[Way, ...]]:
    """How to follow the blog at this address, and every way to its posts. Raises FetchError."""
    found = discover(url, fetcher)
    follow = found.feed_url or found.site_url
    ways = [Way(found.kind, follow, found.why, whole=found.whole)]
    ways += [Way("feed", other, "Another feed of this site.") for other in found.alternatives]
    feed = found.feed_url if found.kind == "feed" else None
    if feed:
        ways += _hubs(feed, fetcher)
    back = archives(found.site_url, feed, fetcher)
    return found, (*ways, *(way for way in back if (way.kind, way.url) != (found.kind, follow)))


def _hubs(feed_url: str, fetcher: Fetcher) -> Iterator[Way]:
    try:
        named = relations(fetcher.get(feed_url))
    except FetchError:
        return
    for hub in named.get("hub", ())[:1]:
        yield Way("hub", hub, "It tells of new posts at once (WebSub).")


def archives(
    site_url: str, feed_url: str | None, gets: Gets, tried: dict[str, str] | None = None
) -> tuple[Way, ...]:
    """The ways to the back catalogue, the best first: WordPress's API has whole posts a hundred at
    a time, a feed some at a time, whole or not, a sitemap one address a request.

    `tried` is told why each kind of way is none.
    """
    tried = {} if tried is None else tried
    pages = list(_feed_pages(feed_url, gets, tried))
    maps = list(_sitemap(site_url, gets, tried))
    whole = [way for way in pages if way.whole]
    listed = _wordpress(site_url, gets, tried)
    return (*listed, *whole, *maps, *(way for way in pages if not way.whole))


def _wordpress(site_url: str, gets: Gets, tried: dict[str, str]) -> Iterator[Way]:
    try:
        endpoint = endpoint_of(BlogPage(gets.get(site_url)))
        posts = wordpress.posts_in_all(endpoint, gets) if endpoint else 0
    except (FetchError, UnreadableInput) as error:
        tried["wordpress"] = error.what
        return
    if endpoint and posts:
        yield Way("wordpress", endpoint, "WordPress's REST API has the posts whole.", posts)
    else:
        tried["wordpress"] = f"{endpoint} has no posts." if endpoint else f"{site_url} names none."


def find_wordpress(site_url: str, gets: Gets) -> str | None:
    """Where a WordPress lists its posts; None where the site says it is none."""
    try:
        return endpoint_of(BlogPage(gets.get(site_url)))
    except (FetchError, UnreadableInput):
        return None


def _feed_pages(feed_url: str | None, gets: Gets, tried: dict[str, str]) -> Iterator[Way]:
    if feed_url is None:
        tried["feed-pages"] = "no feed is known."
        return
    try:
        how, whole = older_pages(feed_url, gets)
    except (FetchError, UnreadableInput) as error:
        tried["feed-pages"] = error.what
        return
    if how:
        yield Way("feed-pages", feed_url, f"The feed goes back: {how}.", whole=whole)
    else:
        behind = " and ".join(f"?{name}=2" for name in QUERIES)
        tried["feed-pages"] = f"{feed_url} links none, and {behind} show no others."


def _sitemap(site_url: str, gets: Gets, tried: dict[str, str]) -> Iterator[Way]:
    found = find_sitemap(site_url, gets)
    if found:
        what = "The sitemap lists the site's pages; each is read."
        yield Way("sitemap", " ".join(found), what)
    else:
        places = ", ".join(f"/{path}" for path in COMMON)
        tried["sitemap"] = f"robots.txt names none, and none stands at {places}."
