"""A blog's back catalogue, batch by batch: by WordPress's REST API, by the older pages of its
feed, or by its sitemap. Each batch says where to go on, so that work cut off is taken up there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from service.errors import FetchError, Unreachable
from service.ingest import sitemap as sitemaps
from service.ingest import wordpress
from service.ingest.batches import Batch, Cursor, Span
from service.ingest.feed_pages import feed_batches
from service.ingest.permalinks import permalink_test
from service.ingest.sitemap_pages import sitemap_batches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from service.ingest.patience import Gets

__all__ = ["Batch", "Cursor", "Span", "WayKind", "back_catalogue", "count"]

WayKind = Literal["wordpress", "feed-pages", "sitemap"]


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
