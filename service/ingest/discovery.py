"""From any address of a blog to the best way to follow it, and why that one.

A feed of posts before one of a part of the blog, whole posts before summaries, a feed of the same
site before one elsewhere, an announced one before a found one. Where there is no feed: WordPress's
API, then the page itself, or a sitemap where the page lists no posts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urljoin, urlsplit

from service.errors import FetchError, Unreachable
from service.ingest.blog_page import BlogPage
from service.ingest.feed_places import guesses
from service.ingest.feed_search import Looks, feed_in, is_of_comments, is_whole, shares
from service.ingest.list_search import api_of, sitemap_of
from service.ingest.sitemap import is_sitemap
from service.ingest.wordpress_lists import posts_endpoint

if TYPE_CHECKING:
    from service.ingest.fetch import Fetched, Fetcher
    from service.model import Feed

_HOME_PATHS = ("", "/blog", "/index.html", "/index.php")
#: of the pages that a home page links as its blog, those looked at
_MOST_BLOGS = 2


@dataclass(frozen=True, slots=True)
class Discovery:
    """How to follow a blog. `feed_url` is that of the feed, of WordPress's API or of a sitemap;
    None where a page has to be followed: `site_url` then.

    `why` says in a sentence what was chosen; `alternatives` are the other feeds found. `whole`
    tells whether the feed has whole posts, `platform` the program that made the site.
    """

    feed_url: str | None
    kind: Literal["feed", "page", "wordpress", "sitemap"]
    title: str | None
    site_url: str
    language: str | None
    why: str
    alternatives: tuple[str, ...] = ()
    whole: bool = True
    platform: str | None = None


def discover(url: str, fetcher: Fetcher) -> Discovery:
    """The best way to follow the blog at this address. Raises FetchError and its kinds."""
    fetched = _get(url, fetcher)
    listed = _list_itself(fetched)
    if listed is not None:
        return listed
    feed = feed_in(fetched)
    if feed is None:
        looks = Looks(fetcher)
        page = BlogPage(fetched)
        return _of_page(looks.page_at(page.sends_on_to) or page, looks)
    if is_of_comments(feed):
        return _instead_of_comments(fetched, feed, fetcher)
    why = f"The address is itself a feed with {_posts(feed)}."
    return _the_feed(fetched.url, feed, why, ())


def _list_itself(fetched: Fetched) -> Discovery | None:
    endpoint = posts_endpoint(fetched.url)
    if endpoint is not None:
        return _the_list("wordpress", endpoint, "The address is that of WordPress's API.")
    if is_sitemap(fetched.body):
        return _the_list("sitemap", fetched.url, "The address is that of a sitemap.")
    return None


def _get(url: str, fetcher: Fetcher) -> Fetched:
    """Fetch an address as people type it: without a scheme, https is tried first, then http, then
    the same with or without www."""
    url = re.sub(r"^feed:(?://)?(?!\s*$)", "", url.strip()).removeprefix("//")
    if "://" in url:
        return fetcher.get(url)
    other = url.removeprefix("www.") if url.startswith("www.") else f"www.{url}"
    try:
        return fetcher.get(f"https://{url}")
    except Unreachable as error:
        first = error
    for spelling in (f"http://{url}", f"https://{other}", f"http://{other}"):
        try:
            return fetcher.get(spelling)
        except FetchError:
            continue
    raise first


def _instead_of_comments(fetched: Fetched, feed: Feed, fetcher: Fetcher) -> Discovery:
    """The feed of posts of a blog whose feed of comments was given."""
    for address in dict.fromkeys((feed.site_url, urljoin(fetched.url, "/"))):
        try:
            found = discover(address, fetcher) if address and address != fetched.url else None
        except FetchError:
            continue
        if found and found.kind == "feed":
            why = f"The address is a feed of comments; this one has the posts. {found.why}"
            return replace(found, why=why)
    return _the_feed(fetched.url, feed, "The address is a feed of comments.", ())


# ── from a page ──────────────────────────────────────────────────────────────────────────


def _of_page(page: BlogPage, looks: Looks) -> Discovery:
    for find in (_announced, _above, _beside, _guessed, _listed_by_api, _listed_by_sitemap):
        found = find(page, looks)
        if found is not None:
            return found
    return _page_itself(page, looks)


def _announced(page: BlogPage, looks: Looks) -> Discovery | None:
    chosen = looks.best([each.url for each in page.announced if not each.part], page)
    chosen = chosen or looks.best([each.url for each in page.announced if each.part], page)
    if chosen is None:
        return None
    why = f"The page announces this feed, with {_posts(chosen[1])}{_summaries(chosen[1])}."
    others = tuple(each.url for each in page.announced if each.url != chosen[0])
    return _the_feed(*chosen, why, others, page.platform)


def _above(page: BlogPage, looks: Looks) -> Discovery | None:
    """The feed that the blog's home page announces, where it is about this page too."""
    for home in looks.pages_above(page):
        chosen = looks.best([each.url for each in home.announced if not each.part], home)
        if chosen is None:
            continue
        if not _is_about(page, chosen[1]):
            looks.rejected = looks.rejected or chosen
            continue
        why = (
            f"{home.url} announces this feed, with {_posts(chosen[1])}{_summaries(chosen[1])}; "
            "the page itself announces none."
        )
        others = tuple(each.url for each in home.announced if each.url != chosen[0])
        return _the_feed(*chosen, why, others, home.platform)
    return None


