"""A blog's back catalogue, batch by batch: by WordPress's REST API, by the older pages of its
feed, or by its sitemap. Each batch says where to go on, so that work cut off is taken up there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from service.errors import FetchError, Gone, Unreachable, UnreadableInput
from service.ingest import sitemap as sitemaps
from service.ingest import wordpress
from service.ingest.blog_page import BlogPage
from service.ingest.discovery import is_whole
from service.ingest.feed_relations import relations
from service.ingest.feeds import read_feed
from service.ingest.identity import normalised_url, quick_keys
from service.ingest.permalinks import is_about_the_site, permalink_test
from service.model import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from service.ingest.fetch import Fetched
    from service.ingest.patience import Gets
    from service.model import Feed

WayKind = Literal["wordpress", "feed-pages", "sitemap"]
Cursor = dict[str, Any]

#: pages that fail one after another before a site is left alone
_MOST_FAILURES = 5
#: pages of a folder without a post among them, after which the rest of it is left alone
_ENOUGH_LOOKED_AT = 10
#: pages of one feed: more is a loop of ever new addresses
_MOST_PAGES = 5_000


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is asked for: published after `since`, and not after `until`, since when the
    polls tell what is new."""

    since: datetime | None
    until: datetime

    def has(self, entry: Entry) -> bool:
        """Whether it holds an entry; one without a date is taken as old."""
        published = entry.published
        return published is None or (
            published <= self.until and (self.since is None or published >= self.since)
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Some posts, and the `cursor` to go on from, None after the last. `total` is how many the
    whole catalogue has, as far as it is known. `passed` are addresses that are no posts or are
    hidden, `failed` those that could not be read, each with why. `looked_at` are addresses whose
    posts are in `entries`, however the posts spell theirs; `known` counts those passed over because
    they are done."""

    entries: tuple[Entry, ...] = ()
    cursor: Cursor | None = None
    total: int | None = None
    passed: tuple[tuple[str, str], ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    looked_at: tuple[str, ...] = ()
    known: int = 0


def back_catalogue(
    kind: WayKind,
    entrance: str,
    gets: Gets,
    cursor: Cursor | None,
    span: Span,
    *,
    is_done: Callable[[str], bool],
    permalinks: Sequence[str],
) -> Iterator[Batch]:
    """The posts behind this entrance, from `cursor` on (None: from the beginning).

    A sitemap has an entrance or several, with spaces between; of it, what `is_done` is not
    fetched, and `permalinks` of known posts tell which of its addresses are likely posts.
    Raises FetchError and UnreadableInput.
    """
    if kind == "wordpress":
        return wordpress_batches(entrance, gets, cursor, span)
    if kind == "feed-pages":
        return feed_batches(entrance, gets, cursor, span)
    found = sitemaps.listed(entrance.split(), entrance.split()[0], gets)
    test = permalink_test(permalinks)
    return sitemap_batches(found, gets, span, is_done=is_done, is_permalink=test)


def count(kind: WayKind, entrance: str, gets: Gets, since: datetime | None) -> int | None:
    """How many posts there are by this way, as far as it says so; of a sitemap, addresses."""
    if kind == "wordpress":
        return wordpress.posts_in_all(entrance, gets, after=since)
    if kind == "feed-pages":
        return None
    found = sitemaps.listed(entrance.split(), entrance.split()[0], gets)
    return sum(
        since is None or not each.modified or each.modified >= since for each in found.places
    )


# ── WordPress ────────────────────────────────────────────────────────────────────────────


def wordpress_batches(
    endpoint: str, gets: Gets, cursor: Cursor | None, span: Span
) -> Iterator[Batch]:
    """A hundred posts at a time, the newest first. Raises as `wordpress.posts_page`."""
    cursor = cursor or {"page": 1, "size": wordpress.PER_PAGE, "total": 0}
    while True:
        try:
            found = _wordpress_page(endpoint, gets, cursor, span)
        except Unreachable:
            raise
        except FetchError:
            if cursor["page"] > 1 or cursor["size"] == wordpress.FEWER_PER_PAGE:
                raise
            cursor = {**cursor, "size": wordpress.FEWER_PER_PAGE}
            continue
        number, size, lost = cursor["page"], cursor["size"], cursor["total"] - found.total
        if number > 1 and lost > 0:
            # posts were deleted meanwhile: what follows moved up, past the page before
            cursor = {**cursor, "page": max(1, number - 1 - lost // size), "total": found.total}
            continue
        more = number < found.pages
        cursor = {"page": number + 1, "size": size, "total": found.total} if more else None
        hidden = tuple((url, "It is behind a password.") for url in found.hidden)
        yield Batch(found.entries, cursor, found.total, hidden)
        if cursor is None:
            return


def _wordpress_page(endpoint: str, gets: Gets, cursor: Cursor, span: Span) -> wordpress.PostsPage:
    return wordpress.posts_page(
        endpoint,
        gets,
        number=cursor["page"],
        per_page=cursor["size"],
        before=span.until,
        after=span.since,
    )


# ── the older pages of a feed ────────────────────────────────────────────────────────────

#: the query that asks for an older page of a feed, where no link does
_QUERIES = ("paged", "page")


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
    for query in _QUERIES:
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


# ── the pages that a sitemap lists ───────────────────────────────────────────────────────


def sitemap_batches(
    found: sitemaps.Listed,
    gets: Gets,
    span: Span,
    *,
    is_done: Callable[[str], bool],
    is_permalink: Callable[[str], bool],
) -> Iterator[Batch]:
    """A page at a time, those that are not done yet. `is_permalink` knows the form of the blog's
    permalinks; pages of another form must say themselves that they are posts.

    Raises Unreachable where page after page fails.
    """
    places = [place for place in found.places if not _is_too_old(place, span.since)]
    places.sort(key=lambda place: not is_permalink(place.url))
    folders, failures, known = _Folders(), 0, 0
    for place in places:
        if is_done(place.url):
            known += 1
            continue
        likely = found.certain or is_permalink(place.url)
        if not likely and folders.is_barren(place.url):
            yield Batch((), {}, len(places), ((place.url, "None of many pages beside it is one."),))
            continue
        try:
            batch = _page_batch(gets.get(place.url), place.url, likely)
            failures = 0
        except Gone as error:
            batch = Batch(passed=((place.url, error.what),))
        except (FetchError, UnreadableInput) as error:
            failures += 1
            if failures >= _MOST_FAILURES:
                raise
            batch = Batch(failed=((place.url, error.what),))
        folders.note(place.url, bool(batch.entries))
        yield replace(batch, cursor={}, total=len(places))
    yield Batch(total=len(places), known=known)


class _Folders:
    """Which folders of a site have posts: a shop's thousand products are not all looked at."""

    def __init__(self) -> None:
        self._looked_at: Counter[str] = Counter()
        self._with_posts: set[str] = set()

    def note(self, url: str, is_post: bool) -> None:
        self._looked_at[_folder(url)] += 1
        if is_post:
            self._with_posts.add(_folder(url))

    def is_barren(self, url: str) -> bool:
        folder = _folder(url)
        return folder not in self._with_posts and self._looked_at[folder] >= _ENOUGH_LOOKED_AT


def _folder(url: str) -> str:
    """The first folder of an address; the site's own where there is none."""
    first, *below = urlsplit(url).path.strip("/").split("/")
    return first if below else ""


def _is_too_old(place: sitemaps.Place, since: datetime | None) -> bool:
    """What last changed before the time asked for was not published in it; many say only a day."""
    if since is None or place.modified is None:
        return False
    return place.modified + timedelta(days=1) <= since


def _page_batch(fetched: Fetched, url: str, likely: bool) -> Batch:
    from service.ingest.pages import extract

    page = BlogPage(fetched)
    why_not = _why_no_post(page, url, likely)
    if why_not:
        return Batch(passed=((url, why_not),))
    post = extract(page.text, url=fetched.url)
    return Batch(
        (
            Entry(
                url=_permalink(post.canonical_url, url),
                title=post.title or "",
                html=post.html,
                authors=post.authors,
                published=post.published,
                updated=post.updated,
                tags=post.tags,
                summary=post.summary,
                image=post.image,
                language=post.language,
            ),
        ),
        looked_at=(url,),
    )


def _why_no_post(page: BlogPage, url: str, likely: bool) -> str | None:
    """Why a page of the sitemap is none of a post; None where it is one."""
    if page.kind == "post":
        return None
    if page.kind == "list":
        return "It lists posts."
    if page.kind == "other":
        return "It says itself that it is no post."
    if likely:
        return None
    if is_about_the_site(url):
        return "It is called like a page about the site."
    return None if page.metadata.published else "Nothing on it says that it is a post."


def _permalink(canonical: str | None, url: str) -> str:
    """What the page calls its address, unless that is another site's or no page's."""
    if canonical is None or normalised_url(canonical) is None:
        return url
    hosts = [(urlsplit(each).hostname or "").removeprefix("www.") for each in (canonical, url)]
    return canonical if hosts[0] == hosts[1] else url
