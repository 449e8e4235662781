"""A source that is a WordPress's REST API: two short lists, and of the posts in them those whole
that are new or that say another time of change.

The list by date shows what was published, however long ago it was last written on (WordPress leaves
a planned post's time of change alone); the list by change shows edits of old posts. The first poll
reads the list by date to its end, so that later no old post is taken for new.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service import archives
from service.deliver.poll import Listing, PageState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from service.deliver.poll import PollState
    from service.deliver.publisher import Publisher
    from service.ingest.wordpress_lists import Order, Short, ShortList
    from service.model import Entry

#: pages of a list that are read because all on the page before was new, and all at first
_MOST_PAGES, _MOST_AT_FIRST = 10, 2_500


@dataclass(frozen=True, slots=True)
class _List:
    """A list as it is now: `row` is what is remembered of it, `pages` its posts as they were or
    are; `posts` those on its first page, none where it is as it was, `further` those behind."""

    row: PageState
    pages: dict[str, PageState]
    first: ShortList
    further: tuple[Short, ...] = ()


def from_wordpress(publisher: Publisher, state: PollState) -> Listing:
    """What the API lists now. Raises FetchError or UnreadableInput."""
    endpoint = state.feed_url
    assert endpoint is not None
    before = {page.url: page for page in state.pages}
    newest = _list(publisher, endpoint, "date", before)
    changed = _list(publisher, endpoint, "modified", before)
    pages = newest.pages | {url: p for url, p in changed.pages.items() if url not in newest.pages}
    rows = (newest.row, changed.row, *pages.values())
    wanted = _due(before, newest, changed)
    size = min(newest.first.size, changed.first.size)
    told = _whole(publisher, endpoint, wanted, size)
    moved = archives.wordpress_endpoint(newest.first.fetched.permanent_url or "") or endpoint
    state_now = replace(state, feed_url=moved, was_at=endpoint, pages=rows)
    listing = Listing(
        state_now,
        None if before and not told and rows == state.pages else tuple(told.values()),
        touched=_untouched(pages.values(), {each.entry.url for each in wanted}),
        pages=rows,
        page_of=tuple(told),
        standing=0,
        fresh=newest.first.fetched.fresh,
        moved_to=moved if moved != endpoint else None,
    )
    if before:
        return listing
    hidden = [each for each in wanted if each.entry.url not in told]
    return _at_first(publisher, listing, (*hidden, *newest.further))


def _at_first(publisher: Publisher, listing: Listing, others: Sequence[Short]) -> Listing:
    """The first poll tells of all other posts too, by their title, and what the blog is called."""
    assert listing.state.feed_url is not None
    title, home = archives.wordpress_site(listing.state.feed_url, publisher.door)
    old = tuple(each.entry for each in others)
    entries = (*(listing.entries or ()), *old)
    return replace(listing, entries=entries, standing=len(old), title=title, site_url=home)


def _list(
    publisher: Publisher, endpoint: str, order: Order, before: Mapping[str, PageState]
) -> _List:
    address = f"{endpoint}#{order}"
    was = before.get(address, PageState(address))
    first = archives.wordpress_list(
        endpoint,
        publisher.door,
        order,
        size=int(was.stamp) if was.stamp else None,
        etag=was.etag,
        last_modified=was.last_modified,
    )
    fetched = first.fetched
    if fetched.not_modified:
        return _List(was, {url: p for url, p in before.items() if p.within == address}, first)
    digest = hashlib.sha256(fetched.body).hexdigest()
    # the size that the site gave is asked for from now on
    row = PageState(address, fetched.etag, fetched.last_modified, digest, stamp=str(first.size))
    pages = {
        url: replace(before.get(url, PageState(url)), stamp=each.stamp, within=address)
        for each in first.posts
        if (url := each.entry.url)
    }
    return _List(row, pages, first, _further(publisher, endpoint, order, first, before))


def _further(
    publisher: Publisher,
    endpoint: str,
    order: Order,
    page: ShortList,
    before: Mapping[str, PageState],
) -> tuple[Short, ...]:
    """What the pages behind the first list, as long as all on the one before is new."""
    if not before and order == "modified":
        return ()
    found: list[Short] = []
    number, most = 1, _MOST_PAGES if before else _MOST_AT_FIRST
    while page.more and number < most and all(_is_due(each, before) for each in page.posts):
        number += 1
        page = archives.wordpress_list(
            endpoint, publisher.door, order, number=number, size=page.size
        )
        found += page.posts
    return tuple(found)


def _due(before: Mapping[str, PageState], newest: _List, changed: _List) -> list[Short]:
    """The posts that are wanted whole, each once."""
    if not before:
        return list(newest.first.posts)
    listed = (*newest.first.posts, *newest.further, *changed.first.posts, *changed.further)
    return list({each.number: each for each in listed if _is_due(each, before)}.values())


def _is_due(each: Short, before: Mapping[str, PageState]) -> bool:
    known = before.get(each.entry.url or "")
    return known is None or known.stamp != each.stamp


def _whole(
    publisher: Publisher, endpoint: str, wanted: Sequence[Short], size: int
) -> dict[str, Entry]:
    """Address in the list → the whole post, the newest first."""
    numbers = [each.number for each in wanted]
    whole = archives.wordpress_posts(endpoint, numbers, publisher.door, size)
    told = [(each.entry.url or "", whole[each.number]) for each in wanted if each.number in whole]
    return dict(sorted(told, key=lambda each: str(each[1].published), reverse=True))


def _untouched(pages: Iterable[PageState], due: set[str | None]) -> frozenset[int]:
    """The posts of pages that are as they were."""
    return frozenset(page.post_id for page in pages if page.post_id and page.url not in due)
