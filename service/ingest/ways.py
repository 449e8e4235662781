"""All the ways to a blog's posts, for those who choose: to follow it, and to its back catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from service.errors import FetchError, UnreadableInput
from service.ingest import wordpress
from service.ingest.blog_page import BlogPage
from service.ingest.discovery import Discovery, discover
from service.ingest.feed_pages import older_pages
from service.ingest.feed_relations import relations
from service.ingest.sitemap import find_sitemap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.ingest.archive import WayKind
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
    if found.feed_url:
        ways += _hubs(found.feed_url, fetcher)
    return found, (*ways, *archives(found.site_url, found.feed_url, fetcher))


def _hubs(feed_url: str, fetcher: Fetcher) -> Iterator[Way]:
    try:
        named = relations(fetcher.get(feed_url))
    except FetchError:
        return
    for hub in named.get("hub", ())[:1]:
        yield Way("hub", hub, "It tells of new posts at once (WebSub).")


def archives(site_url: str, feed_url: str | None, gets: Gets) -> tuple[Way, ...]:
    """The ways to the back catalogue, the best first: WordPress's API has whole posts a hundred at
    a time, a feed some at a time, whole or not, a sitemap one address a request."""
    pages = list(_feed_pages(feed_url, gets)) if feed_url else []
    maps = list(_sitemap(site_url, gets))
    whole = [way for way in pages if way.whole]
    return (*_wordpress(site_url, gets), *whole, *maps, *(way for way in pages if not way.whole))


def archive(kind: WayKind, entrance: str) -> Way:
    """A way whose entrance somebody knows."""
    return Way(kind, entrance, "You said where it is.")


def _wordpress(site_url: str, gets: Gets) -> Iterator[Way]:
    endpoint = find_wordpress(site_url, gets)
    try:
        total = wordpress.posts_in_all(endpoint, gets) if endpoint else 0
    except (FetchError, UnreadableInput):
        return
    if endpoint and total:
        yield Way("wordpress", endpoint, "WordPress's REST API has the posts whole.", total)


def find_wordpress(site_url: str, gets: Gets) -> str | None:
    """Where a WordPress lists its posts; None where the site says it is none."""
    try:
        page = BlogPage(gets.get(site_url))
    except (FetchError, UnreadableInput):
        return None
    named = wordpress.posts_endpoint(page)
    return named or (wordpress.usual_endpoint(page.url) if page.platform == "WordPress" else None)


def _feed_pages(feed_url: str, gets: Gets) -> Iterator[Way]:
    try:
        how, whole = older_pages(feed_url, gets)
    except (FetchError, UnreadableInput):
        return
    if how:
        yield Way("feed-pages", feed_url, f"The feed goes back: {how}.", whole=whole)


def _sitemap(site_url: str, gets: Gets) -> Iterator[Way]:
    found = find_sitemap(site_url, gets)
    if found:
        what = "The sitemap lists the site's pages; each is read."
        yield Way("sitemap", " ".join(found), what)