def _beside(page: BlogPage, looks: Looks) -> Discovery | None:
    """The feed of the blog that a home page without one links."""
    if urlsplit(page.url).path.rstrip("/") not in _HOME_PATHS:
        return None
    for address in page.blogs[:_MOST_BLOGS]:
        blog = looks.page_at(address)
        found = _announced(blog, looks) if blog else None
        if blog and found:
            why = found.why.replace("The page", f"{blog.url}, which the page links,", 1)
            return replace(found, why=why)
    return None


def _guessed(page: BlogPage, looks: Looks) -> Discovery | None:
    generator = page.generator or next((h.generator for h in looks.pages_above(page)), None)
    chosen = looks.first(guesses(page.url, generator))
    if chosen is None:
        return None
    if not _is_about(page, chosen[1]):
        looks.rejected = looks.rejected or chosen
        return None
    said = f"with {_posts(chosen[1])}{_summaries(chosen[1])}"
    why = f"The page announces no feed, but here is one, {said}."
    return _the_feed(*chosen, why, (), page.platform)


def _listed_by_api(page: BlogPage, looks: Looks) -> Discovery | None:
    found = None if _is_over(looks) else api_of(page, looks.fetcher)
    if found is None:
        return None
    why = f"No feed was found; WordPress's API is followed, with {_counted(found[1], 'post')}."
    return replace(_the_list("wordpress", found[0], why), site_url=page.url, **_named(page))


def _listed_by_sitemap(page: BlogPage, looks: Looks) -> Discovery | None:
    """Only where no page is seen to list posts: a sitemap lists whatever a site has."""
    if _is_over(looks) or any(len(each.links) > 1 for each in (page, *looks.pages_above(page))):
        return None
    found = sitemap_of(page, looks.fetcher)
    if found is None:
        return None
    pages = _counted(found[1], "page")
    why = f"No feed and no list of posts was found; the sitemap is followed, with {pages}."
    return replace(_the_list("sitemap", found[0], why), site_url=page.url, **_named(page))


def _is_over(looks: Looks) -> bool:
    """Whether there is no more to look for: the site's posts are others, or it asks to wait."""
    return looks.rejected is not None or looks.told_to_wait


def _named(page: BlogPage) -> dict[str, Any]:
    title = page.metadata.title or page.metadata.site_name
    return {"title": title, "language": page.metadata.language, "platform": page.platform}


def _the_list(kind: Literal["wordpress", "sitemap"], url: str, why: str) -> Discovery:
    return Discovery(url, kind, None, urljoin(url, "/"), None, why)


def _page_itself(page: BlogPage, looks: Looks) -> Discovery:
    """The page as the last way: itself, or one above it where that lists posts and it does not."""
    follow = page
    if len(page.links) < 2:
        follow = next((home for home in looks.pages_above(page) if len(home.links) > 1), page)
    links = follow.links
    listed = f"it lists {len(links)} posts" if links else "no list of posts was recognised in it"
    name = "the page itself is" if follow is page else f"{follow.url} is"
    why = f"No feed was found, so {name} followed: {listed}."
    if looks.rejected:
        name = "this page" if follow is page else follow.url
        why = f"The site has a feed, but about other posts; {name} is followed: {listed}."
    return Discovery(
        feed_url=None,
        kind="page",
        title=follow.metadata.title or follow.metadata.site_name,
        site_url=follow.url,
        language=follow.metadata.language,
        why=why,
        alternatives=(looks.rejected[0],) if looks.rejected else (),
        platform=page.platform,
    )


def _the_feed(
    url: str, feed: Feed, why: str, others: tuple[str, ...], platform: str | None = None
) -> Discovery:
    return Discovery(
        feed_url=url,
        kind="feed",
        title=feed.title or None,
        site_url=feed.site_url or urljoin(url, "/"),
        language=feed.language,
        why=why,
        alternatives=others,
        whole=is_whole(feed),
        platform=platform,
    )


# ── what a feed is worth ─────────────────────────────────────────────────────────────────


def _posts(feed: Feed) -> str:
    return _counted(len(feed.entries), "post")


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"


def _summaries(feed: Feed) -> str:
    return "" if is_whole(feed) else " as summaries, whose pages are read for the rest"


def _is_about(page: BlogPage, feed: Feed) -> bool:
    """Whether a feed that this page does not announce is of its blog: it has the posts that the
    page shows, or the page is a post, or the blog's home."""
    if urlsplit(page.url).path.rstrip("/") in _HOME_PATHS:
        return True
    return page.kind == "post" or shares(feed, (*page.links, page.url))
