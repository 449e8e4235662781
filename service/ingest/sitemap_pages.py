"""The pages that a sitemap lists, one after another: which are posts, and what they say."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from service.errors import FetchError, Gone, UnreadableInput
from service.ingest.batches import Batch, Span
from service.ingest.blog_page import BlogPage
from service.ingest.identity import normalised_url
from service.ingest.permalinks import is_about_the_site
from service.model import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from service.ingest import sitemap as sitemaps
    from service.ingest.fetch import Fetched
    from service.ingest.patience import Gets

#: pages that fail one after another before a site is left alone
_MOST_FAILURES = 5
#: pages of a folder without a post among them, after which the rest of it is left alone
_ENOUGH_LOOKED_AT = 10


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
    places = [place for place in found.places if not is_too_old(place, span.since)]
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
            batch = _page_batch(gets.get(place.url, scraping=True), place.url, likely)
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


def is_too_old(place: sitemaps.Place, since: datetime | None) -> bool:
    """What last changed before the time asked for was not published in it; many say only a day."""
    if since is None or place.modified is None:
        return False
    return place.modified + timedelta(days=1) <= since


def _page_batch(fetched: Fetched, url: str, likely: bool) -> Batch:
    post = post_in(fetched, url, likely)
    if isinstance(post, str):
        return Batch(passed=((url, post),))
    return Batch((post,), looked_at=(url,))


def post_in(fetched: Fetched, url: str, likely: bool) -> Entry | str:
    """The post in a page that a sitemap lists under this address, or why it is none.

    `likely` where the address speaks for a post. Raises UnreadableInput.
    """
    from service.ingest.pages import extract

    page = BlogPage(fetched)
    why_not = _why_no_post(page, url, likely)
    if why_not:
        return why_not
    post = extract(page.text, url=fetched.url)
    return Entry(
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
