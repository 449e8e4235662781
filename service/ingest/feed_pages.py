"""The older pages of a feed: its archives (RFC 5005, section 4), else its pages (section 3), else
those behind ?paged= and ?page=.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from service.errors import FetchError, Gone, Unreachable, UnreadableInput
from service.ingest.batches import Batch, Cursor, Span
from service.ingest.feed_relations import relations
from service.ingest.feed_search import is_whole
from service.ingest.feeds import read_feed
from service.ingest.identity import quick_keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from service.ingest.fetch import Fetched
    from service.ingest.patience import Gets
    from service.model import Entry, Feed

#: pages of one feed: more is a loop of ever new addresses
_MOST_PAGES = 5_000
#: the query that asks for an older page of a feed, where no link does
QUERIES = ("paged", "page")


@dataclass(frozen=True, slots=True)
class _FeedPage:
    url: str
    feed: Feed
    older: str | None

    @property
    def marks(self) -> list[str]:
        return [_mark(entry) for entry in self.feed.entries]


def feed_batches(url: str, gets: Gets, cursor: Cursor | None, span: Span) -> Iterator[Batch]:
    """A document of the feed at a time: its archives (RFC 5005, section 4), else its pages
    (section 3), else those behind ?paged= and ?page=. Raises FetchError and UnreadableInput."""
    at = cursor or {"url": url, "query": None, "number": 1, "before": []}
    for _ in range(_MOST_PAGES):
        page = _older_page(at, gets)
        if page is None:
            yield Batch()
            return
        fresh = [entry for entry in page.feed.entries if _mark(entry) not in at["before"]]
        following = _following(page, at, gets) if fresh else None
        entries = tuple(_spoken(entry, page.feed.language) for entry in fresh)
        if span.since is not None and fresh and all(_is_before(e, span.since) for e in fresh):
            following = None
        yield Batch(entries, following)
        if following is None:
            return
        at = following


def older_pages(url: str, gets: Gets) -> tuple[str | None, bool]:
    """How the feed at this address leads to older posts, in words, None where it does not; and
    whether it has its posts whole."""
    page = _feed_page(gets.get(url))
    following = _following(page, {"url": url, "query": None, "number": 1, "before": []}, gets)
    if following is None:
        return None, is_whole(page.feed)
    links = "it links its older posts (RFC 5005)"
    query = following["query"]
    how = f"its older posts stand behind ?{query}=2" if query else links
    return how, is_whole(page.feed)


def _older_page(at: Cursor, gets: Gets) -> _FeedPage | None:
    """The page of the feed at this cursor; None past the last one."""
    try:
        return _feed_page(gets.get(at["url"]))
    except (Gone, UnreadableInput):
        if at["number"] == 1:
            raise
        return None


def _feed_page(fetched: Fetched) -> _FeedPage:
    feed = read_feed(fetched.body, url=fetched.url, content_type=fetched.content_type)
    named = relations(fetched)
    older = next((named[rel][0] for rel in ("prev-archive", "next") if rel in named), None)
    return _FeedPage(fetched.url, feed, older if older != fetched.url else None)


def _following(page: _FeedPage, at: Cursor, gets: Gets) -> Cursor | None:
    """Where the posts before this page stand: what it links; else, of the feed itself, the query
    that is found to work, and from then on the same one."""
    number = at["number"] + 1
    if page.older:
        return {"url": page.older, "query": None, "number": number, "before": page.marks}
    if at["query"]:
        url = _with_query(at["url"], at["query"], number)
        return {"url": url, "query": at["query"], "number": number, "before": page.marks}
    if at["number"] > 1 or not page.feed.entries:
        return None
    for query in QUERIES:
        url = _with_query(page.url, query, number)
        if _is_another(url, page, gets):
            return {"url": url, "query": query, "number": number, "before": page.marks}
    return None


def _is_another(url: str, page: _FeedPage, gets: Gets) -> bool:
    """Whether older posts stand at this address, not the same ones again."""
    try:
        other = _feed_page(gets.get(url))
    except Unreachable:
        raise
    except (FetchError, UnreadableInput):
        return False
    return bool(other.marks) and not set(other.marks) & set(page.marks)


def _with_query(url: str, name: str, number: int) -> str:
    parts = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != name]
    return parts._replace(query=urlencode([*query, (name, str(number))])).geturl()


def _mark(entry: Entry) -> str:
    """What tells an entry from the others of its feed."""
    return quick_keys(entry)[0]


def _is_before(entry: Entry, moment: datetime) -> bool:
    return entry.published is not None and entry.published < moment


def _spoken(entry: Entry, language: str | None) -> Entry:
    return entry if entry.language or language is None else replace(entry, language=language)
