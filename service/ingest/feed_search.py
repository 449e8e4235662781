"""Looking for the feed of a blog: what was asked for is asked for once, and not for ever."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from service.errors import FetchError, UnreadableInput
from service.ingest.blog_page import BlogPage
from service.ingest.feeds import read_feed
from service.ingest.identity import normalised_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.ingest.fetch import Fetched, Fetcher
    from service.model import Feed

_COMMENT_TITLE = re.compile(
    r"^\s*(?:comments?\s+(?:on|for|feed)|kommentare\s+(?:zu|für|von)|commentaires?\s+(?:sur|pour)|"
    r"comentarios\s+(?:en|de|sobre)|comentários\s+(?:em|sobre)|commenti\s+(?:a|su|per)|"
    r"reacties\s+(?:op|voor))\b",
    re.IGNORECASE,
)
#: of a site's first folders, those that hold posts, not a blog
_NO_HOME = re.compile(
    r"^(?:\d{4}|category|tags?|author|page|archives?|posts?|p|search)$", re.IGNORECASE
)
#: the most addresses asked whether there is a feed, and of those announced for a better one
_MOST_CANDIDATES, _MOST_COMPARED = 30, 6


def feed_in(fetched: Fetched) -> Feed | None:
    """The feed in what was fetched, if it is one."""
    try:
        return read_feed(fetched.body, url=fetched.url, content_type=fetched.content_type)
    except UnreadableInput:
        return None


def is_of_comments(feed: Feed) -> bool:
    """Whether a feed says by its title that it is one of comments."""
    return _COMMENT_TITLE.match(feed.title) is not None


def is_whole(feed: Feed) -> bool:
    """Whether a feed has its posts whole: at least half of them."""
    return 2 * sum(entry.complete for entry in feed.entries) >= len(feed.entries)


def shares(feed: Feed, addresses: Sequence[str]) -> bool:
    """Whether a feed has one of the posts at these addresses."""
    shown = {normalised_url(each) for each in addresses}
    return any(normalised_url(entry.url) in shown for entry in feed.entries if entry.url)


class Looks:
    """What was asked for while looking, each address once. `rejected` is a feed of other posts;
    `told_to_wait` whether the site wants to be left alone for a while."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher
        self._feeds: dict[str, tuple[str, Feed] | None] = {}
        self._homes: list[BlogPage] | None = None
        self.told_to_wait = False
        self.rejected: tuple[str, Feed] | None = None

    def best(self, candidates: Sequence[str], page: BlogPage) -> tuple[str, Feed] | None:
        """Of announced feeds the first that has the page's posts whole; where it lists none, those
        of the first feed. Else the first with posts; an empty one only where no other is."""
        listed = page.links if page.kind == "list" else ()
        found: list[tuple[str, Feed]] = []
        for each in self._read(candidates[:_MOST_COMPARED]):
            found.append(each)
            told = [feed for _, feed in found if feed.entries]
            if told and is_whole(each[1]) and shares(each[1], listed or _addresses(told[0])):
                return each
        return next(iter((*_with_posts(found), *found)), None)

    def first(self, candidates: Sequence[str]) -> tuple[str, Feed] | None:
        """The first candidate that is a feed of posts; an empty one only where no other is."""
        empty = None
        for each in self._read(candidates):
            if each[1].entries:
                return each
            empty = empty or each
        return empty

    def _read(self, candidates: Sequence[str]) -> Iterator[tuple[str, Feed]]:
        for candidate in candidates:
            if self.told_to_wait or len(self._feeds) > _MOST_CANDIDATES:
                return
            found = self._feed_at(candidate)
            if found is not None:
                yield found

    def _feed_at(self, url: str) -> tuple[str, Feed] | None:
        if url not in self._feeds:
            self._feeds[url] = self._asked(url)
        return self._feeds[url]

    def _asked(self, url: str) -> tuple[str, Feed] | None:
        try:
            fetched = self.fetcher.get(url)
        except FetchError as error:
            self.told_to_wait |= getattr(error, "retry_after", None) is not None
            return None
        feed = feed_in(fetched)
        if feed is None or is_of_comments(feed):
            return None
        return fetched.permanent_url or url, feed

    def page_at(self, url: str | None) -> BlogPage | None:
        """The page at this address, if there is one."""
        try:
            return BlogPage(self.fetcher.get(url)) if url else None
        except (FetchError, UnreadableInput):
            return None

    def pages_above(self, page: BlogPage) -> list[BlogPage]:
        """The site's first folder above this page, and its home page, where they are pages."""
        if self._homes is None:
            self._homes = list(self._pages_above(page.url))
        return self._homes

    def _pages_above(self, url: str) -> Iterator[BlogPage]:
        root, folder = urljoin(url, "/"), urljoin(url, "./")
        first = urlsplit(folder).path.split("/")[1]
        near = [] if not first or _NO_HOME.match(first) else [f"{root}{first}/"]
        # the home page above /~ada/ is not Ada's
        above = near if first.startswith("~") else [*near, root]
        for address in above:
            page = None
            if normalised_url(address) != normalised_url(url):
                page = self.page_at(address)
            if page is not None:
                yield page


def _with_posts(found: Sequence[tuple[str, Feed]]) -> list[tuple[str, Feed]]:
    return [each for each in found if each[1].entries]


def _addresses(feed: Feed) -> list[str]:
    return [entry.url for entry in feed.entries if entry.url]
