"""From any address of a blog to the best way to follow it, and why that one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin, urlsplit

from service.errors import FetchError, Unreachable, UnreadableInput
from service.ingest.absolute import absolute_url
from service.ingest.feeds import read_feed
from service.ingest.identity import normalised_url
from service.ingest.index_page import page_links
from service.ingest.page_source import page_text, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.ingest.fetch import Fetched, Fetcher
    from service.model import Feed

_FEED_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/feed+json application/rdf+xml "
    "application/json text/xml application/xml application/x-atom+xml".split()
)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario|commenti|replies", re.IGNORECASE)
_COMMENT_TITLE = re.compile(r"^\s*(?:comments? (?:on|for)|kommentare (?:zu|für))\b", re.IGNORECASE)
_FEED_LINK = re.compile(
    r"(?:/(?:feed|rss|atom)/?|(?:rss|atom|feed|index)\.(?:xml|json|rss|atom)|\.rss)$"
)
#: where blog programs put their feeds: WordPress, Hugo, Jekyll, Ghost, Blogger, Micro.blog, …
_COMMON_PATHS = (
    "feed", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json", "rss", "rss/",
    "feeds/posts/default", "posts.atom", "blog/feed", "blog/feed.xml", "blog/rss.xml",
    "blog/index.xml",
)  # fmt: skip
_MOST_CANDIDATES = 24


@dataclass(frozen=True, slots=True)
class Discovery:
    """How to follow a blog. `feed_url` is None where the page itself has to be followed.

    `why` says in a sentence what was chosen; `alternatives` are the other feeds found.
    """

    feed_url: str | None
    kind: Literal["feed", "page"]
    title: str | None
    site_url: str
    language: str | None
    why: str
    alternatives: tuple[str, ...] = ()


def discover(url: str, fetcher: Fetcher) -> Discovery:
    """The best way to follow the blog at this address. Raises FetchError and its kinds."""
    fetched = _get(url, fetcher)
    feed = _feed_in(fetched)
    if feed is not None:
        return _the_feed(
            fetched.url, feed, f"The address is itself a feed with {_posts(feed)}.", ()
        )
    return _from_page(fetched, fetcher)


def _get(url: str, fetcher: Fetcher) -> Fetched:
    """Fetch an address as people type it: without a scheme, https is tried first."""
    url = url.strip().removeprefix("feed:").removeprefix("//")
    if "://" in url:
        return fetcher.get(url)
    try:
        return fetcher.get(f"https://{url}")
    except Unreachable:
        return fetcher.get(f"http://{url}")


def _feed_in(fetched: Fetched) -> Feed | None:
    try:
        return read_feed(fetched.body, url=fetched.url, content_type=fetched.content_type)
    except UnreadableInput:
        return None


def _from_page(fetched: Fetched, fetcher: Fetcher) -> Discovery:
    from service.ingest.page_metadata import Metadata

    text = page_text(fetched.body, fetched.charset)
    tree = parsed(text, fetched.url)
    metadata = Metadata(text, tree, fetched.url)
    announced = list(dict.fromkeys(_announced(tree, metadata.base or fetched.url)))
    chosen = _first_feed(announced, fetcher)
    if chosen:
        why = f"The page announces this feed, with {_posts(chosen[1])}."
        others = tuple(each for each in announced if each != chosen[0])
        return _the_feed(*chosen, why, others)
    links = page_links(text, url=fetched.url)
    guessed = _first_feed(_guesses(fetched.url), fetcher)
    if guessed and _is_about(fetched.url, links, guessed[1]):
        why = f"The page announces no feed, but here is one, with {_posts(guessed[1])}."
        return _the_feed(*guessed, why, ())
    listed = f"it lists {len(links)} posts" if links else "no list of posts was recognised in it"
    why = f"No feed was found, so the page itself is followed: {listed}."
    if guessed:
        why = f"The site has a feed, but about other posts; this page is followed: {listed}."
    return Discovery(
        feed_url=None,
        kind="page",
        title=metadata.title or metadata.site_name,
        site_url=fetched.url,
        language=metadata.language,
        why=why,
        alternatives=(guessed[0],) if guessed else (),
    )


def _the_feed(url: str, feed: Feed, why: str, others: tuple[str, ...]) -> Discovery:
    root = urljoin(url, "/")
    return Discovery(
        feed_url=url,
        kind="feed",
        title=feed.title or None,
        site_url=feed.site_url or root,
        language=feed.language,
        why=why,
        alternatives=others,
    )


def _posts(feed: Feed) -> str:
    return "1 post" if len(feed.entries) == 1 else f"{len(feed.entries)} posts"


# ── where a feed may be ──────────────────────────────────────────────────────────────────


def _announced(tree: object, base: str) -> Iterator[str]:
    """The feeds that a page names: rel=alternate, then visible links. Never one of comments."""
    elements = list(tree.xpath("//link[@rel and @href] | //a[@href]"))  # type: ignore[attr-defined]
    for element in elements:
        rels = (element.get("rel") or "").lower().split()
        kind = (element.get("type") or "").lower().split(";")[0].strip()
        if "alternate" in rels and kind in _FEED_TYPES and element.tag == "link":
            yield from _unless_comments(element, base)
    for element in elements:
        path = urlsplit((element.get("href") or "").split("?")[0]).path.lower()
        if element.tag == "a" and _FEED_LINK.search(path):
            yield from _unless_comments(element, base)


def _unless_comments(element: object, base: str) -> Iterator[str]:
    get = element.get  # type: ignore[attr-defined]
    found = absolute_url(get("href"), base)
    if found and not _COMMENTS.search(f"{get('title') or ''} {urlsplit(found).path}"):
        yield found


def _guesses(url: str) -> list[str]:
    folder, root = urljoin(url, "./"), urljoin(url, "/")
    near = [urljoin(folder, path) for path in _COMMON_PATHS[:6]] if folder != root else []
    return list(dict.fromkeys(near + [urljoin(root, path) for path in _COMMON_PATHS]))


def _first_feed(candidates: list[str], fetcher: Fetcher) -> tuple[str, Feed] | None:
    """The first candidate that is a feed of posts; an empty one only where no other is."""
    empty: tuple[str, Feed] | None = None
    for candidate in candidates[:_MOST_CANDIDATES]:
        try:
            fetched = fetcher.get(candidate)
        except Unreachable as error:
            if error.retry_after is not None:
                break
            continue
        except FetchError:
            continue
        feed = _feed_in(fetched)
        if feed is None or _COMMENT_TITLE.match(feed.title):
            continue
        if feed.entries:
            return fetched.permanent_url or candidate, feed
        empty = empty or (candidate, feed)
    return empty


def _is_about(url: str, links: tuple[str, ...], feed: Feed) -> bool:
    """Whether a feed that nobody announced holds what this page shows: its posts, or itself."""
    if urlsplit(url).path.rstrip("/") in ("", "/blog", "/index.html"):
        return True
    shown = {normalised_url(each) for each in (*links, url)}
    return any(normalised_url(entry.url) in shown for entry in feed.entries if entry.url)
